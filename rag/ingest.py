"""Papers → dedupe → chunks → vectors → store and indexes, in committed batches → IngestReport."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from rag import readers
from rag.embedding import Recipe, embed
from rag.errors import InputError
from rag.indexes import Indexes
from rag.interfaces import Embedder
from rag.readers import Entry
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
    """What one run has come to so far."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    merged: int = 0
    duplicates: int = 0
    without_abstract: int = 0
    rejected: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)  # paper ids of this run, as the store knows them

    def report(self, counts: Mapping[str, int], seconds: float, *, interrupted: bool) -> IngestReport:
        return IngestReport(
            added=self.added,
            updated=self.updated,
            unchanged=self.unchanged,
            duplicates=self.duplicates,
            merged=self.merged,
            without_abstract=self.without_abstract,
            rejected=tuple(self.rejected),
            warnings=tuple(self.warnings),
            papers=counts["papers"],
            chunks=counts["chunks"],
            seconds=seconds,
            interrupted=interrupted,
        )


Record = tuple[str, str]  # source and content hash: what tells a record from an edited one


@dataclass(slots=True)
class _Pending:
    """A paper that this batch touches: as it is stored, if it is, and as it shall be."""

    row: int | None
    stored: Paper | None
    paper: Paper
    known: set[Record]
    new: set[Record] = field(default_factory=set)
    outdated: set[str] = field(default_factory=set)  # sources whose earlier word no longer counts

    @property
    def is_changed(self) -> bool:
        return self.stored is None or self.paper.content_hash != self.stored.content_hash


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

    `embedder` is called only when something has to be embedded. KeyboardInterrupt ends the run after
    the last committed batch; the report says so.

    Raises:
        InputError: nothing in the files could be used.
        StorageError: the disk is full; what was committed stays.
    """
    started = time.perf_counter()
    files = list(readers.find_files(paths))
    tally, interrupted = _Tally(), False
    try:
        total = _count(files, format_name)
        entries = _entries(files, format_name, tally)
        done = 0
        progress(Progress(0, total))
        while batch := list(islice(entries, BATCH)):
            _commit(_fold(batch, store, tally), store, recipe, embedder)
            done += len(batch)
            progress(Progress(done, total))
    except KeyboardInterrupt:
        interrupted = True
    if not tally.seen and not interrupted:
        raise InputError(_nothing_usable(tally.rejected, len(files)))
    indexes.bring_in_step()
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
        vectors = embed([stored.paper for stored in batch.values()], embedder())
        with store.transaction() as db:
            for row, embedded in zip(batch, vectors, strict=True):
                store.put_embedded(db, row, embedded, recipe)
        progress(Progress(min(first + BATCH, len(rows)), len(rows)))
    store.adopt(recipe)
    return len(rows)


def fuller(first: Paper, second: Paper) -> Paper:
    """Two records of one paper as one: the longer abstract and author list, the first's other fields
    where it has them, the identifiers of both.
    """
    return replace(
        first,
        title=first.title or second.title,
        abstract=max(first.abstract, second.abstract, key=len),
        authors=max(first.authors, second.authors, key=len),
        year=first.year or second.year,
        venue=first.venue or second.venue,
        url=first.url or second.url,
        identifiers={**second.identifiers, **first.identifiers},
    )


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
        except InputError as error:
            tally.rejected.append(Problem(str(file), None, str(error).removeprefix(f"{file}: ")))


def _warn_if_long(entry: Entry, tally: _Tally) -> None:
    for what, text, limit in (
        ("title", entry.paper.title, _LONG_TITLE),
        ("abstract", entry.paper.abstract, _LONG_ABSTRACT),
    ):
        if len(text) > limit:
            reason = f"the {what} has {len(text)} characters; taken as it is, but check that it is one"
            tally.warnings.append(Problem(entry.paper.sources[0], entry.line, reason))


def _fold(batch: Iterable[Entry], store: Store, tally: _Tally) -> list[_Pending]:
    """The papers that a batch of records touches, each as it shall be."""
    touched: dict[str | int, _Pending] = {}
    for entry in batch:
        row = store.resolve(entry.paper.paper_id)
        key = entry.paper.paper_id if row is None else row
        if key not in touched:
            touched[key] = _look_up(row, entry.paper, store)
        pending = touched[key]
        record = (entry.paper.sources[0], entry.paper.content_hash)
        if pending.paper.paper_id in tally.seen:
            tally.duplicates += 1
            pending.paper = fuller(pending.paper, entry.paper)
        else:
            tally.seen.add(pending.paper.paper_id)
            _fold_first(pending, entry.paper, record, tally)
        if record not in pending.known:
            pending.new.add(record)
    return list(touched.values())


def _look_up(row: int | None, paper: Paper, store: Store) -> _Pending:
    if row is None:
        return _Pending(None, None, paper, set())
    stored = store.papers([row])[row].paper
    return _Pending(row, stored, stored, store.records(row))


def _fold_first(pending: _Pending, paper: Paper, record: Record, tally: _Tally) -> None:
    """Fold in a paper's first record of this run, which decides how the paper is counted.

    A source that says something else than before is believed anew; another source only adds.
    """
    source, content_hash = record
    if pending.stored is None:
        tally.added += 1
    elif content_hash in {known_hash for _, known_hash in pending.known}:
        tally.unchanged += 1
    elif source in {known_source for known_source, _ in pending.known}:
        tally.updated += 1
        others = {known_source for known_source, _ in pending.known} - {source}
        pending.paper = replace(
            fuller(paper, pending.stored) if others else paper, first_id=pending.stored.paper_id
        )
        pending.outdated.add(source)
    else:
        tally.merged += 1
        pending.paper = fuller(pending.stored, paper)
    tally.without_abstract += not pending.paper.abstract


def _commit(touched: list[_Pending], store: Store, recipe: Recipe, embedder: Callable[[], Embedder]) -> None:
    """Write what a batch changes in one transaction, once its vectors are there."""
    changed = [pending for pending in touched if pending.is_changed]
    searchable = [pending for pending in changed if pending.paper.abstract]
    vectors = embed([pending.paper for pending in searchable], embedder()) if searchable else []
    if store.recipe is None and searchable:
        store.adopt(recipe)
    if not any(pending.is_changed or pending.new for pending in touched):
        return
    with store.transaction() as db:
        generation = store.next_generation(db) if changed else store.generation
        for pending in changed:
            pending.row = store.put(db, generation, pending.row, pending.paper)
        for pending, embedded in zip(searchable, vectors, strict=True):
            store.put_embedded(db, _row(pending), embedded, recipe)
        for pending in touched:
            for source in pending.outdated:
                store.forget_records(db, _row(pending), source)
            store.put_records(db, _row(pending), pending.new)


def _row(pending: _Pending) -> int:
    if pending.row is None:
        raise AssertionError("a paper is written before what belongs to it")
    return pending.row


def _nothing_usable(rejected: list[Problem], files: int) -> str:
    if not rejected:
        return "no records were found; give files with titles and abstracts"
    first = str(rejected[0])
    if len(rejected) == 1:
        return first
    return f"nothing could be used: {len(rejected)} problems in {files} file(s), the first: {first}"
