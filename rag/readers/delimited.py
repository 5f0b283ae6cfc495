"""CSV and TSV with a header line; columns are known by name."""

import csv
from collections.abc import Iterator

from rag.errors import InputError
from rag.readers.records import field_name, paper_from
from rag.readers.source import Entry, Source
from rag.types import Problem

_DELIMITERS = (",", "\t", ";", "|")
csv.field_size_limit(50_000_000)


def looks_like(head: str) -> bool:
    """The header names a title or an abstract column among others."""
    columns = _columns(head)
    return len(columns) > 1 and bool({"title", "abstract"} & {field_name(c) for c in columns})


def read(source: Source) -> Iterator[Entry | Problem]:
    """One entry or problem for each row that holds anything.

    Raises:
        InputError: no column of the header is an abstract.
    """
    columns = _columns(source.head)
    if "abstract" not in {field_name(column) for column in columns}:
        raise InputError(
            f"{source.name}: no column is called abstract; its columns are "
            f"{', '.join(columns[:12])}; rename the one that holds the abstracts"
        )
    rows = csv.reader(source.lines(), delimiter=_delimiter(source.head))
    before = 0
    try:
        for row in rows:
            line, before = before + 1, rows.line_num
            if line > 1 and any(cell.strip() for cell in row):
                yield _entry(source, columns, row, line)
    except csv.Error as error:
        yield Problem(
            source.name,
            before + 1,
            f"the table is damaged here ({error}); the rows before it were read",
        )


def _entry(source: Source, columns: list[str], row: list[str], line: int) -> Entry | Problem:
    if len(row) > len(columns) and any(cell.strip() for cell in row[len(columns) :]):
        return Problem(
            source.name,
            line,
            f"{len(row)} cells under {len(columns)} columns; quote the cells that hold the delimiter",
        )
    try:
        return Entry(paper_from(dict(zip(columns, row, strict=False)), source.name), line)
    except ValueError as error:
        return Problem(source.name, line, str(error))


def _columns(head: str) -> list[str]:
    first = head.splitlines()[:1]
    return [column.strip() for column in next(csv.reader(first, delimiter=_delimiter(head)), [])]


def _delimiter(head: str) -> str:
    first = (head.splitlines() or [""])[0]
    return max(_DELIMITERS, key=first.count)
