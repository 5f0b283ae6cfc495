"""JSON and JSON lines, read with where each stands and written the same every time."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rag import FootnoteError, write_whole

Json = dict[str, Any]


def read_lines(path: Path) -> Iterator[tuple[str, Json]]:
    """The objects of a file of JSON lines, each with where it stands.

    Raises:
        FootnoteError: the file cannot be read, or a line is no JSON object.
    """
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        at = f"{path}:{number}"
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise FootnoteError(f"{at}: not valid JSON ({error})") from None
        if not isinstance(value, dict):
            raise FootnoteError(f"{at}: not a JSON object")
        yield at, value


def whole_lines(path: Path) -> list[Json]:
    """The objects of a file that may have been broken off while its last line was written, without that; of
    no file there are none.

    Raises:
        FootnoteError: the file cannot be read, or an earlier line is no JSON object.
    """
    try:
        *whole, _ = path.read_bytes().split(b"\n") if path.exists() else [b""]
    except OSError as error:
        raise FootnoteError(f"{path}: cannot be read ({error.strerror})") from None
    kept = []
    for number, line in enumerate(whole, start=1):
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise FootnoteError(f"{path}:{number}: not a JSON object; delete this line to have it made again")
        kept.append(value)
    return kept


def read_object(path: Path) -> Json:
    """The one object of a file.

    Raises:
        FootnoteError: the file cannot be read, or is not that.
    """
    try:
        value = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise FootnoteError(f"{path}: not valid JSON ({error})") from None
    if not isinstance(value, dict):
        raise FootnoteError(f"{path}: not a JSON object")
    return value


def read_text(path: Path) -> str:
    """All of a file.

    Raises:
        FootnoteError: it is not there, or not UTF-8 text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise FootnoteError(f"{path}: cannot be read ({why})") from None


def said(line: Mapping[str, Any], *keys: str) -> str:
    """What the first of the keys that says anything says, as text without spaces around it; else ""."""
    texts = ("" if line.get(key) is None else str(line[key]).strip() for key in keys)
    return next(filter(None, texts), "")


def as_line(value: Mapping[str, Any]) -> str:
    """One object as a line of its own."""
    return f"{_dumped(value)}\n"


def write_lines(path: Path, values: Iterable[Mapping[str, Any]]) -> None:
    """Write objects, each on a line, in place of what is there; all or nothing."""
    write_whole(path, map(as_line, values))


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write one object in place of what is there; all or nothing."""
    write_whole(path, [f"{_dumped(value, indent=2)}\n"])


def _dumped(value: Mapping[str, Any], indent: int | None = None) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a character, as it may stand in JSON
        return json.dumps(value, indent=indent)
    return text
