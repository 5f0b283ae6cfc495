"""A paper that a run touches: what changes of its records, and what it then says.

A paper is what its records say together. The library keeps every record by source and content hash; what
a source says anew takes the place of what it said, another source only adds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import reduce

from rag.records import Entry, Record, RecordKey, distinct, entry_from
from rag.store.store import Store
from rag.types import Paper

KINDS = ("unchanged", "merged", "updated", "added")
"""What a run does with a paper; of two that hold of one paper, the later counts."""


@dataclass(slots=True)
class Run:
    """What one run has met so far: papers by id with their kind, and records by source."""

    kinds: dict[str, str] = field(default_factory=dict)
    held: dict[str, set[str]] = field(default_factory=dict)  # content hashes

    def count(self, paper_id: str, kind: str) -> None:
        """Note what is done with a paper."""
        before = self.kinds.get(paper_id, KINDS[0])
        self.kinds[paper_id] = max(before, kind, key=KINDS.index)

    def holds(self, key: RecordKey) -> bool:
        """Whether this record was met in its source."""
        source, content_hash = key
        return content_hash in self.held.get(source, ())

    def hold(self, record: Record) -> None:
        """Note that its source holds this record."""
        self.held.setdefault(record.source, set()).add(record.content_hash)


@dataclass(slots=True, eq=False)
class Touched:
    """A paper that a batch of records touches, with what changes of its records."""

    paper_id: str
    row: int | None  # in the store, where it is there already
    known: set[RecordKey]  # of the records that the store holds of it
    new: list[Entry] = field(default_factory=list)
    seen: set[RecordKey] = field(default_factory=set)  # of records, in this batch
    gone: set[RecordKey] = field(default_factory=set)  # known ones that no longer count
    absorbed: list[tuple[int, str]] = field(default_factory=list)  # stored papers found to be this one
    is_to_clean: bool = False  # its stored records are to be cleaned anew

    @classmethod
    def of(cls, row: int, paper_id: str, store: Store) -> "Touched":
        """A stored paper, with nothing changed yet."""
        return cls(paper_id, row, store.record_keys(row))

    @property
    def stored_row(self) -> int:
        """Its row, once it is stored."""
        if self.row is None:
            raise AssertionError("a paper is written before what belongs to it")
        return self.row

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.new or self.gone or self.absorbed or self.is_to_clean)

    def entries(self, store: Store) -> list[Entry]:
        """All its records as they shall be stored, in the order in which their sources came."""
        new, kept = list(self.new), []
        for entry in _cleaned(store.records(self._rows)):
            if entry.record.key not in self.gone:
                kept.append(entry)
            else:  # what this source now says takes the place of what it said
                kept += (other for other in new if other.record.source == entry.record.source)
                new = [other for other in new if other.record.source != entry.record.source]
        return kept + new

    def ids(self, store: Store) -> set[str]:
        """Every id that one of its records gives."""
        stored = store.ids(self._rows).values() if self._rows else ()
        return set().union(*stored, *(entry.paper.ids for entry in self.new))

    def papers(self, store: Store) -> list[Paper]:
        """What each of its records says, stored or new."""
        stored = _cleaned(store.records(self._rows)) if self._rows else ()
        return [entry.paper for entry in (*stored, *self.new)]

    def add(self, entry: Entry, run: Run) -> str:
        """Take a record in, and say what that does with the paper.

        The only record that its source had of the paper, unless the run has met it, gives way at once;
        of several, only the source's end tells which are gone.
        """
        key = entry.record.key
        kind = self._kind(key)
        self.seen.add(key)
        if key in self.known:
            self.gone.discard(key)
        elif key not in {other.record.key for other in self.new}:
            self.new.append(entry)
            before = [known for known in self.known if known[0] == key[0]]
            if len(before) == 1 and before[0] not in self.seen and not run.holds(before[0]):
                self.gone.add(before[0])
        return kind

    def absorb(self, other: "Touched") -> None:
        """Take over another paper, which a record has shown to be this one."""
        self.known |= other.known
        self.new += other.new
        self.seen |= other.seen
        self.gone |= other.gone
        self.absorbed += other.absorbed
        if other.row is not None:
            self.absorbed.append((other.row, other.paper_id))

    @property
    def _rows(self) -> list[int]:
        own = [] if self.row is None else [self.row]
        return [*own, *(row for row, _ in self.absorbed)]

    def _kind(self, key: RecordKey) -> str:
        if self.row is None:
            return "added"
        if key in self.known:
            return "unchanged"
        if key[0] in {source for source, _ in self.known}:
            return "updated"
        return "unchanged" if key[1] in {content_hash for _, content_hash in self.known} else "merged"


def merged(papers: Iterable[Paper], paper_id: str) -> Paper:
    """Records of one paper as one, under the id that the library first gave it."""
    return replace(reduce(_fuller, papers), first_id=paper_id)


def _cleaned(records: Iterable[Record]) -> Iterable[Entry]:
    """Entries of stored records; of one in which this version finds nothing, none."""
    for record in records:
        try:
            yield entry_from(record)
        except ValueError:
            continue


def _fuller(first: Paper, second: Paper) -> Paper:
    """The longer abstract with its own title, the longer author list, the first's other fields where it
    has them, all keywords and identifiers.
    """
    told = max(first, second, key=lambda paper: len(paper.abstract))
    return replace(
        first,
        title=told.title or first.title or second.title,
        abstract=told.abstract,
        authors=max(first.authors, second.authors, key=len),
        year=first.year or second.year,
        venue=first.venue or second.venue,
        url=first.url or second.url,
        keywords=distinct((*first.keywords, *second.keywords)),
        identifiers={**second.identifiers, **first.identifiers},
    )
