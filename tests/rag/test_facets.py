"""What there is to filter by is counted as searches would find it."""

from pathlib import Path

import pytest

from rag import Facets, Library, Paper, count_passing, facets_of
from rag.errors import InputError
from rag.testing import hash_library, invented_papers, write_jsonl

PAPERS = [
    Paper("One", "Okapis are shy.", ("Ann Ode", "Bo Li"), 2020, "Zoo", keywords=("okapi", "shy")),
    Paper("Two", "Okapis are rare.", ("Ann Ode",), 2022, "Zoo", keywords=("okapi",)),
    Paper("Three", "Quaggas are gone.", ("Cy Po",), None, ""),
    Paper("Four", "", ("Ann Ode",), 2020, "Zoo"),
]


@pytest.fixture
def library() -> Library:
    made = hash_library("lib")
    made.ingest(write_jsonl("one.jsonl", PAPERS[:2]), write_jsonl("two.jsonl", PAPERS[1:]))
    return made


def test_what_papers_say_is_counted_most_first(library: Library) -> None:
    assert facets_of(library) == Facets(
        papers=3,
        no_year=1,
        years={2020: 1, 2022: 1},
        sources={str(Path(name).resolve()): 2 for name in ("one.jsonl", "two.jsonl")},
        authors={"Ann Ode": 2, "Bo Li": 1, "Cy Po": 1},
        venues={"Zoo": 2},
        keywords={"okapi": 2, "shy": 1},
    )


def test_the_most_frequent_come_first_in_order() -> None:
    library = hash_library("lib")
    library.ingest(write_jsonl("papers.jsonl", invented_papers(80)))
    found = facets_of(library, most=5)
    assert list(found.years) == sorted(found.years)
    assert len(found.authors) == 5
    counts = list(found.authors.values())
    assert counts == sorted(counts, reverse=True)


def test_each_count_is_what_a_filter_passes(library: Library) -> None:
    found = facets_of(library)
    assert all(count_passing(library, author=name) == n for name, n in found.authors.items())
    assert all(count_passing(library, year=year) == n for year, n in found.years.items())
    assert all(count_passing(library, source=name) == n for name, n in found.sources.items())
    assert count_passing(library, year=(2021, None), venue="zoo") == 1
    assert count_passing(library) == 3


def test_a_filter_that_makes_no_sense_is_told(library: Library) -> None:
    with pytest.raises(InputError, match="first comes after the last"):
        count_passing(library, year=(2022, 2020))


def test_an_empty_library_has_nothing_to_filter_by() -> None:
    found = facets_of(hash_library("empty"))
    assert (found.papers, found.no_year, found.years, found.authors) == (0, 0, {}, {})
