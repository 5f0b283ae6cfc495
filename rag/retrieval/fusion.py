"""What is known of each candidate paper → its score: its meaning, its words, and what is said by its like.

Chosen on five sets of questions, one left out at a time; what else was tried is in docs/benchmarks.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from rag.encoding.embedding import Spans
from rag.interfaces import Span

LEXICAL_WEIGHT = 0.7  # of words, beside meaning
WEIGHTS = {
    "dense": 1 / (1 + LEXICAL_WEIGHT),
    "lexical": LEXICAL_WEIGHT / (1 + LEXICAL_WEIGHT),
    "feedback": 1 / (1 + LEXICAL_WEIGHT),
}
"""Of the parts that a score is the sum of."""
_MOVE = 0.2  # how far the question is moved towards the best paper
_SMOOTH, _NEIGHBOURS = 0.2, 5  # the share of a score that its nearest neighbours have
_SMOOTHED = 50  # papers, the best ones
_DIGITS = 9  # of a score that count: beyond them equal papers differ by how sums were added up


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper that is compared with a question. `lexical` is BM25 as a share of the most that the
    question's words can attain.
    """

    row: int
    chunks: Spans
    bm25: float
    lexical: float


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate's score in [0, 1], its parts as in a Hit, and its best chunk."""

    row: int
    score: float
    parts: Mapping[str, float]
    position: int
    span: Span


class Ranking:
    """Candidates in order, best first; ties go by dense score, then by id."""

    def __init__(
        self,
        candidates: Mapping[str, Candidate],
        cosines: Sequence[NDArray[np.float32]],
        parts: Mapping[str, NDArray[np.float64]],
    ) -> None:
        """Candidates with the cosines of their chunks and, by name, the parts of their scores; all in the
        order of their ids.
        """
        self._candidates = candidates
        self._cosines = cosines
        self._parts = parts
        total = sum(WEIGHTS[name] * part for name, part in parts.items())
        self._scores = np.clip(np.round(total, _DIGITS), 0.0, 1.0)
        order = np.lexsort((-parts["dense"], -self._scores)).tolist()
        self._index = {paper_id: index for index, paper_id in enumerate(candidates)}
        paper_ids = list(candidates)
        self._places = {paper_ids[index]: place for place, index in enumerate(order)}

    def __len__(self) -> int:
        return len(self._candidates)

    def __contains__(self, paper_id: object) -> bool:
        return paper_id in self._candidates

    def best(self, k: int) -> list[Scored]:
        """The first k."""
        return [self.scored(paper_id) for paper_id in islice(self._places, k)]

    def place(self, paper_id: str) -> int:
        """Where a candidate stands, from 0."""
        return self._places[paper_id]

    def scored(self, paper_id: str) -> Scored:
        """A candidate's score, with its parts."""
        index, candidate = self._index[paper_id], self._candidates[paper_id]
        cosines = self._cosines[index]
        position = 1 + int(cosines[1:].argmax()) if len(cosines) > 1 else 0
        parts = {name: float(part[index]) for name, part in self._parts.items()}
        others = {"whole": float(cosines[0]), "window": float(cosines[position]), "bm25": candidate.bm25}
        span = candidate.chunks.spans[position]
        return Scored(candidate.row, float(self._scores[index]), {**parts, **others}, position, span)


def fuse(found: Mapping[str, Candidate], vector: NDArray[np.float32]) -> Ranking:
    """Score every candidate for a question and its vector: the sum of its parts by their weights.

    `feedback` is what two steps add. The question is moved towards the paper that is best without
    them (Rocchio 1971), then each of the best papers' scores towards the mean of its nearest
    neighbours' among them (Diaz 2005): papers that are alike answer the same questions.
    """
    candidates = {paper_id: found[paper_id] for paper_id in sorted(found)}
    lexical = np.array([each.lexical for each in candidates.values()], dtype=np.float64)
    if not candidates:
        return Ranking({}, [], dict.fromkeys(WEIGHTS, lexical))
    vectors = np.concatenate([each.chunks.vectors for each in candidates.values()])
    ends = np.cumsum([len(each.chunks.vectors) for each in candidates.values()])
    starts = np.concatenate(([0], ends[:-1]))
    cosines = _cosines(vectors, vector)
    dense = _dense(cosines, starts)
    direct = dense + LEXICAL_WEIGHT * lexical
    moved = vector + _MOVE * vectors[starts[direct.argmax()]]
    moved /= np.linalg.norm(moved)
    again = _dense(_cosines(vectors, moved), starts) + LEXICAL_WEIGHT * lexical
    feedback = _smoothed(again, vectors, starts) - direct
    parts = {"dense": dense, "lexical": lexical, "feedback": feedback}
    of_each = [cosines[start:end] for start, end in zip(starts, ends, strict=True)]
    return Ranking(candidates, of_each, parts)


def _cosines(vectors: NDArray[np.float32], vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """Not by BLAS: there a row's product would depend on what rows stand beside it, and its threads, which
    gain nothing here, wait for a processor that others use.
    """
    cosines: NDArray[np.float32] = np.einsum("id,d->i", vectors, vector)
    return cosines


def _dense(cosines: NDArray[np.float32], starts: NDArray[np.intp]) -> NDArray[np.float64]:
    """For each paper the mean of its whole abstract's cosine and its best window's, if it has windows."""
    wholes = cosines[starts].astype(np.float64)
    windows = cosines.copy()
    windows[starts] = -np.inf
    best = np.maximum.reduceat(windows, starts).astype(np.float64)
    dense: NDArray[np.float64] = (wholes + np.where(np.isneginf(best), wholes, best)) / 2
    return dense


def _smoothed(
    scores: NDArray[np.float64], vectors: NDArray[np.float32], starts: NDArray[np.intp]
) -> NDArray[np.float64]:
    best = np.argsort(-scores, kind="stable")[:_SMOOTHED]
    count = min(_NEIGHBOURS, len(best) - 1)
    if not count:
        return scores
    wholes = vectors[starts[best]]
    likeness = np.einsum("id,jd->ij", wholes, wholes)
    np.fill_diagonal(likeness, -1)
    nearest = np.argsort(-likeness, axis=1, kind="stable")[:, :count]
    smoothed = scores.copy()
    smoothed[best] = (1 - _SMOOTH) * scores[best] + _SMOOTH * scores[best][nearest].mean(axis=1)
    return smoothed
