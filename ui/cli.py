"""The `footnote ui` command."""

import json
import os
import signal
from contextlib import redirect_stdout, suppress
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import TYPE_CHECKING

import click

from rag import Assistant, Library
from ui.security import is_loopback

if TYPE_CHECKING:
    from gradio import Blocks

_MCP = "gradio_api/mcp/"
# Nothing is told to anybody; nor are statistics made of each event, for a page of Gradio that is off.
_GRADIO = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
}
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on [7860, or the next free].")
@click.option(
    "--llm", metavar="SPEC", help="What writes the answers [FOOTNOTE_LLM], as ollama/qwen3:8b or none."
)
@click.option("--also", metavar="SPEC", multiple=True, help="Another model, to compare answers with.")
@click.option("--runs", metavar="DIR", type=_FOLDER, help="Folder of `footnote eval … --out` runs to show.")
@click.option(
    "--auth", metavar="FILE", type=click.Path(path_type=Path), help="Who may log in, as --add-user writes it."
)
@click.option("--add-user", metavar="NAME", help="Ask for a password, add NAME to --auth FILE, and end.")
@click.option("--no-auth", is_flag=True, help="Listen beyond this machine although anybody there may read.")
@click.option(
    "--max-upload", metavar="MB", default=100, show_default=True, type=click.IntRange(1, 10_000),
    help="Largest file to take in.",
)  # fmt: skip
@click.option("--mcp", is_flag=True, help="Also offer search, ask and explain as MCP tools.")
def ui(
    library: str | None,
    host: str,
    port: int | None,
    llm: str | None,
    also: tuple[str, ...],
    runs: Path | None,
    auth: Path | None,
    add_user: str | None,
    max_upload: int,
    *,
    as_json: bool,
    no_auth: bool,
    mcp: bool,
) -> None:
    """Open the chat page in a browser, on this machine.

    Questions, filters, sources with the quoted words marked, and answers to take away; the collection,
    earlier conversations, models side by side, and evaluations. It listens on loopback; beyond that it
    refuses, unless people log in, or it is told that anybody may read along. Ctrl-C ends it.

    \b
      footnote --library my-papers ui
      footnote --library my-papers ui --port 8080 --llm ollama/qwen3:8b
      footnote ui --auth users.txt --add-user ann
      footnote --library my-papers ui --host 0.0.0.0 --auth users.txt
    """
    if add_user:
        _add_user(auth, add_user)
        return
    _check_host(host, is_guarded=bool(auth) or no_auth)
    if mcp:
        _check_tools(auth)
    from ui.passwords import read_users

    users = read_users(auth) if auth else None
    opened = Library.open(library)
    others = [Assistant(opened, llm=spec) for spec in also]
    assistant = Assistant(opened, llm=llm)
    with TemporaryDirectory(prefix="footnote-", ignore_cleanup_errors=True) as uploads:
        os.environ.update(_GRADIO, GRADIO_TEMP_DIR=uploads)  # before it is first imported
        from ui.app import build_app

        app = build_app(assistant, others, runs, f"{max_upload}mb", mcp=mcp)
        address = _served(app, host, port, users, f"{max_upload}mb", mcp=mcp)
        _tell(address, f"{address}{_MCP}" if mcp else "", as_json=as_json)
        _wait_for_the_end()
    os._exit(0)  # at once: Python would wait for each thread, and so for a model that hangs


def _wait_for_the_end() -> None:
    """Until Ctrl-C, or what a service manager sends."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        Event().wait()


def _served(
    app: "Blocks", host: str, port: int | None, users: dict[str, str] | None, largest: str, *, mcp: bool
) -> str:
    from ui.app import serve

    try:
        with redirect_stdout(StringIO()):  # Gradio tells of its MCP server there
            return serve(app, host, port, users=users, largest=largest, mcp=mcp)
    except OSError:
        raise click.UsageError(
            f"nothing can listen on {host}:{port or 7860}; choose another --port"
        ) from None


def _tell(address: str, tools: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"address": address, "mcp": tools or None}))
        return
    if tools:
        click.echo(f"MCP tools are at {tools}")
    click.echo(f"Footnote is at {address} (Ctrl-C ends it)")


def _add_user(auth: Path | None, name: str) -> None:
    from ui.passwords import add_user

    if auth is None:
        raise click.UsageError("--add-user: say with --auth which file it is to be added to")
    add_user(auth, name, click.prompt("Password", hide_input=True, confirmation_prompt=True))
    click.echo(f"{name} may log in; start the page with --auth {auth}")


def _check_host(host: str, *, is_guarded: bool) -> None:
    if not is_loopback(host) and not is_guarded:
        raise click.UsageError(
            f"--host {host}: others could read the library and ask your model, as nobody has to log in; "
            "listen on 127.0.0.1, give --auth FILE, or say --no-auth if that is meant"
        )


def _check_tools(auth: Path | None) -> None:
    if not find_spec("mcp"):
        raise click.UsageError(
            '--mcp: mcp is not installed; install it with `pip install "footnote-rag[mcp]"`'
        )
    if auth:
        raise click.UsageError(
            "--mcp: tools cannot log in; serve them without --auth, on a port that this machine alone reaches"
        )
