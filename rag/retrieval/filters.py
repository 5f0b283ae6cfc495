"""Which papers a search keeps to, as a user says it: by year, source, author, venue and keyword."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

from rag.cleaning import clean
from rag.errors import InputError
from rag.words import letters

Year = int | tuple[int | None, int | None]
Words = str | Sequence[str]

WORD_FIELDS = ("author", "venue", "keyword")
"""Fields that are found by whole words in order, case and accents aside."""
ALWAYS_SAID = ("source", "among", "without")
"""Fields of which there is no paper that does not say them."""

_HOW = "write 2020, 2020:, :2019 or 2018:2020"
_LAST_YEAR = 9999


class FilterArguments(TypedDict, total=False):
    """Of several values of a field any will do; fields count together. None is as good as left out.

    `year` is a year or (from, to), either of which may be None. `source` is the name of a file, with
    or without folder and extension, or a pattern as `*.bib`. `author`, `venue` and `keyword` match
    whole words in order, case and accents aside: `zhao` finds Jiawei Zhao, and not Zhaoyang. `among` are
    ids of the papers to keep to, `without` of those to leave out.
    """

    year: Year | None
    source: Words | None
    author: Words | None
    venue: Words | None
    keyword: Words | None
    among: Words | None
    without: Words | None


@dataclass(frozen=True, slots=True)
class Filters:
    """What FilterArguments say, checked. False where they leave nothing out."""

    year: tuple[int | None, int | None] | None = None
    source: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    venue: tuple[str, ...] = ()
    keyword: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        *,
        year: Year | None = None,
        source: Words | None = None,
        author: Words | None = None,
        venue: Words | None = None,
        keyword: Words | None = None,
        among: Words | None = None,
        without: Words | None = None,
    ) -> "Filters":
        """Check what was said; see FilterArguments.

        Raises:
            InputError: a year is none, or the first comes after the last; a text is empty.
        """
        return cls(
            None if year is None else _checked_years(year),
            _checked("source", source, has_words=bool),
            _checked("author", author, has_words=letters),
            _checked("venue", venue, has_words=letters),
            _checked("keyword", keyword, has_words=letters),
            _checked("among", among, has_words=bool),
            _checked("without", without, has_words=bool),
        )

    def __bool__(self) -> bool:
        return self != Filters()

    def __str__(self) -> str:
        return " and ".join(f"{name} {said}" for name, said in self._said())

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields that were given."""
        return tuple(name for name, _ in self._said())

    def only(self, field: str) -> "Filters":
        """What they say of one field."""
        return replace(Filters(), **{field: getattr(self, field)})

    def _said(self) -> Iterator[tuple[str, str]]:
        if self.year is not None:
            yield "year", _written(*self.year)
        for name in ("source", *WORD_FIELDS, "among", "without"):
            if values := getattr(self, name):
                yield name, " or ".join(f"“{value}”" for value in values)


def years_from(text: str) -> tuple[int | None, int | None]:
    """`2020:`, `:2019`, `2018:2020` or `2020`, as (from, to).

    Raises:
        InputError: it is not written so.
    """
    said = re.fullmatch(r"(\d{1,4})?(?:(:)(\d{1,4})?)?", text.strip(), re.ASCII)
    if not said or not any(said.group(1, 3)):
        raise InputError(f"year “{clean(text)}”: {_HOW}")
    first, last = (int(year) if year else None for year in said.group(1, 3))
    return _checked_years((first, last if said.group(2) else first))


def _checked_years(year: object) -> tuple[int | None, int | None]:
    pair = (year, year) if isinstance(year, int) else year
    if not isinstance(pair, tuple | list) or len(pair) != 2 or pair[0] is pair[1] is None:
        raise InputError(f"year {year!r}: give one as a number, or the first and the last as (2018, 2020)")
    first, last = (_checked_year(each) for each in pair)
    if first is not None and last is not None and first > last:
        raise InputError(f"year {_written(first, last)}: the first comes after the last; {_HOW}")
    return first, last


def _checked_year(year: object) -> int | None:
    if year is None:
        return None
    if isinstance(year, bool) or not isinstance(year, int) or not 1 <= year <= _LAST_YEAR:
        raise InputError(f"year {year!r}: a year is a number of at most four digits, as 2020")
    return year


def _written(first: int | None, last: int | None) -> str:
    return str(first) if first == last else f"{first or ''}:{last or ''}"


def _checked(field: str, said: object, has_words: Callable[[str], object]) -> tuple[str, ...]:
    values = () if said is None else (said,) if isinstance(said, str) else said
    if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
        raise InputError(f"{field} {said!r}: give a text, or several in a list")
    cleaned = [clean(value) for value in values]
    for value in cleaned:
        if not has_words(value):
            what = "holds no letters or digits" if value else "is empty"
            raise InputError(f"{field} “{value}” {what}; say what to look for, or leave it out")
    return tuple(dict.fromkeys(cleaned))
