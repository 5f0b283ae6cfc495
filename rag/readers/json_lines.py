"""JSON lines: one record a line; a BEIR `corpus.jsonl` is one of these."""

import json
import re
from collections.abc import Iterator

from rag.readers.json_records import entries_from
from rag.readers.source import Entry, Source
from rag.types import Problem

_LONG = 10_000  # characters; a first line that has no end by then
_OBJECT = re.compile(r'\{\s*".*\}')


def looks_like(head: str) -> bool:
    """Most of the first lines are whole objects; or the first is an object longer than the head."""
    lines = [line.strip() for line in head.splitlines() if line.strip()][:10]
    if len(lines) == 1:
        return len(head) > _LONG and bool(re.match(r'\s*\{\s*"', head))
    objects = sum(1 for line in lines if _OBJECT.fullmatch(line))
    return lines[0] != "[" and objects * 2 >= len(lines)


def read(source: Source) -> Iterator[Entry | Problem]:
    """One entry or problem for each line that is not blank."""
    for number, line in enumerate(source.lines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Problem(source.name, number, f"not valid JSON ({_why(error)})")
            continue
        yield from entries_from(record, source.name, number)


def _why(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return error.msg if isinstance(error, json.JSONDecodeError) else str(error)
