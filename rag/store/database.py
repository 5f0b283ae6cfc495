"""One SQLite file: its tables, its connections, its transactions, and its errors in plain words."""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from importlib.metadata import version
from pathlib import Path

from rag.errors import FootnoteError, LibraryError, StorageError

SCHEMA_VERSION = 3
FILE_NAME = "library.db"
_CACHE = 8_000  # KiB a thread; a search reads some 2 MB, which is all that SQLite keeps by default

# `generation` counts committed changes; a paper carries that of its last one, so that an index
# written at an earlier generation can be brought in step by what came after.
_SCHEMA = (
    "CREATE TABLE manifest (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE papers (
        row INTEGER PRIMARY KEY, paper_id TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL, abstract TEXT NOT NULL, authors TEXT NOT NULL, year INTEGER,
        venue TEXT NOT NULL, url TEXT NOT NULL, keywords TEXT NOT NULL, identifiers TEXT NOT NULL,
        generation INTEGER NOT NULL
    )""",
    "CREATE INDEX papers_by_generation ON papers (generation)",
    # Papers with an abstract, for counting and filtering: `papers` is too fat to be run through.
    """CREATE TABLE searchable (
        row INTEGER PRIMARY KEY REFERENCES papers ON DELETE CASCADE, paper_id TEXT NOT NULL, year INTEGER
    )""",
    "CREATE INDEX searchable_by_year ON searchable (year, paper_id)",
    # What the words of a filter are looked up in; values are folded before they are put, so that
    # only blanks part words here.
    """CREATE VIRTUAL TABLE facets USING fts5(
        author, venue, keyword, columnsize = 0, tokenize = "ascii tokenchars '+#|'"
    )""",
    # Ids that lead to a paper; `is_current` while one of its records gives it.
    """CREATE TABLE aliases (
        alias TEXT PRIMARY KEY, row INTEGER NOT NULL REFERENCES papers ON DELETE CASCADE,
        is_current INTEGER NOT NULL
    ) WITHOUT ROWID""",
    "CREATE INDEX aliases_by_row ON aliases (row)",
    # Each distinct record that went into a paper, as it was read, with the file it came from.
    """CREATE TABLE records (
        row INTEGER NOT NULL REFERENCES papers ON DELETE CASCADE,
        source TEXT NOT NULL, content_hash TEXT NOT NULL, title_key TEXT NOT NULL, record TEXT NOT NULL,
        UNIQUE (row, source, content_hash)
    )""",
    "CREATE INDEX records_by_title ON records (title_key)",
    "CREATE INDEX records_by_source ON records (source, content_hash, row)",
    # One row a paper and recipe: spans as pairs of int32, vectors as float16, row by row. Sentences
    # come last so that SQLite need not read them where only chunks are asked for.
    """CREATE TABLE chunks (
        row INTEGER NOT NULL REFERENCES papers ON DELETE CASCADE, recipe TEXT NOT NULL,
        spans BLOB NOT NULL, vectors BLOB NOT NULL,
        sentence_spans BLOB NOT NULL, sentence_vectors BLOB NOT NULL,
        PRIMARY KEY (row, recipe)
    )""",
    # Papers as they were indexed before they were changed or removed.
    "CREATE TABLE retired (paper_id TEXT NOT NULL, generation INTEGER NOT NULL)",
    """CREATE TABLE indexes (
        name TEXT PRIMARY KEY, folder TEXT NOT NULL, generation INTEGER NOT NULL, fingerprint TEXT NOT NULL
    ) WITHOUT ROWID""",
)
_COUNT_COMMIT = "INSERT INTO manifest VALUES ('commits', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1"


class _PerThread(threading.local):
    connection: sqlite3.Connection | None = None


class Database:
    """The database of one library folder. Any thread may read; one at a time may write."""

    def __init__(self, folder: Path) -> None:
        """Open the file, or make it in a folder that exists.

        Raises:
            LibraryError: it cannot be opened, is not ours, or is of a newer version.
        """
        self.path = folder / FILE_NAME
        self.version = f"footnote-rag {version('footnote-rag')}"
        self._mine = _PerThread()
        if self._is_empty():
            self._create()
        self._check_version()

    def read(self, query: str, values: object = ()) -> Iterator[sqlite3.Row]:
        """Rows of one query, on this thread's connection; they can be read by column name.

        Raises:
            LibraryError: the file is damaged.
        """
        with _explained(self.path):
            yield from self._connection().execute(query, values)  # type: ignore[arg-type]

    def read_in(
        self, query: str, values: Iterable[str | int], order: str = "", *, given: Iterable[str] = ()
    ) -> Iterator[sqlite3.Row]:
        """Rows of `query IN (values)`, however many; `given` fills marks that the query has itself."""
        packed = json.dumps(list(values))
        said = f"{query} IN (SELECT value FROM json_each(?)) {order}"  # noqa: S608
        return self.read(said, [*given, packed])

    def first(self, query: str, values: object = ()) -> sqlite3.Row | None:
        """The first row of a query."""
        return next(self.read(query, values), None)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything inside is committed together, at the end, or not at all.

        Raises:
            StorageError: the disk is full or fails.
        """
        with _explained(self.path):
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute(_COUNT_COMMIT)
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """What is read inside, on this thread, is as it was at the first read; nothing can be written."""
        with _explained(self.path):
            connection = self._connection()
            connection.execute("BEGIN")
            try:
                yield
            finally:
                connection.rollback()

    @property
    def commits(self) -> int:
        """How many transactions were committed, by whichever process: while it stays, nothing changes."""
        return int(self.manifest("commits") or 0)

    def manifest(self, key: str) -> str | None:
        """A fact about the library itself."""
        row = self.first("SELECT value FROM manifest WHERE key = ?", [key])
        return row[0] if row else None

    def set_manifest(self, connection: sqlite3.Connection, key: str, value: str) -> None:
        """Note such a fact, inside a transaction."""
        connection.execute("INSERT OR REPLACE INTO manifest VALUES (?, ?)", [key, value])

    def size(self) -> int:
        """Bytes on disk, write-ahead log included."""
        return sum(path.stat().st_size for path in self.path.parent.glob(f"{FILE_NAME}*"))

    def copy(self, folder: Path) -> None:
        """Write all of it, as last committed, to an empty folder."""
        with _explained(folder / FILE_NAME), closing(sqlite3.connect(folder / FILE_NAME)) as copied:
            self._connection().backup(copied)

    def close(self) -> None:
        """Close this thread's connection."""
        if self._mine.connection is not None:
            self._mine.connection.close()
            self._mine.connection = None

    def _connection(self) -> sqlite3.Connection:
        if self._mine.connection is None:
            connection = sqlite3.connect(self.path, isolation_level=None, timeout=30)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            # With WAL this loses the last commits in a power cut, never the file.
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(f"PRAGMA cache_size = -{_CACHE}")
            self._mine.connection = connection
        return self._mine.connection

    def _is_empty(self) -> bool:
        return self.first("SELECT 1 FROM sqlite_master") is None

    def _create(self) -> None:
        self.first("PRAGMA journal_mode = WAL")
        with self.transaction() as connection:
            if not self._is_empty():  # another process was first
                return
            for statement in _SCHEMA:
                connection.execute(statement)
            # Twice: for those who read the manifest, and where SQLite's own tools look for it.
            self.set_manifest(connection, "schema_version", str(SCHEMA_VERSION))
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            self.set_manifest(connection, "created_by", self.version)

    def _check_version(self) -> None:
        user_version = self.first("PRAGMA user_version")
        try:
            found = max(int(self.manifest("schema_version") or 0), user_version[0] if user_version else 0)
        except ValueError as error:
            raise damaged(self.path, str(error)) from error
        if found < SCHEMA_VERSION:
            raise LibraryError(
                f"{self.path}: made by an older Footnote (library version {found}, this one reads "
                f"{SCHEMA_VERSION}), which stored papers in another way; ingest your files into a new folder"
            )
        if found > SCHEMA_VERSION:
            raise LibraryError(
                f"{self.path}: made by a newer Footnote (library version {found}, this one reads "
                f"{SCHEMA_VERSION}); upgrade footnote-rag"
            )


def damaged(path: Path, why: str) -> LibraryError:
    """The error for a file that is no library, or no longer one."""
    return LibraryError(
        f"{path}: this is not a Footnote library, or it is damaged ({why}); restore a copy of it, or ingest "
        "your files into a new folder"
    )


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise _explain(path, error) from error


def _explain(path: Path, error: sqlite3.Error) -> FootnoteError:
    if isinstance(error, sqlite3.IntegrityError):
        return LibraryError(f"{path}: not written, by a mistake of Footnote's ({error}); please report it")
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code of an extended one
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return StorageError(
            f"{path}: the disk is full or failing ({error}); what was committed is safe, "
            "free some space and run it again"
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return LibraryError(
            f"{path}: cannot be written ({error}), and a search needs that, too; check the folder's "
            "permissions, or copy the library to where it can be"
        )
    return damaged(path, str(error))
