"""JSON: an array of records, an object that holds such an array, or one record."""

import json
import re
from collections.abc import Iterator

from rag.errors import InputError
from rag.ingest.report import Problem
from rag.readers.json_values import WRAPPERS, Decoded, is_title_or_abstract, records_from
from rag.readers.source import Source, broken_off
from rag.records import Record

SIZE_LIMIT = 500_000_000  # the whole file is held in memory
_SPACE = re.compile(r"\s*")
_OBJECT_A_LINE = re.compile(r'\s*\{\s*".*\}[ \t]*\n\s*\{\s*"')
_COLON = re.compile(r"\s*:\s*")
_RECORDS = re.compile(r"\[\s*(?:\{|null\b)")
_LONGEST_LITERAL = 10  # characters: what of `false` or `\u00e9` can be left where a text breaks off
_DECODER = json.JSONDecoder()


def looks_like(head: str) -> bool:
    """The text starts an array or an object, and is not one object a line, whatever its name ends in."""
    return head.lstrip()[:1] in ("[", "{") and not _OBJECT_A_LINE.match(head)


def read(source: Source) -> Iterator[Record | Problem]:
    """Records one by one, so that those before a break are kept.

    Raises:
        InputError: the file is too long or no JSON, or a column named by the user is in no record.
    """
    yield from records_from(_decoded(source, source.text(SIZE_LIMIT)), source)


def _decoded(source: Source, text: str) -> Iterator[Decoded | Problem]:
    start = _array_start(text)
    if start is None:
        yield 1, _whole(source.name, text)
    else:
        yield from _items(source, text, start)


def _whole(name: str, text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" from line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError(f"{name}: not valid JSON{where}; check the file, or give --format") from error


def _array_start(text: str) -> int | None:
    """Offset behind the `[` of the array of records, whatever is around it; None if there is none."""
    position: int | None = _space_end(text, 0)
    try:
        while position is not None and text[position] == "{":
            position = _wrapped_start(text, position + 1)
    except (ValueError, IndexError, RecursionError):
        return None
    return position + 1 if position is not None and text[position] == "[" else None


def _wrapped_start(text: str, position: int) -> int | None:
    """Offset of what an object, whose `{` is just before, holds under a key known to hold records."""
    is_record = False
    while True:
        key, position = _DECODER.raw_decode(text, _space_end(text, position))
        colon = _COLON.match(text, position)
        if not isinstance(key, str) or not colon:
            return None
        position = colon.end()
        if key in WRAPPERS and (_RECORDS.match(text, position) or (text[position] == "{" and not is_record)):
            return position
        is_record = is_record or is_title_or_abstract(key)
        _, position = _DECODER.raw_decode(text, position)
        position = _space_end(text, position)
        if text[position] != ",":
            return None
        position += 1


def _items(source: Source, text: str, position: int) -> Iterator[Decoded | Problem]:
    line, counted, whole = 1, 0, 0
    while True:
        position = _space_end(text, position)
        if text[position : position + 1] == ",":
            position = _space_end(text, position + 1)
        if text[position : position + 1] == "]":
            return
        line, counted = line + text.count("\n", counted, position), position
        try:
            value, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            if not source.trouble:  # which has said so
                is_cut_off = whole and _is_cut_off(error, text)
                yield (broken_off if is_cut_off else _damaged)(source.name, line, whole)
            return
        whole += 1
        yield line, value


def _damaged(name: str, line: int, whole: int) -> Problem:
    reason = f"the JSON is damaged here; the {whole} whole record(s) before it were read"
    return Problem(name, line, reason, cuts_off=True)


def _is_cut_off(error: Exception, text: str) -> bool:
    """Nothing is wrong but that the text ends."""
    if not isinstance(error, json.JSONDecodeError):
        return False
    left = len(text.rstrip()) - error.pos
    return left < _LONGEST_LITERAL or error.msg.startswith("Unterminated string")


def _space_end(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    return space.end() if space else position
