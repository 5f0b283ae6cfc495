"""Whether a reply says, in words of its own, that the sources do not answer."""

import re
from collections.abc import Sequence

from rag.chunking import sentences

_LONGEST = 900  # characters of a refusal; what is longer is an answer
_OPENING = 40  # characters in which one shows itself
_SOURCES = (
    r"\b(?:abstracts?|articles?|context|documents?|excerpts?|material|papers?|passages?|sources?|texts?)\b"
)
_SPEAKER = re.compile(rf"{_SOURCES}|\b(?:I|we|there|question)\b", re.IGNORECASE)
_APOLOGY = re.compile(r"\b(?:sorry|apolog\w+|unfortunately)\b", re.IGNORECASE)
_DENIES = re.compile(r"\b(?:not|cannot|no|none|neither|unable|insufficient|lacks?)\b|n[’']t\b", re.IGNORECASE)
_TELLING = re.compile(
    r"\b(?:address|answer|assist|contain|cover|describ|detail|determin|discuss|evidence|find|found|giv|help|includ"
    r"|inform|know|mention|provid|report|said|say|specif|state|tell)\w*",
    re.IGNORECASE,
)
# Of the sources as a whole, not of what a paper found: said even with a citation it answers nothing.
_NOTHING_THERE = re.compile(
    rf"{_SOURCES}.{{0,60}}(?:\bnot\b|\bno\b|n[’']t\b).{{0,40}}\b(?:answers?|details?|information|mentions?|question)\b",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    r"\W*(?:please|if you|you (?:can|could|may|might|would)|let me know|feel free|for (?:further|more)"
    r"|consider|I (?:can|could|recommend|suggest|would)\b(?! not))\b"
    rf"|\W*(?:instead,? )?(?:they|these|the\b.{{0,30}}{_SOURCES})[^\d]*"
    r"\b(?:about|address|cover|discuss|focus)\w*[^\d]*\Z",
    re.IGNORECASE,
)
_TURN = re.compile(
    r"[:;]\s|,?\s*\b(?:although|but|except|however|though|whereas|while)\b,?\s*", re.IGNORECASE
)
_SHORT = 6  # words


def is_refusal(said: Sequence[tuple[str, bool]]) -> bool:
    """Whether a reply of these sentences, each with whether it cites a source, answers nothing."""
    if sum(len(text) for text, _ in said) > _LONGEST:
        return False
    uncited = all(_NOTHING_THERE.search(text) for text, cites in said if cites)
    refuses = [_refuses(text) for text, _ in said]
    polite = [bool(_COURTESY.match(text)) for text, _ in said]
    return uncited and any(refuses) and all(map(max, refuses, polite))


def may_become_refusal(begun: str) -> bool:
    """Whether a reply that begins so may be one when it is whole."""
    if len(begun) < _OPENING:
        return True
    opening = begun[:_OPENING]
    if len(begun) > _LONGEST or not any(sign.search(opening) for sign in (_SPEAKER, _APOLOGY, _DENIES)):
        return False
    whole = [begun[start:end] for start, end in sentences(begun)[:-1]]
    return all(_refuses(text) or _COURTESY.match(text) for text in whole)


def _refuses(sentence: str) -> bool:
    """Whether each part of it, up to a "but", denies that there is something to tell, or is polite."""
    if _APOLOGY.search(sentence) and len(sentence.split()) <= _SHORT:
        return True
    parts = [part for part in _TURN.split(sentence) if part]
    denies = [bool(_DENIES.search(part) and _TELLING.search(part)) for part in parts]
    polite = [_APOLOGY.search(part) or _COURTESY.match(part) for part in parts]
    spoken = _SPEAKER.search(sentence) or _APOLOGY.search(sentence)
    return bool(spoken) and any(denies) and all(a or b for a, b in zip(denies, polite, strict=True))
