"""A library: the folder as one object, a thin face on store, indexes, ingest and retrieval."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from rag.changes import Writer
from rag.cleaning import clean, clean_question
from rag.embedding import Recipe
from rag.errors import IndexMismatchError, InputError
from rag.indexes import Indexes, Notify
from rag.ingest import Progress, ingest
from rag.interfaces import PaperEmbedder, QueryEmbedder
from rag.locking import writer_lock
from rag.readers import ReadAs
from rag.report import IngestReport
from rag.retrieval import Retriever
from rag.store import Store
from rag.sync import Gone
from rag.types import Hit, Paper


class Library:
    """A collection of papers on disk. Open one with `Library.open`."""

    def __init__(
        self,
        path: Path,
        store: Store,
        indexes: Indexes,
        recipe: Recipe,
        papers: Callable[[], PaperEmbedder],
        queries: Callable[[], QueryEmbedder],
    ) -> None:
        self.path = path
        self._store = store
        self._indexes = indexes
        self._recipe = recipe
        self._writer = Writer(store, recipe, papers)
        self._retriever = Retriever(store, indexes, queries)

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
        columns: Mapping[str, str] | None = None,
        sync: bool | Callable[[Gone], bool] = False,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> IngestReport:
        """Read files, or folders of files, into the library; what is known already costs little.

        `columns` says which column or key fills a field, as in {"abstract": "Summary"}. `sync` also
        takes out what these files held before and no longer do; a function is asked first.

        Raises:
            InputError: nothing could be used.
            LibraryBusyError: another process is writing.
            StorageError: the disk is full; what was committed stays.
        """
        self.check_recipe()
        with writer_lock(self.path, "ingesting papers"):
            return ingest(
                [Path(path) for path in paths],
                self._writer,
                self._indexes,
                read_as=ReadAs(format, {column: name for name, column in (columns or {}).items()}),
                sync=sync if callable(sync) else (lambda _: True) if sync else None,
                progress=progress,
            )

    def search(self, query: str, k: int = 10) -> list[Hit]:
        """The k papers nearest to a query, best first.

        Raises:
            InputError: the query is no question, k is below 1, or the library holds no abstracts.
            IndexMismatchError: another process has re-embedded it with another encoder.
        """
        query = clean_question(query)
        if k < 1:
            raise InputError(f"{k} papers cannot be asked for; ask for at least one")
        retriever = self.retriever
        return retriever.search(query, retriever.embed([query])[0], k)

    @property
    def retriever(self) -> Retriever:
        """What searches this library; see `search` for what is raised."""
        self.check_recipe()
        if not len(self):
            raise InputError(
                f"{self.path}: the library holds no abstracts yet; add some with `footnote ingest FILE`"
            )
        return self._retriever

    def check_recipe(self) -> None:
        """Whether its vectors are of the encoder and chunking it was opened with.

        Raises:
            IndexMismatchError: they are not.
        """
        made, mine = self._store.recipe, self._recipe
        if made is None or made == mine:
            return
        what = (
            f"encoder {made.encoder}, and the settings say {mine.encoder}"
            if made.encoder != mine.encoder
            else f"chunking “{made.chunking}”, and this version makes “{mine.chunking}”"
        )
        raise IndexMismatchError(
            f"{self.path}: made with {what}; set FOOTNOTE_ENCODER back, or re-embed all papers with "
            f"`footnote --library {self.path} reindex`"
        )

    def paper(self, paper_id: str) -> Paper:
        """The paper of this id, or of another id that leads to it.

        Raises:
            InputError: there is none.
        """
        found = self._store.resolve(clean(paper_id))
        if found is None:
            raise InputError(f"{paper_id}: no paper of this id in the library; `footnote search` shows ids")
        row, _ = found
        return self._store.papers([row])[row]

    def remove(self, paper_ids: Iterable[str]) -> list[Paper]:
        """Take papers out; all of them or, where one is unknown, none. Returns them.

        Raises:
            InputError: an id is unknown.
            LibraryBusyError: another process is writing.
        """
        with writer_lock(self.path, "removing papers"):
            papers = {paper.paper_id: paper for paper in map(self.paper, paper_ids)}
            self._store.remove(self._store.rows(papers).values())
            self._indexes.bring_in_step()
        return list(papers.values())

    def reindex(self, progress: Callable[[Progress], None] = lambda _: None) -> int:
        """Embed what the encoder of the settings has not embedded, clean all papers anew from their kept
        records, and write both indexes anew.

        Returns the number of papers embedded. Until all are embedded the library answers as before
        under its old encoder; a run that was broken off goes on where it stopped.
        """
        with writer_lock(self.path, "re-embedding all papers"):
            embedded = self._writer.embed_again(lambda done, total: progress(Progress(done, total)))
            embedded += self._writer.clean_again()
            self._indexes.rebuild()
        return embedded

    def info(self) -> dict[str, object]:
        """Counts, sizes in bytes and what made the library, by name."""
        return {
            "path": str(self.path),
            **self._store.facts(),
            "bytes": {"store": self._store.size(), "indexes": self._indexes.size()},
        }

    def close(self) -> None:
        """Let go of the indexes, and of this thread's connection to the store."""
        self._indexes.close()
        self._store.close()

    def __len__(self) -> int:
        """Papers with an abstract."""
        return self._store.counts()["papers"]
