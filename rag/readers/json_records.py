"""JSON: an array of records, an object that holds such an array, or one record."""

import json
import re
from collections.abc import Iterator, Mapping

from rag.errors import InputError
from rag.readers.records import field_name, paper_from
from rag.readers.source import Entry, Source
from rag.types import Problem

SIZE_LIMIT = 500_000_000  # bytes: the whole file is held in memory
_LISTS = ("papers", "records", "items", "results", "data", "documents", "articles", "entries", "message")
_SPACE = re.compile(r"\s*")


def looks_like(head: str) -> bool:
    """The text starts an array or an object."""
    return head.lstrip()[:1] in ("[", "{")


def read(source: Source) -> Iterator[Entry | Problem]:
    """Records one by one, so that those before a broken one are kept."""
    text = source.text(SIZE_LIMIT)
    start = _array_start(text)
    if start is None:
        yield from _read_object(source, text)
    else:
        yield from _read_array(source, text, start)


def entries_from(value: object, source: str, line: int) -> Iterator[Entry | Problem]:
    """The entries that a decoded JSON value holds, or why it holds none.

    Answers of web services wrap their records in an object, or in two.
    """
    if isinstance(value, list) and any(isinstance(record, Mapping) for record in value):
        for record in value:
            yield from entries_from(record, source, line)
    elif not isinstance(value, Mapping):
        yield Problem(source, line, "not a JSON object with a title and an abstract")
    elif wrapped := _wrapped(value):
        yield from entries_from(wrapped, source, line)
    else:
        try:
            yield Entry(paper_from(value, source), line)
        except ValueError as error:
            yield Problem(source, line, str(error))


def _wrapped(value: Mapping[str, object]) -> object:
    """What an object that is no record itself holds under a key known to hold records."""
    if any(field_name(key) in ("title", "abstract") for key in value):
        return None
    return next((value[key] for key in _LISTS if isinstance(value.get(key), list | dict)), None)


def _array_start(text: str) -> int | None:
    """Offset of the array of records: the text itself, or the value of a key known to hold them."""
    keys = "|".join(_LISTS)
    found = re.match(
        rf'\s*(?:\{{\s*(?:"\w+"\s*:\s*(?:"[^"]*"|[\d.]+|null|true|false)\s*,\s*)*"(?:{keys})"\s*:\s*)?\[',
        text,
    )
    return found.end() if found else None


def _read_array(source: Source, text: str, start: int) -> Iterator[Entry | Problem]:
    decoder = json.JSONDecoder()
    position, line, counted, read = start, 1, 0, 0
    while True:
        position = _space_end(text, position)
        if text[position : position + 1] == ",":
            position = _space_end(text, position + 1)
        if text[position : position + 1] == "]":
            return
        line, counted = line + text.count("\n", counted, position), position
        try:
            record, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            reason = f"the JSON breaks off or is damaged here; the {read} records before it were read"
            yield Problem(source.name, line, reason)
            return
        read += 1
        yield from entries_from(record, source.name, line)


def _space_end(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    return space.end() if space else position


def _read_object(source: Source, text: str) -> Iterator[Entry | Problem]:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" from line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError(f"{source.name}: not valid JSON{where}; check the file, or give --format") from error
    yield from entries_from(record, source.name, 1)
