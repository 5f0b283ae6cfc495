"""Bounds turned round: below 20 mm for "above 20 mm"."""

import re
from collections.abc import Sequence

from rag.verdicts.quantities import Quantity, before, read, same

_UP = (
    r"above|over|at least|exceed\w*|beyond|upwards of|(?:more|greater|higher|larger|longer|older) than"
    r"|no (?:less|fewer) than|[>≥]"
)
_DOWN = (
    r"below|under|beneath|at most|within|(?:less|fewer|lower|smaller|shorter|younger) than|no more than|[<≤]"
)
_BOUND = re.compile(
    rf"(?P<no>\b(?:not|never) (?:be )?)?(?:(?P<up>(?<!\w)(?:{_UP}))|(?<!\w)(?:{_DOWN})) ?"
    r"(?:(?:about|around|roughly|an?|minus|the) )*[-−–~$]?$",
    re.IGNORECASE,
)


def bound_turned(text: str, evidence: Sequence[str]) -> tuple[str, str] | None:
    """A number of the text with its bound, and the evidence's on the other side of the same number.

    One that the text gives on both sides is none: it speaks of what lies beyond, too.
    """
    claimed, said = _bounds(text), [bound for sentence in evidence for bound in _bounds(sentence)]
    for number, is_up, words in claimed:
        alike = [(up, there) for other, up, there in said if _is(number, other)]
        here = {up for other, up, _ in claimed if _is(number, other)}
        if alike and len(here) == 1 and all(up != is_up for up, _ in alike):
            return words, alike[0][1]
    return None


def _bounds(text: str) -> list[tuple[Quantity, bool, str]]:
    """Each number that has one, whether that is a lower one, and how it is written."""
    found = []
    for number in read(text)[0]:
        start, end = number.span
        if bound := _BOUND.search(before(text, start)):
            is_up = bool(bound["up"]) != bool(bound["no"])
            found.append((number, is_up, f"{bound.group()}{text[start:end]}"))
    return found


def _is(one: Quantity, other: Quantity) -> bool:
    return (one.unit == other.unit and one.value == other.value) or (
        one.unit != other.unit and same(one, other)
    )
