"""A query → the papers nearest to it: dense and lexical candidates, exact scores, a weighted sum."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.embedding import Spans
from rag.indexes import Indexes
from rag.interfaces import Embedder
from rag.store import Store
from rag.types import Chunk, Hit, Paper
from rag.words import folded

# Chosen on the dev sets named in docs/decisions.md.
LEXICAL_WEIGHT = 0.3
# Where the best hundred differ by less, the encoder hardly tells them apart (a name it never met, say);
# stretching that to a full scale would drown the words that do.
DENSE_RANGE = 0.5
CANDIDATES = 100  # papers from each index; scores are scaled over a question's best so many
_CHUNKS = 4 * CANDIDATES  # chunks that hold so many papers, as a paper's chunks come in together


@dataclass(frozen=True, slots=True)
class _Scored:
    row: int
    position: int  # of the best chunk
    parts: Mapping[str, float]


class Retriever:
    """Searches one library, and answers what is asked of its words and vectors."""

    def __init__(self, store: Store, indexes: Indexes, embedder: Callable[[], Embedder]) -> None:
        """`embedder` is called at the first search."""
        self._store = store
        self._indexes = indexes
        self._embedder = embedder

    def embed(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of queries, see Embedder."""
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
            paper_id: _score(row, chunks[row], vector, lexical.get(paper_id, 0.0))
            for paper_id, row in rows.items()
            if row in chunks
        }
        fused = _fuse(scored)
        by_score = sorted(scored, key=lambda i: (-fused[i], -scored[i].parts["dense"], i))
        best = [(paper_id, fused[paper_id]) for paper_id in by_score[:k]]
        papers = self._store.papers(scored[paper_id].row for paper_id, _ in best)
        hits = []
        for rank, (paper_id, score) in enumerate(best, start=1):
            found = scored[paper_id]
            hits.append(_hit(rank, score, found, papers[found.row], chunks[found.row]))
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


def _score(row: int, chunks: Spans, vector: NDArray[np.float32], lexical: float) -> _Scored:
    """Exact cosines of a candidate, whichever index found it."""
    cosines = chunks.vectors @ vector
    position = 1 + int(cosines[1:].argmax()) if len(cosines) > 1 else 0
    whole, window = float(cosines[0]), float(cosines[position])
    return _Scored(
        row,
        position,
        {"dense": whole + window, "lexical": lexical, "whole": whole, "window": window},
    )


def _fuse(scored: Mapping[str, _Scored]) -> dict[str, float]:
    dense = _scale({paper_id: s.parts["dense"] for paper_id, s in scored.items()}, DENSE_RANGE)
    lexical = _scale(
        {paper_id: s.parts["lexical"] for paper_id, s in scored.items() if s.parts["lexical"] > 0}
    )
    return {
        paper_id: (1 - LEXICAL_WEIGHT) * dense.get(paper_id, 0.0)
        + LEXICAL_WEIGHT * lexical.get(paper_id, 0.0)
        for paper_id in scored
    }


def _scale(scores: Mapping[str, float], least_range: float = 0.0) -> dict[str, float]:
    """Min–max over the best hundred: 0 for the hundredth, 1 for the best or, where they differ by less
    than `least_range`, a part of 1; those below are left out.
    """
    best = _best(scores, CANDIDATES)
    if not best:
        return {}
    top, bottom = best[0][1], best[-1][1]
    scale = max(top - bottom, least_range)
    return {paper_id: (score - bottom) / scale if top > bottom else 1.0 for paper_id, score in best}


def _best(scores: Mapping[str, float], k: int) -> list[tuple[str, float]]:
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:k]


def _hit(rank: int, score: float, scored: _Scored, paper: Paper, chunks: Spans) -> Hit:
    start, end = chunks.spans[scored.position]
    chunk = Chunk(paper.paper_id, scored.position, start, end, paper.abstract[start:end])
    return Hit(rank, score, scored.parts, paper, chunk)
