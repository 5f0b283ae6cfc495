"""What a library's papers say in each field, and how many of them: what there is to filter by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Unpack

from rag.library import Library
from rag.retrieval.filters import FilterArguments, Filters

MOST = 300
"""Values of a field; the years are all there."""

_YEARS = 10_000


@dataclass(frozen=True, slots=True)
class Facets:
    """Of each field what papers with an abstract say and how many say it, most first; years in order.

    `papers` is the number of all of them, `no_year` of those that say none. `sources` are paths.
    """

    papers: int
    no_year: int
    years: Mapping[int, int]
    sources: Mapping[str, int]
    authors: Mapping[str, int]
    venues: Mapping[str, int]
    keywords: Mapping[str, int]


def facets_of(library: Library, most: int = MOST) -> Facets:
    """Count what there is to filter by, the `most` frequent values of a field."""
    counted = library.searchable.counted
    years = {int(year): count for year, count in counted("year", _YEARS).items()}
    return Facets(
        papers=len(library),
        no_year=len(library) - sum(years.values()),
        years=dict(sorted(years.items())),
        sources=counted("source", most),
        authors=counted("author", most),
        venues=counted("venue", most),
        keywords=counted("keyword", most),
    )


def count_passing(library: Library, **filters: Unpack[FilterArguments]) -> int:
    """How many papers a search with this filter keeps to; see FilterArguments.

    Raises:
        InputError: a filter makes no sense.
    """
    checked = Filters.of(**filters)
    return len(library.searchable.passing(checked).ids) if checked else len(library)
