"""Records → papers: which records are one paper, what each run changes, and what the paper then says.

A paper is what its records say together. The library keeps every record by source and content hash: a
source that says something else than before is believed anew, another source only adds.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce

from rag.store import RecordKey, Store, record_key
from rag.types import Paper


@dataclass(slots=True)
class Touched:
    """A paper that a batch of records touches. Each record is a Paper with one source."""

    paper_id: str
    row: int | None  # in the store, where it is there already
    known: set[RecordKey]  # of the records the store holds
    new: list[Paper] = field(default_factory=list)
    seen: set[RecordKey] = field(default_factory=set)
    outdated: set[str] = field(default_factory=set)  # sources whose earlier words no longer count

    @property
    def stored_row(self) -> int:
        """Its row, once it is stored."""
        if self.row is None:
            raise AssertionError("a paper is written before what belongs to it")
        return self.row

    def records(self, store: Store) -> list[Paper]:
        """All its records as they shall be stored, in the order in which their sources came."""
        if self.row is None:
            return self.new
        new = list(self.new)
        kept: list[Paper] = []
        for record in store.records(self.row):
            if record.sources[0] not in self.outdated or record_key(record) in self.seen:
                kept.append(record)
            else:  # what this source now says takes the place of what it said
                kept += (r for r in new if r.sources == record.sources)
                new = [r for r in new if r.sources != record.sources]
        return kept + new


@dataclass(slots=True)
class Batch:
    """What a batch of records comes to: papers touched, and how they are counted once it is stored."""

    touched: list[Touched] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def fold(records: Iterable[Paper], store: Store, seen: set[str]) -> Batch:
    """Find the paper of each record. `seen` holds the ids of papers met earlier in this run."""
    batch = Batch()
    by_id: dict[str, Touched] = {}
    for record in records:
        touched = _find(record, by_id, store)
        is_first = touched.paper_id not in by_id and touched.paper_id not in seen
        batch.counts[_kind(touched, record) if is_first else "duplicates"] += 1
        if touched.paper_id not in by_id:
            batch.touched.append(touched)
        by_id |= dict.fromkeys((touched.paper_id, *record.ids), touched)
        _add(touched, record, is_first=is_first)
    return batch


def merged(records: Iterable[Paper], paper_id: str) -> Paper:
    """Records of one paper as one, under the id that the library first gave it."""
    return replace(reduce(_fuller, records), first_id=paper_id)


def _find(record: Paper, by_id: Mapping[str, Touched], store: Store) -> Touched:
    """The paper of a record: one that this batch touched already, one that is stored, or a new one."""
    met = next((by_id[said] for said in record.ids if said in by_id), None)
    if met is not None:
        return met
    found = store.resolve(*record.ids)
    if found is None:
        return Touched(record.paper_id, None, set())
    row, paper_id = found
    return by_id.get(paper_id) or Touched(paper_id, row, store.record_keys(row))


def _kind(touched: Touched, record: Paper) -> str:
    """How a paper is counted, by its first record of the run."""
    source, content_hash = record_key(record)
    if touched.row is None:
        return "added"
    if (source, content_hash) in touched.known:
        return "unchanged"
    if source in {known_source for known_source, _ in touched.known}:
        return "updated"
    return "unchanged" if content_hash in {known_hash for _, known_hash in touched.known} else "merged"


def _add(touched: Touched, record: Paper, *, is_first: bool) -> None:
    key = record_key(record)
    is_new = key not in touched.known and key not in touched.seen
    touched.seen.add(key)
    if is_new:
        touched.new.append(record)
        if is_first:
            touched.outdated.add(key[0])


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
