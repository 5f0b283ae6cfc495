"""Papers as they are stored, and what searches have read before and need not read again."""

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from rag.store.database import Database
from rag.store.packing import paper_from
from rag.types import Paper

Key = TypeVar("Key")
Value = TypeVar("Value")
AS_PUT = "ORDER BY row, rowid"
"""Records paper by paper, in the order they were put."""


def papers_at(db: Database, rows: Iterable[int]) -> dict[int, Paper]:
    """Papers by row, with their sources."""
    rows = list(rows)
    sources: dict[int, dict[str, None]] = {}
    for row, source in db.read_in("SELECT row, source FROM records WHERE row", rows, AS_PUT):
        sources.setdefault(row, {})[source] = None
    found = db.read_in("SELECT * FROM papers WHERE row", rows)
    return {row["row"]: paper_from(row, tuple(sources.get(row["row"], ()))) for row in found}


class Kept(Generic[Key, Value]):
    """The first `most` things that were read of what was committed last; what any thread reads serves all.

    Only for what is read outside a transaction, which has not committed yet what it sees.
    """

    def __init__(self, db: Database, most: int) -> None:
        self._db, self._most = db, most
        self._kept: tuple[int, dict[Key, Value]] = -1, {}

    def get(
        self, keys: Iterable[Key], read: Callable[[list[Key]], Iterable[tuple[Key, Value]]]
    ) -> Iterator[tuple[Key, Value]]:
        """Each key that is there with its value, in no order; `read` is asked for what is not kept."""
        kept = self._now()
        keys = list(keys)
        known = {key: kept[key] for key in keys if key in kept}
        yield from known.items()
        missing = [key for key in keys if key not in known]
        for key, value in read(missing) if missing else ():
            if len(kept) < self._most:
                kept[key] = value
            yield key, value

    def _now(self) -> dict[Key, Value]:
        """What is kept; a full store of what is searched no more is begun anew."""
        commits = self._db.commits
        kept_at, kept = self._kept
        if kept_at != commits or len(kept) >= self._most:
            kept = {}
            self._kept = commits, kept
        return kept
