"""A query → the papers nearest to it: dense and lexical candidates, exact scores, a weighted sum."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.embedding import Spans
from rag.fusion import CANDIDATES, Scored, fuse, score
from rag.indexes import Indexes
from rag.interfaces import QueryEmbedder
from rag.store import Store
from rag.types import Chunk, Hit, Paper
from rag.words import folded

_CHUNKS = 4 * CANDIDATES  # chunks that hold so many papers, as a paper's chunks come in together


class Retriever:
    """Searches one library, and answers what is asked of its words and vectors."""

    def __init__(self, store: Store, indexes: Indexes, embedder: Callable[[], QueryEmbedder]) -> None:
        """`embedder` is called at the first search."""
        self._store = store
        self._indexes = indexes
        self._embedder = embedder

    def embed(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of queries, see QueryEmbedder."""
        return self._embedder().embed_queries([folded(query) for query in queries])

    def search(self, query: str, vector: NDArray[np.float32], k: int) -> list[Hit]:
        """The best k papers for a query and its vector, one hit a paper with its best chunk; ties go
        by dense score, then by paper id.
        """
        near = self._indexes.nearest_chunks(vector, max(_CHUNKS, 4 * k))
        lexical = dict(self._indexes.matching_papers(query, max(CANDIDATES, k)))
        rows = self._store.rows({chunk_id.rpartition("#")[0] for chunk_id, _ in near} | lexical.keys())
        chunks = self._store.chunks(rows.values())
        scored = {
            paper_id: score(row, chunks[row], vector, lexical.get(paper_id, 0.0))
            for paper_id, row in rows.items()
            if row in chunks
        }
        fused = fuse(scored)
        by_score = sorted(scored, key=lambda i: (-fused[i], -scored[i].parts["dense"], i))
        best = [(paper_id, fused[paper_id]) for paper_id in by_score[:k]]
        papers = self._store.papers(scored[paper_id].row for paper_id, _ in best)
        hits = []
        for rank, (paper_id, total) in enumerate(best, start=1):
            found = scored[paper_id]
            hits.append(_hit(rank, total, found, papers[found.row], chunks[found.row]))
        return hits

    def nearest(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """For each vector the cosine of the nearest chunk of the whole library."""
        nearest = (self._indexes.nearest_chunks(vector, 1) for vector in vectors)
        return np.array([chunks[0][1] if chunks else 0.0 for chunks in nearest], dtype=np.float32)

    def sentences(self, papers: Iterable[Paper]) -> list[Spans]:
        """The sentences of papers of this library, with vectors that know their abstract, in order."""
        ids = [paper.paper_id for paper in papers]
        rows = self._store.rows(ids)
        found = self._store.sentences(rows.values())
        return [found[rows[paper_id]] for paper_id in ids]

    def terms(self, text: str) -> list[str]:
        """The terms a text is indexed under: lower-case, stemmed, without stop words, repeats kept."""
        return self._indexes.terms(text)

    def idf(self, text: str) -> dict[str, float]:
        """How rare each of a text's terms is in this library; highest for those that are not in it."""
        return self._indexes.idf(dict.fromkeys(self._indexes.terms(text)))


def _hit(rank: int, score: float, scored: Scored, paper: Paper, chunks: Spans) -> Hit:
    start, end = chunks.spans[scored.position]
    chunk = Chunk(paper.paper_id, scored.position, start, end, paper.abstract[start:end])
    return Hit(rank, score, scored.parts, paper, chunk)
