"""Numbers of one abstract, each put where another belongs: to the number guard nothing is wrong."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, pairwise, product

from rag.verdicts.quantities import Name, Quantity, is_as_written, read, same

_NEAR = 5  # words on either side that tell what a number is of
_MOST = 40  # numbers of a sentence that are looked at; each is compared with each
_CLEARLY = 2.0  # times better two numbers must fit the other way round
_LEAST = 0.5  # weight of the words that speak for that, for each of the two
_ALONE = 4.0  # the same for a number that is put in the place of one which is not mentioned
_ALONE_CLEARLY = 3.0

Terms = Callable[[str], Sequence[str]]
_BETWEEN = {"", "vs", "versus", "against", "compared with", "compared to", "and", "or"}
_RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)
_LETTERS = re.compile(r"[A-Za-z]+")
_RANGE = re.compile(r" ?(?:to|and|or|[-–]) ?")
_WORD = re.compile(r"\w+(?:-\w+)*")
_CLAUSE = re.compile(r"[,;:)](?!\d)|\.(?= )|\b(?:and|while|whereas|but|which)\b")


@dataclass(frozen=True, slots=True)
class _Placed:
    """A number, or a name that holds one; the stems before and after it, up to the next, and those of its
    clause. The ends of a range are placed alike.
    """

    quantity: Quantity | Name
    before: frozenset[str]
    after: frozenset[str]
    clause: frozenset[str]


def exchanged(
    text: str, evidence: Sequence[str], idf: Mapping[str, float], terms: Terms
) -> tuple[str, str] | None:
    """Two numbers of the text that fit a sentence of the evidence only the other way round."""
    return _exchanged(text, evidence, idf, terms, _numbers)


def names_exchanged(
    text: str, evidence: Sequence[str], idf: Mapping[str, float], terms: Terms
) -> tuple[str, str] | None:
    """The same for names that hold digits: float32 and bfloat16, a first version and a second."""
    return _exchanged(text, evidence, idf, terms, _names)


def misplaced(
    text: str, abstract: Sequence[str], idf: Mapping[str, float], terms: Terms
) -> tuple[str, str] | None:
    """A number of the text, and what the abstract, given by all its sentences, has in its place."""
    claimed = list(_placed(text, read(text)[0], terms))
    said = [*chain(*(_placed(sentence, read(sentence)[0], terms) for sentence in abstract))]
    for one in claimed:
        own = [other for other in said if _are_equal(one.quantity, other.quantity)]
        if any(_RESPECTIVELY.search(sentence) for sentence in _holding(one.quantity, abstract)):
            continue  # which of the words are a number's is told by its place in a list
        others = [
            o
            for o in said
            if _are_of_a_kind(one, o) and not any(_is(c.quantity, o.quantity) for c in claimed)
        ]
        best = max(others, key=lambda other: _weight(one.clause & other.clause, idf), default=None)
        if not own or best is None:
            continue
        fits = max(_weight(one.clause & other.clause, idf) for other in own)
        if _weight(one.clause & best.clause, idf) >= max(_ALONE, _ALONE_CLEARLY * fits):
            return one.quantity.text, best.quantity.text
    return None


def _holding(quantity: Quantity | Name, abstract: Sequence[str]) -> list[str]:
    return [s for s in abstract if any(_are_equal(quantity, other) for other in read(s)[0])]


def _exchanged(
    text: str,
    evidence: Sequence[str],
    idf: Mapping[str, float],
    terms: Terms,
    listed: Callable[[str], Sequence[Quantity | Name]],
) -> tuple[str, str] | None:
    claimed = list(_placed(text, listed(text), terms))
    said = [*chain(*(_placed(sentence, listed(sentence), terms) for sentence in evidence))]
    for one, other in combinations(claimed, 2):
        if _stand_side_by_side(text, one.quantity, other.quantity):
            continue  # "(3 against 5)": which is whose the words before it tell
        if any(_are_exchanged(one, other, a, b, idf) for a, b in product(said, said) if a is not b):
            return one.quantity.text, other.quantity.text
    return None


def _stand_side_by_side(text: str, one: Quantity | Name, other: Quantity | Name) -> bool:
    between = " ".join(_LETTERS.findall(text[one.span[1] : other.span[0]])).lower()
    return isinstance(one, Quantity) and between in _BETWEEN and "(" in text[: one.span[0]]


def _numbers(text: str) -> Sequence[Quantity | Name]:
    return read(text)[0]


def _names(text: str) -> Sequence[Quantity | Name]:
    return read(text)[1]


def _placed(text: str, quantities: Sequence[Quantity | Name], terms: Terms) -> Iterator[_Placed]:
    quantities = quantities[:_MOST]
    spans = [quantity.span for quantity in quantities]
    links = [bool(_RANGE.fullmatch(text[one[1] : other[0]])) for one, other in pairwise(spans)]
    for i, quantity in enumerate(quantities):
        first = i - 1 if i and links[i - 1] else i
        last = i + 1 if i < len(links) and links[i] else i
        before = text[spans[first - 1][1] if first else 0 : spans[first][0]]
        after = text[spans[last][1] : spans[last + 1][0] if last < len(links) else len(text)]
        clause = f"{_CLAUSE.split(text[: spans[first][0]])[-1]} {_CLAUSE.split(text[spans[last][1] :])[0]}"
        yield _Placed(
            quantity,
            frozenset(terms(" ".join(_WORD.findall(before)[-_NEAR:]))),
            frozenset(terms(" ".join(_WORD.findall(after)[:_NEAR]))),
            frozenset(terms(clause)),
        )


def _are_exchanged(one: _Placed, other: _Placed, a: _Placed, b: _Placed, idf: Mapping[str, float]) -> bool:
    """Whether `one` has the number of `a` and the place of `b`, and `other` the reverse."""
    if _is(one.quantity, other.quantity):
        return False
    if not (_is(one.quantity, a.quantity) and _is(other.quantity, b.quantity)):
        return False
    straight = _alike(one, a, idf) + _alike(other, b, idf)
    crossed = _alike(one, b, idf), _alike(other, a, idf)
    here, there = (
        (one.clause - other.clause, other.clause - one.clause),
        (a.clause - b.clause, b.clause - a.clause),
    )
    in_place = _weight(here[0] & there[0], idf) + _weight(here[1] & there[1], idf)
    out_of_place = _weight(here[0] & there[1], idf), _weight(here[1] & there[0], idf)
    if min(crossed) >= _LEAST and sum(crossed) >= _CLEARLY * straight and in_place <= sum(out_of_place):
        return True
    return min(out_of_place) >= _LEAST and sum(out_of_place) >= 2 * _CLEARLY * in_place


def _is(one: Quantity | Name, other: Quantity | Name) -> bool:
    if isinstance(one, Name) or isinstance(other, Name):
        return one.text.casefold() == other.text.casefold()
    return is_as_written(one, other)


def _are_equal(one: Quantity | Name, other: Quantity | Name) -> bool:
    """Whether they are written as one number of one unit, and not what the other leaves."""
    if isinstance(one, Name) or isinstance(other, Name):
        return False
    return one.value == other.value and one.unit == other.unit


def _are_of_a_kind(one: _Placed, other: _Placed) -> bool:
    """Whether one may be put in the place of the other."""
    a, b = one.quantity, other.quantity
    if not (isinstance(a, Quantity) and isinstance(b, Quantity)) or a.unit != b.unit or same(a, b):
        return False
    return bool(a.unit) or (a.spelled == b.spelled and bool(a.heads & b.heads))


def _alike(one: _Placed, other: _Placed, idf: Mapping[str, float]) -> float:
    shared = [*(one.before & other.before), *(one.after & other.after)]
    return _weight(shared, idf)


def _weight(stems: Sequence[str] | frozenset[str], idf: Mapping[str, float]) -> float:
    return sum(idf.get(stem, 0.0) for stem in stems)
