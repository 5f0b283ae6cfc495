"""Files on disk → papers. One file a format; the registry below picks by content first, by name second."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.errors import InputError
from rag.readers import delimited, json_lines, json_records, listing
from rag.readers.source import Entry, Source, open_source, shown_name
from rag.types import Problem

__all__ = ["FORMATS", "Entry", "find_files", "read"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: `looks_like` judges the first 64 kB of text, `suffixes` decide where content cannot."""

    name: str
    suffixes: tuple[str, ...]
    looks_like: Callable[[str], bool]
    read: Callable[[Source], Iterator[Entry | Problem]]


# In this order: the first that the content looks like. The listing takes any prose, so it comes last.
_REGISTRY = (
    Format("jsonl", (".jsonl", ".ndjson"), json_lines.looks_like, json_lines.read),
    Format("json", (".json",), json_records.looks_like, json_records.read),
    Format("csv", (".csv",), delimited.looks_like, delimited.read),
    Format("tsv", (".tsv", ".tab"), delimited.looks_like, delimited.read),
    Format("listing", (".txt", ".text", ".md"), listing.looks_like, listing.read),
)
FORMATS = tuple(fmt.name for fmt in _REGISTRY)


def find_files(paths: Iterable[Path]) -> Iterator[Path | Problem]:
    """Files as given, by absolute path; of a folder, every file in it and below but hidden ones, by
    name, and a Problem for each folder that cannot be looked into.

    Raises:
        InputError: a path is not there, or a folder holds no file.
    """
    for path in (Path(os.path.abspath(path)) for path in paths):  # noqa: PTH100 - resolve() follows links
        try:
            is_there, is_folder = path.exists(), path.is_dir()
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror})") from error
        if not is_there:
            raise InputError(f"{path}: no such file or folder; check the spelling")
        found = _files_below(path) if is_folder else iter((path,))
        first = next(found, None)
        if first is None:
            raise InputError(f"{path}: the folder holds no files; give a file or a folder of files")
        yield first
        yield from found


def read(path: Path, format_name: str | None = None) -> Iterator[Entry | Problem]:
    """Entries of one file in file order, with a Problem for each record that cannot be used.

    Raises:
        InputError: the file as a whole cannot be read.
    """
    with open_source(path) as source:
        yield from _pick(source, format_name).read(source)
        if source.replaced:
            yield Problem(
                source.name,
                None,
                f"{source.replaced} bytes are not UTF-8 and were replaced by the character U+FFFD; "
                "save the file as UTF-8 to keep them",
                is_warning=True,
            )


def _files_below(root: Path) -> Iterator[Path | Problem]:
    problems: list[Problem] = []

    def note(error: OSError) -> None:
        problems.append(Problem(shown_name(Path(error.filename)), None, f"cannot be read ({error.strerror})"))

    files = [
        Path(folder) / name
        for folder, _, names in os.walk(root, onerror=note)
        if not _is_hidden(Path(folder), root)
        for name in names
        if not name.startswith(".")
    ]
    yield from sorted(files)
    yield from problems


def _is_hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def _pick(source: Source, format_name: str | None) -> Format:
    if format_name:
        named = [fmt for fmt in _REGISTRY if fmt.name == format_name]
        if not named:
            raise InputError(f"--format {format_name}: no such format; choose from {', '.join(FORMATS)}")
        return named[0]
    suffix = Path(source.name).suffix.lower()
    by_content = [fmt for fmt in _REGISTRY if fmt.looks_like(source.head)]
    by_name = [fmt for fmt in _REGISTRY if suffix in fmt.suffixes]
    both = [fmt for fmt in by_content if fmt in by_name]
    structured = [fmt for fmt in by_content if fmt.name != "listing"]
    for candidates in (both, structured, by_name, by_content):
        if candidates:
            return candidates[0]
    raise InputError(
        f"{source.name}: not a format this version reads ({', '.join(FORMATS)}); "
        "use --format to say which it is"
    )
