"""The papers with an abstract, as searches read them: which pass a filter, their chunks and sentences."""

import json
import sqlite3
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from rag.encoding.embedding import Spans
from rag.retrieval.filters import ALWAYS_SAID, WORD_FIELDS, Filters
from rag.store.database import Database
from rag.store.facts import made_by, sources
from rag.store.packing import STORED, spans_from
from rag.store.reading import Kept, papers_at
from rag.types import Paper
from rag.words import letters

_REMEMBERED = 4  # filters; of a million papers each may let half pass
_AT_ONCE = 500  # papers unpacked together
_KEPT = 4_000  # papers kept in memory, and their chunks, some 50 MB: reading is half of a search's time
_NOTHING = "||"  # where a paper says nothing; bars part its values where it does
_ROWS_OF_IDS = (
    "WITH said (id) AS (SELECT value FROM json_each(?)) SELECT row FROM papers WHERE paper_id IN said"
    " UNION SELECT row FROM aliases WHERE alias IN said"
)

# Of each field, what is counted and where.
_COUNTED = {
    "year": "year, count(*) FROM searchable WHERE year NOT NULL",
    "source": "source, count(DISTINCT row) FROM records JOIN searchable USING (row)",
    "venue": "venue, count(*) FROM papers JOIN searchable USING (row) WHERE venue <> ''",
} | {
    field: f"value, count(DISTINCT row) FROM papers JOIN searchable USING (row), json_each({field}s)"
    for field in ("author", "keyword")
}


Found = tuple[str, int, Spans]
"""A paper's id, its row, and its chunks or sentences."""


@dataclass(frozen=True, slots=True)
class Passing:
    """The papers that pass a filter, of `total`. `excluded` counts those left out only because they do
    not say what the filter asks for: `no_year`, `no_author` and so on, for each field that was asked.
    """

    ids: frozenset[str]
    total: int
    excluded: dict[str, int]


