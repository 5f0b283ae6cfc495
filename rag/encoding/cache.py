"""The user's cache folder: what may be lost at any time and is then made again."""

import json
import os
from contextlib import suppress
from pathlib import Path

from platformdirs import user_cache_path


def cache_folder() -> Path:
    """Where Footnote keeps what it can make again; `XDG_CACHE_HOME` moves it."""
    return user_cache_path("footnote")


def recalled(name: str) -> dict[str, str]:
    """What was remembered under a name; nothing where it cannot be read."""
    try:
        return dict(json.loads(_file(name).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def remember(name: str, key: str, value: str) -> None:
    """Remember one more thing under a name, if the disk lets it."""
    file = _file(name)
    new = file.with_name(f"{file.name}.{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(json.dumps({**recalled(name), key: value}), encoding="utf-8")
        new.replace(file)


def _file(name: str) -> Path:
    return cache_folder() / f"{name}.json"
