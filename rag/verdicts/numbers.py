"""The number guard: every number, unit, percentage, year and name with digits stands in a cited abstract."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite

from rag.types import Paper
from rag.verdicts.quantities import Name, Quantity, before, read, same

_BOUND = re.compile(
    r"\b(?:over|above|under|below|least|most|than|nearly|almost)(?: an?)?[ -]*$", re.IGNORECASE
)
_ONE = re.compile(r"\ban?(?= (?:second|minute|hour|day|week|month|year|byte|bit)\b)", re.IGNORECASE)
_POINT = re.compile(r"(?<=\d) \.(?=\d)")  # "8 .5", where words and signs were set apart
_ABOUT = re.compile(
    r"(?:\b(?:about|roughly|around|some|approximately|circa|close to|(?P<less>nearly|almost|under|below"
    r"|(?:less|fewer|lower) than)|(?P<more>over|above|(?:more|greater|higher) than))|[~≈])[ ~]*$",
    re.IGNORECASE,
)
_REFERRING = re.compile(r"\b(?:the|these|those|all|other) $", re.IGNORECASE)
_COMPARING = re.compile(r"as|the|that|more|les|fewer|better|worse|\w+er|over|a")
_ROUNDED = 0.03  # of a number
_COUNTABLE = 100  # from there on a number is not counted but measured
_SHORTEST_NAME = 3  # characters; L2, 3D and seq2seq are terms of the field
_FEW = 12  # up to here a number word may count what the sentence itself lists ("two techniques")


@dataclass(frozen=True, slots=True)
class Figures:
    """All that a source says in numbers, its title and year included."""

    quantities: tuple[Quantity, ...]
    text: str


def figures(papers: Sequence[Paper]) -> Figures:
    """Those of several papers together."""
    texts = [f"{paper.title}. {_ONE.sub('1', paper.abstract)} ({paper.year or ''})" for paper in papers]
    texts = [_POINT.sub(".", text) for text in texts]
    found: list[Quantity] = []
    for quantities, names in map(read, texts):
        found += [*quantities, *(said for name in names for said in name.says)]
    return Figures(tuple(found), " ".join(texts).casefold())


def foreign_numbers(text: str, said: Figures) -> list[str]:
    """The numbers and names of a text, as it writes them, that do not stand in the sources."""
    quantities, names = read(text)
    strange: list[Quantity | Name] = [q for q in quantities if not _is_known(q, text, said)]
    strange += [name for name in names if not _is_known_name(name, said)]
    return [one.text for one in sorted(strange, key=lambda one: one.span)]


def _is_known(quantity: Quantity, text: str, said: Figures) -> bool:
    if quantity.value == 1 and not quantity.unit:
        return True
    alike = [other for other in said.quantities if same(quantity, other)]
    if any(_count_the_same(quantity, other) for other in said.quantities):
        # "four stages" where the abstract has three, though it has four of something else
        is_large = quantity.value > _FEW
        return any(is_large or quantity.heads & {*other.nouns} for other in alike)
    if alike or _is_rounded(quantity, text, said):
        return True
    if _only_refers(quantity, text) or (_is_occasions(quantity) and _is_a_count(quantity, said)):
        return True
    if quantity.unit == "part":  # "well over half" may sum up what the abstract says in figures
        return bool(_BOUND.search(before(text, quantity.span[0])))
    if not (quantity.spelled and quantity.counts and quantity.value <= _FEW):
        return False
    return not any(quantity.heads & other.heads for other in said.quantities if other.counts)


def _only_refers(quantity: Quantity, text: str) -> bool:
    """Whether it means what was spoken of: "the two are even"."""
    is_small = quantity.spelled and not quantity.counts and quantity.value <= _FEW
    return is_small and bool(_REFERRING.search(before(text, quantity.span[0])))


def _is_occasions(quantity: Quantity) -> bool:
    """Whether "four times" counts how often, and compares nothing."""
    return quantity.text.endswith("times") and not _COMPARING.fullmatch(" ".join(quantity.nouns[:1]))


def _is_a_count(quantity: Quantity, said: Figures) -> bool:
    return any(other.counts and other.value == quantity.value for other in said.quantities)


def _is_rounded(quantity: Quantity, text: str, said: Figures) -> bool:
    """Whether it is a rounder form of a number of the same unit, and is said to be one: "about 66 %" for
    65.5, and "over 65 %", but not "over 66 %".
    """
    about = _ABOUT.search(before(text, quantity.span[0]))
    if not about:
        return False
    for other in said.quantities:
        apart = quantity.value - other.value
        if other.unit != quantity.unit or abs(apart) > _ROUNDED * other.value:
            continue
        wrong_side = (about["less"] and apart < 0) or (about["more"] and apart > 0)
        if not wrong_side and abs(apart) <= _grain(quantity.value):
            return True
    return False


def _grain(value: float) -> float:
    """To what it is rounded: 66 to 1, 1,200 to 100, 25 to 5."""
    if not isfinite(value):
        return 0.0
    written = Decimal(f"{value:.10g}").normalize()
    grain = 10.0 ** int(written.as_tuple().exponent)
    return 5 * grain if written.as_tuple().digits[-1] == 5 else grain


def _count_the_same(one: Quantity, other: Quantity) -> bool:
    """Whether both count one thing: "four stages", "three cumulative stages"; a single one is no count."""
    if not (one.counts and other.counts and 1 < one.value <= _COUNTABLE and 1 < other.value <= _COUNTABLE):
        return False
    return bool(one.heads & other.heads)


def _is_known_name(name: Name, said: Figures) -> bool:
    is_term = len(name.text) < _SHORTEST_NAME or (name.text.isalnum() and name.text.islower())
    if is_term or _spelling(name.text).search(said.text):
        return True
    return bool(name.says) and all(any(same(one, other) for other in said.quantities) for one in name.says)


def _spelling(name: str) -> re.Pattern[str]:
    """`LLaMA-2`, `Llama 2` and `llama2` are one name, `LLaMA-2` and `LLaMA-2.5` are two."""
    letters = "[^a-z0-9]*".join(re.escape(c) for c in name.casefold() if c.isalnum())
    return re.compile(rf"(?<![a-z0-9]){letters}(?!\.?\d)")
