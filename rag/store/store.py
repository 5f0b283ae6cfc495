"""What a library knows, on top of its database: papers, the records they came from, their vectors."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from rag.abstention.calibration import Calibration
from rag.encoding.embedding import Embedded, Recipe
from rag.indexes.feed import IndexFeed
from rag.records import Entry, Record, RecordKey
from rag.store.database import Database
from rag.store.facts import calibration, calibration_key, facts, fingerprint, made_by, written_by
from rag.store.packing import packed_recipe, packed_spans, paper_columns
from rag.store.reading import AS_PUT, papers_at
from rag.store.searchable import Searchable, put_searchable, remove_searchable
from rag.types import Paper

_MOST_OF_A_TITLE = 100  # papers looked at for one title
_AT_ONCE = 500  # papers read together


class Store:
    """Reads from any thread; writes inside `transaction()`, by whoever holds the writer's lock."""

    def __init__(self, folder: Path) -> None:
        """See Database for what is raised."""
        self._db = Database(folder)
        self.searchable = Searchable(self._db)
        self.feed = IndexFeed(self._db)

    # What the library is

    @property
    def generation(self) -> int:
        """Number of the last committed change."""
        return self.searchable.generation

    @property
    def recipe(self) -> Recipe | None:
        """What made the vectors; None before any were."""
        return made_by(self._db)

    @property
    def calibration(self) -> Calibration | None:
        """As it was measured with these vectors; None where it was not, or not by this version."""
        return calibration(self._db)

    def counts(self) -> dict[str, int]:
        """Papers with an abstract, those without, and chunks."""
        papers = len(self.searchable)
        [[all_papers]] = self._db.read("SELECT count(*) FROM papers")
        spans = "SELECT coalesce(sum(length(spans)), 0) / 8 FROM chunks WHERE recipe = ?"
        [[chunks]] = self._db.read(spans, [self._key])
        return {"papers": papers, "without_abstract": all_papers - papers, "chunks": chunks}

    def count_without_abstract(self, paper_ids: Iterable[str]) -> int:
        """How many of these papers have no abstract."""
        query = "SELECT row FROM papers WHERE abstract = '' AND paper_id"
        return sum(1 for _ in self._db.read_in(query, paper_ids))

    def facts(self) -> dict[str, object]:
        """What the library holds and what made it, by name; for people, see `Library.info`."""
        return {**self.counts(), **facts(self._db)}

    def fingerprint(self) -> tuple[int, str]:
        """See facts.fingerprint; reads every paper, 1 s for some 30 000."""
        return fingerprint(self._db)

    def size(self) -> int:
        """Bytes on disk."""
        return self._db.size()

    # Reading

    def resolve(self, said: str) -> tuple[int, str] | None:
        """Row and id of the paper that has, or had, this id."""
        query = (
            "SELECT row, paper_id FROM papers WHERE paper_id = :id UNION ALL"
            " SELECT row, paper_id FROM papers JOIN aliases USING (row) WHERE alias = :id"
        )
        row = self._db.first(query, {"id": said})
        return (row["row"], row["paper_id"]) if row else None

    def with_ids(self, ids: Iterable[str]) -> list[tuple[int, str]]:
        """Row and id of every paper of which a record gives one of these ids, in their order."""
        query = "SELECT row, paper_id FROM papers JOIN aliases USING (row) WHERE alias = ? AND is_current"
        found = (row for said in ids for row in self._db.read(query, [said]))
        return list(dict.fromkeys((row["row"], row["paper_id"]) for row in found))

    def with_record(self, key: RecordKey) -> tuple[int, str] | None:
        """Row and id of the paper that this very record went into."""
        query = (
            "SELECT row, paper_id FROM papers JOIN records USING (row) WHERE source = ? AND content_hash = ?"
        )
        row = self._db.first(query, key)
        return (row["row"], row["paper_id"]) if row else None

    def ids(self, rows: Iterable[int]) -> dict[int, set[str]]:
        """By row the ids that the records of these papers give."""
        ids: dict[int, set[str]] = defaultdict(set)
        for row, said in self._db.read_in("SELECT row, alias FROM aliases WHERE is_current AND row", rows):
            ids[row].add(said)
        return ids

    def titled(self, title_key: str) -> list[tuple[int, str]]:
        """Row and id of the papers of which a record has this title, by row; of "Editorial" the first."""
        query = (
            "SELECT DISTINCT row, paper_id FROM records JOIN papers USING (row) WHERE title_key = ?"
            " ORDER BY row LIMIT ?"
        )
        found = self._db.read(query, [title_key, _MOST_OF_A_TITLE])
        return [(row["row"], row["paper_id"]) for row in found]

    def rows(self, paper_ids: Iterable[str]) -> dict[str, int]:
        """Rows of those of these papers that are there, by id."""
        return {
            row["paper_id"]: row["row"]
            for row in self._db.read_in("SELECT paper_id, row FROM papers WHERE paper_id", paper_ids)
        }

    def papers(self, rows: Iterable[int]) -> dict[int, Paper]:
        """See papers_at."""
        return papers_at(self._db, rows)

    def records_of(self, source: str) -> Iterator[tuple[int, RecordKey]]:
        """Row of the paper and key of each record of one file."""
        query = "SELECT row, content_hash FROM records WHERE source = ?"
        for row, content_hash in self._db.read(query, [source]):
            yield row, (source, content_hash)

    def all_rows(self) -> list[int]:
        """Rows of all papers."""
        return [row for (row,) in self._db.read("SELECT row FROM papers ORDER BY row")]

    def record_keys(self, row: int) -> set[RecordKey]:
        """Keys of the records that went into a paper."""
        query = "SELECT source, content_hash FROM records WHERE row = ?"
        return {(source, content_hash) for source, content_hash in self._db.read(query, [row])}

    def records(self, rows: Iterable[int]) -> list[Record]:
        """The records that went into papers, paper by paper in the order they were put."""
        found = self._db.read_in("SELECT row, source, record FROM records WHERE row", rows, AS_PUT)
        return [Record.unpacked(row["record"], row["source"]) for row in found]

    def title_keys(self, row: int) -> set[str]:
        """The titles under which the records of a paper are found."""
        return {key for (key,) in self._db.read("SELECT title_key FROM records WHERE row = ?", [row])}

    def to_embed(self, recipe: Recipe) -> list[int]:
        """Rows of papers with an abstract that have no vectors of this recipe yet."""
        query = (
            "SELECT row FROM papers WHERE abstract <> '' AND row NOT IN"
            " (SELECT row FROM chunks WHERE recipe = ?) ORDER BY row"
        )
        return [row for (row,) in self._db.read(query, [recipe.key])]

    def every_paper(self) -> Iterator[Paper]:
        """All papers, in the order in which they first came."""
        rows = self.all_rows()
        for first in range(0, len(rows), _AT_ONCE):
            yield from self.papers(rows[first : first + _AT_ONCE]).values()

    def copy(self, folder: Path) -> "Store":
        """The same, as last committed, in an empty folder."""
        self._db.copy(folder)
        return Store(folder)

    def snapshot(self) -> AbstractContextManager[None]:
        """Everything read inside is of one moment; see Database."""
        return self._db.snapshot()

    # Writing

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """Everything inside is committed together or not at all; see Database."""
        return self._db.transaction()

    def next_generation(self, db: sqlite3.Connection) -> int:
        """Count one change."""
        generation = self.generation + 1
        self._db.set_manifest(db, "generation", str(generation))
        writers = written_by(self._db)
        if self._db.version not in writers:
            self._db.set_manifest(db, "written_by", json.dumps([*writers, self._db.version]))
        return generation

    def keep_calibration(self, measured: Calibration) -> None:
        """Keep what was measured with the vectors there are now."""
        with self.transaction() as db:
            if recipe := self.recipe:
                self._db.set_manifest(db, calibration_key(recipe), measured.packed())

    def adopt(self, recipe: Recipe) -> None:
        """Make a recipe the library's, once every paper has its vectors; all others' are dropped."""
        with self.transaction() as db:
            self._db.set_manifest(db, "recipe", packed_recipe(recipe))
            if db.execute("DELETE FROM chunks WHERE recipe <> ?", [recipe.key]).rowcount:
                db.execute("DELETE FROM retired")
                db.execute("DELETE FROM indexes")

    def put(self, db: sqlite3.Connection, generation: int, row: int | None, paper: Paper) -> int:
        """Add a paper, or replace what the one at `row` says (its id stays); returns the row.

        The chunks of a replaced paper go; `put_embedded` gives it new ones.
        """
        if row is not None:
            self._retire(db, row, generation)
            db.execute("UPDATE papers SET generation = ? WHERE row = ?", [generation, row])
            self.describe(db, row, paper)
            return row
        values = {**paper_columns(paper), "generation": generation}
        marks = ", ".join(f":{name}" for name in values)
        added = db.execute(f"INSERT INTO papers ({', '.join(values)}) VALUES ({marks})", values)  # noqa: S608
        row = int(added.lastrowid or 0)
        put_searchable(db, row, paper)
        return row

    def describe(self, db: sqlite3.Connection, row: int, paper: Paper) -> None:
        """Replace what a paper says but keep its chunks, for its text is as before."""
        values = paper_columns(paper)
        kept = ", ".join(f"{name} = :{name}" for name in values if name != "paper_id")
        db.execute(f"UPDATE papers SET {kept} WHERE row = :row", {**values, "row": row})  # noqa: S608
        put_searchable(db, row, paper)

    def put_embedded(self, db: sqlite3.Connection, row: int, embedded: Embedded, recipe: Recipe) -> None:
        """Give a paper its chunks and sentences, beside those of other recipes."""
        packed = [*packed_spans(embedded.chunks), *packed_spans(embedded.sentences)]
        db.execute("INSERT OR REPLACE INTO chunks VALUES (?, ?, ?, ?, ?, ?)", [row, recipe.key, *packed])

    def put_records(self, db: sqlite3.Connection, row: int, entries: Iterable[Entry]) -> None:
        """Make these the records that went into a paper, and their ids those that lead to it.

        An id that they no longer give still leads to the paper, until a record of another gives it.
        """
        entries = list(entries)
        db.execute("DELETE FROM records WHERE row = ?", [row])
        packed = ((row, *e.record.key, e.paper.title_key, e.record.packed) for e in entries)
        db.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?)", packed)
        db.execute("UPDATE aliases SET is_current = 0 WHERE row = ?", [row])
        query = (
            "INSERT INTO aliases VALUES (?, ?, 1) ON CONFLICT (alias) DO UPDATE"
            " SET row = excluded.row, is_current = 1 WHERE NOT is_current"
        )
        said = dict.fromkeys(said for entry in entries for said in entry.paper.ids)
        db.executemany(query, [(each, row) for each in said])

    def absorb(self, db: sqlite3.Connection, generation: int, row: int, other: tuple[int, str]) -> None:
        """Take out another paper, whose ids lead to this one from now on."""
        other_row, other_id = other
        db.execute("INSERT OR IGNORE INTO aliases VALUES (?, ?, 0)", [other_id, row])
        db.execute("UPDATE aliases SET row = ? WHERE row = ?", [row, other_row])
        self._remove(db, generation, [other_row])

    def remove(self, rows: Iterable[int]) -> None:
        """Take papers out, with their chunks, aliases and records."""
        with self.transaction() as db:
            self._remove(db, self.next_generation(db), rows)

    def close(self) -> None:
        """Close this thread's connection."""
        self._db.close()

    @property
    def _key(self) -> str:
        return recipe.key if (recipe := self.recipe) else ""

    def _remove(self, db: sqlite3.Connection, generation: int, rows: Iterable[int]) -> None:
        for row in rows:
            self._retire(db, row, generation)
            remove_searchable(db, row)
            db.execute("DELETE FROM papers WHERE row = ?", [row])

    def _retire(self, db: sqlite3.Connection, row: int, generation: int) -> None:
        db.execute(
            "INSERT INTO retired SELECT paper_id, ? FROM papers JOIN chunks USING (row)"
            " WHERE row = ? AND recipe = ?",
            [generation, row, self._key],
        )
        db.execute("DELETE FROM chunks WHERE row = ?", [row])
