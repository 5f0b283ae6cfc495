"""A query → the papers nearest to it: dense and lexical candidates, exact scores, a weighted sum."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.embedding import Spans
from rag.filters import Filters
from rag.fusion import CANDIDATES, Scored, fuse, score
from rag.indexes import Indexes
from rag.interfaces import QueryEmbedder, Reranker, Span
from rag.reranking import JUDGED, rerank
from rag.searchable import Passing
from rag.store import Store
from rag.types import Chunk, Hit, Paper
from rag.words import folded

_CHUNKS = 4 * CANDIDATES  # chunks that hold so many papers, as a paper's chunks come in together


@dataclass(frozen=True, slots=True)
class LookedAt:
    """The papers compared with a query, by id: what their scores are made of, and the span of the best
    chunk of each.
    """

    scored: dict[str, Scored]
    spans: dict[str, Span]


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
    ) -> None:
        """`embedder` and `reranker` are called at the first search; `passing` is None without a filter."""
        self.passing = passing
        self._store = store
        self._indexes = indexes
        self._embedder = embedder
        self._reranker = reranker

    def within(self, filters: Filters) -> "Retriever":
        """The same, kept to the papers that pass a filter, as if there were no others but for idf."""
        passing = self._store.searchable.passing(filters) if filters else None
        return Retriever(self._store, self._indexes, self._embedder, self._reranker, passing)

    def embed(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of queries, see QueryEmbedder."""
        return self._embedder().embed_queries([folded(query) for query in queries])

    def search(self, query: str, vector: NDArray[np.float32], k: int) -> list[Hit]:
        """The best k papers for a query and its vector, one hit a paper with its best chunk."""
        looked_at = self.look_at(query, vector, k)
        best = ranked(looked_at.scored)[: max(k, JUDGED) if self._reranker else k]
        papers = self._store.papers(looked_at.scored[paper_id].row for paper_id, _ in best)
        hits = []
        for rank, (paper_id, total) in enumerate(best, start=1):
            found = looked_at.scored[paper_id]
            chunk = best_chunk(papers[found.row], found, looked_at.spans[paper_id])
            hits.append(Hit(rank, total, found.parts, papers[found.row], chunk))
        return rerank(query, hits, self._reranker())[:k] if self._reranker else hits

    def look_at(self, query: str, vector: NDArray[np.float32], k: int) -> LookedAt:
        """Compare a query with every paper that may be among its best k."""
        lexical = dict(self._indexes.matching_papers(query, max(CANDIDATES, k), self._within))
        return self._compare(self._near(vector, k) | lexical.keys(), vector, lexical)

    def look_at_one(self, query: str, vector: NDArray[np.float32], paper_id: str) -> LookedAt:
        """Compare a query with one paper, however far from it."""
        return self._compare([paper_id], vector, dict(self._indexes.matching_papers(query, 1, [paper_id])))

    def nearest(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """For each vector the cosine of the nearest chunk."""
        if self._narrow is not None:
            read = self._store.searchable.chunks(self._narrow)
            best = np.full(len(vectors), -1.0, dtype=np.float32)
            for _, _, chunks in read:
                np.maximum(best, (chunks.vectors @ vectors.T).max(axis=0), out=best)
            return best
        nearest = (self._indexes.nearest_chunks(vector, 1, self._within) for vector in vectors)
        return np.array([chunks[0][1] if chunks else 0.0 for chunks in nearest], dtype=np.float32)

    def sentences(self, papers: Iterable[Paper]) -> list[Spans]:
        """The sentences of papers of this library, with vectors that know their abstract, in order."""
        ids = [paper.paper_id for paper in papers]
        found = self._store.searchable.sentences(ids)
        return [found[paper_id] for paper_id in ids]

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
    def _narrow(self) -> frozenset[str] | None:
        """The papers that pass where all of them are compared, without asking an index of vectors.

        To keep _CHUNKS of what it finds, an index has to look at as many times the share that passes
        goes into the whole: _CHUNKS · total / passing. A paper read costs about as much as a chunk
        looked at, so reading all is no slower while passing² ≤ _CHUNKS · total; and it misses none.
        """
        passing = self.passing
        is_narrow = passing is not None and len(passing.ids) ** 2 <= _CHUNKS * passing.total
        return passing.ids if passing is not None and is_narrow else None

    def _near(self, vector: NDArray[np.float32], k: int) -> frozenset[str]:
        """Papers that are compared for their meaning."""
        if self._narrow is not None:
            return self._narrow
        chunks = self._indexes.nearest_chunks(vector, max(_CHUNKS, 4 * k), self._within)
        return frozenset(chunk_id.rpartition("#")[0] for chunk_id, _ in chunks)

    def _compare(
        self, paper_ids: Iterable[str], vector: NDArray[np.float32], lexical: Mapping[str, float]
    ) -> LookedAt:
        looked_at = LookedAt({}, {})
        # One paper at a time: in one product over all, the last digits of a paper's cosines would hang
        # on its place among the others, and papers that match equally would not tie.
        for paper_id, row, chunks in self._store.searchable.chunks(paper_ids):
            found = score(row, chunks, vector, lexical.get(paper_id, 0.0))
            looked_at.scored[paper_id] = found
            looked_at.spans[paper_id] = chunks.spans[found.position]
        return looked_at


def ranked(scored: Mapping[str, Scored]) -> list[tuple[str, float]]:
    """Ids and scores, best first; ties go by dense score, then by id."""
    fused = fuse(scored)
    order = sorted(scored, key=lambda i: (-fused[i], -scored[i].parts["dense"], i))
    return [(paper_id, fused[paper_id]) for paper_id in order]


def best_chunk(paper: Paper, scored: Scored, span: Span) -> Chunk:
    """The chunk of a paper that comes nearest to the query it was scored for."""
    start, end = span
    return Chunk(paper.paper_id, scored.position, start, end, paper.abstract[start:end])
