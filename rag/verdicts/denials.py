"""What a sentence denies: the words behind a "not", up to the end of their phrase."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.verdicts.scales import DENIALS, LITTLE, PHRASE_ENDS, REPLACED, SLIGHT, pattern

_ADVERB = re.compile("[a-z]+ly|be|been|used|able|much|any|even|still|very|always|makes?|lets?")
_SIZES = {"larger": {"large", "larger", "big", "bigger"}, "smaller": {"small", "smaller"}}
_OR = {"or", "nor"}
_DENIAL, _LITTLE, _SLIGHT = pattern(DENIALS), pattern(LITTLE + SLIGHT), pattern(SLIGHT)
_END = pattern(PHRASE_ENDS)


@dataclass(slots=True)
class Word:
    """A word as it is read, and what a "not" before it makes of it."""

    text: str
    stems: Sequence[str]
    scales: tuple[tuple[str, int], ...] = ()
    sign: int = 1
    denied: frozenset[str] = frozenset()
    by: str = ""
    replaced: frozenset[str] = frozenset()


def mark_denials(words: list[Word]) -> None:
    """What stands behind a "not", up to the end of its phrase, is denied; behind "slightly" it is little."""
    for place, word in enumerate(words):
        text = word.text.lower()
        if text == REPLACED or _DENIAL.fullmatch(text) or _LITTLE.fullmatch(text):
            instead = stems_of(words[max(0, place - 2) : place]) if text == REPLACED else frozenset[str]()
            for phrase in _phrases(words, place + 1):
                head = next((w for w in phrase if w.scales or not _ADVERB.fullmatch(w.text.lower())), None)
                for other in phrase:
                    if not other.scales or other is head:
                        _mark(other, text, stems_of(phrase), instead)
                        other.sign = (
                            0 if place == 0 and text == "without" and not other.scales else other.sign
                        )
                    else:
                        other.by = text


def _mark(word: Word, by: str, denied: frozenset[str], instead: frozenset[str]) -> None:
    word.by = by
    if word.scales and _SLIGHT.fullmatch(by) and not any(name == "effect" for name, _ in word.scales):
        return
    word.denied, word.replaced = denied, instead
    word.sign = -word.sign if word.scales or _DENIAL.fullmatch(by) else 0


def _phrases(words: list[Word], first: int) -> list[list[Word]]:
    """The words that say something from there on, up to the end of their phrase, apart at each "or"."""
    phrases: list[list[Word]] = [[]]
    for word in words[first:]:
        if is_end(word.text) and (phrases[0] or not word.text[0].isalnum()):
            break
        if word.text.lower() in _OR and phrases[-1]:
            phrases.append([])
        if word.stems or word.scales:
            phrases[-1].append(word)
    return phrases


def is_end(text: str) -> bool:
    """Whether a phrase ends at this word or sign."""
    return not text[0].isalnum() or bool(_END.fullmatch(text.lower()))


def stems_of(words: list[Word]) -> frozenset[str]:
    """Large and larger are one here, and so are small and smaller: they tell subjects apart."""
    found = {stem for word in words for stem in word.stems}
    texts = {word.text.lower() for word in words}
    return frozenset(found | {size for size, said in _SIZES.items() if texts & said})
