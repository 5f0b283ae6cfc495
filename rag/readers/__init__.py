"""Files on disk → records. One file a format; the registry below picks by content first, by name second."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import InputError
from rag.ingest.report import Problem
from rag.readers import (
    arxiv_atom,
    bibtex,
    delimited,
    endnote_xml,
    json_lines,
    json_records,
    listing,
    nbib,
    ovid,
    pubmed_xml,
    refworks,
    ris,
    wos,
)
from rag.readers.source import Source, open_source, shown_name
from rag.records import Entry, Record, entry_from

__all__ = ["AS_IT_LOOKS", "FORMATS", "ReadAs", "count", "find_files", "read"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: `looks_like` judges the first 64 kB of text, `suffixes` decide where content cannot."""

    name: str
    title: str
    suffixes: tuple[str, ...]
    looks_like: Callable[[str], bool]
    read: Callable[[Source], Iterator[Record | Problem]]


# In this order: the first that the content looks like. The listing takes any prose, so it comes last.
_REGISTRY = (
    Format("bibtex", "BibTeX", (".bib",), bibtex.looks_like, bibtex.read),
    Format("ris", "RIS", (".ris",), ris.looks_like, ris.read),
    Format("nbib", "a PubMed export", (".nbib",), nbib.looks_like, nbib.read),
    Format("wos", "a Web of Science export", (".ciw",), wos.looks_like, wos.read),
    Format("refworks", "a RefWorks export", (), refworks.looks_like, refworks.read),
    Format("ovid", "an Ovid export", (), ovid.looks_like, ovid.read),
    Format("pubmed-xml", "PubMed XML", (), pubmed_xml.looks_like, pubmed_xml.read),
    Format("endnote-xml", "EndNote XML", (), endnote_xml.looks_like, endnote_xml.read),
    Format("arxiv-atom", "an arXiv feed", (".atom",), arxiv_atom.looks_like, arxiv_atom.read),
    Format("jsonl", "JSON lines", (".jsonl", ".ndjson"), json_lines.looks_like, json_lines.read),
    Format("json", "JSON", (".json",), json_records.looks_like, json_records.read),
    Format("csv", "CSV", (".csv",), delimited.looks_like, delimited.read),
    Format("tsv", "TSV", (".tsv", ".tab"), delimited.looks_like, delimited.read),
    Format("listing", "a pasted listing", (".txt", ".text", ".md"), listing.looks_like, listing.read),
)
_OF_COLUMNS = ("jsonl", "json", "csv", "tsv")
FORMATS = tuple(fmt.name for fmt in _REGISTRY)


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How the user says to read files: as a format of FORMATS, and which column fills a field."""

    format_name: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)  # field by name of column


AS_IT_LOOKS = ReadAs()


def find_files(paths: Iterable[Path]) -> Iterator[Path | Problem]:
    """Files as given, by absolute path; of a folder, every file in it and below, by name, and a Problem
    for each folder that cannot be looked into. Of a folder hidden files are left out, and what holds
    no papers by its name: READMEs, and the questions beside a BEIR corpus.

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


def read(path: Path, read_as: ReadAs = AS_IT_LOOKS) -> Iterator[Entry | Problem]:
    """Entries of one file in file order, with a Problem for each record that cannot be used.

    Raises:
        InputError: the file as a whole cannot be read.
    """
    for item in _records(path, read_as):
        try:
            yield entry_from(item) if isinstance(item, Record) else item
        except ValueError as error:
            yield Problem(item.source, item.line, str(error), was_read=True)


def count(path: Path, read_as: ReadAs = AS_IT_LOOKS) -> int:
    """Number of records in one file; 0 for one that cannot be read."""
    try:
        return sum(1 for item in _records(path, read_as) if isinstance(item, Record))
    except (InputError, OSError):
        return 0


def _records(path: Path, read_as: ReadAs) -> Iterator[Record | Problem]:
    with open_source(path, read_as.columns) as source:
        picked = _pick(source, read_as.format_name)
        yield from picked.read(source)
        yield from source.problems()
        if read_as.columns and picked.name not in _OF_COLUMNS:
            reason = f"--map is for tables and JSON; this is {picked.title}, which has its own names"
            yield Problem(source.name, None, reason, is_warning=True)


def _files_below(root: Path) -> Iterator[Path | Problem]:
    problems: list[Problem] = []

    def note(error: OSError) -> None:
        problems.append(Problem(shown_name(Path(error.filename)), None, f"cannot be read ({error.strerror})"))

    files: list[Path] = []
    for folder, folders, names in os.walk(root, onerror=note):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += (Path(folder) / name for name in names if _may_hold_papers(name, names))
        for link in (Path(folder) / name for name in folders if Path(folder, name).is_symlink()):
            reason = "a link to a folder, which is not followed; give it by itself to read it, too"
            problems.append(Problem(shown_name(link), None, reason, is_warning=True))
    yield from sorted(files)
    yield from problems


def _may_hold_papers(name: str, names: list[str]) -> bool:
    are_questions = name == "queries.jsonl" and "corpus.jsonl" in names
    return not (name.startswith((".", "README")) or are_questions)


def _pick(source: Source, format_name: str | None) -> Format:
    likely = [fmt for fmt in _REGISTRY if fmt.looks_like(source.head)]
    if format_name:
        return _named(format_name, likely, source)
    by_name = [fmt for fmt in _REGISTRY if source.suffix in fmt.suffixes]
    both = [fmt for fmt in likely if fmt in by_name]
    structured = [fmt for fmt in likely if fmt.name != "listing"]
    for candidates in (both, structured, by_name, likely):
        if candidates:
            return candidates[0]
    raise InputError(
        f"{source.name}: not a format this version reads ({', '.join(FORMATS)}); "
        "use --format to say which it is"
    )


def _named(format_name: str, likely: list[Format], source: Source) -> Format:
    """The format the user named, unless the file plainly is another."""
    named = next((fmt for fmt in _REGISTRY if fmt.name == format_name), None)
    if named is None:
        raise InputError(f"--format {format_name}: no such format; choose from {', '.join(FORMATS)}")
    other = next((fmt for fmt in likely if fmt.name != "listing"), None)
    if named not in likely and other is not None:
        raise InputError(
            f"{source.name}: this is not {named.title}, it looks like {other.title}; "
            f"use --format {other.name}, or leave it out"
        )
    return named
