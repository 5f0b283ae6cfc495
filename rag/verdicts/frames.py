"""Frames: words that give what stands on either side of them a part each ("A replaces B", "from B to A")."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BE = r"(?:is|are|was|were|been|being)(?: \w+)?"
_SIDE = r"[^,;:.()]{2,80}?"
_LAST = r"[^,;:.()]{2,80}"
_END = re.compile(r"[,;:.()]|\b(?:whereas|while|but|which|so|because)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Frame:
    """What has the first part and what the second. `instead`: what is used, what is not; `turn`: what
    becomes, what it was; `time`: what is earlier, what later; `cause`: what follows, what it follows from.
    """

    kind: str
    first: str
    second: str


# What stands before them has the first part …
_BETWEEN = {
    "instead": r",? (?:without|rather than|instead of|in (?:place|lieu) of|in preference to|as opposed to"
    r"|(?:but|and) not|not|ahead of|at the (?:price|cost|expense) of|takes? the place of|supersed\w+"
    r"|supplant\w+|replac(?:es?|ing)(?!.* (?:by|with) )"
    r"|(?:more|better) than(?! (?:\d|an? |one|two|half)))",
    "time": r",? (?:before|prior to|followed by|(?:and )?then|precedes?|preceding)",
    "cause": rf",? (?:(?:depend|hing)\w* on|{_BE} (?:determined|limited|bound|bounded|governed|driven|caused)"
    r" (?:\w+ )?by|(?:results?|stems?|comes?) from|because of|due to)",
}
# … and what stands before these the second.
_TURNED = {
    "instead": rf",? (?:{_BE} (?:replaced|superseded|supplanted|displaced) (?:by|with)|gives? way to"
    r"|in favou?r of)",
    "turn": r",? (?:into|onto)",
    "time": r",? (?:after|preceded by)",
    "cause": r",? (?:determin(?:es?|ing)|govern(?:s|ing)?|caus(?:es?|ing)|leads? to|results? in)",
}
_AROUND = {
    "instead": [
        rf"(?:rather than|instead of|in place of) (?P<second>{_SIDE}), (?P<first>{_LAST})",
        rf"(?:replac|exchang|swap|sacrific|trad)\w+ (?P<second>{_SIDE}) (?:by|with|for) (?P<first>{_LAST})",
        rf"substitut\w+ (?P<first>{_SIDE}) for (?P<second>{_LAST})",
        rf"(?:prefer|favou?r)\w* (?P<first>{_SIDE}) (?:over|to) (?P<second>{_LAST})",
    ],
    "turn": [rf"from (?P<second>{_SIDE}) (?:in)?to (?P<first>{_LAST})"],
    "time": [
        rf"(?:after|following) (?P<first>{_SIDE}), (?P<second>{_LAST})",
        rf"before (?P<second>{_SIDE}), (?P<first>{_LAST})",
    ],
    "cause": [],
}


def frames(text: str) -> Iterator[Frame]:
    """Those of a sentence, each within its own clause."""
    for kind, marker in _BETWEEN_PATTERNS:
        for before, after in _around(text, marker):
            yield Frame(kind, before, after)
    for kind, marker in _TURNED_PATTERNS:
        for before, after in _around(text, marker):
            yield Frame(kind, after, before)
    for kind, pattern in _AROUND_PATTERNS:
        for found in pattern.finditer(text):
            yield Frame(kind, found["first"], found["second"])


def _around(text: str, marker: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    for cut in marker.finditer(text):
        yield _END.split(text[: cut.start()])[-1], _END.split(text[cut.end() :])[0]


def _compiled(patterns: dict[str, str]) -> list[tuple[str, re.Pattern[str]]]:
    return [(kind, re.compile(rf"{words}\b", re.IGNORECASE)) for kind, words in patterns.items()]


_BETWEEN_PATTERNS, _TURNED_PATTERNS = _compiled(_BETWEEN), _compiled(_TURNED)
_AROUND_PATTERNS = [
    (kind, re.compile(rf"\b{words}", re.IGNORECASE)) for kind, several in _AROUND.items() for words in several
]