class Searchable:
    """Reads one library, from any thread."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._kept_chunks: Kept[str, Found] = Kept(db, _KEPT)
        self._kept_papers: Kept[int, Paper] = Kept(db, _KEPT)
        # For each number of commits anew; any thread's answer serves all.
        self._counted = lru_cache(maxsize=1)(self._count)
        self._resolved = lru_cache(maxsize=_REMEMBERED)(self._resolve)
        self._every_whole = lru_cache(maxsize=1)(lambda _commits: self.wholes(self.ids()))

    def __len__(self) -> int:
        return self._counted(self._db.commits)

    def ids(self) -> list[str]:
        """Of all of them."""
        return [paper_id for (paper_id,) in self._db.read("SELECT paper_id FROM searchable")]

    def passing(self, filters: Filters) -> Passing:
        """Those that pass a filter."""
        return self._resolved(self._db.commits, filters)

    def chunks(self, paper_ids: Collection[str]) -> Iterator[Found]:
        """Id, row and chunks of each of these papers that is there, in no order."""
        return (found for _, found in self._kept_chunks.get(paper_ids, self._read_chunks))

    def kept_papers(self, rows: Iterable[int]) -> dict[int, Paper]:
        """Papers by row, with their sources; those read before from memory, so not within a transaction."""
        return dict(self._kept_papers.get(rows, lambda missing: papers_at(self._db, missing).items()))

    def wholes(self, paper_ids: Collection[str]) -> tuple[list[str], NDArray[np.float32]]:
        """Ids of those of these papers that are there, in no order, and a row each: the vector of the
        whole abstract.
        """
        recipe = made_by(self._db)
        if recipe is None:
            return [], np.empty((0, 0), np.float32)
        size = recipe.encoder.dimension * np.dtype(STORED).itemsize
        query = (
            f"SELECT paper_id, substr(vectors, 1, {size}) FROM papers JOIN chunks USING (row)"  # noqa: S608
            " WHERE recipe = ? AND paper_id"
        )
        found = list(self._db.read_in(query, paper_ids, given=[recipe.key]))
        vectors = np.frombuffer(b"".join(row[1] for row in found), STORED).reshape(
            -1, recipe.encoder.dimension
        )
        return [row[0] for row in found], vectors.astype(np.float32)

    def every_whole(self) -> tuple[list[str], NDArray[np.float32]]:
        """The same of all papers, kept in memory: 1.5 kB each."""
        return self._every_whole(self._db.commits)

    def sentences(self, paper_ids: Iterable[str]) -> dict[str, Spans]:
        """Sentences of those of these papers that are there, by id."""
        found = self._spans("sentence_spans", "sentence_vectors", paper_ids)
        return {paper_id: spans for paper_id, _, spans in found}

    def sources(self) -> list[str]:
        """Every file that a record came from."""
        return sources(self._db)

    def years(self) -> tuple[int | None, int | None]:
        """The first and the last; None where no paper says one."""
        [row] = self._db.read("SELECT min(year), max(year) FROM searchable")
        return row[0], row[1]

    def ids_beside(self, said: str) -> list[tuple[int, str]]:
        """Rows of the papers whose ids come just before and after one in order, with that id."""
        before = "SELECT row, alias FROM aliases WHERE alias < ? ORDER BY alias DESC LIMIT 2"
        after = "SELECT row, alias FROM aliases WHERE alias >= ? ORDER BY alias LIMIT 2"
        return [
            (row["row"], row["alias"]) for query in (before, after) for row in self._db.read(query, [said])
        ]

    def values(self, field: str) -> Iterator[str]:
        """What papers say in a field of words, in no order and as often as they say it."""
        column = field if field == "venue" else f"{field}s"
        query = f"SELECT {column} FROM papers JOIN searchable USING (row)"  # noqa: S608
        for (said,) in self._db.read(query):
            yield from [said] if field == "venue" else json.loads(said)

    def counted(self, field: str, most: int) -> dict[str, int]:
        """What papers say in a field (`year` and `source`, too), and how many say it, most first."""
        query = f"SELECT {_COUNTED[field]} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?"
        return {str(said): count for said, count in self._db.read(query, [most])}

    @property
    def generation(self) -> int:
        """Changes with what papers there are, and with their texts."""
        return int(self._db.manifest("generation") or 0)

    def _read_chunks(self, paper_ids: Iterable[str]) -> Iterator[tuple[str, Found]]:
        return ((found[0], found) for found in self._spans("spans", "vectors", paper_ids))

    def _spans(self, spans: str, vectors: str, paper_ids: Iterable[str]) -> Iterator[Found]:
        recipe = made_by(self._db)
        query = f"SELECT paper_id, row, {spans}, {vectors} FROM papers JOIN chunks USING (row)"  # noqa: S608
        found = self._db.read_in(
            f"{query} WHERE recipe = ? AND paper_id", paper_ids, given=[recipe.key if recipe else ""]
        )
        while batch := list(islice(found, _AT_ONCE)):
            unpacked = spans_from([(row[spans], row[vectors]) for row in batch])
            for row, each in zip(batch, unpacked, strict=True):
                yield row["paper_id"], row["row"], each

    def _count(self, _commits: int) -> int:
        [row] = self._db.read("SELECT count(*) FROM searchable")
        return int(row[0])

    def _resolve(self, _commits: int, filters: Filters) -> Passing:
        named = [source for source in self.sources() if _is_named(source, filters.source)]
        # As one JSON value, for that is twice as fast as row by row.
        ids = json.loads(self._select("json_group_array(paper_id)", filters, named))
        excluded = {
            f"no_{field}": int(self._select("count(*)", filters, named, silent=field))
            for field in filters.fields
            if field not in ALWAYS_SAID
        }
        return Passing(frozenset(ids), len(self), excluded)

    def _select(self, what: str, filters: Filters, named: list[str], silent: str = "") -> str:
        """Something of the papers that pass or, of a field `silent`, that would if they said more there."""
        conditions, values = ["true"], list[str | int]()
        if silent == "year":
            conditions.append("year IS NULL")
        elif filters.year is not None:
            first, last = filters.year
            conditions.append("year BETWEEN ? AND ?")
            values += [first or 0, last or 9999]
        if matches := " AND ".join(_matches(filters, silent)):
            conditions.append("row IN (SELECT rowid FROM facets WHERE facets MATCH ?)")
            values.append(matches)
        if filters.source:
            from_them = "SELECT row FROM records WHERE source IN (SELECT value FROM json_each(?))"
            conditions.append(f"row IN ({from_them})")
            values.append(json.dumps(named))
        for ids, keeps in ((filters.among, "IN"), (filters.without, "NOT IN")):
            if ids:
                conditions.append(f"row {keeps} ({_ROWS_OF_IDS})")
                values.append(json.dumps(ids))
        query = f"SELECT {what} FROM searchable WHERE {' AND '.join(conditions)}"  # noqa: S608
        [row] = self._db.read(query, values)
        return str(row[0])


def put_searchable(db: sqlite3.Connection, row: int, paper: Paper) -> None:
    """Let searches know a paper as it is now stored."""
    remove_searchable(db, row)
    if paper.abstract:
        db.execute("INSERT INTO searchable SELECT row, paper_id, year FROM papers WHERE row = ?", [row])
        facets = (_facet(values) for values in (_both_ways(paper.authors), [paper.venue], paper.keywords))
        db.execute("INSERT INTO facets (rowid, author, venue, keyword) VALUES (?, ?, ?, ?)", [row, *facets])


def remove_searchable(db: sqlite3.Connection, row: int) -> None:
    """Let searches forget a paper."""
    db.execute("DELETE FROM searchable WHERE row = ?", [row])
    db.execute("DELETE FROM facets WHERE rowid = ?", [row])


def _facet(values: Iterable[str]) -> str:
    """Values as they are looked up: folded, in bars that no phrase goes across."""
    folded = list(filter(None, map(letters, values)))
    return f"| {' | '.join(folded)} |" if folded else _NOTHING


def _both_ways(authors: Iterable[str]) -> Iterator[str]:
    """`Zhao, Jiawei` also as `Jiawei Zhao`."""
    for author in authors:
        yield author
        family, comma, given = author.partition(",")
        if comma:
            yield f"{given} {family}"


def _matches(filters: Filters, silent: str) -> Iterator[str]:
    """For each field a query of FTS5; what `letters` folded holds no quotes."""
    for field in WORD_FIELDS:
        folded = [_NOTHING] if field == silent else map(letters, getattr(filters, field))
        if phrases := " OR ".join(f'"{phrase}"' for phrase in folded):
            yield f"{field} : ({phrases})"


def _is_named(source: str, patterns: Iterable[str]) -> bool:
    """Whether a pattern is a file's name, with or without its folders and extensions."""
    path = PurePath(_spelt(source))
    names = [path]
    while path.suffix:
        path = path.with_suffix("")
        names.append(path)
    wanted = [_spelt(pattern).removeprefix("./") for pattern in patterns]
    return any(_ends_in(name, pattern) for name in names for pattern in wanted)


def _spelt(name: str) -> str:
    """Some file systems keep an accent apart from its letter, and keyboards do not."""
    return unicodedata.normalize("NFC", name.casefold())


def _ends_in(path: PurePath, pattern: str) -> bool:
    # As it stands first: a name may hold what a pattern would read as more.
    return f"/{path.as_posix()}".endswith(f"/{pattern}") or (
        bool(PurePath(pattern).parts) and path.match(pattern)
    )
