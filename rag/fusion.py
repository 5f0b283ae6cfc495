"""What is known of each candidate paper → its score: its meaning, its words, and what is said by its like.

Chosen on five sets of questions, one left out at a time; what else was tried is in docs/benchmarks.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.embedding import Spans
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


def fuse(candidates: Mapping[str, Candidate], vector: NDArray[np.float32]) -> dict[str, Scored]:
    """Score every candidate for a question and its vector: the sum of its parts by their weights.

    `feedback` is what two steps add. The question is moved towards the paper that is best without
    them (Rocchio 1971), then each of the best papers' scores towards the mean of its nearest
    neighbours' among them (Diaz 2005): papers that are alike answer the same questions.
    """
    if not candidates:
        return {}
    paper_ids = sorted(candidates)  # whatever order they were found in, sums come out the same
    found = [candidates[paper_id] for paper_id in paper_ids]
    cosines = [each.chunks.vectors @ vector for each in found]
    wholes = np.stack([each.chunks.vectors[0] for each in found])
    lexical = LEXICAL_WEIGHT * np.array([each.lexical for each in found])
    direct = _dense(cosines) + lexical
    moved = vector + _MOVE * wholes[direct.argmax()]
    moved /= np.linalg.norm(moved)
    final = _smoothed(_dense([each.chunks.vectors @ moved for each in found]) + lexical, wholes)
    return {
        paper_id: _scored(found[i], cosines[i], float(final[i] - direct[i]))
        for i, paper_id in enumerate(paper_ids)
    }


def _dense(cosines: list[NDArray[np.float32]]) -> NDArray[np.float64]:
    """For each paper the mean of its whole abstract's cosine and its best window's."""
    return np.array([(each[0] + each[_best(each)]) / 2 for each in cosines], dtype=np.float64)


def _best(cosines: NDArray[np.float32]) -> int:
    """The best window; the whole where there is no window."""
    return 1 + int(cosines[1:].argmax()) if len(cosines) > 1 else 0


def _smoothed(scores: NDArray[np.float64], wholes: NDArray[np.float32]) -> NDArray[np.float64]:
    best = np.argsort(-scores, kind="stable")[:_SMOOTHED]
    count = min(_NEIGHBOURS, len(best) - 1)
    if not count:
        return scores
    likeness = wholes[best] @ wholes[best].T
    np.fill_diagonal(likeness, -1)
    nearest = np.argsort(-likeness, axis=1, kind="stable")[:, :count]
    smoothed = scores.copy()
    smoothed[best] = (1 - _SMOOTH) * scores[best] + _SMOOTH * scores[best][nearest].mean(axis=1)
    return smoothed


def _scored(candidate: Candidate, cosines: NDArray[np.float32], feedback: float) -> Scored:
    position = _best(cosines)
    whole, window = float(cosines[0]), float(cosines[position])
    parts = {"dense": (whole + window) / 2, "lexical": candidate.lexical, "feedback": feedback}
    score = round(sum(WEIGHTS[name] * part for name, part in parts.items()), _DIGITS)
    others = {"whole": whole, "window": window, "bm25": candidate.bm25}
    span = candidate.chunks.spans[position]
    return Scored(candidate.row, min(1.0, max(0.0, score)), {**parts, **others}, position, span)
