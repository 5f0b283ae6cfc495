"""One writer a library: a lock that dies with its process, and a note of who holds it."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import LibraryBusyError, LibraryError

_LOCK, _NOTE = "writer.lock", "writer.json"


@contextmanager
def writer_lock(folder: Path, task: str) -> Iterator[None]:
    """Hold the library for writing; `task` is told to whoever finds it held.

    Raises:
        LibraryBusyError: another process, or another part of this one, is writing.
        LibraryError: the folder cannot be written.
    """
    lock = FileLock(folder / _LOCK, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise LibraryBusyError(
            f"{folder}: {_holder(folder)} is writing to this library; try again when it is done"
        ) from None
    except OSError as error:
        raise LibraryError(
            f"{folder}: cannot be written ({error.strerror}); check its permissions"
        ) from error
    try:
        _write_note(folder, task)
        yield
    finally:
        with suppress(OSError):
            (folder / _NOTE).unlink()
        lock.release()


def _write_note(folder: Path, task: str) -> None:
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    note = {"pid": os.getpid(), "host": socket.gethostname(), "task": task, "since": since}
    with suppress(OSError):  # the lock holds without it; a full disk shows where papers are written
        (folder / _NOTE).write_text(json.dumps(note), encoding="utf-8")


def _holder(folder: Path) -> str:
    try:
        note = json.loads((folder / _NOTE).read_text(encoding="utf-8"))
        return f"process {note['pid']} on {note['host']} ({note['task']}, since {note['since']})"
    except (OSError, ValueError, KeyError):
        return "another process"
