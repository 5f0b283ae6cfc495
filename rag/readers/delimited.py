"""CSV and TSV with a header line; columns are known by name."""

import csv
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from rag.errors import InputError
from rag.ingest.report import Problem
from rag.readers.fields import field_name, fields_from, listed, require_columns, with_mapping
from rag.readers.source import Source, broken_off
from rag.records import Fields, Record, filled

_DELIMITERS = (",", "\t", ";", "|")
_HEADER_WITHIN = 10  # lines: above it Excel writes `sep=;`, and Dimensions what was searched for
_WEB_OF_SCIENCE = {"PT", "TI", "UT"}  # columns of its files; in tab-delimited ones a quote is but a quote
_BY_ROW = re.compile(r'\s*"TITLE",.*\n"[A-Z ]+",')  # Embase's other form
_CUT = "\0cut"  # put behind a last line that has no line end
_END = "\0end"  # a last line of our own: where it ends up inside a cell, a quote was never closed
_LONGEST_CELL = 50_000_000  # characters


@dataclass(frozen=True, slots=True)
class _Header:
    above: int  # lines
    delimiter: str
    columns: list[str]


def looks_like(head: str) -> bool:
    """One of the first lines names a title or an abstract column among others."""
    return _named_header(head, ()) is not None


def read(source: Source) -> Iterator[Record | Problem]:
    """One record or problem for each row that holds anything.

    Raises:
        InputError: no column holds abstracts, or one that the user names is not there.
    """
    yield from _read_by_row(source) if _BY_ROW.match(source.head) else _read_table(source)


def _read_table(source: Source) -> Iterator[Record | Problem]:
    header = _header(source)
    _require_abstracts(source, header.columns)
    for row in islice(_rows(source, header), 1, None):
        if isinstance(row, Problem):
            yield row
        elif [
            cell.strip() for cell in row[1]
        ] != header.columns:  # as it stands again where tables were joined
            yield _record(source, header.columns, *row)


def _read_by_row(source: Source) -> Iterator[Record | Problem]:
    """Each row is a field's name and its values; a title starts a record."""
    said: dict[str, str] = {}
    start = 0
    for row in _rows(source, _Header(above=0, delimiter=",", columns=[])):
        if isinstance(row, Problem):
            yield row
            return
        line, (name, *values) = row
        if name == "TITLE" and said:
            yield Record.of(_embase_fields(said), source.name, start)
            said = {}
        start = start if said else line
        said[name] = "; ".join(values)
    if not source.trouble:  # which would have broken the last record off
        yield Record.of(_embase_fields(said), source.name, start)


def _embase_fields(said: dict[str, str]) -> Fields:
    return filled({"venue": said.get("SOURCE", "")}) | fields_from(said)


def _header(source: Source) -> _Header:
    """Where no line names columns known here, the first that holds anything is the header."""
    lines = source.head.split("\n")
    above = _named_header(source.head, source.mapping)
    if above is None:
        above = next((number for number, line in enumerate(lines) if _holds_cells(line)), 0)
    delimiter = _delimiter(lines[above])
    columns = [column.strip() for column in next(csv.reader(lines[above:], delimiter=delimiter), [])]
    if _WEB_OF_SCIENCE.issubset(columns):  # where ID is not what it is elsewhere
        columns = ["Keywords Plus" if column == "ID" else column for column in columns]
    return _Header(above, delimiter, columns)


def _named_header(head: str, mapped: Collection[str]) -> int | None:
    """How many lines stand above the first that names a column known here, or by the user, among others."""
    for above, line in enumerate(head.split("\n", _HEADER_WITHIN)[:_HEADER_WITHIN]):
        columns = [column.strip() for column in next(csv.reader([line], delimiter=_delimiter(line)), [])]
        if len(columns) > 1 and any(
            column in mapped or field_name(column) in ("title", "abstract") for column in columns
        ):
            return above
    return None


def _holds_cells(line: str) -> bool:
    return bool(line.strip()) and not re.fullmatch(r"sep=.\s*", line)


def _delimiter(header: str) -> str:
    return max(_DELIMITERS, key=header.count)


def _require_abstracts(source: Source, columns: list[str]) -> None:
    require_columns(source.name, source.mapping, columns)
    if "abstract" not in {source.mapping.get(column) or field_name(column) for column in columns}:
        raise InputError(
            f"{source.name}: no column is called abstract; its columns are {listed(columns)}; "
            "say which holds the abstracts with --map abstract=COLUMN"
        )


def _rows(source: Source, header: _Header) -> Iterator[tuple[int, list[str]] | Problem]:
    """Rows from the header on that hold anything, each with the line it starts on."""
    is_unquoted = header.delimiter == "\t" and _WEB_OF_SCIENCE.issubset(header.columns)
    rows = csv.reader(
        chain(_with_cut_marked(islice(source.lines(), header.above, None)), [_END]),
        delimiter=header.delimiter,
        quoting=csv.QUOTE_NONE if is_unquoted else csv.QUOTE_MINIMAL,
    )
    before, whole = header.above, 0
    try:
        for row in _with_long_cells(rows):
            line, before = before + 1, header.above + rows.line_num
            if row == [_END] or not any(cell.strip() for cell in row):
                continue
            if not (problem := _broken(row, source, line, whole, len(header.columns))):
                whole += 1
                yield line, [*row[:-1], row[-1].removesuffix(_CUT)]
            elif not source.trouble:  # which has said so
                yield problem
    except csv.Error as error:
        reason = f"the table is damaged here ({error}); the rows before it were read"
        yield Problem(source.name, before + 1, reason, cuts_off=True)


def _with_long_cells(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """The limit is the whole process's, so it is lifted only while a row is read."""
    while True:
        before = csv.field_size_limit(_LONGEST_CELL)
        try:
            row = next(rows, None)
        finally:
            csv.field_size_limit(before)
        if row is None:
            return
        yield row


def _with_cut_marked(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith("\n") or not line.strip() else line + _CUT


def _broken(row: list[str], source: Source, line: int, whole: int, width: int) -> Problem | None:
    """What is wrong with a last row that is not whole: a quote in it stays open, or cells are missing."""
    if row[-1].endswith(_END):
        line += sum(cell.count("\n") for cell in row[:-1])
        reason = "the quote that opens here is never closed; only the rows before it were read"
        return Problem(source.name, line, reason, is_warning=whole > 1, cuts_off=True)
    if row[-1].endswith(_CUT) and whole > 1 and len(row) < width:
        return broken_off(source.name, line, whole - 1)  # the header is a row, and no record
    return None


def _record(source: Source, columns: list[str], line: int, row: list[str]) -> Record | Problem:
    if any(cell.strip() for cell in row[len(columns) :]):
        return Problem(
            source.name,
            line,
            f"{len(row)} cells under {len(columns)} columns; quote the cells that hold the delimiter",
        )
    said: dict[str, str] = {}
    for column, cell in zip(columns, row, strict=False):
        said[column] = said.get(column) or cell  # of columns of one name, the first that is filled
    return Record.of(with_mapping(said, source.mapping, fields_from), source.name, line)
