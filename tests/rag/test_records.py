"""A record's texts, as its file wrote them, make a paper."""

import pytest

from rag.records import Fields, Record, entry_from
from rag.types import Paper


def paper(fields: Fields) -> Paper:
    said: Fields = {"title": "T", "abstract": "A.", **fields}
    return entry_from(Record.of(said, "a.csv", 1)).paper


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A. Smith, B. Li and C. Doe", ["A. Smith", "B. Li", "C. Doe"]),
        ("A. Smith, B. Li, and C. Doe", ["A. Smith", "B. Li", "C. Doe"]),
        ("Smith, J., Li, C., &amp; Doe, D.", ["Smith, J.", "Li, C.", "Doe, D."]),
        ("Smith, John and Li, Wei", ["Smith, John", "Li, Wei"]),
        ("Smith J, Li C", ["Smith J", "Li C"]),
        ("Smith, J., Li, C.", ["Smith, J.", "Li, C."]),
        ("John Smith, Wei Li", ["John Smith", "Wei Li"]),
        ("Smith, Ann", ["Smith, Ann"]),
        ("de la Cruz, Ana Maria", ["de la Cruz, Ana Maria"]),
        ("van den Berg, Jan Piet and Li, Wei", ["van den Berg, Jan Piet", "Li, Wei"]),
        ("Jan van den Berg, Ana de la Cruz", ["Jan van den Berg", "Ana de la Cruz"]),
        ("Smith, Ann; Li, Bo", ["Smith, Ann", "Li, Bo"]),
        ("Smith, A.; et al.", ["Smith, A."]),
        ("['Ann Smith', \"Bo O'Neil\"]", ["Ann Smith", "Bo O'Neil"]),
        ("M&uuml;ller, Ann; Li, Bo", ["Müller, Ann", "Li, Bo"]),
        ("Smith, Ann | Li, Bo", ["Smith, Ann", "Li, Bo"]),
        ("Smith, Ann\nLi, Bo", ["Smith, Ann", "Li, Bo"]),
    ],
)
def test_authors_in_one_text_are_told_apart(text: str, expected: list[str]) -> None:
    assert paper({"authors": text}).authors == tuple(expected)


def test_a_list_of_authors_is_taken_as_it_is() -> None:
    assert paper({"authors": ["Sand and Sea Group", " ", "Smith, A., Jr."]}).authors == (
        "Sand and Sea Group",
        "Smith, A., Jr.",
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("reeds; open water", ["reeds", "open water"]),
        ("reeds, open water", ["reeds", "open water"]),
        ("reeds, tall; open water", ["reeds, tall", "open water"]),
        ("reeds\nopen water", ["reeds", "open water"]),
        ("reeds|open water|", ["reeds", "open water"]),
        (["reeds, tall", " ", "a; b"], ["reeds, tall", "a", "b"]),
        (["Reeds", "reeds", "REEDS"], ["Reeds"]),
        (["*Sleep", "Sleep/*physiology", "Dormice/*anatomy & histology"],
         ["Sleep", "Sleep/physiology", "Dormice/anatomy & histology"]),
        (["A* search", "C*-algebra", "*-ring"], ["A* search", "C*-algebra", "*-ring"]),
        ("M&uuml;ller cells; CO<sub>2</sub>", ["Müller cells", "CO₂"]),
    ],
)  # fmt: skip
def test_keywords_are_told_apart_and_cleaned(said: str | list[str], expected: list[str]) -> None:
    assert paper({"keywords": said}).keywords == tuple(expected)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"doi": "https://doi.org/10.1000/A%28B%29"}, {"doi": "10.1000/a(b)"}),
        ({"url": "https://press.example/doi/10.1000/ab"}, {"doi": "10.1000/ab"}),
        ({"doi": "10.48550/arXiv.2001.12345"}, {"doi": "10.48550/arxiv.2001.12345", "arxiv": "2001.12345"}),
        ({"id": "math.GT/0309136v2"}, {"arxiv": "math/0309136"}),
        ({"pmid": "PMC1234567"}, {}),
        ({"pmid": "PMID: 123", "id": "77"}, {"pmid": "123"}),
    ],
)
def test_identifiers_are_found_where_they_are_written(fields: Fields, expected: dict[str, str]) -> None:
    assert paper(fields).identifiers == expected


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2020", 2020),
        ("20200131", 2020),
        ("2011/05/01///", 2011),
        ("Mon, 2 Apr 2007", 2007),
        ("12345678", None),
    ],
)
def test_the_year_is_found_in_any_date(text: str, year: int | None) -> None:
    assert paper({"year": text}).year == year


@pytest.mark.parametrize(
    "text", ["[No abstract available]", "No abstract provided.", "n/a", "nan", "-", "None"]
)
def test_what_stands_for_no_abstract_is_none(text: str) -> None:
    assert paper({"abstract": text}).abstract == ""
