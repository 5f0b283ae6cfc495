"""One file as lines of text, whatever its encoding, and what a reader makes of it."""

import codecs
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from rag.cleaning import clean
from rag.errors import InputError
from rag.types import Paper

_HEAD_BYTES = 65_536
_BYTE_ORDER_MARKS = {  # in this order: UTF-32's begins as UTF-16's does
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_MAGIC = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip archive or an Office document",
    b"\x1f\x8b": "a gzip archive",
    b"\x28\xb5\x2f\xfd": "a zstandard archive",
    b"SQLite format 3": "an SQLite database",
}
_NOT_YET = {
    r"\s*@\w+\s*\{": "BibTeX",
    r"\s*[A-Z][A-Z0-9]{1,3} {0,2}- ": "a tagged export (RIS or PubMed)",
    r"\s*FN \w+": "a Web of Science export",
    r"\s*<(\?xml|!DOCTYPE|\w+[\s>])": "XML or HTML",
}
# With surrogateescape each undecodable byte arrives as one of 128 code points, else as U+FFFD.
_UNDECODED = re.compile("[\udc80-\udcff\ufffd]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper as read, and the line (from 1) its record starts on."""

    paper: Paper
    line: int


class Source:
    """A file being read. `replaced` counts the bytes that were no text and became U+FFFD so far."""

    def __init__(self, path: Path, stream: BinaryIO, head: bytes) -> None:
        self.name = shown_name(path)
        self.replaced = 0
        self._path = path
        self._stream = stream
        self._encoding = next(
            (encoding for mark, encoding in _BYTE_ORDER_MARKS.items() if head.startswith(mark)),
            "utf-8",
        )
        text = head.decode(self._encoding, "replace").lstrip("\ufeff")
        self.head = text.replace("\r\n", "\n").replace("\r", "\n")

    def lines(self) -> Iterator[str]:
        """Lines with their line ends, any of CR, LF and CRLF read as LF."""
        self._stream.seek(0)
        # Only UTF-8 can escape what it cannot decode; of the others, what is replaced is counted.
        errors = "surrogateescape" if self._encoding.startswith("utf-8") else "replace"
        text = io.TextIOWrapper(self._stream, self._encoding, errors)
        try:
            for line in text:
                found = len(_UNDECODED.findall(line))
                self.replaced += found
                yield _UNDECODED.sub("\ufffd", line) if found else line
        finally:
            text.detach()  # or it would close the stream

    def text(self, limit: int) -> str:
        """The whole file, for formats that cannot be read by the line.

        Raises:
            InputError: the file is longer than `limit` bytes.
        """
        size = self._path.stat().st_size
        if size > limit:
            raise InputError(
                f"{self.name}: {size / 1e6:.0f} MB is more than this format's limit of "
                f"{limit / 1e6:.0f} MB; convert it to JSON lines, which have none"
            )
        return "".join(self.lines())


def shown_name(path: Path) -> str:
    """The path as it can be stored and shown, whatever bytes it is made of."""
    return clean(os.fsencode(path).decode("utf-8", "replace"))


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """Open a file that holds text.

    Raises:
        InputError: it cannot be opened, is empty, is not text, or is of a kind not read yet.
    """
    if path.exists() and not path.is_file():
        raise InputError(f"{path}: not a regular file; save what it gives to a file first")
    try:
        stream = path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    with stream:
        head = stream.read(_HEAD_BYTES)
        _refuse_unreadable(path, head)
        source = Source(path, stream, head)
        _refuse_not_yet(source)
        yield source


def _refuse_unreadable(path: Path, head: bytes) -> None:
    if not head.strip():
        raise InputError(f"{path}: the file is empty")
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            raise InputError(f"{path}: this is {kind}, not text; export the records as text first")
    if b"\0" in head and not head.startswith(tuple(_BYTE_ORDER_MARKS)):
        raise InputError(f"{path}: this is a binary file, not text; export the records as text first")


def _refuse_not_yet(source: Source) -> None:
    for pattern, kind in _NOT_YET.items():
        if re.match(pattern, source.head):
            raise InputError(
                f"{source.name}: this looks like {kind}, which this version does not read yet; "
                "export it as CSV or JSON with a title and an abstract column"
            )
