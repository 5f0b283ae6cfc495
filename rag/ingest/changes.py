"""Papers that changed → vectors → one transaction: what ingest, sync and reindex write."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from sqlite3 import Connection

from rag.encoding.embedding import Embedded, Recipe, embed
from rag.ingest.touched import Touched, merged
from rag.interfaces import PaperEmbedder
from rag.records import Entry
from rag.store.store import Store
from rag.types import Paper

BATCH = 64  # papers in one transaction: what a kill can cost

Told = Callable[[int, int], None]
"""Told how many are done, and of how many."""


@dataclass(frozen=True, slots=True)
class _Change:
    """What is written of a paper: all its records, and what they say together."""

    touched: Touched
    entries: list[Entry]
    paper: Paper
    stored: Paper | None

    @property
    def has_new_text(self) -> bool:
        """Whether it is to be embedded and indexed anew."""
        return self.stored is None or self.stored.text != self.paper.text


@dataclass(slots=True)
class Writer:
    """Writes to a store what an embedder made by its recipe; `embedder` is called when there is need."""

    store: Store
    recipe: Recipe
    embedder: Callable[[], PaperEmbedder]

    def commit(self, touched: Iterable[Touched]) -> dict[str, int]:
        """Write papers in one transaction, once their vectors are there.

        Returns in how many parts the encoder had to read each of the papers that were embedded, by id.
        """
        store = self.store
        changes = [change for each in touched if each.is_changed if (change := _change(each, store))]
        if not changes:
            return {}
        searchable = [change for change in changes if change.has_new_text and change.paper.abstract]
        vectors = self._embed([change.paper for change in searchable])
        if store.recipe is None and searchable:
            store.adopt(self.recipe)
        is_indexed_anew = any(change.has_new_text or change.touched.absorbed for change in changes)
        with store.transaction() as db:
            generation = store.next_generation(db) if is_indexed_anew else store.generation
            for change in changes:
                self._write(db, generation, change)
            for change, embedded in zip(searchable, vectors, strict=True):
                store.put_embedded(db, change.touched.stored_row, embedded, self.recipe)
        return {
            change.paper.paper_id: embedded.parts
            for change, embedded in zip(searchable, vectors, strict=True)
        }

    def revise(self, papers: Sequence[Paper]) -> None:
        """Let papers say what no record says: in the place of those of their ids, or beside the others."""
        vectors, rows = self._embed(papers), self.store.rows(paper.paper_id for paper in papers)
        with self.store.transaction() as db:
            generation = self.store.next_generation(db)
            for paper, embedded in zip(papers, vectors, strict=True):
                row = self.store.put(db, generation, rows.get(paper.paper_id), paper)
                self.store.put_embedded(db, row, embedded, self.recipe)

    def embed_again(self, told: Told) -> int:
        """Embed every paper that has no vectors of the recipe, then make it the library's."""
        rows = self.store.to_embed(self.recipe)
        for done, batch in _batches(rows):
            papers = self.store.papers(batch)
            vectors = self._embed(list(papers.values()))
            with self.store.transaction() as db:
                for row, embedded in zip(papers, vectors, strict=True):
                    self.store.put_embedded(db, row, embedded, self.recipe)
            told(done, len(rows))
        self.store.adopt(self.recipe)
        return len(rows)

    def clean_again(self) -> int:
        """Make every paper anew from its kept records: this version may clean better than the one that
        read them. Returns how many had to be embedded for it.
        """
        embedded = 0
        for _, batch in _batches(self.store.all_rows()):
            papers = self.store.papers(batch)
            touched = [Touched.of(row, paper.paper_id, self.store) for row, paper in papers.items()]
            stale = [each for each in touched if self._is_stale(each, papers[each.stored_row])]
            for each in stale:
                each.is_to_clean = True
            embedded += len(self.commit(stale))
        return embedded

    def _write(self, db: Connection, generation: int, change: _Change) -> None:
        touched = change.touched
        if touched.row is None or change.has_new_text:
            touched.row = self.store.put(db, generation, touched.row, change.paper)
        else:
            self.store.describe(db, touched.row, change.paper)
        for other in touched.absorbed:
            self.store.absorb(db, generation, touched.row, other)
        self.store.put_records(db, touched.row, change.entries)

    def _is_stale(self, touched: Touched, stored: Paper) -> bool:
        entries = touched.entries(self.store)
        if not entries:  # this version finds nothing in its records: what was found stays
            return False
        anew = merged((entry.paper for entry in entries), touched.paper_id)
        keys = {entry.paper.title_key for entry in entries}
        return anew.content_hash != stored.content_hash or keys != self.store.title_keys(touched.stored_row)

    def _embed(self, papers: Sequence[Paper]) -> list[Embedded]:
        return embed(papers, self.embedder()) if papers else []


def _change(touched: Touched, store: Store) -> _Change | None:
    entries = touched.entries(store)
    if not entries:
        return None
    paper = merged((entry.paper for entry in entries), touched.paper_id)
    stored = None if touched.row is None else store.papers([touched.row])[touched.row]
    return _Change(touched, entries, paper, stored)


def _batches(rows: Sequence[int]) -> Iterator[tuple[int, Sequence[int]]]:
    """Parts of so many rows as go into one transaction, each with how many are done after it."""
    for first in range(0, len(rows), BATCH):
        yield min(first + BATCH, len(rows)), rows[first : first + BATCH]
