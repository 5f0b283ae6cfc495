"""Tagged exports come out whole, whichever tool wrote them and however it bends the format."""

from pathlib import Path
from types import ModuleType

import pytest

from rag.ingest.report import Problem
from rag.readers import nbib, ovid, refworks, ris, wos
from rag.readers.source import open_source
from rag.records import Record

EXPORTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "exports"

RIS = """TY  - JOUR
TI  - Tides in Narrow Estuaries
AB  - We measure tides.
ER  -

TY  - CONF
TI  - Sand That Walks
N2  - Dunes move.
ER  -
"""

NBIB = """PMID- 90000001
TI  - A first one
SO  - Inv J. 2019.

PMID- 90000002
TI  - A second one
SO  - Inv J. 2020.
"""

WOS = """FN Invented Web of Science
VR 1.0
PT J
AU Vance, I
   Oduya, B
AF Vance, Ida
   Oduya, Ben
TI Reed beds at the edge of a
   shallow lake
SO INVENTED ECOLOGY
LA English
DT Article
DE reed; lake shore; soil
   fauna
ID WETLAND
AB Reed grows slowly. We waited
   for it.
PY 2020
VL 6
AR 1722
DI 10.1000/reed.1
PM 90000003
ER

PT J
AU Li, Q
TI A second one
D2 10.1000/whole.book
AB Short text.
BP 9
EP 20
ER

EF
"""

REFWORKS = """RT Journal Article
SR Electronic(1)
ID 12
A1 Vance,Ida
A1 Oduya,Ben
T1 Bees in City Gardens
JF Journal of Invented Bees
JO J Inv Bees
YR 2015
VO 3
IS 1
SP 5
OP 9
K1 bees
LA English
AB Bees like gardens.
DO 10.1000/bees.1
LK https://example.org/bees

RT Book, Whole
T1 A Second One
AB Short text.
"""

OVID = """Database: Invented MEDLINE(R) <1946 to now>
<1>
UI  - 90000004
VN  - Ovid MEDLINE(R)
AU  - Vance I
AU  - Oduya B
TI  - Snow on warm
    roofs.
SO  - Journal of Invented Snow. 4(2):10-9, 2001 Jan.
LG  - English
AB  - Snow melts.
DO  - 10.1000/snow.1
<2>
UI  - 90000005
TI  - A second one.
"""

OVID_BY_NAME = """<1>
Unique Identifier
  90000004
Database
  Ovid MEDLINE(R)
Authors
  Vance I
  Oduya B
Title
  Snow on warm
  roofs.
Source
  Journal of Invented Snow. 4(2):10-9, 2001 Jan.
Language
  English
Abstract
  Snow melts.
DOI
  10.1000/snow.1

<2>
Title
  A second one.
"""


def read(reader: ModuleType, text: str) -> list[Record | Problem]:
    path = Path("export.txt")
    path.write_bytes(text.encode())
    with open_source(path) as source:
        return list(reader.read(source))


def records(reader: ModuleType, text: str) -> list[Record]:
    return [item for item in read(reader, text) if isinstance(item, Record)]


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (ris, RIS),
        (nbib, NBIB),
        (wos, WOS),
        (refworks, REFWORKS),
        (ovid, OVID),
        (ovid, OVID_BY_NAME),
    ],
)
def test_each_format_is_known_by_its_content_alone(reader: ModuleType, text: str) -> None:
    known = [module for module in (ris, nbib, wos, refworks, ovid) if module.looks_like(text)]
    assert known == [reader]
    assert len(records(reader, text)) == 2


def test_a_web_of_science_record_tells_all_it_has() -> None:
    first, second = records(wos, WOS)
    assert first.fields == {
        "title": "Reed beds at the edge of a\nshallow lake",
        "abstract": "Reed grows slowly. We waited\nfor it.",
        "authors": ["Vance, Ida", "Oduya, Ben"],
        "year": "2020",
        "venue": "INVENTED ECOLOGY",
        "doi": "10.1000/reed.1",
        "pmid": "90000003",
        "language": "English",
        "keywords": ["reed", "lake shore", "soil fauna", "WETLAND"],
        "type": "Article",
        "volume": "6",
        "pages": "1722",
    }
    assert second.fields["authors"] == ["Li, Q"]
    assert second.fields["pages"] == "9-20"
    assert "doi" not in second.fields  # D2 is the book's


