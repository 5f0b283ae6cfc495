"""What is known of each candidate paper → its score: exact cosines, BM25, and their weighted sum."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.embedding import Spans

# Chosen on the dev sets named in docs/decisions.md.
LEXICAL_WEIGHT = 0.3
# Where the best hundred differ by less, the encoder hardly tells them apart (a name it never met, say);
# stretching that to a full scale would drown the words that do.
DENSE_RANGE = 0.5
WEIGHTS = {"dense": 1 - LEXICAL_WEIGHT, "lexical": LEXICAL_WEIGHT}  # of the scaled parts, as `fuse` has them
CANDIDATES = 100  # papers from each index; scores are scaled over a question's best so many


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate: its row, its best chunk, and the parts of its score."""

    row: int
    position: int  # of the best chunk
    parts: Mapping[str, float]


def score(row: int, chunks: Spans, vector: NDArray[np.float32], lexical: float) -> Scored:
    """Exact cosines of a candidate, whichever index found it."""
    cosines = chunks.vectors @ vector
    position = 1 + int(cosines[1:].argmax()) if len(cosines) > 1 else 0
    whole, window = float(cosines[0]), float(cosines[position])
    return Scored(
        row,
        position,
        {"dense": whole + window, "lexical": lexical, "whole": whole, "window": window},
    )


def fuse(scored: Mapping[str, Scored]) -> dict[str, float]:
    """One score a paper, in [0, 1]: the weighted sum of its scaled parts."""
    parts = scaled(scored)
    dense, lexical = parts["dense"], parts["lexical"]
    return {
        paper_id: (1 - LEXICAL_WEIGHT) * dense.get(paper_id, 0.0)
        + LEXICAL_WEIGHT * lexical.get(paper_id, 0.0)
        for paper_id in scored
    }


def scaled(scored: Mapping[str, Scored]) -> dict[str, dict[str, float]]:
    """The parts that are weighed, by name and paper, each in [0, 1]; left out where that is 0 by default."""
    dense = {paper_id: s.parts["dense"] for paper_id, s in scored.items()}
    lexical = {paper_id: s.parts["lexical"] for paper_id, s in scored.items() if s.parts["lexical"] > 0}
    return {"dense": _scale(dense, DENSE_RANGE), "lexical": _scale(lexical)}


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
