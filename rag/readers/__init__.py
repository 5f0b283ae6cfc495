"""Files on disk → papers. One file a format; the registry below picks by content first, by name second."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.errors import InputError
from rag.readers import delimited, json_lines, json_records, listing
from rag.readers.source import Entry, Source, open_source
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


def find_files(paths: list[Path]) -> Iterator[Path]:
    """Files as given; of a folder, every file in it and below but hidden ones, by name.

    Raises:
        InputError: a path is not there, or a folder holds no file.
    """
    for path in paths:
        if path.is_dir():
            below = [p for p in sorted(path.rglob("*")) if p.is_file() and not _hidden(p, path)]
            if not below:
                raise InputError(f"{path}: the folder holds no files; give a file or a folder of files")
            yield from below
        elif path.exists():
            yield path
        else:
            raise InputError(f"{path}: no such file or folder; check the spelling")


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


def _hidden(path: Path, root: Path) -> bool:
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
