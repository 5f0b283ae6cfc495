"""A record written in any format comes back as the paper that it cleans up to."""

import csv
import io
import json
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.readers import ReadAs, read
from rag.records import Entry, Record, entry_from

Fields = dict[str, str | list[str]]

LETTERS = "abcdefgxyzABCXYZäéøñçšłžŒβμ漢字"
WORDS = st.one_of(
    st.text(LETTERS, min_size=1, max_size=9),
    st.sampled_from(
        [
            "5%",
            "R&D",
            "CO₂",
            "10⁻⁵",
            "p<0.05",
            "(a),",
            "state-of-the-art",
            "O'Neil",
            "#1",
            "n_1",
            "{0,1}",
            "“so”",
            "100",
            "TY",
        ]
    ),
)
NAMES = st.text("abcdefghijkäéøñš", min_size=3, max_size=9).map(str.title)
AUTHORS = st.tuples(NAMES, NAMES).map(", ".join)


def texts(least: int, most: int) -> st.SearchStrategy[str]:
    sentences = st.lists(WORDS, min_size=least, max_size=most).map(" ".join)
    return sentences.map(lambda text: f"The {text} end")


RECORDS = st.fixed_dictionaries(
    {"title": texts(2, 8), "abstract": texts(5, 60), "authors": st.lists(AUTHORS, min_size=1, max_size=4)},
    optional={
        "year": st.integers(1900, 2030).map(str),
        "venue": texts(1, 3),
        "doi": st.from_regex(r"10\.[0-9]{4}/[a-z0-9]{3,9}", fullmatch=True),
    },
)


def ris(record: Fields) -> str:
    tags = {"title": "TI", "abstract": "AB", "authors": "AU", "year": "PY", "venue": "T2", "doi": "DO"}
    lines = [f"{tags[name]}  - {value}" for name, said in record.items() for value in listed(said)]
    return "\n".join(["TY  - JOUR", *lines, "ER  - ", ""])


def nbib(record: Fields) -> str:
    tags = {"title": "TI", "abstract": "AB", "authors": "FAU", "year": "DP", "venue": "JT", "doi": "LID"}
    lines = ["PMID- 12345678"]
    for name, said in record.items():
        for value in listed(said):
            ended = f"{value} [doi]" if name == "doi" else value
            wrapped = textwrap.wrap(ended, 80, break_long_words=False, break_on_hyphens=False)
            lines.append(f"{tags[name]:<4}- " + "\n      ".join(wrapped))
    return "\n".join([*lines, "SO  - Lakes. 2020", ""])


def bibtex(record: Fields) -> str:
    keys = {
        "title": "title",
        "abstract": "abstract",
        "authors": "author",
        "year": "year",
        "venue": "journal",
        "doi": "doi",
    }
    escapes = str.maketrans({char: f"\\{char}" for char in "&%$#_{}"})
    lines = []
    for name, said in record.items():
        value = " and ".join(listed(said))
        lines.append(f"  {keys[name]} = {{{value if name == 'doi' else value.translate(escapes)}}}")
    return "@article{key1,\n" + ",\n".join(lines) + "\n}\n"


def csl(record: Fields) -> str:
    people = [
        dict(zip(("family", "given"), name.split(", "), strict=True)) for name in listed(record["authors"])
    ]
    item = {
        "type": "article-journal",
        "title": record["title"],
        "abstract": record["abstract"],
        "author": people,
    }
    if "year" in record:
        item["issued"] = {"date-parts": [[int(str(record["year"]))]]}  # type: ignore[assignment]
    optional = {"venue": "container-title", "doi": "DOI"}
    return json.dumps([item | {key: record[name] for name, key in optional.items() if name in record}])


def comma_separated(record: Fields) -> str:
    columns = {
        "title": "Title",
        "abstract": "Abstract",
        "authors": "Authors",
        "year": "Year",
        "venue": "Journal",
        "doi": "DOI",
    }
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(columns.values())
    rows.writerow("; ".join(listed(record.get(name, ""))) for name in columns)
    return table.getvalue()


def listed(said: str | list[str]) -> list[str]:
    return said if isinstance(said, list) else [said]


@pytest.mark.parametrize(
    ("write", "format_name"),
    [(ris, "ris"), (nbib, "nbib"), (bibtex, "bibtex"), (csl, "json"), (comma_separated, "csv")],
    ids=["ris", "nbib", "bibtex", "csl-json", "csv"],
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=RECORDS)
def test_a_record_comes_back_as_the_paper_it_cleans_up_to(
    write: Callable[[Fields], str], format_name: str, record: Fields
) -> None:
    file = Path("record.txt")
    file.write_text(write(record), encoding="utf-8")
    (entry,) = read(file, ReadAs(format_name))
    assert isinstance(entry, Entry)
    expected = entry_from(Record(record, "record.txt", 1)).paper
    found = entry.paper
    assert (found.title, found.abstract, found.authors) == (
        expected.title,
        expected.abstract,
        expected.authors,
    )
    assert (found.year, found.venue) == (expected.year, expected.venue)
    assert found.identifiers.get("doi") == expected.identifiers.get("doi")
