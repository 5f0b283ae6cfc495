"""How well the index of vectors finds what an exact search over every stored vector finds."""

from itertools import islice

import numpy as np
from numpy.typing import NDArray

from rag.fusion import CANDIDATES
from rag.indexes import Indexes
from rag.store import Store

_ASKED = 4 * CANDIDATES  # chunks that a search asks for, which makes the index look further
_AT_ONCE = 2_000  # papers whose vectors are held together
_SAME = 1e-5  # cosines nearer than this are equal, but for how they were added up


def recall(vectors: NDArray[np.float32], k: int, store: Store, indexes: Indexes) -> float:
    """Mean share of the k chunks nearest to each vector that are among the k that the index names.

    Any chunk as near as the k-th will do. Reads every stored vector.
    """
    named = (indexes.nearest_chunks(vector, max(k, _ASKED))[:k] for vector in vectors)
    shares = [
        sum(cosine > least - _SAME for _, cosine in near) / k
        for near, least in zip(named, _kth_cosines(vectors, k, store), strict=True)
    ]
    return float(np.mean(shares))


def _kth_cosines(vectors: NDArray[np.float32], k: int, store: Store) -> NDArray[np.float32]:
    best = np.full((len(vectors), k), -1.0, dtype=np.float32)
    stored = (chunks.vectors for _, chunks in store.changed_since(0))
    while some := list(islice(stored, _AT_ONCE)):
        rows = np.concatenate(some)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        best = np.partition(np.concatenate([best, vectors @ rows.T], axis=1), -k, axis=1)[:, -k:]
    return best[:, 0]
