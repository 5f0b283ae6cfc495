"""RIS comes out whole, however the tool that wrote it bends the format."""

import gzip
from pathlib import Path

import pytest

from rag.readers import ris
from rag.readers.source import open_source
from rag.records import Record

RIS = """TY  - JOUR
TI  - Tides in Narrow Estuaries
AU  - Vance, Ida
AU  - Oduya, Ben
T2  - Journal of Invented Tides
JO  - J Inv Tides
AB  - We measure tides.
DA  - 2011/05/01///
DO  - 10.1000/tides.1
UR  - https://example.org/tides
KW  - tides
KW  - estuaries
LA  - en
VL  - 4
IS  - 2
SP  - 10
EP  - 19
PB  - Invented Press
ER  -

TY  - CONF
TI  - Sand That Walks
N2  - Dunes move.
ER  -
"""


def records(text: str) -> list[Record]:
    Path("export.ris").write_bytes(text.encode())
    with open_source(Path("export.ris")) as source:
        return [item for item in ris.read(source) if isinstance(item, Record)]


def titles(text: str) -> list[str | list[str]]:
    return [record.fields["title"] for record in records(text)]


def ris_record(lines: str) -> Record:
    (record,) = records(f"TY  - JOUR\nTI  - A\n{lines}\nER  - \n")
    return record


def test_an_ris_record_tells_all_it_has() -> None:
    first, second = records(RIS)
    assert first.fields == {
        "title": "Tides in Narrow Estuaries",
        "abstract": "We measure tides.",
        "authors": ["Vance, Ida", "Oduya, Ben"],
        "year": "2011/05/01///",
        "venue": "Journal of Invented Tides",
        "doi": "10.1000/tides.1",
        "url": "https://example.org/tides",
        "language": "en",
        "keywords": ["tides", "estuaries"],
        "type": "JOUR",
        "volume": "4",
        "issue": "2",
        "pages": "10-19",
        "publisher": "Invented Press",
    }
    assert second.fields == {"title": "Sand That Walks", "abstract": "Dunes move.", "type": "CONF"}
    assert [first.line, second.line] == [1, 21]


def test_of_a_damaged_archive_the_whole_records_are_read_and_nothing_said_twice() -> None:
    Path("export.ris.gz").write_bytes(gzip.compress((RIS * 2000).encode())[:-100])
    with open_source(Path("export.ris.gz")) as source:
        found = list(ris.read(source))
        assert source.trouble
    assert 2 < len(found) < 4000
    assert all(isinstance(item, Record) and item.fields.get("abstract") for item in found)


def test_records_are_whole_with_end_marks_too_few_or_too_many() -> None:
    without = RIS.replace("ER  -\n", "")
    assert titles(without) == titles(RIS)
    assert titles(RIS.replace("ER  -", "ER  -\n\nER  -")) == titles(RIS)
    only_the_first = RIS.replace("ER  -\n", "", 1)
    assert titles(only_the_first) == titles(RIS)


@pytest.mark.parametrize("line", ["TY - JOUR", "TY -JOUR", "TY  -JOUR", "TY- JOUR"])
def test_ris_may_be_spaced_carelessly(line: str) -> None:
    text = f"{line}\n" + RIS.split("\n", 1)[1].replace("  -", line[2:].split("J", maxsplit=1)[0])
    assert ris.looks_like(text)
    assert records(text)[0] == records(RIS)[0]


@pytest.mark.parametrize(
    "above", ["\ufeff", "Provider: An Invented One\nContent: text/plain\n\n\n", "1.\n\n"]
)
def test_what_stands_above_the_first_record_is_ignored(above: str) -> None:
    assert ris.looks_like(above.lstrip("\ufeff") + RIS)
    assert titles(above + RIS) == titles(RIS)


def test_files_joined_into_one_are_read_to_the_end() -> None:
    assert titles(f"\ufeff{RIS}\ufeff{RIS}") == titles(RIS) * 2


def test_lines_without_a_tag_belong_to_the_tag_above() -> None:
    record = ris_record(
        "AB  - Background is\nT2-weighted and\n\nER-positive.\nKW  - one\ntwo\nthree, four\nDO  - 10.1/x"
    )
    assert record.fields["abstract"] == "Background is\nT2-weighted and\n\nER-positive."
    assert record.fields["keywords"] == ["one", "two", "three, four"]


def test_nothing_of_a_repeated_tag_is_lost() -> None:
    record = ris_record(
        "AB  - Aim: a.\nAB  - Result: b.\nTI  - Again\nUR  - file:x\nUR  - http://example.org/1"
    )
    assert record.fields["abstract"] == "Aim: a.\nResult: b."
    assert record.fields["title"] == "A"
    assert record.fields["url"] == "http://example.org/1"


def test_the_longest_abstract_and_the_first_kind_of_authors_count() -> None:
    record = ris_record("AB  - Short.\nN2  - Much longer.\nA2  - Editor, E.\nA1  - Author, A.")
    assert record.fields["abstract"] == "Much longer."
    assert record.fields["authors"] == ["Author, A."]


@pytest.mark.parametrize(
    ("lines", "doi"),
    [
        ("DO  - https://doi.org/10.1000/a", "https://doi.org/10.1000/a"),
        ("M3  - 10.1000/a", "10.1000/a"),
        ("L3  - http://dx.doi.org/10.1000/a", "10.1000/a"),
        ("UR  - http://example.org\nUR  - https://doi.org/10.1000/a", "10.1000/a"),
        ("UR  - https://press.example/doi/abs/10.1000/a?x=1", "10.1000/a"),
        ("N1  - doi: 10.1000/a", "10.1000/a"),
        ("N1  - Corrects doi: 10.1000/other\nM3  - Article", None),
    ],
)
def test_ris_hides_a_doi_in_many_places(lines: str, doi: str | None) -> None:
    assert ris_record(lines).fields.get("doi") == doi


@pytest.mark.parametrize(
    ("lines", "pmid"),
    [
        ("AN  - 90000001\nDB  - MEDLINE", "90000001"),
        ("C2  - 90000001\nDP  - NLM", "90000001"),
        ("N1  - PMID: 90000001", "90000001"),
        ("N1  - Comment on PMID: 90000001", None),
        ("UR  - https://pubmed.ncbi.nlm.nih.gov/90000001/", "90000001"),
        ("AN  - 90000001\nDB  - Invented Index", None),
        ("N1  - NLM UID: 101144770", None),
    ],
)
def test_a_number_is_a_pubmed_id_only_where_the_record_says_so(lines: str, pmid: str | None) -> None:
    assert ris_record(lines).fields.get("pmid") == pmid


def test_a_whole_book_is_not_its_own_venue() -> None:
    (book,) = records("TY  - BOOK\nBT  - A Book\nER  - \n")
    assert "venue" not in book.fields


@pytest.mark.parametrize("tag", ["UK", "ZZ", "Q9"])
def test_unknown_tags_do_no_harm(tag: str) -> None:
    assert ris_record(f"{tag}  - what\nAB  - Text.\n{tag}  - ever").fields["abstract"] == "Text."
