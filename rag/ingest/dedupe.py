"""Records → papers: which records are one paper, and what they show to be one."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from rag.ingest.identity import conflict, same_paper
from rag.ingest.touched import Run, Touched
from rag.records import Entry, RecordKey
from rag.store.store import Store
from rag.types import Paper


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


def fold(entries: Iterable[Entry], store: Store, run: Run, *, merge: bool = True) -> Batch:
    """Find the paper of each record; what the run met in earlier batches is in the store. Without
    `merge` records of one id are one paper, and no others are.
    """
    batch = Batch()
    for entry in entries:
        touched = _find(entry, batch, store) if merge else _of_own_id(entry.paper, batch, store)
        if touched is None:
            touched = Touched(_free_id(entry.paper, batch, store), None, set())
        batch.index(touched, entry)
        batch.of_entry.append(touched)
        batch.kinds.append(touched.add(entry, run))
    return batch


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


def _of_own_id(paper: Paper, batch: Batch, store: Store) -> Touched:
    """The paper of a record's own id, stored or new; of a test collection its number there is that id."""
    own = f"beir:{paper.identifiers['beir']}" if "beir" in paper.identifiers else paper.paper_id
    if own in batch.by_id:
        return batch.by_id[own]
    row = store.resolve(own)
    return _touched(*row, batch, store) if row else Touched(own, None, set())


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
