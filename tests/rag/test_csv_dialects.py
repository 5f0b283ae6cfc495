"""Tables as each database exports them give records under one set of names."""

import csv
import io
from pathlib import Path

import pytest

from rag.readers import delimited
from rag.readers.source import open_source
from rag.records import Fields, Record


def only_record(text: str) -> Record:
    Path("t.csv").write_bytes(text.encode())
    with open_source(Path("t.csv")) as source:
        (record,) = delimited.read(source)
    assert isinstance(record, Record)
    return record


ON_MOSS: Fields = {
    "title": "On Moss",
    "abstract": "Moss grows.",
    "year": "2018",
    "authors": "Smith, Ann; Li, Bo",
    "venue": "Moss J.",
    "doi": "10.1000/moss",
}
# Of each database: columns and a row of its export, and what is read besides or instead of ON_MOSS.
DIALECTS: dict[str, tuple[dict[str, str], Fields]] = {
    "scopus": (
        {
            "Authors": "Smith A.; Li B.",
            "Author full names": "Smith, Ann (57190000001); Li, Bo (57190000002)",
            "Author(s) ID": "57190000001; 57190000002",
            "Title": "On Moss",
            "Year": "2018",
            "Source title": "Moss J.",
            "Volume": "4",
            "Issue": "2",
            "Page start": "1",
            "Page end": "9",
            "DOI": "10.1000/moss",
            "Link": "https://www.scopus.com/1",
            "Abstract": "Moss grows.",
            "Author Keywords": "moss; growth",
            "Index Keywords": "plants; growth",
            "Language of Original Document": "English",
            "Document Type": "Article",
            "PubMed ID": "4711",
            "Source": "Scopus",
        },
        {
            "url": "https://www.scopus.com/1",
            "pmid": "4711",
            "keywords": ["moss", "growth", "plants"],
            "language": "English",
            "type": "Article",
            "volume": "4",
            "issue": "2",
            "pages": "1-9",
        },
    ),
    "scopus of old": (
        {
            "Authors": "Smith, A., Li, B.",
            "Title": "On Moss",
            "Year": "2018",
            "Source title": "Moss J.",
            "DOI": "10.1000/moss",
            "Abstract": "Moss grows.",
        },
        {"authors": "Smith, A., Li, B."},
    ),
    "web of science": (
        {
            "Publication Type": "J",
            "Authors": "Smith, A; Li, B",
            "Author Full Names": "Smith, Ann; Li, Bo",
            "Article Title": "On Moss",
            "Source Title": "Moss J.",
            "Document Type": "Article",
            "Keywords Plus": "PLANTS",
            "Abstract": "Moss grows.",
            "Publication Year": "2018",
            "DOI": "10.1000/moss",
            "Pubmed Id": "4711",
        },
        {"pmid": "4711", "keywords": ["PLANTS"], "type": "Article"},
    ),
    "web of science by tags": (
        {
            "PT": "J",
            "AU": "Smith, A; Li, B",
            "AF": "Smith, Ann; Li, Bo",
            "TI": "On Moss",
            "SO": "Moss J.",
            "LA": "English",
            "DT": "Article",
            "DE": "moss; growth",
            "ID": "PLANTS",
            "AB": "Moss grows.",
            "PY": "2018",
            "VL": "4",
            "IS": "2",
            "BP": "1",
            "EP": "9",
            "DI": "10.1000/moss",
            "UT": "WOS:1",
            "PM": "4711",
        },
        {
            "pmid": "4711",
            "keywords": ["moss", "growth", "PLANTS"],
            "language": "English",
            "type": "Article",
            "volume": "4",
            "issue": "2",
            "pages": "1-9",
        },
    ),
    "ieee xplore": (
        {
            "Document Title": "On Moss",
            "Authors": "A. Smith; B. Li",
            "Publication Title": "Moss J.",
            "Date Added To Xplore": "9 Feb 2020",
            "Publication Year": "2018",
            "Start Page": "1",
            "End Page": "9",
            "Abstract": "Moss grows.",
            "DOI": "10.1000/moss",
            "PDF Link": "https://example.org/1",
            "Author Keywords": "moss;growth",
        },
        {
            "authors": "A. Smith; B. Li",
            "url": "https://example.org/1",
            "keywords": ["moss", "growth"],
            "pages": "1-9",
        },
    ),
    "embase": (
        {
            "Title": "On Moss",
            "Author Names": "Smith A.; Li B.",
            "Source title": "Moss J.",
            "Publication Year": "2018",
            "Abstract": "Moss grows.",
            "Medline PMID": "4711 (http://www.ncbi.nlm.nih.gov/pubmed/4711)",
            "DOI": "10.1000/moss",
            "Embase Link": "https://www.embase.com/1",
        },
        {"authors": "Smith A.; Li B.", "pmid": "4711", "url": "https://www.embase.com/1"},
    ),
    "zotero": (
        {
            "Key": "AB12",
            "Item Type": "journalArticle",
            "Publication Year": "2018",
            "Author": "Smith, Ann; Li, Bo",
            "Title": "On Moss",
            "Publication Title": "Moss J.",
            "DOI": "10.1000/moss",
            "Url": "https://example.org/1",
            "Abstract Note": "Moss grows.",
            "Date": "2018-05-01",
            "Manual Tags": "moss; growth",
        },
        {"url": "https://example.org/1", "keywords": ["moss", "growth"], "type": "journalArticle"},
    ),
    "dimensions": (
        {
            "Rank": "1",
            "DOI": "10.1000/moss",
            "PMID": "4711",
            "Title": "On Moss",
            "Abstract": "Moss grows.",
            "Source title/Anthology title": "Moss J.",
            "PubYear": "2018",
            "Pagination": "1-9",
            "Authors": "Smith, Ann; Li, Bo",
            "Dimensions URL": "https://example.org/1",
        },
        {"pmid": "4711", "pages": "1-9", "url": "https://example.org/1"},
    ),
    "lens": (
        {
            "Lens ID": "000-1",
            "Title": "On Moss",
            "Date Published": "2018-05-01",
            "Publication Year": "2018",
            "Source Title": "Moss J.",
            "Author/s": "Ann Smith; Bo Li",
            "Abstract": "Moss grows.",
            "PMID": "4711",
            "DOI": "10.1000/moss",
        },
        {"authors": "Ann Smith; Bo Li", "pmid": "4711"},
    ),
    "ebsco": (
        {
            "Article Title": "On Moss",
            "Author": "Smith, Ann; Li, Bo",
            "Journal Title": "Moss J.",
            "Publication Date": "2018",
            "First Page": "1",
            "DOI": "10.1000/moss",
            "Abstract": "Moss grows.",
            "Subjects": "Mosses; Growth",
        },
        {"pages": "1", "keywords": ["Mosses", "Growth"]},
    ),
}


