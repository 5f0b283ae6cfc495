"""One file as lines of text, whatever its encoding, and what a reader makes of it."""

import codecs
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from rag.errors import InputError
from rag.types import Paper

_HEAD_BYTES = 65_536
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
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
# With surrogateescape each undecodable byte arrives as one of these 128 code points.
_ESCAPED = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper as read, and the line (from 1) its record starts on."""

    paper: Paper
    line: int


class Source:
    """A file being read. `replaced` counts the bytes that were no text and became U+FFFD so far."""

    def __init__(self, path: Path, stream: BinaryIO, head: bytes) -> None:
        self.name = str(path)
        self.replaced = 0
        self._stream = stream
        self._encoding = next(
            (encoding for mark, encoding in _BYTE_ORDER_MARKS.items() if head.startswith(mark)),
            "utf-8",
        )
        self.head = head.decode(self._encoding, "replace").lstrip("\ufeff")

    def lines(self) -> Iterator[str]:
        """Lines with their line ends, any of CR, LF and CRLF read as LF."""
        self._stream.seek(0)
        reader = codecs.getreader(self._encoding)(self._stream, "surrogateescape")
        for line in _universal_newlines(reader):
            found = len(_ESCAPED.findall(line))
            self.replaced += found
            yield _ESCAPED.sub("\ufffd", line) if found else line

    def text(self, limit: int) -> str:
        """The whole file, for formats that cannot be read by the line.

        Raises:
            InputError: the file is longer than `limit` bytes.
        """
        size = Path(self.name).stat().st_size
        if size > limit:
            raise InputError(
                f"{self.name}: {size / 1e6:.0f} MB is more than this format's limit of "
                f"{limit / 1e6:.0f} MB; convert it to JSON lines, which have none"
            )
        return "".join(self.lines())


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """Open a file that holds text.

    Raises:
        InputError: it cannot be opened, is empty, is not text, or is of a kind not read yet.
    """
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
    is_utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not is_utf16 and b"\0" in head:
        raise InputError(f"{path}: this is a binary file, not text; export the records as text first")


def _refuse_not_yet(source: Source) -> None:
    for pattern, kind in _NOT_YET.items():
        if re.match(pattern, source.head):
            raise InputError(
                f"{source.name}: this looks like {kind}, which this version does not read yet; "
                "export it as CSV or JSON with a title and an abstract column"
            )


def _universal_newlines(reader: codecs.StreamReader) -> Iterator[str]:
    # str.splitlines, which StreamReader uses, also splits on \x0b, \x1c and U+2028, which stand
    # inside abstracts; so lines are cut here.
    rest = ""
    while block := reader.read(_HEAD_BYTES):
        rest = (rest + block).replace("\r\n", "\n")
        held = rest.endswith("\r")  # may be the first half of CRLF
        body = (rest[:-1] if held else rest).replace("\r", "\n")
        *whole, rest = body.split("\n")
        yield from (f"{line}\n" for line in whole)
        rest += "\r" if held else ""
    if rest.rstrip("\r"):
        yield rest.rstrip("\r")