def test_a_refworks_record_tells_all_it_has() -> None:
    assert records(refworks, REFWORKS)[0].fields == {
        "title": "Bees in City Gardens",
        "abstract": "Bees like gardens.",
        "authors": ["Vance,Ida", "Oduya,Ben"],
        "year": "2015",
        "venue": "Journal of Invented Bees",
        "doi": "10.1000/bees.1",
        "url": "https://example.org/bees",
        "language": "English",
        "keywords": ["bees"],
        "type": "Journal Article",
        "volume": "3",
        "issue": "1",
        "pages": "5-9",
    }


@pytest.mark.parametrize("text", [OVID, OVID_BY_NAME])
def test_an_ovid_record_tells_the_same_in_both_forms(text: str) -> None:
    first = records(ovid, text)[0]
    assert first.fields == {
        "title": "Snow on warm\nroofs.",
        "abstract": "Snow melts.",
        "authors": ["Vance I", "Oduya B"],
        "year": "Journal of Invented Snow. 4(2):10-9, 2001 Jan.",
        "venue": "Journal of Invented Snow",
        "doi": "10.1000/snow.1",
        "pmid": "90000004",
        "language": "English",
    }


def test_a_value_of_many_lines_is_read_whole() -> None:
    (record,) = records(ris, "TY  - JOUR\nTI  - Dunes\nAB  - Sand\n" + "blows\n" * 200_000 + "ER  - \n")
    assert str(record.fields["abstract"]).count("blows") == 200_000


@pytest.mark.parametrize(
    ("reader", "text", "cut_at"),
    [
        (ris, RIS, "Dunes"),
        (ris, RIS, "Sand"),
        (nbib, NBIB, "second one"),
        (wos, WOS, "Short text"),
        (wos, WOS, "second one"),
    ],
)
def test_a_truncated_file_yields_its_whole_records_and_one_warning(
    reader: ModuleType, text: str, cut_at: str
) -> None:
    whole, last = records(reader, text)
    found = read(reader, text[: text.index(cut_at)])
    assert found[0] == whole
    assert [(item.line, item.is_warning) for item in found[1:] if isinstance(item, Problem)] == [
        (last.line, True)
    ]
    assert "1 whole record(s)" in str(found[1])


@pytest.mark.parametrize("glued", ["EF", "EREF", "ER EF", "ER"])
def test_web_of_science_files_may_end_carelessly(glued: str) -> None:
    careless = WOS.replace("FN Invented Web of Science\nVR 1.0\n", "\ufeff").replace("ER\n\nEF", glued)
    assert read(wos, careless)[1:] == [
        Record(record.fields, record.source, (record.line or 0) - 2) for record in records(wos, WOS)[1:]
    ]


@pytest.mark.parametrize(("reader", "text"), [(ris, RIS), (nbib, NBIB), (wos, WOS), (ovid, OVID)])
def test_wherever_a_file_is_cut_something_comes_of_it(reader: ModuleType, text: str) -> None:
    for end in range(1, len(text)):
        if text[:end].strip():
            assert len(read(reader, text[:end])) <= 3


@pytest.mark.parametrize(
    ("name", "reader", "total", "with_abstract"),
    [
        ("proquest.ris", ris, 6, 6),
        ("rayyan_keywords_multiline.ris", ris, 19, 8),
        ("scopus_native.ris", ris, 92, 89),
        ("wos_bom.ris", ris, 278, 276),
        ("zotero_library.ris", ris, 100, 98),
        ("eric_crlf.nbib", nbib, 4, 4),
        ("wos_tagged.ciw", wos, 5, 5),
    ],
)
def test_what_real_tools_wrote_gives_all_its_records(
    name: str, reader: ModuleType, total: int, with_abstract: int
) -> None:
    path = EXPORTS / name
    if not path.is_file():
        pytest.skip("the shared data are not on this machine")
    with open_source(path) as source:
        found = [item.fields for item in reader.read(source)]
    assert len([fields for fields in found if fields["title"]]) == total
    assert len([fields for fields in found if "abstract" in fields]) == with_abstract
