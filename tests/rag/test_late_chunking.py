"""What one pass over a text gives to each part of it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rag.encoding.late_chunking import batches_of_like_length, owned_tokens, pool_regions


@given(st.lists(st.integers(1, 300), max_size=40), st.integers(1, 600))
def test_batches_hold_every_text_once_and_stay_within_bounds(lengths: list[int], most: int) -> None:
    batches = batches_of_like_length(lengths, most)
    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))
    for batch in batches:
        padded = max(lengths[i] for i in batch) * len(batch)
        assert padded <= most or len(batch) == 1


@given(st.integers(1, 6), st.integers(0, 10), st.integers(24, 40))
def test_segments_that_overlap_give_each_token_once(segments: int, overlap: int, length: int) -> None:
    """A segment holds a special token at each end; the next one begins `overlap` tokens before its end."""
    step = length - 2 - overlap
    owned = []
    for segment in range(segments):
        tokens = ["[", *range(segment * step, segment * step + length - 2), "]"]
        owned += tokens[owned_tokens(length, segment, segments, overlap)]
    assert owned == ["[", *range(segments * step + overlap), "]"]


def test_a_region_is_the_mean_of_the_tokens_that_touch_it() -> None:
    vectors = np.eye(5, dtype=np.float32)
    # "[CLS] low rank adapters [SEP]" of a text of 17 characters; special tokens stand at (0, 0).
    offsets = np.array([(0, 0), (0, 3), (4, 8), (9, 17), (0, 0)])
    whole, first_two, apart = pool_regions(vectors, offsets, 17, [((0, 17),), ((0, 8),), ((0, 3), (9, 17))])
    assert np.allclose(whole, np.full(5, 5**-0.5))
    assert np.allclose(first_two, np.array([0, 1, 1, 0, 0]) / 2**0.5)
    assert np.allclose(apart, np.array([0, 1, 0, 1, 0]) / 2**0.5)


def test_a_region_no_token_touches_gets_the_whole_text() -> None:
    vectors = np.array([[1, 0], [0, 1]], dtype=np.float32)
    whole, nothing = pool_regions(vectors, np.array([(0, 3), (4, 8)]), 12, [((0, 12),), ((9, 12),)])
    assert np.allclose(nothing, whole)
