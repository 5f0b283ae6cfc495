"""A compressed file as the stream of what is in it, with an end to bombs."""

import bz2
import gzip
import io
import lzma
import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import zstandard

SUFFIXES = (".gz", ".zst", ".bz2", ".xz")
# What may come out of a file: records compress 5 to 20 times, a bomb a thousand times and more.
LEAST_LIMIT = 20_000_000  # bytes
RATIO_LIMIT = 200

_STEP = 65_536  # bytes
_ZST_STEP = 1_024  # bytes; so few cannot become more than 33 MB at once
_DAMAGE = (EOFError, OSError, zlib.error, lzma.LZMAError, zstandard.ZstdError)


class DamagedError(Exception):
    """The compressed file is cut off or damaged; all before that was read."""


class FloodError(Exception):
    """More came out of the compressed file than its size allows for."""


def unpacked(packed: io.BufferedReader) -> io.BufferedReader | None:
    """What is in a gzip, zstandard, bzip2 or xz file, whichever its first bytes say; None for another.

    Reading it raises DamagedError or FloodError, after all that came before was read.
    """
    packed.seek(0)
    magic = packed.read(6)
    packed.seek(0)
    pieces = next((pieces for start, pieces in _PIECES.items() if magic.startswith(start)), None)
    if pieces is None:
        return None
    size = os.fstat(packed.fileno()).st_size
    return io.BufferedReader(_Unpacked(pieces(packed), size), _STEP)


class _Unpacked(io.RawIOBase):
    def __init__(self, pieces: Iterator[bytes], packed_size: int) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")  # a view, for bytes would be copied at every step
        self._given = 0
        self._limit = max(LEAST_LIMIT, RATIO_LIMIT * packed_size)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        self._rest = self._rest or memoryview(self._next_piece())
        given = min(len(buffer), len(self._rest))
        buffer[:given] = self._rest[:given]
        self._rest = self._rest[given:]
        self._given += given
        if self._given > self._limit:
            raise FloodError(
                f"more than {self._limit / 1e6:.0f} MB came out of this compressed file and reading stopped; "
                "unpack it first if it is what it should be"
            )
        return given

    def _next_piece(self) -> bytes:
        try:
            return next(filter(None, self._pieces), b"")
        except _DAMAGE as error:
            raise DamagedError("the compressed file is cut off or damaged") from error


def _stdlib_pieces(
    opened: Callable[[io.BufferedReader], gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile],
    packed: io.BufferedReader,
) -> Iterator[bytes]:
    with opened(packed) as stream:
        # read1: where the file breaks, read would lose what it had gathered
        yield from iter(partial(stream.read1, _STEP), b"")


def _zst_pieces(packed: io.BufferedReader) -> Iterator[bytes]:
    """The library's own stream does not tell a file that is cut off from a whole one."""
    frame = zstandard.ZstdDecompressor().decompressobj()
    while step := packed.read(_ZST_STEP):
        while step:
            if frame.eof:
                frame = zstandard.ZstdDecompressor().decompressobj()
            yield frame.decompress(step)
            step = frame.unused_data
    if not frame.eof:
        raise EOFError


_PIECES: Mapping[bytes, Callable[[io.BufferedReader], Iterator[bytes]]] = {
    b"\x1f\x8b": partial(_stdlib_pieces, lambda packed: gzip.GzipFile(fileobj=packed)),
    b"\x28\xb5\x2f\xfd": _zst_pieces,
    b"BZh": partial(_stdlib_pieces, bz2.BZ2File),
    b"\xfd7zXZ\0": partial(_stdlib_pieces, lzma.LZMAFile),
}
