"""Files → entries → dedupe → vectors → store and indexes, in committed batches → IngestReport."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from rag import readers
from rag.changes import BATCH, Writer
from rag.dedupe import Batch, fold
from rag.errors import InputError
from rag.health import Health, near_duplicates
from rag.indexes import Indexes
from rag.readers import AS_IT_LOOKS, ReadAs
from rag.readers.source import shown_name
from rag.records import Entry
from rag.report import IngestReport, Problem
from rag.store import RecordKey, Store, record_key
from rag.sync import Gone, find_gone, remove_gone

_LONG_TITLE, _LONG_ABSTRACT = 1_000, 20_000  # characters; longer ones are taken with a warning


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is: records dealt with of all that the files hold."""

    done: int
    total: int


@dataclass(slots=True)
class _Tally:
    """What one run has come to so far; papers count once they are committed."""

    rejected: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    records: int = 0
    met: dict[str, str] = field(default_factory=dict)  # kind of each paper met, by id
    without_abstract: int = 0
    removed: int = 0
    health: Health = field(default_factory=Health)

    @property
    def not_whole(self) -> set[str]:
        """Files of which something could not be read."""
        cut_off = (problem for problem in self.warnings if problem.cuts_off)
        return {problem.source for problem in (*self.rejected, *cut_off)}

    def add(self, entries: list[Entry], batch: Batch, parts: Mapping[str, int], store: Store) -> None:
        """Count what was committed; `parts` says in how many the encoder read the papers it embedded."""
        self.records += len(entries)
        new = [touched for touched in batch.touched if touched.paper_id not in self.met]
        self.without_abstract += store.count_without_abstract(touched.stored_row for touched in new)
        self.met |= {touched.paper_id: touched.kind for touched in new}
        for touched in batch.touched:
            for _, absorbed in touched.absorbed:
                self.met.pop(absorbed, None)
        for entry in entries:
            self.health.look_at(entry)
            if (n := parts.get(batch.by_id[entry.paper.paper_id].paper_id, 1)) > 1:
                self.health.note("long_abstract", entry, f"read in {n} parts")
        for entry, touched in batch.merged:
            self.health.note("merged", entry, f"is {touched.paper_id}")

    def report(self, totals: Mapping[str, int], seconds: float, *, interrupted: bool) -> IngestReport:
        counts = Counter(self.met.values())
        return IngestReport(
            records=self.records,
            added=counts["added"],
            updated=counts["updated"],
            unchanged=counts["unchanged"],
            duplicates=self.records - len(self.met),
            merged=counts["merged"],
            without_abstract=self.without_abstract,
            removed=self.removed,
            rejected=tuple(self.rejected),
            warnings=tuple(self.warnings),
            papers=totals["papers"],
            chunks=totals["chunks"],
            seconds=seconds,
            interrupted=interrupted,
            health=self.health.findings(),
        )


def ingest(
    paths: list[Path],
    writer: Writer,
    indexes: Indexes,
    *,
    read_as: ReadAs = AS_IT_LOOKS,
    sync: Callable[[Gone], bool] | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> IngestReport:
    """Read files into the store, then bring the indexes in step; the caller holds the writer's lock.

    `sync` is asked whether to take out what the sources no longer hold; None leaves it in.
    KeyboardInterrupt ends the run at the last committed batch; the report says so and counts what
    was committed.

    Raises:
        InputError: nothing in the files could be used.
        StorageError: the disk is full; what was committed stays.
    """
    started = time.perf_counter()
    found = list(readers.find_files(paths))
    files = [item for item in found if isinstance(item, Path)]
    tally, interrupted = _Tally(rejected=[item for item in found if isinstance(item, Problem)]), False
    held: set[RecordKey] = set()
    try:
        for entries in _batches(files, read_as, tally, progress):
            batch = fold(entries, writer.store, tally.met)
            parts = writer.commit(batch.touched)
            tally.add(entries, batch, parts, writer.store)
            if sync is not None:
                held |= {record_key(entry.record) for entry in entries}
        if not tally.met:
            raise InputError(_nothing_usable(tally.rejected, len(files)))
        if sync is not None:
            tally.removed = _sync(find_gone(paths, held, tally.not_whole, writer.store), sync, writer)
        indexes.bring_in_step()
        added = (paper_id for paper_id, kind in tally.met.items() if kind != "unchanged")
        tally.health.note_near_duplicates(near_duplicates(added, writer.store, indexes))
    except KeyboardInterrupt:  # what the indexes lack, the next command brings in step
        interrupted = True
    return tally.report(writer.store.counts(), time.perf_counter() - started, interrupted=interrupted)


def _batches(
    files: list[Path], read_as: ReadAs, tally: _Tally, progress: Callable[[Progress], None]
) -> Iterator[list[Entry]]:
    """Entries of all files, so many as go into one transaction; `progress` counts those dealt with."""
    # Counting first costs a hundredth of the work, and gives an honest time left.
    total = sum(readers.count(file, read_as) for file in files)
    entries, done = _entries(files, read_as, tally), 0
    progress(Progress(0, total))
    while batch := list(islice(entries, BATCH)):
        yield batch
        done += len(batch)
        progress(Progress(done, total))


def _entries(files: list[Path], read_as: ReadAs, tally: _Tally) -> Iterator[Entry]:
    """Entries of all files; what cannot be used goes to the tally."""
    for file in files:
        try:
            for item in readers.read(file, read_as):
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
            tally.warnings.append(Problem(entry.record.source, entry.record.line, reason))


def _sync(gone: Gone, ask: Callable[[Gone], bool], writer: Writer) -> int:
    if (gone.papers or gone.less) and ask(gone):
        remove_gone(gone, writer)
        return len(gone.papers)
    return 0


def _nothing_usable(rejected: list[Problem], files: int) -> str:
    if not rejected:
        return "no records were found; give files with titles and abstracts"
    first = str(rejected[0])
    if len(rejected) == 1:
        return first
    return f"nothing could be used: {len(rejected)} problems in {files} file(s), the first: {first}"
