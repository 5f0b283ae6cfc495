"""One pass over a text → a vector for each of its regions: the arithmetic, which no model is needed for."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.interfaces import Region


def batches_of_like_length(lengths: Sequence[int], most: int) -> list[list[int]]:
    """Positions in batches of at most `most` tokens, padding counted (a longer segment goes alone).

    The longest come first, so that no thread is left with one at the end.
    """
    batches: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if not batches or lengths[batches[-1][0]] * (len(batches[-1]) + 1) > most:
            batches.append([])
        batches[-1].append(i)
    return batches


def owned_tokens(length: int, segment: int, segments: int, overlap: int) -> slice:
    """The tokens of a segment that no neighbour reads with more context: each gives up half of what
    they share, and inner segments their special tokens.
    """
    start = 0 if segment == 0 else 1 + overlap // 2
    end = length if segment == segments - 1 else length - 1 - (overlap - overlap // 2)
    return slice(start, end)


def pool_regions(
    vectors: NDArray[np.float32], offsets: NDArray[np.int64], length: int, regions: Sequence[Region]
) -> NDArray[np.float32]:
    """Mean of the tokens in each region, as unit vectors; the whole text's also has the special tokens,
    as in the model's own pooling.
    """
    starts, ends = np.array([span for region in regions for span in region]).T[..., None]
    touched = (offsets[:, 0] < ends) & (offsets[:, 1] > starts) & (offsets[:, 1] > 0)
    first_spans = np.cumsum([0, *(len(region) for region in regions[:-1])])
    inside = np.logical_or.reduceat(touched, first_spans)
    is_whole = np.array([region == ((0, length),) for region in regions])
    inside[is_whole | ~inside.any(axis=1)] = True
    pooled = inside.astype(np.float32) @ vectors
    unit: NDArray[np.float32] = pooled / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-12)
    return unit
