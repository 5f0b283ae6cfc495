"""What a library knows, on top of its database: papers, records, chunks with vectors, index states."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, astuple, dataclass
from pathlib import Path

import numpy as np

from rag.database import Database
from rag.embedding import Embedded, Recipe, Spans
from rag.interfaces import Encoder
from rag.types import Paper

_AT_ONCE = 500  # values in one IN (…)


@dataclass(frozen=True, slots=True)
class Stored:
    """A paper and its row in the store."""

    row: int
    paper: Paper


@dataclass(frozen=True, slots=True)
class IndexState:
    """Where an index was last written, at which generation, and what its files then hashed to."""

    folder: str
    generation: int
    fingerprint: str


class Store:
    """Reads from any thread; writes inside `transaction()`, by whoever holds the writer's lock."""

    def __init__(self, folder: Path) -> None:
        """See Database for what is raised."""
        self._db = Database(folder)

    # What the library is

    @property
    def generation(self) -> int:
        """Number of the last committed change."""
        return int(self._db.manifest("generation") or 0)

    @property
    def recipe(self) -> Recipe | None:
        """What made the vectors; None before any were."""
        said = self._db.manifest("recipe")
        if said is None:
            return None
        fields = json.loads(said)
        return Recipe(Encoder(**fields["encoder"]), fields["chunking"])

    @property
    def created_by(self) -> str:
        """The version of Footnote that made the library."""
        return self._db.manifest("created_by") or ""

    def counts(self) -> dict[str, int]:
        """Papers with an abstract, those without, and chunks."""
        searchable, total = self._db.read(
            "SELECT count(nullif(abstract, '')), count(*) FROM papers"
        ).fetchone()
        (chunks,) = self._db.read(
            "SELECT coalesce(sum(length(spans)), 0) / 8 FROM chunks WHERE recipe = ?", [self._key]
        ).fetchone()
        return {"papers": searchable, "without_abstract": total - searchable, "chunks": chunks}

    def size(self) -> int:
        """Bytes on disk."""
        return self._db.size()

    def papers_by_source(self) -> dict[str, int]:
        """Number of papers by source, largest first."""
        query = "SELECT source, count(DISTINCT row) AS n FROM records GROUP BY source ORDER BY n DESC, source"
        return {row["source"]: row["n"] for row in self._db.read(query)}

    def papers_by_year(self) -> dict[int | None, int]:
        """Number of papers by year; None counts those that do not say."""
        query = "SELECT year, count(*) AS n FROM papers GROUP BY year ORDER BY year"
        return {row["year"]: row["n"] for row in self._db.read(query)}

    # Reading

    def resolve(self, paper_id: str) -> int | None:
        """Row of the paper that this id, or another that leads to it, means."""
        row = self._db.read(
            "SELECT row FROM papers WHERE paper_id = :id UNION ALL SELECT row FROM aliases WHERE alias = :id",
            {"id": paper_id},
        ).fetchone()
        return row[0] if row else None

    def rows(self, paper_ids: Iterable[str]) -> dict[str, int]:
        """Rows of those of these papers that are there, by id."""
        return {
            row["paper_id"]: row["row"]
            for row in self._in("SELECT paper_id, row FROM papers WHERE paper_id", paper_ids)
        }

    def papers(self, rows: Iterable[int]) -> dict[int, Stored]:
        """Papers by row, with their sources."""
        rows = list(rows)
        sources: dict[int, tuple[str, ...]] = {}
        for row, source in self._in("SELECT DISTINCT row, source FROM records WHERE row", rows):
            sources[row] = (*sources.get(row, ()), source)
        found = self._in("SELECT * FROM papers WHERE row", rows)
        return {row["row"]: _stored(row, sources.get(row["row"], ())) for row in found}

    def chunks(self, rows: Iterable[int]) -> dict[int, Spans]:
        """Chunks of papers by row."""
        query = f"SELECT row, spans, vectors FROM chunks WHERE recipe = '{self._key}' AND row"  # noqa: S608
        return {row["row"]: _spans(row["spans"], row["vectors"]) for row in self._in(query, rows)}

    def sentences(self, rows: Iterable[int]) -> dict[int, Spans]:
        """Sentences of papers by row."""
        query = (
            f"SELECT row, sentence_spans, sentence_vectors FROM chunks WHERE recipe = '{self._key}' AND row"  # noqa: S608
        )
        return {
            row["row"]: _spans(row["sentence_spans"], row["sentence_vectors"])
            for row in self._in(query, rows)
        }

    def records(self, row: int) -> set[tuple[str, str]]:
        """(source, content hash) of the records that went into a paper."""
        return {
            (source, said)
            for source, said in self._db.read("SELECT source, content_hash FROM records WHERE row = ?", [row])
        }

    def to_embed(self, recipe: Recipe) -> list[int]:
        """Rows of papers with an abstract that have no vectors of this recipe yet."""
        query = (
            "SELECT row FROM papers WHERE abstract <> '' AND row NOT IN"
            " (SELECT row FROM chunks WHERE recipe = ?) ORDER BY row"
        )
        return [row for (row,) in self._db.read(query, [recipe.key])]

    def changed_since(self, generation: int) -> Iterator[tuple[Stored, Spans]]:
        """Searchable papers whose last change came after `generation`, with their chunks, oldest first."""
        query = (
            "SELECT * FROM papers JOIN chunks USING (row) WHERE generation > ? AND recipe = ? ORDER BY row"
        )
        for row in self._db.read(query, [generation, self._key]):
            yield _stored(row, ()), _spans(row["spans"], row["vectors"])

    def retired_since(self, generation: int) -> Iterator[tuple[str, int]]:
        """(paper id, number of chunks) of what was changed or removed after `generation`."""
        query = "SELECT paper_id, chunks FROM retired WHERE generation > ?"
        for row in self._db.read(query, [generation]):
            yield row["paper_id"], row["chunks"]

    def index_state(self, name: str) -> IndexState | None:
        """The index of this name as last published."""
        row = self._db.read(
            "SELECT folder, generation, fingerprint FROM indexes WHERE name = ?", [name]
        ).fetchone()
        return IndexState(*row) if row else None

    # Writing

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """Everything inside is committed together or not at all; see Database."""
        return self._db.transaction()

    def next_generation(self, db: sqlite3.Connection) -> int:
        """Count one change."""
        generation = self.generation + 1
        self._db.set_manifest(db, "generation", str(generation))
        return generation

    def adopt(self, recipe: Recipe) -> None:
        """Make a recipe the library's, once every paper has its vectors; all others' are dropped."""
        with self.transaction() as db:
            self._db.set_manifest(db, "recipe", json.dumps(asdict(recipe)))
            if db.execute("DELETE FROM chunks WHERE recipe <> ?", [recipe.key]).rowcount:
                db.execute("DELETE FROM retired")
                db.execute("DELETE FROM indexes")

    def put(self, db: sqlite3.Connection, generation: int, row: int | None, paper: Paper) -> int:
        """Add a paper, or replace what the one at `row` says (its id stays); returns the row.

        The chunks of a replaced paper go; `put_embedded` gives it new ones.
        """
        values = {**_columns(paper), "row": row, "generation": generation}
        if row is None:
            marks = ", ".join(f":{name}" for name in values)
            added = db.execute(f"INSERT INTO papers ({', '.join(values)}) VALUES ({marks})", values)  # noqa: S608
            return int(added.lastrowid or 0)
        self._retire(db, row, generation)
        kept = ", ".join(f"{name} = :{name}" for name in values if name not in ("row", "paper_id"))
        db.execute(f"UPDATE papers SET {kept} WHERE row = :row", values)  # noqa: S608
        db.execute(
            "INSERT OR IGNORE INTO aliases SELECT :paper_id, :row"
            " WHERE :paper_id NOT IN (SELECT paper_id FROM papers)",
            values,
        )
        return row

    def put_embedded(self, db: sqlite3.Connection, row: int, embedded: Embedded, recipe: Recipe) -> None:
        """Give a paper its chunks and sentences, beside those of other recipes."""
        packed = [*_packed(embedded.chunks), *_packed(embedded.sentences)]
        db.execute("INSERT OR REPLACE INTO chunks VALUES (?, ?, ?, ?, ?, ?)", [row, recipe.key, *packed])

    def put_records(self, db: sqlite3.Connection, row: int, records: Iterable[tuple[str, str]]) -> None:
        """Remember (source, content hash) of records that went into a paper."""
        db.executemany(
            "INSERT OR IGNORE INTO records VALUES (?, ?, ?)",
            [(row, *record) for record in sorted(records)],
        )

    def forget_records(self, db: sqlite3.Connection, row: int, source: str) -> None:
        """Forget what this source said of a paper before."""
        db.execute("DELETE FROM records WHERE row = ? AND source = ?", [row, source])

    def remove(self, rows: Iterable[int]) -> None:
        """Take papers out, with their chunks, aliases and records."""
        with self.transaction() as db:
            generation = self.next_generation(db)
            for row in rows:
                self._retire(db, row, generation)
                db.execute("DELETE FROM papers WHERE row = ?", [row])

    def publish_index(self, name: str, state: IndexState) -> None:
        """Make an index the one that is opened from now on; forget what no index needs any more."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO indexes VALUES (?, ?, ?, ?)", [name, *astuple(state)])
            db.execute("DELETE FROM retired WHERE generation <= (SELECT min(generation) FROM indexes)")

    def close(self) -> None:
        """Close this thread's connection."""
        self._db.close()

    @property
    def _key(self) -> str:
        return recipe.key if (recipe := self.recipe) else ""

    def _in(self, query: str, values: Iterable[object]) -> Iterator[sqlite3.Row]:
        """Rows of `query IN (values)`, asked in parts that SQLite takes."""
        values = list(values)
        for first in range(0, len(values), _AT_ONCE):
            part = values[first : first + _AT_ONCE]
            yield from self._db.read(f"{query} IN ({', '.join('?' * len(part))})", part)

    def _retire(self, db: sqlite3.Connection, row: int, generation: int) -> None:
        db.execute(
            "INSERT INTO retired SELECT paper_id, length(spans) / 8, ? FROM papers JOIN chunks USING (row)"
            " WHERE row = ? AND recipe = ?",
            [generation, row, self._key],
        )
        db.execute("DELETE FROM chunks WHERE row = ?", [row])


