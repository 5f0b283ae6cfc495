"""A query → the papers nearest to it: candidates of two indexes, all compared exactly."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.abstention.calibration import Calibration
from rag.encoding.embedding import Spans
from rag.indexes.indexes import Indexes
from rag.interfaces import QueryEmbedder, Reranker
from rag.retrieval.filters import Filters
from rag.retrieval.fusion import Candidate, Ranking, Scored, fuse
from rag.retrieval.reranking import JUDGED, rerank
from rag.store.searchable import Passing
from rag.store.store import Store
from rag.types import Chunk, Hit, Paper
from rag.words import folded

CANDIDATES = 100
"""Papers from each index that are compared with a query; as good as all, see docs/benchmarks.md."""
_FEW = 200  # papers that pass a filter; all of them are compared, chunk by chunk
_NEIGHBOURHOOD = 20  # papers in which the nearest chunk is looked for


class Retriever:
    """Searches one library, or those of its papers that pass a filter; answers what is asked of words
    and vectors.
    """

    def __init__(
        self,
        store: Store,
        indexes: Indexes,
        embedder: Callable[[], QueryEmbedder],
        reranker: Callable[[], Reranker] | None = None,
        passing: Passing | None = None,
        *,
        exact: bool = False,
    ) -> None:
        """`embedder` and `reranker` are called at the first search; `passing` is None without a filter;
        `exact` compares every vector in memory, and asks no index of vectors.
        """
        self.passing = passing
        self._store = store
        self._indexes = indexes
        self._embedder = embedder
        self._reranker = reranker
        self._exact = exact

    def within(self, filters: Filters, *, exact: bool = False) -> "Retriever":
        """The same, kept to the papers that pass a filter, as if there were no others but for idf."""
        passing = self._store.searchable.passing(filters) if filters else None
        return Retriever(self._store, self._indexes, self._embedder, self._reranker, passing, exact=exact)

    def __len__(self) -> int:
        """Papers with an abstract, those that pass no filter, too."""
        return len(self._store.searchable)

    @property
    def calibration(self) -> Calibration:
        """How close this library must come to a question; typical values where it was not measured."""
        return self._store.calibration or Calibration()

    @property
    def reranker(self) -> str:
        """The name of what decides the order in the end; empty where nothing does."""
        return self._reranker().name if self._reranker else ""

    def embed(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of queries, see QueryEmbedder."""
        return self._embedder().embed_queries([folded(query) for query in queries])

    def search(self, query: str, vector: NDArray[np.float32], k: int) -> list[Hit]:
        """The best k papers for a query and its vector, one hit a paper with its best chunk."""
        candidates = self._candidates(query, vector, k)
        with self._store.snapshot():  # another process may be writing
            best = self._compare(candidates, vector).best(max(k, JUDGED) if self._reranker else k)
            papers = self._store.searchable.kept_papers(found.row for found in best)
        hits = [
            Hit(rank, found.score, found.parts, papers[found.row], best_chunk(papers[found.row], found))
            for rank, found in enumerate(best, start=1)
        ]
        return rerank(query, hits, self._reranker())[:k] if self._reranker else hits

    def by_words(self, query: str, k: int) -> list[str]:
        """Ids of the best k papers by BM25 alone."""
        return [paper_id for paper_id, _ in self._indexes.matching_papers(query, k, self._within)]

    def look_at(self, query: str, vector: NDArray[np.float32], k: int, also: Iterable[str] = ()) -> Ranking:
        """Compare a query with every paper that may be among its best k, and with those named."""
        return self._compare(self._candidates(query, vector, k, also), vector)

    def _candidates(
        self, query: str, vector: NDArray[np.float32], k: int, also: Iterable[str] = ()
    ) -> dict[str, tuple[float, float]]:
        """Ids of papers to compare, each with its BM25, and that as a share of the most attainable."""
        most = max(CANDIDATES, k, len(self._compared))
        bm25 = dict(self._indexes.matching_papers(query, most, self._within))
        paper_ids = self._near(vector, most).union(bm25, also)
        if others := paper_ids - bm25.keys():  # whose words may match, too
            bm25 |= self._indexes.matching_papers(query, len(others), others)
        attainable = self._indexes.attainable_bm25(query) or 1.0
        scores = {paper_id: bm25.get(paper_id, 0.0) for paper_id in paper_ids}
        return {paper_id: (score, score / attainable) for paper_id, score in scores.items()}

    def _compare(self, candidates: Mapping[str, tuple[float, float]], vector: NDArray[np.float32]) -> Ranking:
        read = self._store.searchable.chunks(candidates)
        return fuse({name: Candidate(row, chunks, *candidates[name]) for name, row, chunks in read}, vector)

    def nearest(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """For each vector the cosine of the nearest chunk, of the papers that are nearest as a whole."""
        papers = frozenset[str]().union(*(self._near(vector, _NEIGHBOURHOOD) for vector in vectors))
        best = np.full(len(vectors), -1.0, dtype=np.float32)
        for _, _, chunks in self._store.searchable.chunks(papers):
            np.maximum(best, (chunks.vectors @ vectors.T).max(axis=0), out=best)
        return best

    def sentences(self, papers: Iterable[Paper]) -> list[Spans]:
        """The sentences of papers of this library, with vectors that know their abstract, in order.

        Of a paper that was taken out meanwhile, one that is near nothing.
        """
        papers = list(papers)
        found = self._store.searchable.sentences([paper.paper_id for paper in papers])
        nothing = np.zeros((1, self._embedder().encoder.dimension), np.float32)
        return [found.get(paper.paper_id, Spans([(0, len(paper.abstract))], nothing)) for paper in papers]

    def vectors(self) -> tuple[list[str], NDArray[np.float32]]:
        """Ids of all papers with an abstract, and a row each: the stored vector of the whole."""
        return self._store.searchable.every_whole()

    def terms(self, text: str) -> list[str]:
        """The terms a text is indexed under: lower-case, stemmed, without stop words, repeats kept."""
        return self._indexes.terms(text)

    def idf(self, text: str) -> dict[str, float]:
        """How rare each of a text's terms is in this library; highest for those that are not in it."""
        return self._indexes.idf(dict.fromkeys(self._indexes.terms(text)))

    @property
    def _within(self) -> frozenset[str] | None:
        return None if self.passing is None else self.passing.ids

    @property
    def _compared(self) -> frozenset[str]:
        """The papers that pass, where they are few enough to compare all of them in full."""
        return self._within if self._within is not None and len(self._within) <= _FEW else frozenset()

    @property
    def _is_narrow(self) -> bool:
        """Whether the vectors of all that pass are read, and no index of vectors is asked.

        To keep CANDIDATES of what it finds, an index has to look at as many times the share that passes
        goes into the whole: CANDIDATES · total / passing. A vector read costs about as much as a few
        looked at, so reading all is no slower while passing² ≤ CANDIDATES · total; and it misses none.
        """
        passing = self.passing
        return passing is not None and len(passing.ids) ** 2 <= CANDIDATES * passing.total

    def _near(self, vector: NDArray[np.float32], k: int) -> frozenset[str]:
        """Papers that are compared for their meaning."""
        if self._compared:
            return self._compared
        if self._within is not None and (self._is_narrow or self._exact):
            return frozenset(self._nearest_of(self._within, vector, k))
        if self._exact:
            return frozenset(_nearest(*self._store.searchable.every_whole(), vector, k))
        near = [paper_id for paper_id, _ in self._indexes.nearest_papers(vector, k, self._within)]
        if self._within is not None and len(near) < min(k, len(self._within)):  # all are far from the query
            near = self._nearest_of(self._within, vector, k)
        return frozenset(near)

    def _nearest_of(self, paper_ids: Collection[str], vector: NDArray[np.float32], k: int) -> list[str]:
        """Exactly the k papers that are nearest as a whole."""
        return _nearest(*self._store.searchable.wholes(paper_ids), vector, k)


def _nearest(
    paper_ids: Sequence[str], vectors: NDArray[np.float32], vector: NDArray[np.float32], k: int
) -> list[str]:
    order = np.argsort(-(vectors @ vector), kind="stable")[:k]
    return [paper_ids[i] for i in order]


def best_chunk(paper: Paper, scored: Scored) -> Chunk:
    """The chunk of a paper that comes nearest to the query it was scored for."""
    start, end = scored.span
    return Chunk(paper.paper_id, scored.position, start, end, paper.abstract[start:end])
