"""Files for other programs: the command that writes all papers, and what `ask --export` writes."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from rag.commands.shell import Shared, print_json
from rag.commands.terminal import Terminal, papers, progress_shown
from rag.errors import InputError
from rag.export.files import check_writable, write_whole
from rag.export.references import bibtex, json_lines, ris
from rag.export.texts import TEXTS
from rag.ingest.ingest import Progress
from rag.library import Library
from rag.settings import Settings
from rag.types import Answer, Paper

Exports = Iterable[tuple[str, Path]]
"""What to write of an answer, and where."""

_WRITERS: Mapping[str, Callable[[Iterable[Paper]], Iterator[str]]] = {
    ".jsonl": json_lines,
    ".bib": bibtex,
    ".ris": ris,
}
_PIPE = Path("-")
_STEP = 100  # papers between two looks at the progress
_OURS = "% Written by Footnote; it is replaced when the answer beside it is.\n"


@click.argument("file", type=click.Path(path_type=Path))
def export(library: str | None, file: Path, *, as_json: bool) -> None:
    """Write all papers to a file, as its name ends: .jsonl, .bib or .ris.

    JSON lines hold all that a paper says and its id, and `footnote ingest` reads any of them back; `-`
    writes JSON lines to stdout. A file that is there is replaced when the new one is whole.

    \b
      footnote --library my-papers export papers.jsonl
    """
    writer = json_lines if file == _PIPE else _WRITERS.get(file.suffix.lower())
    if not writer:
        raise InputError(f"{file}: papers are written as {', '.join(_WRITERS)}; name the file so")
    if file == _PIPE and as_json:
        raise InputError("`export -` writes JSON lines to stdout; leave --json out")
    if file != _PIPE:
        check_writable(file, "export")
    opened = Shared(library).open_library(any_recipe=True)
    info: dict[str, Any] = opened.info()
    total = info["papers"] + info["without_abstract"]
    if not total:
        raise InputError(
            f"{opened.path}: the library holds no papers yet; add some with `footnote ingest FILE`"
        )
    with progress_shown(Terminal(stderr=True), "Exporting") as progress:
        pieces = writer(_counted(opened.papers(), total, progress))
        if file == _PIPE:
            _write_to_stdout(pieces)
            return
        write_whole(file, pieces)
    if as_json:
        print_json({"papers": total, "file": str(file)})
    else:
        Terminal().say(f"{papers(total)} written to {file}.")


def check_exports(exports: Exports) -> None:
    """Whether all can be written, before anything is asked.

    Raises:
        InputError: one cannot, or would replace another.
    """
    taken: dict[Path, str] = {}
    for name, path in exports:
        option = f"--export {name} {path}"
        check_writable(path, f"--export {name}")
        if name == "pandoc":
            _check_bibliography(path, path.with_suffix(".bib"))
        for written in _written(name, path):
            if other := taken.get(written.resolve()):
                raise InputError(f"{option}: would replace {written} of {other}; choose another name")
            taken[written.resolve()] = option


def write_exports(exports: Exports, answer: Answer, library: Library, settings: Settings) -> None:
    """Write the answer in each format, and say where; one that cannot be written stops no other.

    Raises:
        InputError: an answer without citations is asked for its references.
    """
    refused: list[InputError] = []
    for name, path in exports:
        try:
            _write_export(name, path, answer, library, settings)
        except InputError as error:
            refused.append(error)
    if refused:
        raise refused[0]


def _write_export(name: str, path: Path, answer: Answer, library: Library, settings: Settings) -> None:
    if name == "passport":
        from rag.export.passport import passport

        made = passport(answer, library, settings)
        write_whole(path, [json.dumps(made, ensure_ascii=False, indent=2), "\n"])
        said = f"The answer's passport is in {path}."
    elif name == "pandoc":
        bibliography = path.with_suffix(".bib")
        header = f"---\nbibliography: {json.dumps(bibliography.name)}\n---\n\n"
        write_whole(bibliography, [_OURS, answer.to_bibtex()])
        write_whole(path, [header, answer.to_pandoc()])
        said = f"The answer for pandoc is in {path}, its references in {bibliography}."
    else:
        write_whole(path, [TEXTS[name](answer)])
        said = f"The answer as {name} is in {path}."
    Terminal(stderr=True).say(said)


def _written(name: str, path: Path) -> list[Path]:
    """The files of an export."""
    return [path, path.with_suffix(".bib")] if name == "pandoc" else [path]


def _check_bibliography(path: Path, bibliography: Path) -> None:
    """The file beside, which the user did not name, is replaced only if Footnote wrote it."""
    if path == bibliography:
        raise InputError(f"--export pandoc {path}: the references go into the .bib beside; name the text .md")
    check_writable(bibliography, "--export pandoc")
    if bibliography.exists() and not bibliography.read_bytes().startswith(_OURS.encode()):
        raise InputError(
            f"--export pandoc {path}: its references would replace {bibliography}, which Footnote did not "
            "write; choose another name"
        )


def _counted(found: Iterable[Paper], total: int, progress: Callable[[Progress], None]) -> Iterator[Paper]:
    for number, paper in enumerate(found, start=1):
        yield paper
        if number % _STEP == 0 or number == total:
            progress(Progress(number, total))


def _write_to_stdout(pieces: Iterable[str]) -> None:
    try:
        for piece in pieces:
            sys.stdout.buffer.write(piece.encode())
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise BrokenPipeError from None  # see shell.print_json
