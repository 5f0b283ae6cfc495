"""Files → entries → dedupe → vectors → store and indexes, in committed batches → IngestReport."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from rag import readers
from rag.errors import InputError
from rag.indexes.indexes import Indexes
from rag.ingest.changes import BATCH, Writer
from rag.ingest.dedupe import Batch, fold
from rag.ingest.health import Health
from rag.ingest.near_duplicates import near_duplicates
from rag.ingest.report import IngestReport, Problem
from rag.ingest.sync import Gone, find_gone, sources_below, take_out
from rag.ingest.touched import Run
from rag.readers import AS_IT_LOOKS, ReadAs
from rag.readers.source import shown_name
from rag.records import Entry
from rag.store.store import Store

_LONG_TITLE, _LONG_ABSTRACT = 1_000, 20_000  # characters; longer ones are taken with a warning


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is: records dealt with of all that the files hold."""

    done: int
    total: int


@dataclass(slots=True)
class _Tally:
    """What one run has come to so far; papers count once they are committed."""

    run: Run = field(default_factory=Run)
    rejected: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    records: int = 0
    removed: int = 0
    health: Health = field(default_factory=Health)

    def note(self, problems: Iterable[Problem]) -> None:
        """Keep what there is to say of files and records."""
        for problem in problems:
            (self.warnings if problem.is_warning else self.rejected).append(problem)

    def is_whole(self, source: str) -> bool:
        """Whether all that a file holds was understood."""
        lost = (p for p in (*self.rejected, *self.warnings) if p.cuts_off or not (p.was_read or p.is_warning))
        return not any(Path(source).is_relative_to(problem.source) for problem in lost)

    def add(self, entries: list[Entry], batch: Batch, parts: Mapping[str, int]) -> None:
        """Count what was committed; `parts` says in how many the encoder read the papers it embedded."""
        self.records += len(entries)
        parts = dict(parts)
        for entry, touched, kind in zip(entries, batch.of_entry, batch.kinds, strict=True):
            self.run.count(touched.paper_id, kind)
            self.run.hold(entry.record)
            self.health.look_at(entry)
            if (n := parts.pop(touched.paper_id, 1)) > 1:
                self.health.note("long_abstract", entry, f"read in {n} parts")
        for touched in batch.touched:
            for _, absorbed in touched.absorbed:
                self.run.kinds.pop(absorbed, None)
        for kind, found in (("merged", batch.joined), ("torn", batch.torn)):
            for entry, how in found:
                self.health.note(kind, entry, how)

    def report(self, store: Store, seconds: float, *, interrupted: bool) -> IngestReport:
        counts, totals = Counter(self.run.kinds.values()), store.counts()
        return IngestReport(
            records=self.records,
            added=counts["added"],
            updated=counts["updated"],
            unchanged=counts["unchanged"],
            duplicates=self.records - len(self.run.kinds),
            merged=counts["merged"],
            without_abstract=store.count_without_abstract(self.run.kinds),
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
    merge: bool = True,
    progress: Callable[[Progress], None] = lambda _: None,
) -> IngestReport:
    """Read files into the store, then bring the indexes in step; the caller holds the writer's lock.

    `sync` is asked whether to take out what the sources no longer hold; None leaves it in. Without
    `merge` records are one paper only where their id is one.
    KeyboardInterrupt ends the run at the last committed batch; the report says so and counts what
    was committed.

    Raises:
        InputError: nothing in the files could be used.
        StorageError: the disk is full; what was committed stays.
    """
    started = time.perf_counter()
    found = list(readers.find_files(paths))
    files = [item for item in found if isinstance(item, Path)]
    tally, interrupted = _Tally(), False
    tally.note(item for item in found if isinstance(item, Problem))
    try:
        for entries in _batches(files, read_as, tally, progress):
            batch = fold(entries, writer.store, tally.run, merge=merge)
            tally.add(entries, batch, writer.commit(batch.touched))
        if not tally.run.kinds:
            raise InputError(_nothing_usable(tally.rejected, len(files)))
        _take_out_what_is_gone(paths, tally, writer, sync)
        indexes.bring_in_step()
        changed = (paper_id for paper_id, kind in tally.run.kinds.items() if kind != "unchanged")
        tally.health.note_near_duplicates(near_duplicates(changed, writer.store, indexes))
    except KeyboardInterrupt:  # what the indexes lack, the next command brings in step
        interrupted = True
    return tally.report(writer.store, time.perf_counter() - started, interrupted=interrupted)


def _take_out_what_is_gone(
    paths: list[Path], tally: _Tally, writer: Writer, sync: Callable[[Gone], bool] | None
) -> None:
    """What a file says anew of a paper always takes the place of what it said; papers that have left
    it go only when synced.
    """
    sources = sources_below(paths, writer.store) if sync else list(tally.run.held)
    gone = find_gone(filter(tally.is_whole, sources), tally.run, writer.store)
    for paper_id in take_out(gone.replaced, writer):
        tally.run.count(paper_id, "updated")
    if sync is None:
        return
    for source in sources:
        if not tally.is_whole(source):
            reason = "not all of it could be read, so nothing that it held before was removed"
            tally.note([Problem(source, None, reason, is_warning=True)])
    if (gone.papers or gone.less) and sync(gone):
        take_out(gone.less, writer)
        if gone.papers:
            writer.store.remove(gone.papers)
        tally.removed = len(gone.papers)


def _batches(
    files: list[Path], read_as: ReadAs, tally: _Tally, progress: Callable[[Progress], None]
) -> Iterator[list[Entry]]:
    """Entries of all files, so many as go into one transaction; `progress` counts those dealt with."""
    # Reading twice is little beside embedding, and gives an honest time left.
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
                    tally.note([item])
        except (InputError, OSError) as error:
            name = shown_name(file)
            tally.note([Problem(name, None, str(error).removeprefix(f"{name}: "))])


def _warn_if_long(entry: Entry, tally: _Tally) -> None:
    for what, text, limit in (
        ("title", entry.paper.title, _LONG_TITLE),
        ("abstract", entry.paper.abstract, _LONG_ABSTRACT),
    ):
        if len(text) > limit:
            reason = f"the {what} has {len(text)} characters; taken as it is, but check that it is one"
            tally.note([Problem(entry.record.source, entry.record.line, reason, is_warning=True)])


def _nothing_usable(rejected: list[Problem], files: int) -> str:
    if not rejected:
        return "no records were found; give files with titles and abstracts"
    first = str(rejected[0])
    if len(rejected) == 1:
        return first
    return f"nothing could be used: {len(rejected)} problems in {files} file(s), the first: {first}"
