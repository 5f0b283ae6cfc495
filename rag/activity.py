"""What asking leaves behind: conversations that can be gone on with, and what people thought of answers.

In a database of its own beside the papers', so that it is written whoever writes those.
"""

import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from rag.cleaning import clean
from rag.errors import InputError, LibraryError, OutsideError, StorageError
from rag.export.payload import answer_json
from rag.export.restored import answer_from_json
from rag.library import Library
from rag.types import Answer

FILE_NAME = "activity.db"
_SCHEMA_VERSION = 1
_SCHEMA = (
    """CREATE TABLE conversations (
        id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, changed TEXT NOT NULL
    )""",
    "CREATE INDEX conversations_by_owner ON conversations (owner, changed)",
    """CREATE TABLE turns (
        row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, answer TEXT NOT NULL,
        conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
        vote TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT ''
    )""",
    "CREATE INDEX turns_by_conversation ON turns (conversation)",
    f"PRAGMA user_version = {_SCHEMA_VERSION}",
)
_PATIENCE = 5  # seconds to wait for another process, which writes for a few milliseconds
_LONGEST_TITLE, _LONGEST_NOTE = 120, 4_000  # characters

Vote = Literal["up", "down", ""]


@dataclass(frozen=True, slots=True)
class SavedConversation:
    """One of a list; `changed` is when it was last added to, ISO 8601 in UTC."""

    id: str
    title: str
    changed: str
    turns: int


@dataclass(frozen=True, slots=True)
class SavedTurn:
    """An answer that was kept, and what was thought of it."""

    id: str
    answer: Answer
    vote: Vote = ""
    note: str = ""


class SavedTurns(list[SavedTurn]):
    """Turns, oldest first, without the `unreadable`: so many were kept as this version cannot read them."""

    unreadable = 0


