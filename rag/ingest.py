"""Papers → dedupe → chunks → vectors → store and indexes, in committed batches → IngestReport."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from rag import readers
from rag.dedupe import Batch, Touched, fold, merged
from rag.embedding import Recipe, embed
from rag.errors import InputError
from rag.indexes import Indexes
from rag.interfaces import Embedder
from rag.readers import Entry
from rag.readers.source import shown_name
from rag.store import Store
from rag.types import IngestReport, Paper, Problem

BATCH = 64  # papers in one transaction: what a kill can cost
_LONG_TITLE, _LONG_ABSTRACT = 1_000, 20_000  # characters; longer ones are taken with a warning


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is: records dealt with of all that the files hold."""

    done: int
    total: int


@dataclass(slots=True)
class _Tally:
    """What one run has come to so far; papers count once they are committed."""

    counts: Counter[str] = field(default_factory=Counter)
    rejected: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)  # ids of the papers met

    def add(self, batch: Batch, store: Store) -> None:
        met = [touched for touched in batch.touched if touched.paper_id not in self.seen]
        self.seen |= {touched.paper_id for touched in met}
        self.counts += batch.counts
        self.counts["without_abstract"] += store.count_without_abstract(t.stored_row for t in met)

    def report(self, totals: Mapping[str, int], seconds: float, *, interrupted: bool) -> IngestReport:
        return IngestReport(
            added=self.counts["added"],
            updated=self.counts["updated"],
            unchanged=self.counts["unchanged"],
            duplicates=self.counts["duplicates"],
            merged=self.counts["merged"],
            without_abstract=self.counts["without_abstract"],
            rejected=tuple(self.rejected),
            warnings=tuple(self.warnings),
            papers=totals["papers"],
            chunks=totals["chunks"],
            seconds=seconds,
            interrupted=interrupted,
        )


def ingest(
    paths: list[Path],
    store: Store,
    indexes: Indexes,
    recipe: Recipe,
    embedder: Callable[[], Embedder],
    *,
    format_name: str | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> IngestReport:
    """Read files into the store, then bring the indexes in step; the caller holds the writer's lock.

    `embedder` is called only when something has to be embedded. KeyboardInterrupt ends the run at
    the last committed batch; the report says so and counts what was committed.

    Raises:
        InputError: nothing in the files could be used.
        StorageError: the disk is full; what was committed stays.
    """
    started = time.perf_counter()
    found = list(readers.find_files(paths))
    files = [item for item in found if isinstance(item, Path)]
    tally, interrupted = _Tally(rejected=[item for item in found if isinstance(item, Problem)]), False
    try:
        total = _count(files, format_name)
        entries = _entries(files, format_name, tally)
        done = 0
        progress(Progress(0, total))
        while records := [entry.paper for entry in islice(entries, BATCH)]:
            batch = fold(records, store, tally.seen)
            _commit(batch, store, recipe, embedder)
            tally.add(batch, store)
            done += len(records)
            progress(Progress(done, total))
        if not tally.seen:
            raise InputError(_nothing_usable(tally.rejected, len(files)))
        indexes.bring_in_step()
    except KeyboardInterrupt:  # what the indexes lack, the next command brings in step
        interrupted = True
    return tally.report(store.counts(), time.perf_counter() - started, interrupted=interrupted)


def embed_again(
    store: Store,
    recipe: Recipe,
    embedder: Callable[[], Embedder],
    progress: Callable[[Progress], None],
) -> int:
    """Embed every paper that has no vectors of this recipe, batch by batch, then make it the library's."""
    rows = store.to_embed(recipe)
    for first in range(0, len(rows), BATCH):
        batch = store.papers(rows[first : first + BATCH])
        vectors = embed(list(batch.values()), embedder())
        with store.transaction() as db:
            for row, embedded in zip(batch, vectors, strict=True):
                store.put_embedded(db, row, embedded, recipe)
        progress(Progress(min(first + BATCH, len(rows)), len(rows)))
    store.adopt(recipe)
    return len(rows)


def _count(files: list[Path], format_name: str | None) -> int:
    """Records in all files: reading is a hundredth of the work, and gives an honest time left."""
    silent = _Tally()
    return sum(1 for _ in _entries(files, format_name, silent))


def _entries(files: list[Path], format_name: str | None, tally: _Tally) -> Iterator[Entry]:
    """Entries of all files; what cannot be used goes to the tally."""
    for file in files:
        try:
            for item in readers.read(file, format_name):
                if isinstance(item, Entry):
                    _warn_if_long(item, tally)
                    yield item
                else:
                    (tally.warnings if item.is_warning else tally.rejected).append(item)
        except (InputError, OSError) as error:
            name = shown_name(file)
            tally.rejected.append(Problem(name, None, str(error).removeprefix(f"{name}: ")))


def _warn_if_long(entry: Entry, tally: _Tally) -> None:
    for what, text, limit in (
        ("title", entry.paper.title, _LONG_TITLE),
        ("abstract", entry.paper.abstract, _LONG_ABSTRACT),
    ):
        if len(text) > limit:
            reason = f"the {what} has {len(text)} characters; taken as it is, but check that it is one"
            tally.warnings.append(Problem(entry.paper.sources[0], entry.line, reason))


@dataclass(frozen=True, slots=True)
class _Change:
    """What is written of a paper: all its records, and what they say together."""

    touched: Touched
    records: list[Paper]
    paper: Paper
    says_something_else: bool  # than the paper as it is stored; only then is it embedded again


def _commit(batch: Batch, store: Store, recipe: Recipe, embedder: Callable[[], Embedder]) -> None:
    """Write what a batch changes in one transaction, once its vectors are there."""
    changes = [_change(touched, store) for touched in batch.touched if touched.new]
    if not changes:
        return
    rewritten = [change for change in changes if change.says_something_else]
    searchable = [change for change in rewritten if change.paper.abstract]
    vectors = embed([change.paper for change in searchable], embedder()) if searchable else []
    if store.recipe is None and searchable:
        store.adopt(recipe)
    with store.transaction() as db:
        generation = store.next_generation(db) if rewritten else store.generation
        for change in rewritten:
            change.touched.row = store.put(db, generation, change.touched.row, change.paper)
        for change, embedded in zip(searchable, vectors, strict=True):
            store.put_embedded(db, change.touched.stored_row, embedded, recipe)
        for change in changes:
            store.put_records(db, change.touched.stored_row, change.records)
            store.put_aliases(db, change.touched.stored_row, change.paper.ids)


def _change(touched: Touched, store: Store) -> _Change:
    records = touched.records(store)
    paper = merged(records, touched.paper_id)
    row = touched.row
    stored = None if row is None else store.papers([row])[row]
    says_something_else = stored is None or stored.content_hash != paper.content_hash
    return _Change(touched, records, paper, says_something_else)


def _nothing_usable(rejected: list[Problem], files: int) -> str:
    if not rejected:
        return "no records were found; give files with titles and abstracts"
    first = str(rejected[0])
    if len(rejected) == 1:
        return first
    return f"nothing could be used: {len(rejected)} problems in {files} file(s), the first: {first}"
