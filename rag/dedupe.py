"""Records → papers: which records are one paper, what a run changes, and what the paper then says.

A paper is what its records say together. The library keeps every record by source and content hash; what
a source says anew takes the place of what it said, another source only adds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import reduce

from rag.identity import conflict, same_paper
from rag.records import Entry, Record, RecordKey, entry_from
from rag.store import Store
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


@dataclass(slots=True, eq=False)
class Batch:
    """The papers that a batch of records touches, and what there is to say of how they were found."""

    touched: list[Touched] = field(default_factory=list)
    of_entry: list[Touched] = field(default_factory=list)  # the paper of each record, in order
    kinds: list[str] = field(default_factory=list)  # and what it does with it
    joined: list[tuple[Entry, str]] = field(default_factory=list)  # records that joined papers, and how
    torn: list[tuple[Entry, str]] = field(default_factory=list)  # records whose identifiers disagree
    by_key: dict[RecordKey, Touched] = field(default_factory=dict)
    by_id: dict[str, Touched] = field(default_factory=dict)
    by_title: dict[str, list[Touched]] = field(default_factory=dict)

    def index(self, touched: Touched, entry: Entry) -> None:
        """Let a record, and what it says, lead to its paper."""
        paper = entry.paper
        self.by_key[entry.record.key] = touched
        if touched not in self.touched:
            self.touched.append(touched)
        self.by_id |= dict.fromkeys((touched.paper_id, *paper.ids), touched)
        if key := paper.title_key:
            titled = self.by_title.setdefault(key, [])
            if touched not in titled:
                titled.append(touched)

    def unite(self, first: Touched, other: Touched) -> None:
        """Let one paper take over another."""
        first.absorb(other)
        self.touched = [each for each in self.touched if each is not other]
        self.of_entry = [first if each is other else each for each in self.of_entry]
        self.by_key = {key: first if each is other else each for key, each in self.by_key.items()}
        self.by_id = {said: first if each is other else each for said, each in self.by_id.items()}
        for key, titled in self.by_title.items():
            self.by_title[key] = [first if each is other else each for each in titled]


def fold(entries: Iterable[Entry], store: Store, run: Run) -> Batch:
    """Find the paper of each record; what the run met in earlier batches is in the store."""
    batch = Batch()
    for entry in entries:
        touched = _find(entry, batch, store)
        if touched is None:
            touched = Touched(_free_id(entry.paper, batch, store), None, set())
        batch.index(touched, entry)
        batch.of_entry.append(touched)
        batch.kinds.append(touched.add(entry, run))
    return batch


def merged(papers: Iterable[Paper], paper_id: str) -> Paper:
    """Records of one paper as one, under the id that the library first gave it."""
    return replace(reduce(_fuller, papers), first_id=paper_id)


def _find(entry: Entry, batch: Batch, store: Store) -> Touched | None:
    """The paper that a record is of: the one it is stored with, or else one that is the same. Where it
    shows several to be one, the first stored takes over; but papers whose own identifiers disagree
    stay apart, whatever one record says.
    """
    key, paper = entry.record.key, entry.paper
    if key in batch.by_key:
        return batch.by_key[key]
    if row := store.with_record(key):
        return _touched(*row, batch, store)
    found = _candidates(paper, batch, store)
    same = [each for each in found if _is_same(paper, each, store)]
    if torn := [each for each in found if each not in same and _shares_identifier(paper, each, store)]:
        batch.torn.append((entry, f"has an identifier of {torn[0].paper_id} too"))
    return _united(same, entry, batch, store) if same else None


def _united(same: list[Touched], entry: Entry, batch: Batch, store: Store) -> Touched:
    """The papers that a record shows to be one, as one."""
    chosen, *others = same
    one = [chosen]
    for other in others:
        if any(conflict(other.ids(store), each.ids(store)) for each in one):
            batch.torn.append((entry, f"has an identifier of {other.paper_id} too"))
        else:
            one.append(other)
    first, *absorbed = sorted(one, key=lambda each: (each.row is None, each.row or 0))
    for other in absorbed:
        batch.unite(first, other)
        batch.joined.append((entry, f"shows {first.paper_id} and {other.paper_id} to be one"))
    if not _shares_identifier(entry.paper, first, store):
        batch.joined.append((entry, f"is {first.paper_id} by its title"))
    return first


def _candidates(paper: Paper, batch: Batch, store: Store) -> list[Touched]:
    """Papers with an identifier of this one, in the order of its identifiers, then those of its title."""
    ids = (*paper.ids, paper.text_id)
    found = [batch.by_id[said] for said in ids if said in batch.by_id]
    found += (_touched(*row, batch, store) for row in store.with_ids(ids))
    if key := paper.title_key:
        found += batch.by_title.get(key, ())
        rows = store.titled(key)
        theirs = store.ids(row for row, _ in rows)
        found += (_touched(*row, batch, store) for row in rows if not conflict(paper.ids, theirs[row[0]]))
    return list(dict.fromkeys(found))


def _is_same(paper: Paper, touched: Touched, store: Store) -> bool:
    """Whether some record of a paper is of the same one as this, and none speaks against it."""
    same = [other for other in touched.papers(store) if same_paper(paper, other)]
    return bool(same) and (
        not conflict(paper.ids, touched.ids(store)) or any(_identified(paper, other) for other in same)
    )


def _identified(paper: Paper, other: Paper) -> bool:
    return not set(paper.ids).isdisjoint(other.ids)


def _shares_identifier(paper: Paper, touched: Touched, store: Store) -> bool:
    return not set(paper.ids).isdisjoint(touched.ids(store))


def _touched(row: int, paper_id: str, batch: Batch, store: Store) -> Touched:
    """A stored paper, as this batch has touched it already or as it is stored."""
    for touched in batch.touched:
        if touched.row == row or (row, paper_id) in touched.absorbed:
            return touched
    touched = Touched.of(row, paper_id, store)
    batch.touched.append(touched)
    return touched


def _free_id(paper: Paper, batch: Batch, store: Store) -> str:
    """The id of a new paper; one that another paper had first stays that one's."""
    ids = (paper.paper_id, paper.text_id, f"text:{paper.content_hash[:20]}")
    return next(said for said in ids if said not in batch.by_id and not store.resolve(said))


def _cleaned(records: Iterable[Record]) -> Iterable[Entry]:
    """Entries of stored records; of one in which this version finds nothing, none."""
    for record in records:
        try:
            yield entry_from(record)
        except ValueError:
            continue


def _fuller(first: Paper, second: Paper) -> Paper:
    """The longer abstract with its own title, the longer author list, the first's other fields where it
    has them, all identifiers.
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
        identifiers={**second.identifiers, **first.identifiers},
    )
