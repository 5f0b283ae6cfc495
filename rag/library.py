"""A library: the folder as one object, a thin face on store, indexes, ingest and retrieval."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from rag.abstention.probes import calibrate
from rag.cleaning import clean, clean_question
from rag.encoding.embedding import Recipe
from rag.errors import IndexMismatchError, InputError
from rag.indexes.indexes import Indexes, Notify
from rag.indexes.recall import recall
from rag.ingest.changes import Writer
from rag.ingest.ingest import Progress, ingest
from rag.ingest.report import IngestReport
from rag.ingest.sync import Gone
from rag.interfaces import Embedder, PaperEmbedder, QueryEmbedder, Reranker
from rag.readers import ReadAs
from rag.retrieval.explain import Explanation, explain
from rag.retrieval.filters import FilterArguments, Filters
from rag.retrieval.retriever import Retriever
from rag.retrieval.suggestions import row_named, why_nothing_passes
from rag.store.locking import writer_lock
from rag.store.store import Store
from rag.types import Hits, Paper

if TYPE_CHECKING:
    from llama_index.core.base.base_retriever import BaseRetriever


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
        reranker: Callable[[], Reranker] | None = None,
    ) -> None:
        self.path, self.recipe = path, recipe
        self.searchable = store.searchable
        self._store = store
        self._indexes = indexes
        self._writer = Writer(store, recipe, papers)
        self._models = papers, queries, reranker
        self._retriever = Retriever(store, indexes, queries, reranker)

    @staticmethod
    def open(
        path: str | Path | None = None,
        *,
        encoder: str | None = None,
        embedder: Embedder | None = None,
        reranker: str | None = None,
        create: bool = True,
        any_recipe: bool = False,
        notify: Notify | None = None,
    ) -> "Library":
        """Open the library in a folder, which is made if absent (unless `create` is False).

        Path, encoder and reranker are those of the settings where not given; an embedder of one's own takes
        the encoder's place. `notify` is told in one line when an index has to be rebuilt (by default on
        stderr). `any_recipe` opens a library made with another encoder, only to `reindex` it.

        Raises:
            LibraryError: not a library this version can open; IndexMismatchError: made with another encoder.
            EncoderError, SettingsError: the encoder, the reranker or a setting cannot be used.
        """
        from rag.settings import load_settings
        from rag.wiring import open_library, print_notice

        settings = load_settings(library=path, encoder=encoder, reranker=reranker)
        return open_library(
            settings, embedder, create=create, any_recipe=any_recipe, notify=notify or print_notice
        )

    def ingest(
        self,
        *paths: str | Path,
        format: str | None = None,  # noqa: A002 - the option's name everywhere
        columns: Mapping[str, str] | None = None,
        sync: bool | Callable[[Gone], bool] = False,
        merge: bool = True,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> IngestReport:
        """Read files, or folders of files, into the library; what is known already costs little.

        `columns` says which column or key fills a field, as in {"abstract": "Summary"}. `sync` also
        takes out what these files held before and no longer do; a function is asked first. Without
        `merge` every record that has an id of its own stays a paper of its own, as the documents of a
        test collection must.

        Raises:
            InputError: nothing could be used.
            LibraryBusyError: another process is writing.
            StorageError: the disk is full; what was committed stays.
        """
        self.check_recipe()
        with writer_lock(self.path, "ingesting papers"):
            report = ingest(
                [Path(path) for path in paths],
                self._writer,
                self._indexes,
                read_as=ReadAs(format, {column: name for name, column in (columns or {}).items()}),
                sync=sync if callable(sync) else (lambda _: True) if sync else None,
                merge=merge,
                progress=progress,
            )
            if not report.interrupted:
                calibrate(self._store, self._retriever)
        return report

    def search(
        self, query: str, k: int = 10, *, exact: bool = False, **filters: Unpack[FilterArguments]
    ) -> Hits:
        """The k papers nearest to a query, best first, of those that pass the filter; see FilterArguments.

        `exact` compares with every vector, in memory: what an index finds differs a little by ingest.

        Raises:
            InputError: the query is no question, k is below 1, a filter makes no sense, or the library
                holds no abstracts.
            IndexMismatchError: another process has re-embedded it with another encoder.
        """
        query, checked = _checked(query, k), Filters.of(**filters)
        retriever = self.retriever.within(checked, exact=exact)
        passing = retriever.passing
        if passing is None:
            return Hits(retriever.search(query, retriever.embed([query])[0], k))
        if not passing.ids:
            return Hits(excluded=passing.excluded, within=0, reason=self.why_nothing_passes(checked))
        hits = retriever.search(query, retriever.embed([query])[0], k)
        return Hits(hits, excluded=passing.excluded, within=len(passing.ids))

    def by_words(self, query: str, k: int = 10) -> list[str]:
        """Ids of the k papers that match a query's words best, by BM25 alone; raises what `search` does."""
        return self.retriever.by_words(_checked(query, k), k)

    def as_retriever(self, k: int = 8, **filters: Unpack[FilterArguments]) -> "BaseRetriever":
        """This search as a retriever for LlamaIndex: a paper is a node, title and abstract under its id.

        Raises:
            InputError: a filter makes no sense; retrieving raises what `search` does.
        """
        from rag.wiring import llama_index_retriever

        Filters.of(**filters)
        return llama_index_retriever(lambda query: self.search(query, k, **filters))

    def explain(
        self, question: str, paper: str, k: int = 10, **filters: Unpack[FilterArguments]
    ) -> Explanation:
        """Why a paper, named by id or by its whole title, ranks where it does among the first k for a
        question, or is not found.

        Raises:
            InputError: as for `search`; or there is no such paper, and the nearest are named.
        """
        query, checked = _checked(question, k), Filters.of(**filters)
        retriever = self.retriever
        row = row_named(paper, self._store, retriever)
        found = self._store.papers([row])[row]
        return explain(query, found, k, retriever.within(checked), checked)

    def why_nothing_passes(self, filters: Filters) -> str:
        """One line on a filter that no paper passes: what there is that it may have meant."""
        return why_nothing_passes(filters, self._store.searchable)

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
        made = self._store.recipe
        if made is not None and made != self.recipe:
            raise IndexMismatchError(
                f"{self.path}: made with {made.unlike(self.recipe)}; set FOOTNOTE_ENCODER back, or re-embed "
                f"all papers with `footnote --library {self.path} reindex`"
            )

    def paper(self, paper_id: str) -> Paper:
        """The paper of this id, or of another id that leads to it.

        Raises:
            InputError: there is none.
        """
        if (found := self._store.resolve(clean(paper_id))) is None:
            raise InputError(f"{paper_id}: no paper of this id in the library; `footnote search` shows ids")
        return self._store.papers([found[0]])[found[0]]

    def papers(self) -> Iterator[Paper]:
        """Every paper, those without an abstract too, in the order in which they first came."""
        return self._store.every_paper()

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
            calibrate(self._store, self._retriever)
        return embedded

    def info(self) -> dict[str, object]:
        """Counts, sizes in bytes and what made the library, by name."""
        by_index = self._indexes.sizes()
        return {
            "path": str(self.path),
            **self._store.facts(),
            "index_faults": self._indexes.faults(),
            "bytes": {"store": self._store.size(), "indexes": sum(by_index.values()), **by_index},
        }

    def copy(self, folder: Path, papers: Sequence[Paper] = ()) -> "Library":
        """The same library in an empty folder, where these papers stand as given: in the place of those of
        their ids, or beside the others. Only they are embedded, and models in memory serve both.
        """
        store = self._store.copy(folder)
        copied = Library(folder, store, self._indexes.copy(folder, store), self.recipe, *self._models)
        copied._writer.revise(papers)
        copied._indexes.bring_in_step()
        return copied

    def fingerprint(self) -> tuple[int, str]:
        """Number of all papers, and a digest of what they say that does not hang on their order."""
        return self._store.fingerprint()

    @property
    def reranker(self) -> str:
        """The reranker's name; empty for none."""
        return self._retriever.reranker

    @property
    def precision(self) -> str:
        """What papers are embedded in, `fp32` or `bf16`; loads the encoder if none was embedded yet."""
        return self._writer.embedder().precision

    @property
    def seconds(self) -> Mapping[str, float]:
        """Spent on the indexes since it was opened, by index and stage: `chroma write` and so on."""
        return dict(self._indexes.seconds)

    def recall(self, questions: Sequence[str], k: int = 10) -> float:
        """Mean share of the k papers nearest to each question (of all, where there are not k) that the vector
        index finds; the measure is an exact search over every stored vector, which takes a while.
        """
        return recall(self.retriever.embed(questions), min(k, len(self)), self._store, self._indexes)

    def close(self) -> None:
        """Let go of the indexes, and of this thread's connection to the store."""
        self._indexes.close()
        self._store.close()

    def __len__(self) -> int:
        """Papers with an abstract."""
        return len(self._store.searchable)


def _checked(question: str, k: int) -> str:
    if k < 1:
        raise InputError(f"{k} papers cannot be asked for; ask for at least one")
    return clean_question(question)