class Activity:
    """The conversations and feedback of one library, from any thread or process.

    `owner` is an opaque id, as that of a browser: whoever names another owner's conversation is told that
    there is none. Every method raises LibraryError or StorageError where the file cannot be used.
    """

    def __init__(self, library: Library) -> None:
        self.path = library.path / FILE_NAME

    def keep(self, owner: str, answer: Answer, conversation: str = "") -> tuple[str, str]:
        """Add an answer to a conversation, or begin one with it; returns the ids of conversation and turn.

        One that was deleted meanwhile is begun anew.
        """
        turn, packed = _new_id(), json.dumps(answer_json(answer))
        with self._open() as db:
            if not _owns(db, owner, conversation):
                conversation = _new_id()
                title = clean(answer.question)[:_LONGEST_TITLE]
                db.execute(
                    "INSERT INTO conversations VALUES (?, ?, ?, ?)", [conversation, owner, title, _now()]
                )
            db.execute("UPDATE conversations SET changed = ? WHERE id = ?", [_now(), conversation])
            db.execute(
                "INSERT INTO turns (id, answer, conversation) VALUES (?, ?, ?)", [turn, packed, conversation]
            )
        return conversation, turn

    def conversations(self, owner: str) -> list[SavedConversation]:
        """Those of an owner, the one last added to first."""
        query = (
            "SELECT c.id, title, changed, count(*) FROM conversations c JOIN turns t ON t.conversation = c.id"
            " WHERE owner = ? GROUP BY c.id ORDER BY changed DESC, max(t.row) DESC"
        )
        with self._open() as db:
            return [SavedConversation(*row) for row in db.execute(query, [owner])]

    def turns(self, owner: str, conversation: str) -> SavedTurns:
        """A conversation's answers, oldest first; `Assistant.conversation` goes on from them.

        Raises:
            InputError: the owner has no such conversation.
        """
        query = "SELECT id, answer, vote, note FROM turns WHERE conversation = ? ORDER BY row"
        with self._open() as db:
            _check_owns(db, owner, conversation)
            rows = db.execute(query, [conversation]).fetchall()
        return _read(rows)

    def rename(self, owner: str, conversation: str, title: str) -> None:
        """Give a conversation another title, cut where it is long.

        Raises:
            InputError: the title is empty, or the owner has no such conversation.
        """
        if not (title := clean(title)[:_LONGEST_TITLE]):
            raise InputError("the title is empty; type one")
        with self._open() as db:
            _check_owns(db, owner, conversation)
            db.execute("UPDATE conversations SET title = ? WHERE id = ?", [title, conversation])

    def delete(self, owner: str, conversation: str) -> None:
        """Delete a conversation, with its answers and what was thought of them; one that is gone is gone."""
        with self._open() as db:
            db.execute("DELETE FROM conversations WHERE owner = ? AND id = ?", [owner, conversation])

    def delete_all(self, owner: str) -> int:
        """Delete all conversations of an owner; returns how many there were."""
        with self._open() as db:
            return db.execute("DELETE FROM conversations WHERE owner = ?", [owner]).rowcount

    def rate(self, owner: str, turn: str, vote: Vote, note: str = "") -> None:
        """Note what was thought of an answer, in place of what was noted before; "" takes a vote back.

        Raises:
            InputError: the owner was not given this answer, or deleted it.
        """
        query = (
            "UPDATE turns SET vote = ?, note = ? WHERE id = ?"
            " AND conversation IN (SELECT id FROM conversations WHERE owner = ?)"
        )
        with self._open() as db:
            if not db.execute(query, [vote, clean(note)[:_LONGEST_NOTE], turn, owner]).rowcount:
                raise InputError("this answer is not in the history any more; ask again to rate it")

    def rated(self) -> SavedTurns:
        """Every owner's answers that have a vote or a note, oldest first."""
        query = "SELECT id, answer, vote, note FROM turns WHERE vote <> '' OR note <> '' ORDER BY row"
        with self._open() as db:
            rows = db.execute(query).fetchall()
        return _read(rows)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction on a connection of its own: it costs less than a millisecond, and leaves nothing
        open in whichever thread it was.
        """
        try:
            with closing(sqlite3.connect(self.path, timeout=_PATIENCE)) as db:
                db.execute("PRAGMA foreign_keys = ON")
                db.execute("PRAGMA secure_delete = ON")  # deleted is not only unlisted
                self._prepare(db)
                with db:
                    yield db
        except sqlite3.Error as error:
            raise self._explained(error) from error
        except UnicodeEncodeError as error:
            raise InputError("this is not in the history: its id is no text") from error

    def _prepare(self, db: sqlite3.Connection) -> None:
        [[found]] = db.execute("PRAGMA user_version")
        if found > _SCHEMA_VERSION:
            raise LibraryError(f"{self.path}: made by a newer Footnote; upgrade footnote-rag")
        if found == _SCHEMA_VERSION:
            return
        db.execute("PRAGMA journal_mode = WAL")
        with db:
            db.execute("BEGIN IMMEDIATE")
            [[found]] = db.execute("PRAGMA user_version")
            for statement in _SCHEMA if found < _SCHEMA_VERSION else ():
                db.execute(statement)

    def _explained(self, error: sqlite3.Error) -> OutsideError | LibraryError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code of an extended one
        if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY):
            return StorageError(
                f"{self.path}: not kept, the disk is full or busy ({error}); free some space and try again"
            )
        return LibraryError(
            f"{self.path}: the history cannot be used ({error}); check its permissions, or move the file "
            "away: a new one is made"
        )


def _read(rows: Iterable[tuple[str, str, Vote, str]]) -> SavedTurns:
    read = SavedTurns()
    for turn, said, vote, note in rows:
        try:
            read.append(SavedTurn(turn, answer_from_json(json.loads(said)), vote, note))
        except (InputError, ValueError):  # one answer of an earlier version must not hide the others
            read.unreadable += 1
    return read


def _owns(db: sqlite3.Connection, owner: str, conversation: str) -> bool:
    found = db.execute("SELECT 1 FROM conversations WHERE owner = ? AND id = ?", [owner, conversation])
    return found.fetchone() is not None


def _check_owns(db: sqlite3.Connection, owner: str, conversation: str) -> None:
    if not _owns(db, owner, conversation):
        raise InputError("there is no such conversation any more; choose another")


def _new_id() -> str:
    return secrets.token_urlsafe(12)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
