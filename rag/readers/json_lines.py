"""JSON lines: one record a line; a BEIR `corpus.jsonl` is one of these."""

import json
import re
from collections.abc import Iterator

from rag.readers.json_records import entry_from
from rag.readers.source import Entry, Source
from rag.types import Problem


def looks_like(head: str) -> bool:
    """The first two lines that hold anything each start an object that has a key on that line."""
    lines = [line for line in head.splitlines() if line.strip()][:2]
    return len(lines) == 2 and all(re.match(r'\s*\{\s*"', line) for line in lines)


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
        yield entry_from(record, source.name, number)


def _why(error: Exception) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
