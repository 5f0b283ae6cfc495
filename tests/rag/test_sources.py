"""Whatever a file's bytes are, its text comes out of them, or one line says why it does not."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import zstandard

from rag.errors import InputError
from rag.ingest.report import Problem
from rag.readers.source import LONGEST_LINE, open_source

LINES = [f"line {number}, with an é\n" for number in range(20_000)]
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "zst": zstandard.ZstdCompressor().compress,
    "bz2": bz2.compress,
    "xz": partial(lzma.compress, preset=0),
}
packed_ways = pytest.mark.parametrize("way", PACKERS)


def write(content: bytes, name: str = "list.txt") -> Path:
    path = Path(name)
    path.write_bytes(content)
    return path


def lines(path: Path) -> tuple[list[str], list[Problem]]:
    with open_source(path) as source:
        return list(source.lines()), list(source.problems())


def cut(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


@packed_ways
def test_compressed_files_are_read_as_what_is_in_them(way: str) -> None:
    packed = PACKERS[way]
    path = write(packed("".join(LINES[:9000]).encode()) + packed("".join(LINES[9000:]).encode()))
    assert lines(path) == (LINES, [])
    with open_source(path) as source:
        assert source.head.startswith(LINES[0])
        assert source.text(1_000_000) == "".join(LINES)
        assert b"".join(source.chunks()) == "".join(LINES).encode()


@packed_ways
def test_a_compressed_file_cut_off_yields_its_whole_lines_and_one_warning(way: str) -> None:
    noisy = [f"line {number**5}\n" for number in range(80_000)]  # so many that bzip2 has several blocks
    found, problems = lines(write(cut(PACKERS[way]("".join(noisy).encode())), "papers.gz"))
    assert 1000 < len(found) < len(noisy)
    assert found == noisy[: len(found)]
    assert [(problem.source, problem.is_warning) for problem in problems] == [("papers.gz", True)]
    assert "cut off or damaged" in problems[0].reason


def test_a_compressed_file_with_something_after_its_end_keeps_what_it_held() -> None:
    found, problems = lines(write(gzip.compress("".join(LINES).encode()) + b"and more"))
    assert (found, len(problems)) == (LINES, 1)


def test_a_compressed_file_damaged_from_the_start_is_refused() -> None:
    with pytest.raises(InputError, match="damaged"):
        lines(write(b"\x1f\x8bnot gzip at all"))


@packed_ways
def test_a_bomb_is_stopped_and_what_came_before_is_kept(way: str) -> None:
    bomb = write(PACKERS[way](b"A first line.\n" + (b" " * 1_000_000 + b"\n") * 120), "bomb")
    with open_source(bomb) as source:
        read = iter(source.lines())
        assert next(read) == "A first line.\n"
        assert sum(map(len, read)) <= 25_000_000
        (problem,) = source.problems()
    assert "MB came out of this compressed file" in problem.reason
    assert not problem.is_warning


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("x.jsonl.gz", ".jsonl"), ("X.CSV", ".csv"), ("x.ris.ZST", ".ris"), ("x.gz", ""), ("x", "")],
)
def test_a_compressed_file_is_known_by_the_suffix_before(name: str, suffix: str) -> None:
    with open_source(write(b"text", name)) as source:
        assert source.suffix == suffix


def test_a_line_without_end_is_not_read_into_memory() -> None:
    found, problems = lines(write(b"first\n" + b"x" * (LONGEST_LINE + 8_000_000)))
    assert found == ["first\n"]
    assert [problem.line for problem in problems] == [2]
    assert "longer than 32 MB" in problems[0].reason


def test_a_whole_text_is_read_up_to_a_limit() -> None:
    packed = write(gzip.compress(b"x" * 1_000_000))
    with open_source(packed) as source, pytest.raises(InputError, match="JSON lines"):
        source.text(999_999)
    with open_source(packed) as source:
        assert len(source.text(1_000_000)) == 1_000_000


def test_a_whole_text_has_one_kind_of_line_end_and_only_characters() -> None:
    with open_source(write("a\r\nb\rc é ".encode() + b"\xff")) as source:
        assert source.text(100) == "a\nb\nc é \ufffd"
        assert source.replaced == 1


def test_text_of_windows_is_read_as_such_with_one_warning() -> None:
    text = "Müller – “naïve” café, ½ of 5 €\n" * 3
    found, problems = lines(write(text.encode("cp1252")))
    assert "".join(found) == text
    assert [problem.is_warning for problem in problems] == [True]
    assert "Windows-1252" in problems[0].reason


def test_utf8_with_a_bad_byte_stays_utf8() -> None:
    found, problems = lines(write("Müller and Gómez\n".encode() + b"caf\xe9\n"))
    assert found == ["Müller and Gómez\n", "caf\ufffd\n"]
    assert problems[0].reason.startswith("1 bytes are not UTF-8")


def test_utf8_cut_by_the_end_of_the_head_is_no_windows_text() -> None:
    text = "x" * 65_535 + "é\n"
    assert lines(write(text.encode())) == ([text], [])


def test_bytes_that_windows_does_not_know_either_are_counted() -> None:
    found, problems = lines(write(b"caf\xe9 \x81\n"))
    assert (found, len(problems)) == (["caf\ufffd \ufffd\n"], 1)


def test_archives_of_files_are_to_be_unpacked_first() -> None:
    with pytest.raises(InputError, match="unpack it") as refused:
        lines(write(b"PK\x03\x04aaaa", "papers.zip"))
    assert "papers.zip" in str(refused.value)


def test_columns_given_by_the_user_travel_with_the_file() -> None:
    with open_source(write(b"text"), {"Overview": "abstract"}) as source:
        assert source.mapping == {"Overview": "abstract"}


def test_a_stray_nul_does_no_harm() -> None:
    Path("a.ris").write_text("TY  - JOUR\nTI  - A\0B\nAB  - " + "Words of an abstract. " * 100 + "\nER  - \n")
    with open_source(Path("a.ris")) as source:
        assert "A\0B" in "".join(source.lines())
