"""The two indexes, kept in step with the store: checked before they are opened, rebuilt when they must be.

An index lives in a folder of its own that is never changed once it is published: bringing it in step
writes a copy (or a fresh one) and publishes that. So a reader in another process is never disturbed,
and whatever a killed writer leaves behind is no index anybody would open.
"""

import secrets
import shutil
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

from rag.embedding import Spans
from rag.errors import LibraryBusyError, StorageError
from rag.interfaces import IndexEntry, IndexKind, IndexState, OpenIndex, Retired, WordIndexKind
from rag.locking import writer_lock
from rag.store import Store
from rag.types import Paper
from rag.words import folded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Notify = Callable[[str], None]
Result = TypeVar("Result")
_PATIENCE = 60  # seconds to wait for another process that is rebuilding a damaged index


@dataclass(slots=True)
class _Opened:
    state: IndexState
    index: OpenIndex[Any]


class Indexes:
    """The indexes of one library folder. `notify` is told in one line when one has to be rebuilt."""

    def __init__(
        self,
        folder: Path,
        store: Store,
        vectors: IndexKind[OpenIndex["NDArray[np.float32]"]],
        words: WordIndexKind,
        notify: Notify,
    ) -> None:
        self._folder = folder / "indexes"
        self._library = folder
        self._store = store
        self._vectors, self._words = vectors, words
        self._kinds: dict[str, IndexKind[Any]] = {vectors.name: vectors, words.name: words}
        self._notify = notify
        self._opened: dict[str, _Opened] = {}
        self._mutex = RLock()

    def nearest_chunks(
        self, vector: "NDArray[np.float32]", k: int, within: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The k chunks nearest to a vector: (chunk id, cosine), best first; see OpenIndex."""
        return self._read(self._vectors.name, lambda index: index.search(vector, k, within))

    def matching_papers(
        self, query: str, k: int, within: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The k papers that match a query's words best: (paper id, BM25), best first; see OpenIndex."""
        return self._read(self._words.name, lambda index: index.search(folded(query), k, within))

    def terms(self, text: str) -> list[str]:
        """See WordIndexKind."""
        return self._words.terms(folded(text))

    def idf(self, terms: Iterable[str]) -> dict[str, float]:
        """Inverse document frequency of each term, see OpenWordIndex."""
        return self._read(self._words.name, lambda index: {term: index.idf(term) for term in terms})

    def bring_in_step(self) -> None:
        """Write whatever the store holds and an index does not; the caller holds the writer's lock.

        Raises:
            StorageError: the disk is full or fails; the store is not harmed.
        """
        for name in self._kinds:
            state = self._store.index_state(name)
            intact = state is not None and self._is_intact(name, state)
            if not intact or state is None or state.generation < self._store.generation:
                self._write(name, state if intact else None)
        self._sweep()

    def rebuild(self) -> None:
        """Write both indexes from nothing; the caller holds the writer's lock."""
        for name in self._kinds:
            self._write(name, None)
        self._sweep()

    def size(self) -> int:
        """Bytes on disk."""
        return sum(path.stat().st_size for path in self._folder.rglob("*") if path.is_file())

    def close(self) -> None:
        """Let go of every open index."""
        with self._mutex:
            for name in list(self._opened):
                self._close(name)

    # Reading

    def _read(self, name: str, task: Callable[[Any], Result]) -> Result:
        """Do something with an index as it now stands, opened or reopened if need be.

        One thread at a time: another one may find that the index has to be closed.
        """
        with self._mutex:
            try:
                return task(self._current(name))
            except OSError:  # its files went away under it: look at what is there now
                self._close(name)
                return task(self._current(name))

    def _current(self, name: str) -> OpenIndex[Any]:
        """The published index, open: the one in hand, or a newer one, or one that is rebuilt now."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            state = self._store.index_state(name)
            if state is None or state.generation < self._store.generation:
                self._catch_up(f"the {name} index is behind the library: bringing it in step", name)
                state = self._store.index_state(name)
            opened = self._opened.get(name)
            if state is not None and opened is not None and opened.state == state:
                return opened.index
            if state is not None and (index := self._open(name, state)) is not None:
                return index
            if time.monotonic() > deadline:
                raise StorageError(
                    f"{self._folder}: the {name} index cannot be opened; run `footnote reindex`"
                )
            self._catch_up(
                f"the {name} index is missing or damaged: rebuilding it, nothing is embedded again", name
            )
            time.sleep(0.1)  # another process may be at it

    def _catch_up(self, why: str, name: str) -> None:
        """Bring the indexes in step; where another process is writing, go on with what is published."""
        try:
            with writer_lock(self._library, "bringing the indexes in step"):
                self._notify(why)
                self.bring_in_step()
        except LibraryBusyError:
            if self._store.index_state(name) is None:
                raise

    def _open(self, name: str, state: IndexState) -> OpenIndex[Any] | None:
        """Open a published index once it is found undamaged; None where it is not."""
        if not self._is_intact(name, state):
            return None
        try:
            index: OpenIndex[Any] = self._kinds[name].open(self._folder / state.folder)
        except OSError:
            return None
        self._close(name)
        self._opened[name] = _Opened(state, index)
        return index

    def _close(self, name: str) -> None:
        if name in self._opened:
            self._opened.pop(name).index.close()

    def _is_intact(self, name: str, state: IndexState) -> bool:
        try:
            return self._kinds[name].fingerprint(self._folder / state.folder) == state.fingerprint
        except (OSError, ValueError):
            return False

    # Writing

    def _write(self, name: str, base: IndexState | None) -> None:
        """Publish an index in step with the store, from a copy of an undamaged one or from nothing."""
        generation, since = self._store.generation, base.generation if base else 0
        state_folder = f"{name}-{generation}-{secrets.token_hex(4)}"
        folder = self._folder / state_folder
        kind = self._kinds[name]
        try:
            self._folder.mkdir(exist_ok=True)
            if base is not None:
                shutil.copytree(self._folder / base.folder, folder)
            retired = self._retired(since) if base is not None else iter(())
            kind.write(folder, retired, self._entries(since))
            fingerprint = kind.fingerprint(folder)
        except (OSError, ValueError) as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise StorageError(
                f"{folder}: the {name} index could not be written ({error}); the papers are safe in the "
                "library, free some disk space and ask again"
            ) from error
        self._store.publish_index(name, IndexState(state_folder, generation, fingerprint))

    def _entries(self, since: int) -> Iterator[IndexEntry]:
        for paper, chunks in self._store.changed_since(since):
            yield _entry(paper, chunks)

    def _retired(self, since: int) -> Iterator[Retired]:
        for paper_id, chunks in self._store.retired_since(since):
            yield Retired(paper_id, [f"{paper_id}#{position}" for position in range(chunks)])

    def _sweep(self) -> None:
        """Delete folders that no index is published in."""
        states = (self._store.index_state(name) for name in self._kinds)
        published = {state.folder for state in states if state}
        for folder in self._folder.iterdir():
            if folder.name not in published:
                shutil.rmtree(folder, ignore_errors=True)


def _entry(paper: Paper, chunks: Spans) -> IndexEntry:
    chunk_ids = [f"{paper.paper_id}#{position}" for position in range(len(chunks.spans))]
    return IndexEntry(paper.paper_id, folded(paper.text), chunk_ids, chunks.vectors)
