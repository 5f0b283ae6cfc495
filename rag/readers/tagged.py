"""Exports of tagged lines, record after record: what RIS, PubMed, Web of Science and others share."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.ingest.report import Problem
from rag.readers.source import Source, broken_off
from rag.records import Fields, Record

Tags = Mapping[str, Sequence[str]]
"""The values of each tag in file order; the lines of one value stay apart as lines."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a format writes its records, as patterns that are matched at the start of a line.

    `tag` captures a tag and its value. `start` begins a record wherever it stands. After `end` any
    tag begins the next; a dialect without it has only `start`. `closing` is a line that no whole
    record lacks, where that is not `end`: a last record without it is broken off.
    """

    tag: re.Pattern[str]
    start: re.Pattern[str]
    fields: Callable[[Tags], Fields]
    end: re.Pattern[str] | None = None
    closing: re.Pattern[str] | None = None


def read_tagged(source: Source, dialect: Dialect) -> Iterator[Record | Problem]:
    """One record for each that is whole; streaming, so a file may be of any length."""
    has_closing = False
    for whole, block in enumerate(_blocks(source.lines(), dialect)):
        is_closed = any(map(dialect.closing.match, block.lines)) if dialect.closing else block.has_end
        if block.is_last and not is_closed and (has_closing or source.trouble):
            if not source.trouble:
                yield broken_off(source.name, block.line, whole)
            return
        has_closing |= is_closed
        yield Record.of(dialect.fields(_tags(block.lines, dialect.tag)), source.name, block.line)


def texts(tags: Tags, *names: str) -> list[str]:
    """Every value of these tags."""
    return [value for name in names for value in tags.get(name, ()) if value]


def first(tags: Tags, *names: str) -> str:
    """The first value of the first of these tags that has one."""
    return next(iter(texts(tags, *names)), "")


def first_lines(tags: Tags, *names: str) -> list[str]:
    """Every line of the first of these tags that has a value: a list with an item a line."""
    found = (texts(tags, name) for name in names)
    return lines_of(next(filter(None, found), []))


def lines_of(values: Iterable[str]) -> list[str]:
    """Each line of each value."""
    return [line for value in values for line in value.split("\n") if line]


@dataclass(frozen=True, slots=True)
class _Block:
    line: int
    lines: list[str]
    has_end: bool = False
    is_last: bool = False  # of a file that ends without an end


def _blocks(lines: Iterable[str], dialect: Dialect) -> Iterator[_Block]:
    block: list[str] = []
    first_line = 0
    opening = dialect.tag if dialect.end else dialect.start
    for number, raw in enumerate(lines, start=1):
        line = raw.rstrip().lstrip("\ufeff")  # one stands where files were joined
        if block and dialect.start.match(line):
            yield _Block(first_line, block)
            block = []
        is_end = bool(dialect.end and dialect.end.match(line))
        if block and is_end:
            yield _Block(first_line, block, has_end=True)
            block = []
        elif block:
            block.append(line)
        elif opening.match(line) and not is_end:
            first_line, block = number, [line]
    if block:
        yield _Block(first_line, block, is_last=True)


def _tags(lines: Iterable[str], tag: re.Pattern[str]) -> Tags:
    """The values of each tag; a line without one goes on with the value above it."""
    values: dict[str, list[list[str]]] = {}
    last: list[str] = []
    for line in lines:
        if found := tag.match(line):
            last = [(found[2] or "").strip()]
            values.setdefault(found[1], []).append(last)
        else:
            last.append(line.strip())
    whole = {name: ["\n".join(value).strip() for value in said] for name, said in values.items()}
    return {name: [value for value in said if value] for name, said in whole.items()}
