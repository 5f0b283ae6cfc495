"""Records → papers: which records are one paper, what each run changes, and what the paper then says.

A paper is what its records say together. The library keeps every record by source and content hash: a
source that says something else than before is believed anew, another source only adds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce

from rag.identity import identifiers_conflict, same_paper
from rag.records import Entry
from rag.store import RecordKey, Store, record_key
from rag.types import Paper


@dataclass(slots=True, eq=False)
class Touched:
    """A paper that a batch of records touches."""

    paper_id: str
    row: int | None  # in the store, where it is there already
    known: set[RecordKey]  # of the records that the store holds of it
    kind: str = ""  # how the run counts it
    new: list[Entry] = field(default_factory=list)
    seen: set[RecordKey] = field(default_factory=set)
    outdated: set[str] = field(default_factory=set)  # sources whose earlier words no longer count
    gone: set[RecordKey] = field(default_factory=set)  # of stored records that their source has no more
    absorbed: list[tuple[int, str]] = field(default_factory=list)  # stored papers found to be this one

    @property
    def stored_row(self) -> int:
        """Its row, once it is stored."""
        if self.row is None:
            raise AssertionError("a paper is written before what belongs to it")
        return self.row

    @property
    def is_changed(self) -> bool:
        """Whether it is more than what is stored."""
        return bool(self.new or self.gone or self.absorbed)

    def stored(self, store: Store) -> list[Entry]:
        """Its records as they are stored."""
        rows = [] if self.row is None else [self.row]
        return store.entries([*rows, *(row for row, _ in self.absorbed)])

    def entries(self, store: Store) -> list[Entry]:
        """All its records as they shall be stored, in the order in which their sources came."""
        new = list(self.new)
        kept: list[Entry] = []
        for entry in self.stored(store):
            source = entry.record.source
            if record_key(entry.record) in self.gone:
                continue
            if source not in self.outdated or record_key(entry.record) in self.seen:
                kept.append(entry)
            else:  # what this source now says takes the place of what it said
                kept += (other for other in new if other.record.source == source)
                new = [other for other in new if other.record.source != source]
        return kept + new

    def add(self, entry: Entry, *, is_first: bool) -> bool:
        """Take a record in, and say whether it is a new one.

        The first of a run that says something new makes its source's others old.
        """
        key = record_key(entry.record)
        is_new = key not in self.known and key not in self.seen
        self.seen.add(key)
        if is_new:
            self.new.append(entry)
            if is_first:
                self.outdated.add(entry.record.source)
        return is_new

    def absorb(self, other: "Touched") -> None:
        """Take over another paper, which a record has shown to be this one."""
        self.known |= other.known
        self.new += other.new
        self.seen |= other.seen
        self.outdated |= other.outdated
        self.absorbed += other.absorbed
        if other.row is not None:
            self.absorbed.append((other.row, other.paper_id))


@dataclass(slots=True, eq=False)
class Batch:
    """The papers that a batch of records touches, by every id and title that means one of them."""

    touched: list[Touched] = field(default_factory=list)
    by_id: dict[str, Touched] = field(default_factory=dict)
    by_title: dict[str, list[Touched]] = field(default_factory=dict)
    merged: list[tuple[Entry, Touched]] = field(default_factory=list)  # records of another id than theirs

    def add(self, touched: Touched, entry: Entry) -> None:
        """Note that a record is of this paper."""
        if touched not in self.touched:
            self.touched.append(touched)
        self.by_id |= dict.fromkeys((touched.paper_id, *entry.paper.ids), touched)
        if key := entry.paper.title_key:
            titled = self.by_title.setdefault(key, [])
            if touched not in titled:
                titled.append(touched)

    def drop(self, touched: Touched, into: Touched) -> None:
        """Forget a paper that another one has absorbed."""
        self.touched = [t for t in self.touched if t is not touched]
        self.by_id = {said: into if t is touched else t for said, t in self.by_id.items()}
        for key, titled in self.by_title.items():
            self.by_title[key] = [into if t is touched else t for t in titled]


def fold(entries: Iterable[Entry], store: Store, met: Mapping[str, str]) -> Batch:
    """Find the paper of each record. `met` holds the ids of the papers met earlier in this run."""
    batch = Batch()
    for entry in entries:
        touched = _find(entry.paper, batch, store) or Touched(entry.paper.paper_id, None, set())
        is_first = touched.paper_id not in met and touched not in batch.touched
        if is_first:
            touched.kind = _kind(touched, entry)
        batch.add(touched, entry)
        is_new = touched.add(entry, is_first=is_first)
        if is_new and entry.paper.paper_id != touched.paper_id:
            batch.merged.append((entry, touched))
    return batch


def merged(papers: Iterable[Paper], paper_id: str) -> Paper:
    """Records of one paper as one, under the id that the library first gave it."""
    return replace(reduce(_fuller, papers), first_id=paper_id)


def _find(paper: Paper, batch: Batch, store: Store) -> Touched | None:
    """The paper that a record is of. Where it shows several to be one, the first stored takes over."""
    candidates = [batch.by_id[said] for said in paper.ids if said in batch.by_id]
    candidates += (_touched(row, said, batch, store) for row, said in store.resolve_all(paper.ids))
    if key := paper.title_key:
        titled = [*batch.by_title.get(key, ())]
        titled += (_touched(row, said, batch, store) for row, said in store.titled(key))
        candidates += (t for t in titled if not _is_among(t, candidates) and _is_same(paper, t, store))
    distinct = [t for n, t in enumerate(candidates) if not _is_among(t, candidates[:n])]
    distinct.sort(key=lambda touched: (touched.row is None, touched.row or 0))
    if not distinct:
        return None
    first, *others = distinct
    for other in others:
        first.absorb(other)
        batch.drop(other, into=first)
    return first


def _touched(row: int, paper_id: str, batch: Batch, store: Store) -> Touched:
    """A stored paper, as this batch has touched it already or as it is stored."""
    for touched in batch.touched:
        if touched.row == row or (row, paper_id) in touched.absorbed:
            return touched
    return Touched(paper_id, row, store.record_keys(row))


def _is_among(touched: Touched, others: list[Touched]) -> bool:
    row = touched.row
    return any(touched is other or (row is not None and row == other.row) for other in others)


def _is_same(paper: Paper, touched: Touched, store: Store) -> bool:
    """Whether some record of a paper is of the same one as this record, and none cannot be."""
    papers = [entry.paper for entry in (*touched.stored(store), *touched.new)]
    return any(same_paper(paper, other) for other in papers) and not any(
        identifiers_conflict(paper, other) for other in papers
    )


def _kind(touched: Touched, entry: Entry) -> str:
    """How a paper is counted, by its first record of the run."""
    source, content_hash = record_key(entry.record)
    if touched.row is None:
        return "added"
    if (source, content_hash) in touched.known:
        return "unchanged"
    if source in {known_source for known_source, _ in touched.known}:
        return "updated"
    return "unchanged" if content_hash in {known_hash for _, known_hash in touched.known} else "merged"


def _fuller(first: Paper, second: Paper) -> Paper:
    """The longer abstract and author list, the first's other fields where it has them, all identifiers."""
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
