"""Papers that changed → vectors → one transaction: what ingest, sync and reindex write."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.dedupe import Touched, merged
from rag.embedding import Embedded, Recipe, embed
from rag.interfaces import Embedder
from rag.records import Entry
from rag.store import Store
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
    says_something_else: bool  # than the paper as it is stored; only then is it embedded again


@dataclass(slots=True)
class Writer:
    """Writes to a store what an embedder made by its recipe; `embedder` is called when there is need."""

    store: Store
    recipe: Recipe
    embedder: Callable[[], Embedder]

    def commit(self, touched: Iterable[Touched]) -> dict[str, int]:
        """Write papers in one transaction, once their vectors are there.

        Returns in how many parts the encoder had to read each of the papers that were embedded, by id.
        """
        store = self.store
        changes = [_change(each, store) for each in touched if each.is_changed]
        if not changes:
            return {}
        rewritten = [change for change in changes if change.says_something_else]
        searchable = [change for change in rewritten if change.paper.abstract]
        papers = [change.paper for change in searchable]
        vectors, parts = self._embed(papers), self._parts(papers)
        if store.recipe is None and searchable:
            store.adopt(self.recipe)
        with store.transaction() as db:
            absorbed = [row for change in changes for row, _ in change.touched.absorbed]
            generation = store.next_generation(db) if rewritten or absorbed else store.generation
            store.remove_within(db, generation, absorbed)
            for change in rewritten:
                change.touched.row = store.put(db, generation, change.touched.row, change.paper)
            for change, embedded in zip(searchable, vectors, strict=True):
                store.put_embedded(db, change.touched.stored_row, embedded, self.recipe)
            for change in changes:
                store.put_records(db, change.touched.stored_row, change.entries)
                store.put_aliases(db, change.touched.stored_row, _aliases(change))
        return parts

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
        read them. Returns how many now say something else.
        """
        changed = 0
        for _, batch in _batches(self.store.all_rows()):
            anew = {row: self._anew(row, paper) for row, paper in self.store.papers(batch).items()}
            differ = {row: paper for row, (paper, differs) in anew.items() if differs}
            self._rewrite(differ)
            changed += len(differ)
        return changed

    def _anew(self, row: int, stored: Paper) -> tuple[Paper, bool]:
        paper = merged((entry.paper for entry in self.store.entries([row])), stored.paper_id)
        return paper, paper.content_hash != stored.content_hash

    def _rewrite(self, papers: Mapping[int, Paper]) -> None:
        if not papers:
            return
        searchable = {row: paper for row, paper in papers.items() if paper.abstract}
        vectors = self._embed(list(searchable.values()))
        with self.store.transaction() as db:
            generation = self.store.next_generation(db)
            for row, paper in papers.items():
                self.store.put(db, generation, row, paper)
            for row, embedded in zip(searchable, vectors, strict=True):
                self.store.put_embedded(db, row, embedded, self.recipe)

    def _embed(self, papers: list[Paper]) -> list[Embedded]:
        return embed(papers, self.embedder()) if papers else []

    def _parts(self, papers: list[Paper]) -> dict[str, int]:
        if not papers:
            return {}
        parts = self.embedder().parts([paper.text for paper in papers])
        return {paper.paper_id: n for paper, n in zip(papers, parts, strict=True)}


def _change(touched: Touched, store: Store) -> _Change:
    entries = touched.entries(store)
    paper = merged((entry.paper for entry in entries), touched.paper_id)
    row = touched.row
    stored = None if row is None else store.papers([row])[row]
    says_something_else = stored is None or stored.content_hash != paper.content_hash
    return _Change(touched, entries, paper, says_something_else)


def _aliases(change: _Change) -> list[str]:
    """Every id that one of its records gave, and those of the papers it took over."""
    said = [said for entry in change.entries for said in entry.paper.ids]
    return list(dict.fromkeys([*change.paper.ids, *said, *(said for _, said in change.touched.absorbed)]))


def _batches(rows: Sequence[int]) -> Iterator[tuple[int, Sequence[int]]]:
    """Parts of so many rows as go into one transaction, each with how many are done after it."""
    for first in range(0, len(rows), BATCH):
        yield min(first + BATCH, len(rows)), rows[first : first + BATCH]
