"""One file as text, whatever its encoding and compression, never more of it in memory than is safe."""

import codecs
import io
import itertools
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType

from rag.errors import InputError
from rag.ingest.report import Problem
from rag.readers import compressed
from rag.readers.encoding import BYTE_ORDER_MARKS, WINDOWS, encoding_of

LONGEST_LINE = 32_000_000  # characters; a longer one is no record

_HEAD_BYTES = 65_536
_CHUNK = 65_536
_TEXT_A_NUL = 1_000  # bytes of text to each, at least
_MAGIC = {
    b"%PDF": "a PDF, not text; export the records as text",
    b"PK\x03\x04": "a zip archive or an Office document; unpack it, or export the records as text,",
    b"SQLite format 3": "an SQLite database, not text; export the records as text",
}
# With surrogateescape each undecodable byte arrives as one of 128 code points, else as U+FFFD.
_UNDECODED = re.compile("[\udc80-\udcff\ufffd]")
_NO_MAPPING: Mapping[str, str] = MappingProxyType({})


class Source:
    """A file being read, decompressed.

    `head`: its first 64 kB as text. `mapping`: columns by name → the fields they fill. `replaced`:
    how many bytes were no text and became U+FFFD so far. `trouble`: why reading stopped before the
    file's end, if it did; a reader whose last record is broken then need not say so again.
    """

    def __init__(self, path: Path, stream: io.BufferedReader, mapping: Mapping[str, str]) -> None:
        self.name = shown_name(path)
        self.mapping = mapping
        self.replaced = 0
        self.trouble: Problem | None = None
        self._stream = stream
        self._is_decoded = False
        head = self._head_bytes()
        self._encoding = encoding_of(head)
        # Only UTF-8 can escape what it cannot decode; of the others, what is replaced is counted.
        self._errors = "surrogateescape" if self._encoding.startswith("utf-8") else "replace"
        text = head.decode(self._encoding, "replace").lstrip("\ufeff")
        _refuse_unreadable(self.name, head, text, self.trouble)
        self.head = text.replace("\r\n", "\n").replace("\r", "\n")

    @property
    def suffix(self) -> str:
        """The name's last suffix, that of a compression not counted: ".jsonl" of "x.JSONL.gz"."""
        suffixes = [suffix.lower() for suffix in Path(self.name).suffixes]
        if suffixes and suffixes[-1] in compressed.SUFFIXES:
            suffixes.pop()
        return suffixes[-1] if suffixes else ""

    def lines(self) -> Iterator[str]:
        """Lines with their line ends, any of CR, LF and CRLF read as LF; only whole ones before trouble."""
        self.replaced, self._is_decoded = 0, True
        with self._opened() as stream:
            text = io.TextIOWrapper(stream, self._encoding, self._errors)
            try:
                yield from self._whole_lines(text)
            finally:
                text.detach()  # or it would close the stream

    def text(self, limit: int) -> str:
        """All of it, for formats that cannot be read by the line.

        Raises:
            InputError: it has more than `limit` characters.
        """
        self.replaced, self._is_decoded = 0, True
        decoder = io.IncrementalNewlineDecoder(
            codecs.getincrementaldecoder(self._encoding)(self._errors), translate=True
        )
        pieces, length = [], 0
        for chunk in itertools.chain(self.chunks(), [b""]):
            piece = self._replacing(decoder.decode(chunk, final=not chunk))
            pieces.append(piece)
            length += len(piece)
            if length > limit:
                raise InputError(
                    f"{self.name}: longer than this format's limit of {limit / 1e6:.0f} MB; "
                    "convert it to JSON lines, which have none"
                )
        return "".join(pieces)

    def chunks(self) -> Iterator[bytes]:
        """Its bytes, for formats that declare their own encoding."""
        with self._opened() as stream:
            yield from iter(partial(stream.read1, _CHUNK), b"")

    def problems(self) -> Iterator[Problem]:
        """What there is to say of the file as a whole, once it has been read."""
        if self.trouble:
            yield self.trouble
        if self._encoding == WINDOWS and self._is_decoded:
            reason = (
                "the file is not UTF-8 and was read as Windows-1252; save it as UTF-8 if accents look odd"
            )
            yield Problem(self.name, None, reason, is_warning=True)
        if self.replaced:
            reason = (
                f"{self.replaced} bytes are not UTF-8 and were replaced by the character U+FFFD; "
                "save the file as UTF-8 to keep them"
            )
            yield Problem(self.name, None, reason, is_warning=True)

    @contextmanager
    def _opened(self) -> Iterator[io.BufferedReader]:
        """The bytes from the start; an end to reading them that the caller did not want is noted."""
        stream = compressed.unpacked(self._stream)
        if stream is None:
            stream = self._stream
            stream.seek(0)
        try:
            yield stream
        except compressed.DamagedError as error:
            reason = f"{error}; what came before was read, get the file again for the rest"
            self.trouble = Problem(self.name, None, reason, is_warning=True, cuts_off=True)
        except compressed.FloodError as error:
            self.trouble = Problem(self.name, None, str(error))
        except OSError as error:
            self.trouble = Problem(self.name, None, f"cannot be read to its end ({error.strerror})")

    def _whole_lines(self, text: io.TextIOWrapper) -> Iterator[str]:
        for number, line in enumerate(iter(partial(text.readline, LONGEST_LINE), ""), start=1):
            if len(line) == LONGEST_LINE and not line.endswith("\n"):
                self.trouble = Problem(
                    self.name,
                    number,
                    f"the line is longer than {LONGEST_LINE / 1e6:.0f} MB and nothing was read from here on; "
                    "this is not a text file of records, or it lacks line ends",
                )
                return
            yield self._replacing(line)

    def _replacing(self, text: str) -> str:
        if text.isascii():
            return text
        found = len(_UNDECODED.findall(text))
        self.replaced += found
        return _UNDECODED.sub("\ufffd", text) if found else text

    def _head_bytes(self) -> bytes:
        head = b""
        for chunk in self.chunks():
            head += chunk
            if len(head) >= _HEAD_BYTES:
                break
        return head[:_HEAD_BYTES]


def shown_name(path: Path) -> str:
    """The path as it can be stored, whatever bytes it is made of."""
    return os.fsencode(path).decode("utf-8", "replace")


def broken_off(name: str, line: int, whole: int) -> Problem:
    """The warning of a truncated file: where its last record starts, and how many came before it."""
    return Problem(
        name,
        line,
        "the file breaks off in the record that starts here, which was left out; "
        f"the {whole} whole record(s) before it were read",
        is_warning=True,
        cuts_off=True,
    )


@contextmanager
def open_source(path: Path, mapping: Mapping[str, str] = _NO_MAPPING) -> Iterator[Source]:
    """Open a file that holds text, compressed or not.

    Raises:
        InputError: it cannot be opened, is empty, or is not text.
    """
    if path.exists() and not path.is_file():
        raise InputError(f"{path}: not a regular file; save what it gives to a file first")
    try:
        stream = path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    with stream:
        yield Source(path, stream, mapping)


def _refuse_unreadable(name: str, head: bytes, text: str, trouble: Problem | None) -> None:
    if not text.strip():
        raise InputError(str(trouble) if trouble else f"{name}: the file is empty")
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            raise InputError(f"{name}: this is {kind} first")
    # A stray one in an export does no harm.
    if head.count(0) * _TEXT_A_NUL > len(head) and not head.startswith(tuple(BYTE_ORDER_MARKS)):
        raise InputError(f"{name}: this is a binary file, not text; export the records as text first")
