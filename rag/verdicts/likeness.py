"""How much two words that point somewhere are said of the same."""

from collections.abc import Mapping

from rag.verdicts.polarity import Pointer

SEVERAL = 2
"""Stems that are denied, and stand together in the abstract, need no common subject."""

_MOSTLY = 0.6  # of a sentence stands in one of the abstract's: then they speak of the same
_NOT_NEEDED = 0.4  # alike are two sentences by saying that something is needed, and that it is not
_DIGITS = 3.0  # what a number weighs beside the idf of words


def likeness(claimed: Pointer, other: Pointer, idf: Mapping[str, float]) -> float:
    """The share of what a word speaks of that another speaks of, too."""
    digits = _DIGITS if claimed.on_scale else 0.0
    near = {stem: close * idf.get(stem, digits * stem.isdigit()) for stem, close in claimed.near.items()}
    alike = sum(near[stem] for stem in near if stem in other.near) / (sum(near.values()) or 1.0)
    both_needed = claimed.needed and other.needed and is_denied_in_one(claimed, other)
    if both_needed or (claimed.needed and other.sign < 0 and _speaks_of(claimed, other, idf)):
        return max(alike, _NOT_NEEDED)
    return alike


def _speaks_of(claimed: Pointer, other: Pointer, idf: Mapping[str, float]) -> bool:
    """Whether the sentence has all that is denied there, several words, or most of it is said there."""
    is_phrase = len(other.denied) >= SEVERAL and other.denied <= claimed.all
    return is_phrase or _overlap(claimed, other, idf) >= _MOSTLY


def _overlap(claimed: Pointer, other: Pointer, idf: Mapping[str, float]) -> float:
    """The share of the whole sentence that the abstract's has, too."""
    weights = {stem: idf.get(stem, 0.0) for stem in claimed.all}
    return sum(weights[stem] for stem in claimed.all & other.all) / (sum(weights.values()) or 1.0)


def is_denied_in_one(claimed: Pointer, other: Pointer) -> bool:
    """Whether both are one word, and only one of them is denied."""
    return claimed.stem == other.stem and bool(claimed.denied) != bool(other.denied)


def shared_beside(one: Pointer, other: Pointer, idf: Mapping[str, float]) -> float:
    """The weight of what stands beside both words."""
    return sum(
        min(close, other.bound[stem]) * idf.get(stem, 0.0)
        for stem, close in one.bound.items()
        if stem in other.bound
    )
