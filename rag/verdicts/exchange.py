"""Two numbers of one abstract, each put where the other belongs: to the number guard nothing is wrong."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product

from rag.verdicts.quantities import Name, Quantity, read, same

_NEAR = 5  # words on either side that tell what a number is of
_CLEARLY = 2.0  # times better they must fit the other way round
_LEAST = 0.5  # weight of the words that speak for that, for each of the two

Terms = Callable[[str], Sequence[str]]
_RANGE = re.compile(r" ?(?:to|and|or|[-–]) ?")
_WORD = re.compile(r"\w+(?:-\w+)*")


@dataclass(frozen=True, slots=True)
class _Placed:
    """A number, or a name that holds one, and the stems before and after it, up to the next."""

    quantity: Quantity | Name
    before: frozenset[str]
    after: frozenset[str]


def exchanged(
    text: str, evidence: Sequence[str], idf: Mapping[str, float], terms: Terms
) -> tuple[str, str] | None:
    """Two numbers of the text that fit a sentence of the evidence only the other way round."""
    for listed in (_numbers, _names):
        claimed = list(_placed(text, listed(text), terms))
        for sentence in evidence:
            said = list(_placed(sentence, listed(sentence), terms))
            for one, other in combinations(claimed, 2):
                if any(_are_exchanged(one, other, a, b, idf) for a, b in product(said, said) if a is not b):
                    return one.quantity.text, other.quantity.text
    return None


def _numbers(text: str) -> Sequence[Quantity | Name]:
    return read(text)[0]


def _names(text: str) -> Sequence[Quantity | Name]:
    return read(text)[1]


def _placed(text: str, quantities: Sequence[Quantity | Name], terms: Terms) -> Iterator[_Placed]:
    """The ends of a range are placed alike."""
    spans = [quantity.span for quantity in quantities]
    links = [bool(_RANGE.fullmatch(text[one[1] : other[0]])) for one, other in pairwise(spans)]
    for i, quantity in enumerate(quantities):
        first = i - 1 if i and links[i - 1] else i
        last = i + 1 if i < len(links) and links[i] else i
        before = text[spans[first - 1][1] if first else 0 : spans[first][0]]
        after = text[spans[last][1] : spans[last + 1][0] if last < len(links) else len(text)]
        yield _Placed(
            quantity,
            frozenset(terms(" ".join(_WORD.findall(before)[-_NEAR:]))),
            frozenset(terms(" ".join(_WORD.findall(after)[:_NEAR]))),
        )


def _are_exchanged(one: _Placed, other: _Placed, a: _Placed, b: _Placed, idf: Mapping[str, float]) -> bool:
    """Whether `one` has the number of `a` and the place of `b`, and `other` the reverse."""
    if _is(one.quantity, other.quantity):
        return False
    if not (_is(one.quantity, a.quantity) and _is(other.quantity, b.quantity)):
        return False
    straight = _alike(one, a, idf) + _alike(other, b, idf)
    crossed = _alike(one, b, idf), _alike(other, a, idf)
    return min(crossed) >= _LEAST and sum(crossed) >= _CLEARLY * straight


def _is(one: Quantity | Name, other: Quantity | Name) -> bool:
    """40 percent are not what 60 percent leave, where both are spoken of."""
    if isinstance(one, Name) or isinstance(other, Name):
        return one.text.casefold() == other.text.casefold()
    return one.value == other.value if one.unit == other.unit else same(one, other)


def _alike(one: _Placed, other: _Placed, idf: Mapping[str, float]) -> float:
    shared = [*(one.before & other.before), *(one.after & other.after)]
    return sum(idf.get(stem, 0.0) for stem in shared)
