"""The numbers of a text, with their units, whichever way they are written; and names that hold digits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.interfaces import Span
from rag.verdicts.numerals import (
    DIGITS,
    EVERY,
    FRACTION,
    IN_SO_MANY,
    LOOSE,
    MULTIPLES,
    PART_VALUES,
    QUANTITY,
    RATIOS,
    SCALES,
    SIZES,
    SUFFIXES,
    UNITS,
    WORDS,
)
from rag.words import STOP_WORDS

_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.@+-]*[A-Za-z0-9]")
_NAME = re.compile(r"[A-Za-z]+[A-Za-z.@+-]*\d|\d+[A-Za-z]+\d|\d+D$")
_ENDING = re.compile(r"(?:-[A-Za-z]+)+$|(?<=\d)s$")  # "GPT-2-style", "A100s"
_TO_NEXT = re.compile(
    r"-?\s*(?:[-–—/]|to|and|or|vs\.?|versus|against|,(?: and| or)?)\s*"
    r"(?:over |about |around |nearly |almost )?",
    re.IGNORECASE,
)
_FORMAT = re.compile(r"(?:int|uint|fp|bf|nf|float|bfloat)(\d+)", re.IGNORECASE)
_WEIGHTS_AND_ACTIVATIONS = re.compile(r"W(\d+)A(\d+)")
_SIZE = re.compile(rf"-?({DIGITS})([KMBT])$")
_WORD = re.compile(r"[A-Za-z]+")
_NO_NOUNS = (STOP_WORDS | {"run", "per", "without", "v", "versus", "against"}) - {
    "all",
    "more",
    "same",
    "such",
    "other",
}
_NEAR = 60  # characters
_MOST_ORDERS = 300  # of magnitude
_BEFORE = 80  # characters
_NOUNS = 3  # words after a number among which the thing counted is


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as it stands in a text.

    `unit` is empty for a bare one, `part` for "a third", `every` for "every tenth", `about` for "hundreds";
    `nouns` are the words after it; `spelled` is whether it is a count written as a word.
    """

    text: str
    span: Span
    value: float
    unit: str
    nouns: tuple[str, ...] = ()
    spelled: bool = False

    @property
    def counts(self) -> bool:
        """Whether it is a bare number of things: "three stages", not "a factor of three"."""
        return not self.unit and bool(self.nouns) and self.nouns[0] not in _NO_NOUNS

    @property
    def heads(self) -> frozenset[str]:
        """The thing counted, or what is said of it: one of the next words."""
        return frozenset(noun for noun in self.nouns if noun not in STOP_WORDS and len(noun) > 1)


@dataclass(frozen=True, slots=True)
class Name:
    """A name that holds digits, and what it says as a number: OPT-175B, INT8."""

    text: str
    span: Span
    says: tuple[Quantity, ...]


@lru_cache(maxsize=2_000)  # the abstracts of an answer are read for each of its sentences
def read(text: str) -> tuple[tuple[Quantity, ...], tuple[Name, ...]]:
    """The quantities, in order, and the names. A range gives its ends, both with the unit of the last."""
    names = tuple(_names(text))
    blank = list(text)
    for name in names:
        blank[slice(*name.span)] = " " * (name.span[1] - name.span[0])
    plain = "".join(blank)
    parts = [*_parts(plain), *_in_so_many(plain), *_loose(plain)]
    taken = [part.span for part in parts]
    found = [q for q in _numbers(plain) if not any(_overlap(q.span, span) for span in taken)]
    return tuple(sorted(_shared_units(plain, found) + parts, key=lambda q: q.span)), names


