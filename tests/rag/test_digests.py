"""A file is read again when it may have changed, and only then."""

import os
from pathlib import Path

import pytest

from rag.indexes import digests
from rag.indexes.digests import Digests

FOLDER = Path()


@pytest.fixture
def file() -> Path:
    path = Path("index.bin")
    path.write_bytes(b"as it was written")
    return path


def remembered(file: Path) -> str:
    """Its digest, as a process finds it that is told long after the file was written."""
    reading = Digests(FOLDER)
    digest = reading.of(file)
    reading.remember()
    return digest


def test_a_file_that_looks_untouched_is_not_read_again(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "_SETTLED", -1)
    digest = remembered(file)
    monkeypatch.setattr(digests, "_crc32", lambda _: pytest.fail("it was read"))
    assert Digests(FOLDER).of(file) == digest


def test_a_changed_file_is_read_again(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "_SETTLED", -1)
    before, times = remembered(file), file.stat()
    file.write_bytes(b"As it was written")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns - 1))
    assert Digests(FOLDER).of(file) != before


def test_a_file_written_a_moment_ago_is_read_again(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = remembered(file)
    monkeypatch.setattr(digests, "_stamp", lambda path: [path.stat().st_size, 0, 0, 0])
    file.write_bytes(b"As it was written")
    assert Digests(FOLDER).of(file) != before


@pytest.mark.parametrize("memory", ["", "[]", '{"index.bin": 7}', '{"index.bin": [["a"], "b"]}', "\0"])
def test_a_damaged_memory_is_no_memory(file: Path, memory: str) -> None:
    digest = Digests(FOLDER).of(file)
    Path(digests.MEMORY).write_text(memory, encoding="utf-8")
    assert Digests(FOLDER).of(file) == digest
