"""Poles exchanged: one of two things is frozen and the other trained, and the sentence turns it round."""

from collections.abc import Iterable, Mapping, Sequence

from rag.verdicts.likeness import shared_beside
from rag.verdicts.polarity import Pointer

_NO_POLES = {"degree", "effect"}  # said of what happens, not of what it happens to
_LEAST = 0.5  # weight of the words that speak for an exchange
_CLEARLY = 1.5  # times what speaks against it


def poles_exchanged(
    claimed: Sequence[Pointer], said: Sequence[Pointer], idf: Mapping[str, float]
) -> tuple[Pointer, Pointer] | None:
    """Two words on the ends of one scale, of which the abstract says the one of what has the other here."""
    for key in dict.fromkeys(
        pointer.key for pointer in claimed if pointer.on_scale and pointer.key not in _NO_POLES
    ):
        ends = _on(key, claimed)
        if all(ends.values()) and _fit_turned_round(ends, _on(key, said), idf):
            return ends[1][0], ends[-1][0]
    return None


def _on(key: str, words: Iterable[Pointer]) -> dict[int, list[Pointer]]:
    ends: dict[int, list[Pointer]] = {1: [], -1: []}
    for word in words:
        if word.on_scale and word.key == key and word.sign and not word.by:
            ends[word.sign].append(word)
    return ends


def _fit_turned_round(
    ends: Mapping[int, Sequence[Pointer]], said: Mapping[int, Sequence[Pointer]], idf: Mapping[str, float]
) -> bool:
    total = 0.0
    for sign, words in said.items():
        straight = sum(max(shared_beside(word, claimed, idf) for claimed in ends[sign]) for word in words)
        crossed = sum(max(shared_beside(word, claimed, idf) for claimed in ends[-sign]) for word in words)
        if crossed < _CLEARLY * straight:
            return False
        total += crossed
    return total >= _LEAST
