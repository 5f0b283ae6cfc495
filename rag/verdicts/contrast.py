"""Sides exchanged: what the abstract says of one thing and of another, said the other way round."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations

from rag.verdicts.frames import frames
from rag.verdicts.scales import OPPOSITE

_AGAINST = re.compile(  # what sets two things against each other in one sentence
    r"[,;]? (?:whereas|while|but|in contrast to)\b(?! also)"
    r"|, unlike\b(?=[^,.]*, (?:which|who))",
    re.IGNORECASE,
)
_BESIDE = re.compile(rf"{_AGAINST.pattern}|;|,? and\b", re.IGNORECASE)  # an abstract may only list them
_LISTED = re.compile(r",? (?:and|but|while|whereas)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:.()]|\b(?:while|despite|although|though|which|so|because)\b", re.IGNORECASE)
_WORD = re.compile(r"\w+(?:-\w+)*")
_LEAST = 0.8  # weight of the words that each side of the sentence shares with each side of the abstract
_LEAST_ALONE = 0.3  # the same where nothing speaks against it
_UNREAD = 2.0  # weight of a stem that the sentence has only without its "un-"
_LEAST_TURNED = 0.6  # the same for the two parts of a frame

Terms = Callable[[str], Sequence[str]]
Sides = tuple[frozenset[str], frozenset[str]]


def sides_exchanged(text: str, evidence: Sequence[str], idf: Mapping[str, float], terms: Terms) -> bool:
    """Whether words change sides and others stay: "A is kept, while B is lost" for "A is lost and B kept"."""
    framed = [*chain(*(_framed(sentence, terms) for sentence in evidence))]
    if any(a[0] == b[0] and _are_turned(a[1], b[1], idf) for a in _framed(text, terms) for b in framed):
        return True
    lists = [*chain(*(_listed(sentence, terms) for sentence in evidence))]
    if any(_are_crossed(a, b, idf) for a in _listed(text, terms) for b in lists):
        return True
    claimed = list(_sides(text, _AGAINST, terms))
    if not claimed:
        return False
    sentences = combinations([_stems(sentence, terms) for sentence in evidence], 2)
    said = [*chain(*(_sides(sentence, _BESIDE, terms) for sentence in evidence))]
    said += [_apart(one, other) for one, other in sentences]
    return any(_are_crossed(one, other, idf) for one in claimed for other in said)


def _sides(text: str, cuts: re.Pattern[str], terms: Terms) -> Iterator[Sides]:
    for cut in cuts.finditer(text):
        yield _apart(_stems(text[: cut.start()], terms), _stems(text[cut.end() :], terms))


def _framed(text: str, terms: Terms) -> Iterator[tuple[str, Sides]]:
    """The two parts of each frame, and its kind."""
    for frame in frames(text):
        yield frame.kind, _apart(_stems(frame.first, terms), _stems(frame.second, terms))


def _listed(text: str, terms: Terms) -> Iterator[Sides]:
    """What stands right before and right behind an "and", up to the next commas."""
    for cut in _LISTED.finditer(text):
        before, after = _CLAUSE.split(text[: cut.start()])[-1], _CLAUSE.split(text[cut.end() :].lstrip())[0]
        yield _apart(_stems(before, terms), _stems(after, terms))


def _are_crossed(one: Sides, other: Sides, idf: Mapping[str, float]) -> bool:
    """Whether each side of the one shares words with each side of the other."""
    return min(_weight(a & b, idf) for a in one for b in other) >= _LEAST


def _are_turned(one: Sides, other: Sides, idf: Mapping[str, float]) -> bool:
    """Whether "A without B" meets "B without A"."""
    crossed = _weight(one[0] & other[1], idf), _weight(one[1] & other[0], idf)
    straight = _weight(one[0] & other[0], idf) + _weight(one[1] & other[1], idf)
    if min(crossed) >= _LEAST_TURNED and not one[1] & other[1]:
        return True
    return min(crossed) >= _LEAST_ALONE and not straight


def _apart(one: frozenset[str], other: frozenset[str]) -> Sides:
    """What only one of them says, and what only the other."""
    return one - other, other - one


def _stems(text: str, terms: Terms) -> frozenset[str]:
    """`unnoticed` is read as `noticed`: which way a word points is the direction guard's."""
    words = (
        OPPOSITE.sub("", word, count=1) if OPPOSITE.match(word) else word for word in _WORD.findall(text)
    )
    return frozenset(stem for word in words for stem in terms(word) if not stem.isdigit())


def _weight(stems: Iterable[str], idf: Mapping[str, float]) -> float:
    return sum(idf.get(stem, _UNREAD) for stem in stems)
