"""The two indexes, kept in step with the store: checked before they are opened, rebuilt when they must be.

An index lives in a folder of its own that is never changed once it is published: bringing it in step
writes a copy (or a fresh one) and publishes that. So a reader in another process is never disturbed,
and whatever a killed writer leaves behind is no index anybody would open.
"""

import secrets
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

from rag.errors import LibraryBusyError, LibraryError, StorageError
from rag.indexes.digests import Digests
from rag.interfaces import Changes, IndexEntry, IndexKind, IndexState, OpenIndex, WordIndexKind
from rag.store.locking import writer_lock
from rag.store.store import Store
from rag.types import Paper
from rag.words import folded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Notify = Callable[[str], None]
Result = TypeVar("Result")
_PATIENCE = 60  # seconds to wait for another process that is rebuilding a damaged index
_TITLES = 3  # chosen on the same sets as the weights in rag/retrieval/fusion.py
_CHANCES = 2  # failures until an index is taken for damaged though its fingerprint says otherwise


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
        self._failures: Counter[str] = Counter()
        self._gave_up_at: int | None = None  # the generation that could not be written: once is enough
        self._mutex = RLock()
        self.seconds: defaultdict[str, float] = defaultdict(float)
        """Spent so far, by index and stage: `chroma write`, `tantivy search` and so on."""

    def nearest_papers(
        self, vector: "NDArray[np.float32]", k: int, within: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The k papers nearest to a vector as a whole: (paper id, cosine), best first; see OpenIndex."""
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

    def attainable_bm25(self, query: str) -> float:
        """What no paper's BM25 for a query can exceed; 0 where no word of it counts."""
        return (self._words.k1 + 1) * sum(self.idf(dict.fromkeys(self.terms(query))).values())

    def bring_in_step(self) -> None:
        """Write whatever the store holds and an index does not; the caller holds the writer's lock.

        Raises:
            StorageError: the disk is full or fails; the store is not harmed.
        """
        for name in self._kinds:
            state = self._store.feed.state(name)
            intact = state is not None and self._is_intact(name, state)
            if not intact or state is None or state.generation < self._store.generation:
                self._write(name, state if intact else None)
        self._sweep()

    def rebuild(self) -> None:
        """Write both indexes from nothing; the caller holds the writer's lock."""
        for name in self._kinds:
            self._write(name, None)
        self._sweep()

    def copy(self, folder: Path, store: Store) -> "Indexes":
        """The same for a copy of the library; what cannot be copied is rebuilt when it is asked."""
        with suppress(OSError):
            shutil.copytree(self._folder, folder / self._folder.name)
        return Indexes(folder, store, self._vectors, self._words, lambda _: None)

    def faults(self) -> dict[str, str]:
        """By index what is wrong with it, though the next search would mend it; nothing where all is well."""
        found = {}
        for name in self._kinds:
            state = self._store.feed.state(name)
            if state is None:
                found[name] = "was never written"
            elif not self._is_intact(name, state):
                found[name] = "is missing or damaged"
            elif state.generation < self._store.generation:
                found[name] = "is behind the library"
        return found

    def sizes(self) -> dict[str, int]:
        """Bytes on disk, by index."""
        states = ((name, self._store.feed.state(name)) for name in self._kinds)
        return {name: _size(self._folder / state.folder) if state else 0 for name, state in states}

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
            for _ in range(_CHANCES + 1):
                index = self._current(name)
                try:
                    with self._timed(name, "search"):
                        return task(index)
                except OSError:  # its files went away under it: look at what is there now
                    self._failures[self._opened[name].state.folder] += 1
                    self._close(name)
            raise self._unusable(name)

    def _current(self, name: str) -> OpenIndex[Any]:
        """The published index, open: the one in hand, or a newer one, or one that is rebuilt now."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            state = self._store.feed.state(name)
            if state is None or state.generation < self._store.generation != self._gave_up_at:
                self._catch_up(f"the {name} index is behind the library: bringing it in step", name)
                state = self._store.feed.state(name)
            opened = self._opened.get(name)
            if state is not None and opened is not None and opened.state == state:
                return opened.index
            if state is not None and (index := self._open(name, state)) is not None:
                return index
            if time.monotonic() > deadline:
                raise self._unusable(name)
            self._catch_up(
                f"the {name} index is missing or damaged: rebuilding it, nothing is embedded again", name
            )
            time.sleep(0.1)  # another process may be at it

    def _catch_up(self, why: str, name: str) -> None:
        """Bring the indexes in step; where another process is writing, or nobody can, go on with what is
        published.
        """
        try:
            with writer_lock(self._library, "bringing the indexes in step"):
                self._notify(why)
                self.bring_in_step()
        except LibraryBusyError:
            if self._store.feed.state(name) is None:
                raise
        except (LibraryError, StorageError) as error:
            state = self._store.feed.state(name)
            if state is None or not self._is_intact(name, state):
                raise
            self._gave_up_at = self._store.generation
            self._notify(f"{error}; until then, searches go through what was indexed before")

    def _open(self, name: str, state: IndexState) -> OpenIndex[Any] | None:
        """Open a published index once it is found undamaged; None where it is not."""
        if not self._is_intact(name, state):
            return None
        try:
            with self._timed(name, "open"):
                index: OpenIndex[Any] = self._kinds[name].open(self._folder / state.folder)
        except OSError:
            self._failures[state.folder] += 1
            return None
        self._close(name)
        self._opened[name] = _Opened(state, index)
        return index

    def _close(self, name: str) -> None:
        if name in self._opened:
            self._opened.pop(name).index.close()

    def _is_intact(self, name: str, state: IndexState) -> bool:
        folder = self._folder / state.folder
        if self._failures[state.folder] >= _CHANCES:
            return False
        try:
            with self._timed(name, "check"):
                digests = Digests(folder)
                is_intact = self._kinds[name].fingerprint(folder, digests.of) == state.fingerprint
        except (OSError, ValueError):
            return False
        if is_intact:
            digests.remember()
        return is_intact

    def _unusable(self, name: str) -> StorageError:
        return StorageError(f"{self._folder}: the {name} index cannot be used; run `footnote reindex`")

    # Writing

    def _write(self, name: str, base: IndexState | None) -> None:
        """Publish an index in step with the store, from a copy of an undamaged one or from nothing."""
        generation = self._store.generation
        folder = self._folder / f"{name}-{generation}-{secrets.token_hex(4)}"
        try:
            self._folder.mkdir(exist_ok=True)
            fingerprint = self._written(name, folder, base)
        except (OSError, ValueError) as error:
            shutil.rmtree(folder, ignore_errors=True)
            if base is not None:  # what is wrong with it may be where no check looks
                self._write(name, None)
                return
            raise StorageError(
                f"{folder}: the {name} index could not be written ({error}); the papers are safe in the "
                "library, free some disk space and ask again"
            ) from error
        self._store.feed.publish(name, IndexState(folder.name, generation, fingerprint))

    def _written(self, name: str, folder: Path, base: IndexState | None) -> str:
        """Write an index to a folder; returns its fingerprint."""
        kind, since = self._kinds[name], 0
        if base is not None:
            since = base.generation
            with self._timed(name, "copy"):
                kind.copy(self._folder / base.folder, folder)
        retired = self._store.feed.retired_since(since) if base is not None else []
        changes = Changes(retired, self._entries(since), self._store.feed.count_changed_since(since))
        with self._timed(name, "write"):
            kind.write(folder, changes)
        with self._timed(name, "check"):
            digests = Digests(folder)
            fingerprint = kind.fingerprint(folder, digests.of)
        digests.remember()
        return fingerprint

    def _entries(self, since: int) -> Iterator[IndexEntry]:
        for paper, vector in self._store.feed.changed_since(since):
            yield IndexEntry(paper.paper_id, _words_of(paper), vector)

    def _sweep(self) -> None:
        """Delete folders that no index is published in."""
        states = (self._store.feed.state(name) for name in self._kinds)
        published = {state.folder for state in states if state}
        for folder in self._folder.iterdir():
            if folder.name not in published:
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _timed(self, name: str, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[f"{name} {stage}"] += time.perf_counter() - started


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _words_of(paper: Paper) -> str:
    """As the index of words takes them: a title's count as often as in so many copies of it."""
    return folded("\n".join([paper.title] * _TITLES + [paper.abstract]))
