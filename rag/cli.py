"""The `footnote` command: each subcommand parses, calls the library, and prints."""

import difflib
import json
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rag.errors import FootnoteError

if TYPE_CHECKING:
    from rich.console import Console

    from rag.library import Library

_INTERRUPTED = 130  # the shell's code for Ctrl-C
_DEMO_QUESTION = "By how much does GaLore reduce the memory that optimizer states need?"


@dataclass(slots=True)
class _Shared:
    """Options taken before and after the command; the latter win."""

    library: Path | None = None
    as_json: bool = False

    def open_library(self, *, create: bool = False, any_recipe: bool = False) -> "Library":
        from rag.library import Library

        return Library.open(self.library, create=create, any_recipe=any_recipe)


class _Commands(click.Group):
    """Names the command that a mistyped one was most like."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            like = difflib.get_close_matches(args[0], self.commands, n=1)
            meant = f"did you mean “{like[0]}”?" if like else f"choose from {', '.join(self.commands)}."
            raise click.UsageError(f"no such command “{args[0]}”; {meant}")
        return super().resolve_command(ctx, args)


_library_option = click.option(
    "--library", type=click.Path(path_type=Path), help="Folder of the library [FOOTNOTE_LIBRARY]."
)
_json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def _command(function: Callable[..., int | None]) -> click.Command:
    """A command of the group that takes the shared options, too, and is given them as `shared`."""

    @_json_option
    @_library_option
    @click.pass_context
    def run(ctx: click.Context, /, library: Path | None, as_json: bool, **arguments: Any) -> int | None:
        before: _Shared = ctx.obj
        return function(_Shared(library or before.library, as_json or before.as_json), **arguments)

    # click's decorators left the command's own arguments on the function.
    run.__click_params__ += getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    command = click.command(function.__name__, help=function.__doc__)(run)
    footnote.add_command(command)
    return command


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(version("footnote-rag"), prog_name="footnote")
@_library_option
@_json_option
@click.pass_context
def footnote(ctx: click.Context, library: Path | None, as_json: bool) -> None:
    """Ask questions of research-paper abstracts. Every sentence of the answer carries a footnote to the
    exact words of an abstract.

    Start with `footnote demo`, then give it your own papers:

    \b
      footnote --library my-papers ingest listing.txt
      footnote --library my-papers ask "Which optimizers cut memory?"
    """
    ctx.obj = _Shared(library, as_json)


@_command
def demo(shared: _Shared) -> None:
    """Answer one question from the sample collection that comes with Footnote, offline.

    The sample goes into a library of its own, not into yours.

    \b
      footnote demo
    """
    from importlib.resources import as_file, files

    from platformdirs import user_data_path

    from rag.assistant import Assistant
    from rag.payload import answer_json
    from rag.terminal import papers, progress_shown, show_answer

    shared.library = shared.library or user_data_path("footnote") / "demo"
    library = shared.open_library(create=True)
    with (
        as_file(files("rag") / "sample" / "papers.jsonl") as sample,
        progress_shown(_stderr(), "Reading") as progress,
    ):
        report = library.ingest(sample, progress=progress)
    answer = Assistant(library).ask(_DEMO_QUESTION)
    if shared.as_json:
        _print_json(answer_json(answer))
        return
    console = _stdout()
    console.print(
        f"{papers(report.papers)} on making language models cheaper, in {shared.library}",
        style="dim",
    )
    console.print(f"\n{_DEMO_QUESTION}\n", style="bold")
    show_answer(console, answer)
    me = _my_name()
    console.print("\nWhere to go next", style="bold")
    console.print(
        f'  {me} --library {shared.library} ask "How is attention made cheaper for long texts?"',
        soft_wrap=True,
    )
    console.print(
        f"  {me} --library my-papers ingest YOUR-FILE   (a pasted listing, JSON, JSON lines, CSV or TSV)",
        soft_wrap=True,
    )
    console.print(f'  {me} --library my-papers ask "Your question?"', soft_wrap=True)


@_command
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format_name",
    metavar="FORMAT",
    help="What the files are, where it is not seen: listing, jsonl, json, csv, tsv.",
)
def ingest(shared: _Shared, paths: tuple[Path, ...], format_name: str | None) -> int | None:
    """Read files, or folders of files, into the library.

    Reads pasted listings (title and abstract in turn), JSON lines, JSON, CSV and TSV. What cannot be
    used is reported with file and line, and the rest goes in. Files read before cost little; Ctrl-C
    keeps what was committed.

    \b
      footnote --library my-papers ingest listing.txt exports/
      footnote --library my-papers ingest papers.dat --format csv
    """
    from rag.payload import ingest_json
    from rag.terminal import progress_shown, show_report

    library = shared.open_library(create=True)
    with progress_shown(_stderr(), "Ingesting") as progress:
        report = library.ingest(*paths, format=format_name, progress=progress)
    if shared.as_json:
        _print_json(ingest_json(report))
    else:
        show_report(_stdout(), report)
    return _INTERRUPTED if report.interrupted else None


@_command
@click.argument("query")
@click.option("-k", default=10, show_default=True, type=click.IntRange(1, 1000), help="Papers to show.")
def search(shared: _Shared, query: str, k: int) -> None:
    """Find the papers nearest to a query, with their best words and the parts of their score.

    \b
      footnote --library my-papers search "low-rank projection of gradients" -k 5
    """
    from rag.payload import search_json
    from rag.terminal import show_hits

    started = time.perf_counter()
    hits = shared.open_library().search(query, k)
    if shared.as_json:
        _print_json(search_json(query, hits, {"total": time.perf_counter() - started}))
    else:
        show_hits(_stdout(), hits)


@_command
@click.argument("question")
@click.option("-k", type=click.IntRange(1, 100), help="Papers the answer may draw on [FOOTNOTE_TOP_K, 8].")
def ask(shared: _Shared, question: str, k: int | None) -> None:
    """Answer a question with the abstracts' own sentences, or say that they do not tell.

    Every sentence is followed by the number of its source; the sources are listed below with the
    words quoted from them.

    \b
      footnote --library my-papers ask "By how much does GaLore reduce optimizer memory?"
    """
    from rag.assistant import Assistant
    from rag.payload import answer_json
    from rag.terminal import show_answer

    answer = Assistant(shared.open_library()).ask(question, k=k)
    if shared.as_json:
        _print_json(answer_json(answer))
    else:
        show_answer(_stdout(), answer)


@_command
def info(shared: _Shared) -> None:
    """Show the collection at a glance: counts, sources, years, sizes, and what made it.

    \b
      footnote --library my-papers info
    """
    from rag.settings import unknown_variables
    from rag.terminal import show_info

    facts = shared.open_library(any_recipe=True).info()
    unknown = unknown_variables()
    if shared.as_json:
        _print_json({**facts, "unknown_settings": unknown})
    else:
        notes = [f"{name} is set, but is no setting of Footnote; see .env.example" for name in unknown]
        show_info(_stdout(), facts, notes)


@_command
@click.argument("papers", nargs=-1, required=True, metavar="PAPER...")
def remove(shared: _Shared, papers: tuple[str, ...]) -> None:
    """Take papers out of the library by id; `footnote search` shows ids. All of them, or none.

    \b
      footnote --library my-papers remove arxiv:2403.03507
    """
    from rag.payload import paper_json

    removed = shared.open_library().remove(papers)
    if shared.as_json:
        _print_json({"removed": [paper_json(paper) for paper in removed]})
        return
    for paper in removed:
        _stdout().print(f"removed {paper.paper_id}: {paper.title}", markup=False)


@_command
def reindex(shared: _Shared) -> None:
    """Write both indexes anew, and re-embed all papers if the encoder setting has changed.

    \b
      FOOTNOTE_ENCODER=models/my-encoder footnote --library my-papers reindex
    """
    from rag.terminal import papers, progress_shown

    library = shared.open_library(any_recipe=True)
    with progress_shown(_stderr(), "Embedding") as progress:
        embedded = library.reindex(progress)
    if shared.as_json:
        _print_json({"embedded": embedded, **library.info()})
    else:
        _stdout().print(f"{papers(embedded)} embedded again, both indexes written anew.")


def main() -> None:
    """Run the command; every expected failure is one line on stderr and an exit code."""
    try:
        code = footnote.main(prog_name="footnote", standalone_mode=False)
        sys.stdout.flush()
    except FootnoteError as error:
        code = _fail(str(error), error.exit_code)
    except click.ClickException as error:
        code = _fail(f"{error.format_message()} (see `footnote --help`)", 2)
    except (KeyboardInterrupt, click.Abort):
        code = _fail("interrupted", _INTERRUPTED)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except (OSError, sqlite3.Error) as error:
        code = _fail(f"the disk or system failed: {error}; what was committed is safe, try again", 3)
    sys.exit(code)


def _fail(message: str, code: int) -> int:
    print(f"footnote: {' '.join(message.split())}", file=sys.stderr)
    return code


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _stdout() -> "Console":
    from rich.console import Console

    return Console(highlight=False)


def _stderr() -> "Console":
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def _my_name() -> str:
    """How the user can type this command again."""
    return "footnote" if shutil.which("footnote") else os.path.relpath(sys.argv[0])
