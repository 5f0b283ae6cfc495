"""JSON lines: one record a line; a BEIR `corpus.jsonl` and arXiv's snapshot are such files."""

import json
import re
from collections.abc import Iterator

from rag.ingest.report import Problem
from rag.readers.json_values import Decoded, records_from
from rag.readers.source import Source, broken_off
from rag.records import Record

_LONG = 10_000  # characters; a first line that has no end by then
_OBJECT = re.compile(r'\{\s*".*\}')


def looks_like(head: str) -> bool:
    """Most of the first lines are whole objects; or the first is an object longer than the head."""
    lines = [line.strip() for line in head.splitlines() if line.strip()][:10]
    if not lines:
        return False
    if len(lines) == 1:
        return len(head) > _LONG and bool(re.match(r'\s*\{\s*"', head))
    objects = sum(1 for line in lines if _OBJECT.fullmatch(line))
    return lines[0] != "[" and objects * 2 >= len(lines)


def read(source: Source) -> Iterator[Record | Problem]:
    """One record or problem for each line that is not blank, or several where a line wraps them.

    Raises:
        InputError: a column named by the user is in none of the first records.
    """
    yield from records_from(_decoded(source), source)


def _decoded(source: Source) -> Iterator[Decoded | Problem]:
    whole = 0
    for number, line in enumerate(source.lines(), start=1):
        try:
            yield number, json.loads(line.lstrip("\ufeff"))  # one stands where files were joined
            whole += 1
        except (ValueError, RecursionError) as error:
            if not line.strip():
                continue
            if whole and not line.endswith("\n"):  # as only the last line may
                yield broken_off(source.name, number, whole)
            else:
                yield Problem(source.name, number, f"not valid JSON ({_why(error)})")


def _why(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return error.msg if isinstance(error, json.JSONDecodeError) else str(error)
