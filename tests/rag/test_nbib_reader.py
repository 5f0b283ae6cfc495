"""PubMed's format comes out whole, as PubMed and as ERIC write it."""

from pathlib import Path

import pytest

from rag.ingest.report import Problem
from rag.readers import nbib
from rag.readers.source import open_source
from rag.records import Record

NBIB = """PMID- 90000001
OWN - NLM
DP  - 2019 Mar 4
TI  - Sleep in hibernating
      dormice.
PG  - 1-9
LID - 10.1000/dormice.1 [doi]
AB  - Dormice sleep for
      months.
FAU - Vance, Ida
AU  - Vance I
FAU - Oduya, Ben
AU  - Oduya B
LA  - eng
PT  - Journal Article
TA  - Inv J Sleep
JT  - Invented journal of sleep
OT  - dormouse
MH  - Sleep
AID - S0000-0000(19)00001-1 [pii]
SO  - Inv J Sleep. 2019 Mar 4:1-9.

PMID- 90000002
OWN - NLM
TI  - A second one.
AB  - Short text.
SO  - Inv J Sleep. 2020.
"""

ERIC = """
OWN - ERIC
TI  - Counting in Primary School
AU  - Oduya, Ben
OT  - Counting
JT  - Invented Press
OID - ED000001
DP  - Apr 2013
LID - http://eric.example/?id=ED000001
AB  - Children count.
PT  - Reports - Research

OWN - ERIC
TI  - Reading Aloud
OID - ED000002
AB  - Children read.
PT  - Reports - Research
"""


def read(text: str) -> list[Record | Problem]:
    Path("export.nbib").write_bytes(text.encode())
    with open_source(Path("export.nbib")) as source:
        return list(nbib.read(source))


def records(text: str) -> list[Record]:
    return [item for item in read(text) if isinstance(item, Record)]


def test_a_pubmed_record_tells_all_it_has() -> None:
    assert records(NBIB)[0].fields == {
        "title": "Sleep in hibernating\ndormice.",
        "abstract": "Dormice sleep for\nmonths.",
        "authors": ["Vance, Ida", "Oduya, Ben"],
        "year": "2019 Mar 4",
        "venue": "Invented journal of sleep",
        "doi": "10.1000/dormice.1",
        "pmid": "90000001",
        "language": "eng",
        "keywords": ["dormouse", "Sleep"],
        "type": "Journal Article",
        "pages": "1-9",
    }


def test_an_eric_record_tells_all_it_has() -> None:
    first = records(ERIC.replace("\n", "\r\n"))[0]
    assert first.line == 2
    assert first.fields == {
        "title": "Counting in Primary School",
        "abstract": "Children count.",
        "authors": ["Oduya, Ben"],
        "year": "Apr 2013",
        "venue": "Invented Press",
        "url": "http://eric.example/?id=ED000001",
        "keywords": ["Counting"],
        "type": "Reports - Research",
    }


def test_pubmed_records_need_no_blank_line_between_them() -> None:
    assert len(records(NBIB.replace("\n\n", "\n"))) == 2


def test_a_last_pubmed_book_is_whole() -> None:
    book = "\nPMID- 90000009\nBTI - A Book\nAID - NBK000001 [bookaccession]\n"
    assert records(NBIB + book)[2].fields["title"] == "A Book"


@pytest.mark.parametrize(
    ("text", "cut_at"),
    [(NBIB, "SO  - Inv J Sleep. 2020"), (NBIB, "second one"), (ERIC, "Children read"), (ERIC, "ED000002")],
)
def test_a_last_record_that_lacks_what_the_others_end_with_is_broken_off(text: str, cut_at: str) -> None:
    whole, last = records(text)
    first, problem = read(text[: text.index(cut_at)])
    assert first == whole
    assert isinstance(problem, Problem)
    assert (problem.line, problem.is_warning) == (last.line, True)
