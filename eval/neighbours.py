"""Which papers of a library lie next to each other, by their stored vectors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import skew

from rag import Library

TWIN = 0.95
"""Cosine of two abstracts from which who finds one has found the other."""
NEAREST = 10

_AT_ONCE = 500  # papers compared with all others in one product
_MOST = 5_000  # papers that are; of more a sample
_SHORTEST = 0.5  # of a vector that should have length 1


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Of `looked_at` papers each compared with all. `twins` are pairs of ids, nearest first, with their
    cosine; `occurrences` says in how many other papers' ten nearest a paper is, and `skewness` how unevenly.
    `unusable` are papers whose vector has no direction.
    """

    looked_at: int
    twins: Sequence[tuple[str, str, float]]
    occurrences: dict[str, int]
    skewness: float
    unusable: Sequence[str]


def neighbours(library: Library, random: np.random.Generator) -> Neighbours:
    """Compare the papers of a library; of very many only a sample with all."""
    ids, vectors = library.retriever.vectors()
    order = np.argsort(ids)
    ids, vectors = [ids[place] for place in order], vectors[order]
    lengths = np.linalg.norm(vectors, axis=1)
    usable = np.isfinite(lengths) & (lengths > _SHORTEST)
    named, unit = np.array(ids)[usable], vectors[usable] / lengths[usable, None]
    chosen = np.sort(random.permutation(len(named))[:_MOST])
    twins: dict[tuple[str, str], float] = {}
    counts = np.zeros(len(named), dtype=int)
    for first in range(0, len(chosen), _AT_ONCE):
        rows = chosen[first : first + _AT_ONCE]
        cosines = _cosines_to_others(unit, rows)
        for one, other in np.argwhere(cosines >= TWIN):
            pair = sorted((str(named[rows[one]]), str(named[other])))
            twins[pair[0], pair[1]] = float(cosines[one, other])
        counts += np.bincount(_nearest(cosines).ravel(), minlength=len(named))
    return Neighbours(
        len(chosen),
        [(*pair, round(twins[pair], 4)) for pair in sorted(twins, key=lambda pair: (-twins[pair], pair))],
        dict(zip(named.tolist(), counts.tolist(), strict=True)),
        float(skew(counts)) if counts.any() and counts.std() > 0 else 0.0,
        [paper_id for paper_id, is_usable in zip(ids, usable, strict=True) if not is_usable],
    )


def twins_of(library: Library) -> Callable[[str], list[str]]:
    """Asked for a paper's id, gives those of papers with nearly its abstract, nearest first."""
    ids, vectors = library.retriever.vectors()
    places = {paper_id: place for place, paper_id in enumerate(ids)}

    def twins(paper_id: str) -> list[str]:
        cosines = vectors @ vectors[places[paper_id]]
        near = np.flatnonzero(cosines >= TWIN)
        return [ids[i] for i in near[np.argsort(-cosines[near], kind="stable")] if ids[i] != paper_id]

    return twins


def _cosines_to_others(unit: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
    cosines: NDArray[np.float32] = unit[rows] @ unit.T
    cosines[np.arange(len(rows)), rows] = -1.0
    return cosines


def _nearest(cosines: NDArray[np.float32]) -> NDArray[np.int64]:
    """The few best columns of each row."""
    few = min(NEAREST, cosines.shape[1] - 1)
    return np.argpartition(-cosines, range(few), axis=1)[:, :few] if few > 0 else np.empty((0, 0), dtype=int)
