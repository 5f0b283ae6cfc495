"""Tables are found below preambles, take the user's columns, and say where they break off."""

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

from rag.errors import InputError
from rag.ingest.report import Problem
from rag.readers import delimited
from rag.readers.source import open_source
from rag.records import Record


def read(text: str, columns: Mapping[str, str] | None = None) -> list[Record | Problem]:
    Path("t.csv").write_bytes(text.encode())
    with open_source(Path("t.csv"), columns or {}) as source:
        return list(delimited.read(source))


def records(text: str, columns: Mapping[str, str] | None = None) -> list[Record]:
    return [item for item in read(text, columns) if isinstance(item, Record)]


def titles(items: list[Record | Problem]) -> list[object]:
    return [item.fields.get("title") for item in items if isinstance(item, Record)]


def warnings(items: list[Record | Problem]) -> list[tuple[int | None, bool]]:
    return [(item.line, item.is_warning) for item in items if isinstance(item, Problem)]


def test_web_of_science_tables_quote_nothing() -> None:
    header = "PT\tTI\tAB\tUT\n"
    found = records(f'{header}J\tA\t"Moss" is a word.\tWOS:1\nJ\tB\t"open\tWOS:2\nJ\tC\tText.\tWOS:3\n')
    assert [record.fields["abstract"] for record in found] == ['"Moss" is a word.', '"open', "Text."]


def test_records_know_the_line_they_start_on_below_a_preamble() -> None:
    found = records('About the data: 5" pipes\n\nTitle,Abstract\n"A","two\nlines"\nB,Text.\n')
    assert [(record.line, record.fields["title"]) for record in found] == [(4, "A"), (6, "B")]


def test_embase_records_with_a_field_a_row_begin_with_their_title() -> None:
    text = '"TITLE","A"\n"ABSTRACT","Text."\n\n"TITLE","B"\n"ABSTRACT","Text.'
    items = read(text)
    assert titles(items) == ["A"]
    assert warnings(items) == [(5, True)]


def test_table_without_abstracts_names_its_columns_and_the_option_that_helps() -> None:
    with pytest.raises(InputError) as refused:
        read("PMID,Title,Authors,Citation,Journal/Book\n1,A,B,C,D\n")
    assert str(refused.value) == (
        "t.csv: no column is called abstract; its columns are PMID, Title, Authors, Citation, Journal/Book; "
        "say which holds the abstracts with --map abstract=COLUMN"
    )


def test_column_that_the_user_maps_fills_its_field() -> None:
    (record,) = records("Name,Abstract,Inhalt\nA,no,Text.\n", {"Inhalt": "abstract", "Name": "title"})
    assert record.fields == {"title": "A", "abstract": "Text."}


def test_table_of_columns_that_only_the_user_knows_is_read_below_its_preamble() -> None:
    (record,) = records("Exported today\nName;Inhalt\nA;Text.\n", {"Inhalt": "abstract", "Name": "title"})
    assert record.fields == {"title": "A", "abstract": "Text."}


def test_column_that_the_user_maps_must_be_there() -> None:
    with pytest.raises(InputError, match=r"--map abstract=inhalt: .* its columns are Title, Inhalt$"):
        read("Title,Inhalt\nA,Text.\n", {"inhalt": "abstract"})


def test_table_broken_off_inside_a_quote_yields_its_whole_rows_and_one_warning() -> None:
    items = read('Title,Abstract\nA,Text.\n"B\n2","Text of\nwhich the end')
    assert titles(items) == ["A"]
    assert warnings(items) == [(4, True)]


def test_table_broken_off_between_cells_yields_its_whole_rows_and_one_warning() -> None:
    items = read("Title,Year,Abstract\nA,2020,Text.\nB,20")
    assert titles(items) == ["A"]
    assert warnings(items) == [(3, True)]


@pytest.mark.parametrize("end", ["\n", "", "\r\n", "\n\n", "\n  "])
@pytest.mark.parametrize("cell", ["Text.", '"Text."'])
def test_table_may_end_with_a_line_end_or_without(end: str, cell: str) -> None:
    items = read(f"Title,Abstract\nA,Text.\nB,{cell}{end}")
    assert [item.fields for item in items if isinstance(item, Record)][1:] == [
        {"title": "B", "abstract": "Text."}
    ]
    assert warnings(items) == []


def test_table_whose_only_row_is_never_closed_is_no_mere_warning() -> None:
    assert warnings(read('Title,Abstract\nA,"Text')) == [(2, False)]


def test_a_long_cell_is_read_and_the_limit_on_cells_stays_as_it_was() -> None:
    before = csv.field_size_limit()
    long = "word " * 100_000
    (record,) = read(f"title,abstract\nA,{long}\n")
    assert isinstance(record, Record)
    assert len(record.fields["abstract"]) == len(long)
    assert csv.field_size_limit() == before


def test_the_header_of_a_table_joined_on_is_no_record() -> None:
    table = "Title,Abstract\nA,a\n"
    assert titles(list(read(table + table))) == ["A", "A"]