def written(row: dict[str, str], delimiter: str = ",") -> str:
    """A table of one row."""
    table = io.StringIO()
    writer = csv.DictWriter(table, list(row), delimiter=delimiter)
    writer.writeheader()
    writer.writerow(row)
    return table.getvalue()


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("database", DIALECTS)
def test_table_of_each_database_is_read(database: str, delimiter: str) -> None:
    row, expected = DIALECTS[database]
    text = written(row, delimiter)
    assert delimited.looks_like(text)
    record = only_record(text)
    assert record.fields == ON_MOSS | expected


def test_header_may_stand_below_what_dimensions_writes_above_it() -> None:
    above = '"About the data: Exported on May 1, 2024. Criteria: moss in title, and abstract."\n'
    row, expected = DIALECTS["dimensions"]
    record = only_record(above + written(row))
    assert record.fields == ON_MOSS | expected


def test_embase_may_write_a_field_a_row() -> None:
    record = only_record(
        '"TITLE","On Moss"\n"AUTHOR NAMES","Smith A.","Li B."\n"SOURCE","Moss J."\n"DOI","10.1000/moss"\n'
        '"PUBLICATION YEAR","2018"\n"ABSTRACT","Moss grows."\n\n'
    )
    assert record.fields == ON_MOSS | {"authors": "Smith A.; Li B."}
