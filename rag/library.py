"""A library: the folder as one object, a thin face on store, indexes, ingest and retrieval."""

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag import ingest as ingesting
from rag.cleaning import clean_question
from rag.embedding import Recipe
from rag.errors import InputError
from rag.indexes import Indexes, Notify
from rag.ingest import Progress
from rag.interfaces import Embedder
from rag.locking import writer_lock
from rag.retrieval import Retriever
from rag.store import Store
from rag.types import Hit, IngestReport, Paper


class Library:
    """A collection of papers on disk. Open one with `Library.open`."""

    def __init__(
        self,
        path: Path,
        store: Store,
        indexes: Indexes,
        recipe: Recipe,
        embedder: Callable[[], Embedder],
    ) -> None:
        self.path = path
        self._store = store
        self._indexes = indexes
        self._recipe = recipe
        self._embedder = embedder
        self.retriever = Retriever(store, indexes, embedder)

    @staticmethod
    def open(
        path: str | Path | None = None,
        *,
        encoder: str | None = None,
        create: bool = True,
        any_recipe: bool = False,
        notify: Notify | None = None,
    ) -> "Library":
        """Open the library in a folder, which is made if absent (unless `create` is False).

        Path and encoder are those of the settings where not given. `notify` is told in one line when
        an index has to be rebuilt (by default on stderr). `any_recipe` opens a library made with
        another encoder, only to `reindex` it.

        Raises:
            LibraryError: not a library this version can open; IndexMismatchError: made with another encoder.
            EncoderError, SettingsError: the encoder or a setting cannot be used.
        """
        from rag.settings import load_settings
        from rag.wiring import open_library, print_notice

        settings = load_settings(library=path, encoder=encoder)
        return open_library(settings, create=create, any_recipe=any_recipe, notify=notify or print_notice)

    def ingest(
        self,
        *paths: str | Path,
        format: str | None = None,  # noqa: A002 - the option's name everywhere
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> IngestReport:
        """Read files, or folders of files, into the library; what is known already costs little.

        Raises:
            InputError: nothing could be used.
            LibraryBusyError: another process is writing.
            StorageError: the disk is full; what was committed stays.
        """
        with writer_lock(self.path, "ingesting papers"):
            return ingesting.ingest(
                [Path(path) for path in paths],
                self._store,
                self._indexes,
                self._recipe,
                self._embedder,
                format_name=format,
                progress=progress,
            )

    def search(self, query: str, k: int = 10, *, vector: NDArray[np.float32] | None = None) -> list[Hit]:
        """The k papers nearest to a query, best first; `vector` is the query's, where it is known.

        Raises:
            InputError: the query is no question, k is below 1, or the library holds no abstracts.
        """
        query = clean_question(query)
        if k < 1:
            raise InputError(f"{k} papers cannot be asked for; ask for at least one")
        if self._store.recipe is None or not len(self):
            raise InputError(
                f"{self.path}: the library holds no abstracts yet; add some with `footnote ingest FILE`"
            )
        vector = self.retriever.embed([query])[0] if vector is None else vector
        return self.retriever.search(query, vector, k)

    def paper(self, paper_id: str) -> Paper:
        """The paper of this id, or of another id that leads to it.

        Raises:
            InputError: there is none.
        """
        row = self._store.resolve(paper_id)
        if row is None:
            raise InputError(f"{paper_id}: no paper of this id in the library; `footnote search` shows ids")
        return self._store.papers([row])[row].paper

    def remove(self, paper_ids: Iterable[str]) -> list[Paper]:
        """Take papers out; all of them or, where one is unknown, none. Returns them.

        Raises:
            InputError: an id is unknown.
            LibraryBusyError: another process is writing.
        """
        with writer_lock(self.path, "removing papers"):
            papers = [self.paper(paper_id) for paper_id in paper_ids]
            self._store.remove(self._store.rows(paper.paper_id for paper in papers).values())
            self._indexes.bring_in_step()
        return papers

    def reindex(self, progress: Callable[[Progress], None] = lambda _: None) -> int:
        """Embed what the encoder of the settings has not embedded, and write both indexes anew.

        Returns the number of papers embedded. Until it is done the library is as before; a run that
        was broken off goes on where it stopped.
        """
        with writer_lock(self.path, "re-embedding all papers"):
            embedded = ingesting.embed_again(self._store, self._recipe, self._embedder, progress)
            self._indexes.rebuild()
        return embedded

    def info(self) -> dict[str, object]:
        """Counts, sizes in bytes and what made the library, by name."""
        recipe, by_year = self._store.recipe, self._store.papers_by_year()
        return {
            "path": str(self.path),
            **self._store.counts(),
            "by_source": self._store.papers_by_source(),
            "by_year": {str(year or "no year"): count for year, count in by_year.items()},
            "encoder": str(recipe.encoder) if recipe else None,
            "chunking": recipe.chunking if recipe else None,
            "created_by": self._store.created_by,
            "bytes": {"store": self._store.size(), "indexes": self._indexes.size()},
        }

    def close(self) -> None:
        """Let go of the folder's files."""
        self._indexes.close()
        self._store.close()

    def __len__(self) -> int:
        """Papers with an abstract."""
        return self._store.counts()["papers"]