def _columns(paper: Paper) -> dict[str, object]:
    return {
        "paper_id": paper.paper_id,
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": json.dumps(paper.authors, ensure_ascii=False),
        "year": paper.year,
        "venue": paper.venue,
        "url": paper.url,
        "identifiers": json.dumps(dict(paper.identifiers), ensure_ascii=False),
    }


def _stored(row: sqlite3.Row, sources: tuple[str, ...]) -> Stored:
    said = {name: row[name] for name in ("title", "abstract", "year", "venue", "url")}
    authors, identifiers = tuple(json.loads(row["authors"])), json.loads(row["identifiers"])
    paper = Paper(authors=authors, identifiers=identifiers, sources=sources, first_id=row["paper_id"], **said)
    return Stored(row["row"], paper)


def _packed(said: Spans) -> tuple[bytes, bytes]:
    return np.asarray(said.spans, dtype=np.int32).tobytes(), said.vectors.astype(np.float16).tobytes()


def _spans(spans: bytes, vectors: bytes) -> Spans:
    pairs = np.frombuffer(spans, dtype=np.int32).reshape(-1, 2)
    rows = np.frombuffer(vectors, dtype=np.float16).reshape(len(pairs), -1).astype(np.float32)
    return Spans([(int(start), int(end)) for start, end in pairs], rows)
