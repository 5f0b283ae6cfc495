"""How well the index of vectors finds what an exact search over every stored vector finds."""

from itertools import islice

import numpy as np
from numpy.typing import NDArray

from rag.indexes.indexes import Indexes
from rag.retrieval.retriever import CANDIDATES
from rag.store.store import Store

_AT_ONCE = 2_000  # papers whose vectors are held together
_SAME = 1e-5  # cosines nearer than this are equal, but for how they were added up


def recall(vectors: NDArray[np.float32], k: int, store: Store, indexes: Indexes) -> float:
    """Mean share of the k papers nearest to each vector that are among the k that the index names.

    Any paper as near as the k-th will do. Reads every stored vector.
    """
    # As many as a search asks for, which makes the index look further.
    named = (indexes.nearest_papers(vector, max(k, CANDIDATES))[:k] for vector in vectors)
    shares = [
        sum(cosine > least - _SAME for _, cosine in near) / k
        for near, least in zip(named, _kth_cosines(vectors, k, store), strict=True)
    ]
    return float(np.mean(shares))


def _kth_cosines(vectors: NDArray[np.float32], k: int, store: Store) -> NDArray[np.float32]:
    best = np.full((len(vectors), k), -1.0, dtype=np.float32)
    stored = (vector for _, vector in store.feed.changed_since(0))
    while some := list(islice(stored, _AT_ONCE)):
        rows = np.stack(some)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        best = np.partition(np.concatenate([best, vectors @ rows.T], axis=1), -k, axis=1)[:, -k:]
    return best[:, 0]
