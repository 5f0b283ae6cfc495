"""Files that are written whole or not at all."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from rag.errors import InputError
from rag.store.database import FILE_NAME as DATABASE


def check_writable(path: Path, option: str) -> None:
    """Whether a file can be written there, before anything is done for it; one that is there is replaced.

    Raises:
        InputError: it cannot; `option` is what the user gave the path with.
    """
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise InputError(f"{option} {path}: not a file in a folder that is there; choose another path")
    if any((folder / DATABASE).exists() for folder in path.resolve().parents):
        raise InputError(f"{option} {path}: lies in the folder of a library; choose another path")
    if path.exists() and not path.is_file():
        raise InputError(f"{option} {path}: not a regular file; choose another path")


def write_whole(path: Path, pieces: Iterable[str]) -> None:
    """Write a text piece by piece beside its place, and put it there when all is written."""
    place = path.resolve()
    temporary = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(pieces)
        if place.exists():
            shutil.copymode(place, temporary)
        temporary.replace(place)
    finally:
        temporary.unlink(missing_ok=True)
