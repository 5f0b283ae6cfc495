"""What every command shares: its options, its exit codes, its one-line errors."""

import difflib
import io
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rag.cleaning import clean
from rag.errors import FootnoteError, InputError
from rag.retrieval.filters import years_from

if TYPE_CHECKING:
    from rag.ingest.sync import Gone
    from rag.library import Library

INTERRUPTED = 130  # the shell's code for Ctrl-C


@dataclass(slots=True)
class Shared:
    """Options taken before and after the command; the latter win."""

    library: str | None = None
    as_json: bool = False

    def open_library(self, *, create: bool = False, any_recipe: bool = False) -> "Library":
        """Open the library that the options or the settings name."""
        from rag.library import Library

        return Library.open(self.library, create=create, any_recipe=any_recipe)


library_option = click.option("--library", metavar="DIR", help="Folder of the library [FOOTNOTE_LIBRARY].")
_FILTERS = (
    click.option(
        "--year",
        metavar="YEARS",
        callback=lambda _ctx, _option, said: None if said is None else years_from(said),
        help="Only papers of 2020, 2020:, :2019 or 2018:2020.",
    ),
    click.option(
        "--source", metavar="FILE", multiple=True, help="Only from files of this name, or as *.bib."
    ),
    click.option(
        "--author", metavar="NAME", multiple=True, help="Only by an author of this name or surname."
    ),
    click.option(
        "--venue", metavar="NAME", multiple=True, help="Only in journals or venues with these words."
    ),
    click.option("--keyword", metavar="WORDS", multiple=True, help="Only with such a keyword."),
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


export_option = click.option(
    "--export",
    "exports",
    type=(click.Choice(["bibtex", "ris", "markdown", "pandoc", "passport"]), click.Path(path_type=Path)),
    metavar="FORMAT FILE",
    multiple=True,
    help="Also write the answer: bibtex, ris, markdown, pandoc (with a .bib beside it) or passport.",
)


def filter_options(function: Callable[..., int | None]) -> Callable[..., int | None]:
    """Give a command the options that FilterArguments are made of; of those given twice any will do."""
    for option in reversed(_FILTERS):
        function = option(function)
    return function


class Commands(click.Group):
    """A group that names the command a mistyped one was most like."""

    def shared_command(self, function: Callable[..., int | None]) -> click.Command:
        """Add a command that takes the shared options, too, and is given them as its first argument."""

        @json_option
        @library_option
        @click.pass_context
        def run(ctx: click.Context, /, library: str | None, as_json: bool, **arguments: Any) -> int | None:
            before: Shared = ctx.obj
            library = before.library if library is None else library
            return function(Shared(library, as_json or before.as_json), **arguments)

        # click's decorators left the command's own arguments on the function.
        run.__click_params__ += getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
        command = click.command(function.__name__, help=function.__doc__)(run)
        self.add_command(command)
        return command

    def subgroup(self, name: str, help: str) -> "Commands":  # noqa: A002 - click's word
        """Add a group of commands, which by itself shows its help."""
        group = Commands(name, help=help, invoke_without_command=True, callback=_show_help)
        self.add_command(group)
        return group

    def elsewhere(self, name: str, where: str, help: str) -> None:  # noqa: A002
        """Add a command of another package: listed with this help, imported from `package.module:function`
        when it is called. The function takes `library` and `as_json` besides its own options.
        """
        self.add_command(_Elsewhere(name, where, help))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """See click.Group; in the order a newcomer needs them, not by name."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """See click.Group; called with what was typed."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            like = difflib.get_close_matches(args[0], self.commands, n=1)
            meant = f"did you mean “{like[0]}”?" if like else f"choose from {', '.join(self.commands)}."
            raise click.UsageError(f"no such command “{args[0]}”; {meant}", ctx)
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.loaded() if isinstance(command, _Elsewhere) else command, rest


@click.pass_context
def _show_help(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


class _Elsewhere(click.Command):
    """Stands for a command of another package until that is called."""

    def __init__(self, name: str, where: str, help: str) -> None:  # noqa: A002
        super().__init__(name, help=help)
        self._where = where

    def loaded(self) -> click.Command:
        """The command itself."""
        module, _, attribute = self._where.partition(":")
        function = getattr(import_module(module), attribute)

        @wraps(function)
        def run(shared: Shared, **arguments: Any) -> int | None:
            code: int | None = function(library=shared.library, as_json=shared.as_json, **arguments)
            return code

        return Commands().shared_command(run)


def run_and_exit(commands: click.Group) -> None:
    """Run what was typed; every expected failure is one line on stderr and an exit code."""
    _prepare_streams()
    try:
        code = commands.main(prog_name="footnote", standalone_mode=False)
        sys.stdout.flush()
    except FootnoteError as error:
        code = _fail(str(error), error.exit_code)
    except click.ClickException as error:
        code = _fail(f"{error.format_message()} (see `{_command_path(error)} --help`)", 2)
    except (KeyboardInterrupt, click.Abort):
        code = _fail("interrupted", INTERRUPTED)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        code = _fail(f"the system failed: {error}; check the disk and permissions, then try again", 3)
    sys.exit(code)


def print_json(value: dict[str, Any]) -> None:
    """Print the one object that `--json` promises."""
    try:
        is_utf8 = sys.stdout.encoding.lower().replace("-", "") == "utf8"
        print(json.dumps(value, ensure_ascii=not is_utf8, indent=2), flush=True)
    except BrokenPipeError:
        raise BrokenPipeError from None  # without its errno, at which click would exit with 1


def field_by_column(mapped: tuple[str, ...]) -> dict[str, str]:
    """`--map abstract=Summary` … as {"abstract": "Summary"}.

    Raises:
        InputError: one is not written so, or names no field.
    """
    from rag.records import LIST_FIELDS, TEXT_FIELDS

    columns: dict[str, str] = {}
    for said in mapped:
        field, equals, column = said.partition("=")
        if not equals or not column.strip():
            raise InputError(f"--map {said}: write FIELD=COLUMN, as in --map abstract=Summary")
        if field not in (*TEXT_FIELDS, *LIST_FIELDS):
            raise InputError(
                f"--map {said}: no field “{field}”; use one of {', '.join((*TEXT_FIELDS, *LIST_FIELDS))}"
            )
        if field in columns or column.strip() in columns.values():
            raise InputError(f"--map {said}: a field is filled by one column, and a column fills one field")
        columns[field] = column.strip()
    return columns


def may_remove(gone: "Gone") -> bool:
    """Say what a synced source no longer holds and, on a terminal, ask whether to remove it."""
    said = f"{len(gone.papers)} papers are no longer in these files"
    if gone.less:
        said += f", and {len(gone.less)} others are only in other files now"
    if sys.stdin.isatty() and sys.stderr.isatty():
        return click.confirm(f"{said}. Remove them?", err=True)
    print(f"footnote: {said}: removed", file=sys.stderr)
    return True


def _command_path(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return context.command_path if context else "footnote"


def _fail(message: str, code: int) -> int:
    with suppress(OSError):  # nobody is listening
        print(f"footnote: {clean(message)}", file=sys.stderr)
    return code


def _prepare_streams() -> None:
    """Let no character fail to print, and nothing fail for want of a stream (`>&-`)."""
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or sys.stdout
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
