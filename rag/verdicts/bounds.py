"""Bounds turned round: below 20 mm for "above 20 mm"."""

import re
from collections.abc import Sequence

from rag.verdicts.quantities import Quantity, before, is_as_written, read

# Not "over" nor "within", which stand for "during" and "across" as often.
_UP = r"above|at least|exceed\w*|(?:more|greater|higher|larger|longer|older) than|[>≥]"
_DOWN = r"below|at most|(?:less|fewer|lower|smaller|shorter|younger) than|[<≤]"
_BOUND = re.compile(
    rf"(?<!\bp )(?<!\bp)(?<!\w)(?:(?P<up>{_UP})|{_DOWN}) ?"
    r"(?:(?:about|around|roughly|an?|minus|the) )*[-−–~$]?$",
    re.IGNORECASE,
)
# What makes the one side of a number say the same as the other: "not below", "fails below", "less … below".
_TURNS = re.compile(
    r"\b(?:not|no|never|none|nor|without|rarely|hardly|seldom|fail\w*|los[et]\w*|lack\w*|higher|lower|more|less"
    r"|fewer|better|worse|greater|(?:in|de)creas\w*|rises?|rose|falls?|fell|un\w{4,})\b|n['’]t\b",
    re.IGNORECASE,
)


def bound_turned(text: str, evidence: Sequence[str]) -> tuple[str, str] | None:
    """A number of the text with its bound, and the evidence's on the other side of the same number.

    One that the text gives on both sides is none: it speaks of what lies beyond, too. Nor is one of a
    sentence that else differs in what turns its sense ("fails below 20" for "works above 20").
    """
    claimed = _bounds(text)
    said = [(bound, sentence) for sentence in evidence for bound in _bounds(sentence)]
    for number, is_up, words in claimed:
        alike = [(bound, sentence) for bound, sentence in said if _is(number, bound[0])]
        here = {up for other, up, _ in claimed if _is(number, other)}
        if not alike or len(here) > 1 or any(bound[1] == is_up for bound, _ in alike):
            continue
        if all(_turns(text, claimed) == _turns(sentence, _bounds(sentence)) for _, sentence in alike):
            return words, alike[0][0][2]
    return None


def _bounds(text: str) -> list[tuple[Quantity, bool, str]]:
    """Each number that has one, whether that is a lower one, and how it is written."""
    found = []
    for number in read(text)[0]:
        start, end = number.span
        if bound := _BOUND.search(before(text, start)):
            found.append((number, bool(bound["up"]), f"{bound.group()}{text[start:end]}"))
    return found


def _turns(text: str, bounds: Sequence[tuple[Quantity, bool, str]]) -> set[str]:
    for _, _, words in bounds:
        text = text.replace(words, " ")
    return {found.lower() for found in _TURNS.findall(text)}


def _is(one: Quantity, other: Quantity) -> bool:
    if not one.unit and not other.unit:
        return one.value == other.value and bool(one.heads & other.heads)
    return is_as_written(one, other)