def same(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities say the same: a fifth is 20 percent, 1.34 times is 34 percent more."""
    if one.unit == other.unit and _equal(one.value, other.value):
        return True
    if one.unit in SIZES and other.unit in SIZES:
        (kind, size), (other_kind, other_size) = SIZES[one.unit], SIZES[other.unit]
        return kind == other_kind and _equal(one.value * size, other.value * other_size)
    if "about" in {one.unit, other.unit} or {one.unit, other.unit} == {"every", ""}:
        return _equal(one.value, other.value)
    if not one.unit or not other.unit:
        if _are_points_of(one, other) or _are_points_of(other, one):
            return _equal(one.value, other.value)
        if one.counts or other.counts:  # "90 layers" are not 90 hours, nor 90 percent
            return False
        if {one.unit, other.unit} - RATIOS - {""} or "percent" in {one.unit, other.unit}:
            return _equal(one.value, other.value)
    return _same_ratio(one, other)


def _are_points_of(one: Quantity, other: Quantity) -> bool:
    """Whether one is the points of what the other counts: 0.5 BLEU points, 0.5 BLEU."""
    words = one.text.lower().split()
    return words[-1] in {"point", "points"} and other.nouns[:1] == tuple(words[-2:-1])


def is_as_written(one: Quantity, other: Quantity) -> bool:
    """Whether both are one number; 40 percent are not what 60 percent leave, where both are spoken of."""
    return one.value == other.value if one.unit == other.unit else same(one, other)


def before(text: str, place: int) -> str:
    """What stands right before a place, where words may qualify it; all that does is slow in a long text."""
    return text[max(0, place - _BEFORE) : place]


def _same_ratio(one: Quantity, other: Quantity) -> bool:
    if {one.unit, other.unit} - RATIOS - {""}:
        return False
    a, b = (q.value / 100 if q.unit == "percent" else q.value for q in (one, other))
    if one.unit == other.unit == "percent":  # what is left, and what is lost
        return _equal(a + b, 1) and not _are_of_the_same(one, other)
    if "percent" in {one.unit, other.unit}:
        return _equal(a, b) or _equal(a, 1 + b) or _equal(1 + a, b)
    return _equal(a, b) or _equal(a * b, 1)


def _are_of_the_same(one: Quantity, other: Quantity) -> bool:
    """Whether both go on with "of the computation", so that neither is what the other leaves."""
    of = all("of" in quantity.nouns[:1] for quantity in (one, other))
    return of and bool(one.heads & other.heads)


def _names(text: str) -> Iterator[Name]:
    for token in _TOKEN.finditer(text):
        written = _ENDING.sub("", token.group())
        if _NAME.match(written):
            span = (token.start(), token.start() + len(written))
            yield Name(written, span, tuple(_said_by(written, span)))


def _said_by(name: str, span: Span) -> Iterator[Quantity]:
    if both := _WEIGHTS_AND_ACTIVATIONS.fullmatch(name):
        yield from (Quantity(name, span, float(bits), "bit") for bits in both.groups())
    if kind := _FORMAT.fullmatch(name):
        yield Quantity(name, span, float(kind[1]), "bit")
    if size := _SIZE.search(name):
        yield Quantity(name, span, _digits(size[1]) * SUFFIXES[size[2].lower()], "")


def _numbers(text: str) -> Iterator[Quantity]:
    for found in QUANTITY.finditer(text):
        if _is_a_name(found["words"] or "") or text[found.end() : found.end() + 1] == "√":
            continue
        value = _digits(found["digits"]) if found["digits"] else _spelled(found["words"])
        value += 0.5 if found["and_half"] else 0
        value *= SUFFIXES[found["suffix"].lower()] if found["suffix"] else 1
        value *= SCALES[found["scale"].lower()] if found["scale"] else 1
        unit = next((name for name in UNITS if found[name]), "")
        if unit == "magnitude":
            value, unit = 10 ** min(value, _MOST_ORDERS), "times"
        spelled = bool(found["words"]) and not (unit or found["scale"])
        yield Quantity(found.group().strip(), found.span(), value, unit, _nouns(text[found.end() :]), spelled)


def _is_a_name(words: str) -> bool:
    """ZeRO is no zero."""
    return words[1:] not in {words[1:].lower(), words[1:].upper()}


def _loose(text: str) -> Iterator[Quantity]:
    for found in LOOSE.finditer(text):
        if every := (found["every"] or "").lower():
            value, unit = EVERY[every], "every"
        elif each := found["each"]:
            value, unit = _leading(each), "every"
        else:
            value, unit = SCALES[(found["scale"] or found["plural"]).lower()], "about"
            value *= SCALES[found["more"].lower()] if found["more"] else 1
        yield Quantity(found.group(), found.span(), value, unit)


def _nouns(text: str) -> tuple[str, ...]:
    """The next few words of the same phrase, in the singular."""
    phrase = re.split(r"[.,;:()]", text[:_NEAR], maxsplit=1)[0]
    return tuple(word.lower().rstrip("s") for word in _WORD.findall(phrase)[:_NOUNS])


def _parts(text: str) -> Iterator[Quantity]:
    """Halves, thirds, doubles; "the third stage" is none, nor the half of "four and a half"."""
    for found in FRACTION.finditer(text):
        part, count = (found["part"] or "").lower(), (found["count"] or "").lower()
        if part and (
            text[: found.start()].endswith(" and ") or (not count and part not in {"half", "quarter"})
        ):
            continue
        if found["multiple"]:
            value = next(v for stem, v in MULTIPLES.items() if found.group().lower().startswith(stem))
        elif part in {"hundredth", "thousandth"} and not found["plural"]:  # "a five-hundredth"
            value = PART_VALUES[part] / WORDS.get(count, 1.0)
        else:
            value = PART_VALUES[part] * WORDS.get(count, 1.0)
        yield Quantity(found.group(), found.span(), value, "part")


def _in_so_many(text: str) -> Iterator[Quantity]:
    """Shares like "four in five"; what is "out of" a number is counted."""
    for found in IN_SO_MANY.finditer(text):
        share = WORDS[found["some"].lower()] / WORDS[found["all"].lower()]
        if share < 1:
            yield Quantity(found.group(), found.span(), share, "part", _nouns(text[found.end() :]))


def _shared_units(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """In "50 to 73 percent" the first number has the unit of the last; in "3 to 5 billion" its scale."""
    shared: list[Quantity] = []
    following: Quantity | None = None
    for quantity in reversed(quantities):
        between = following and text[quantity.span[1] : following.span[0]]
        if following and between and _is_bare(quantity) and _TO_NEXT.fullmatch(between):
            quantity = _with_unit_of(quantity, following)
        shared.append(quantity)
        following = quantity
    return shared[::-1]


def _is_bare(quantity: Quantity) -> bool:
    """Whether it has neither a unit nor a scale of its own: the 3 of "3 to 5 billion"."""
    return not quantity.unit and (quantity.spelled or quantity.text[-1].isdigit())


def _with_unit_of(quantity: Quantity, following: Quantity) -> Quantity:
    scale = next((s for s in SCALES.values() if following.value == s * _leading(following.text)), 1.0)
    value = quantity.value * scale if quantity.value < SCALES["thousand"] else quantity.value
    spelled = quantity.spelled and following.spelled
    return Quantity(quantity.text, quantity.span, value, following.unit, following.nouns, spelled)


def _leading(text: str) -> float:
    digits = re.match(DIGITS, text)
    return (
        _digits(digits.group()) if digits else _spelled(re.split(r"[- ](?=[a-z]*illion|thous|hund)", text)[0])
    )


def _digits(text: str) -> float:
    return float(text.replace(",", ""))


def _spelled(words: str) -> float:
    total = part = 0.0
    for word in re.split(r"[- ]", words.lower()):
        if word in {"hundred", "thousand"}:
            total, part = (total + part * SCALES[word], 0.0) if word == "thousand" else (total, part * 100)
        else:
            part += WORDS.get(word, 0.0)
    return total + part


def _equal(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-6 * max(abs(one), abs(other))


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
