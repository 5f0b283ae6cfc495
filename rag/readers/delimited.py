"""CSV and TSV with a header line; columns are known by name."""

import csv
import itertools
import re
from collections.abc import Iterator

from rag.errors import InputError
from rag.readers.records import field_name, paper_from
from rag.readers.source import Entry, Source
from rag.types import Problem

_DELIMITERS = (",", "\t", ";", "|")
_END = "\0end"  # a last line of our own: where it ends up inside a cell, a quote was never closed
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
            f"{', '.join(column[:40] for column in columns[:12])}; rename the one that holds the abstracts"
        )
    header = _header_line(source.head)
    lines = itertools.chain(source.lines(), ["\n", _END])
    rows = csv.reader(lines, delimiter=_delimiter(source.head))
    before = 0
    try:
        for row in rows:
            line, before = before + 1, rows.line_num
            if row == [_END] or line <= header or not any(cell.strip() for cell in row):
                continue
            if row[-1].endswith(_END):
                reason = "a quote that opens in this row is never closed; nothing was read from here on"
                yield Problem(source.name, line, reason)
            else:
                yield _entry(source, columns, row, line)
    except csv.Error as error:
        reason = f"the table is damaged here ({error}); the rows before it were read"
        yield Problem(source.name, before + 1, reason)


def _entry(source: Source, columns: list[str], row: list[str], line: int) -> Entry | Problem:
    if len(row) > len(columns) and any(cell.strip() for cell in row[len(columns) :]):
        return Problem(
            source.name,
            line,
            f"{len(row)} cells under {len(columns)} columns; quote the cells that hold the delimiter",
        )
    record: dict[str, str] = {}
    for column, cell in zip(columns, row, strict=False):
        record[column] = record.get(column) or cell  # of columns of one name, the first that is filled
    try:
        return Entry(paper_from(record, source.name), line)
    except ValueError as error:
        return Problem(source.name, line, str(error))


def _columns(head: str) -> list[str]:
    header = head.split("\n")[_header_line(head) - 1 :]
    return [column.strip() for column in next(csv.reader(header, delimiter=_delimiter(head)), [])]


def _delimiter(head: str) -> str:
    header = head.split("\n")[_header_line(head) - 1]
    return max(_DELIMITERS, key=header.count)


def _header_line(head: str) -> int:
    """Number of the first line that holds anything but Excel's `sep=;`."""
    lines = head.split("\n")
    is_header = (bool(line.strip()) and not re.fullmatch(r"sep=.\s*", line) for line in lines)
    return next((number for number, found in enumerate(is_header, start=1) if found), 1)
