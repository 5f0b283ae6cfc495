"""The `footnote ui` command."""

import os
from contextlib import suppress
from threading import Event

import click

from rag import Assistant, Library
from ui.security import is_loopback


@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on [7860, or the next free].")
@click.option(
    "--llm", metavar="SPEC", help="What writes the answers [FOOTNOTE_LLM], as ollama/qwen3:8b or none."
)
@click.option("--no-auth", is_flag=True, help="Listen beyond this machine although anybody there may read.")
def ui(
    library: str | None, host: str, port: int | None, llm: str | None, *, as_json: bool, no_auth: bool
) -> None:
    """Open the chat page in a browser, on this machine.

    Questions, filters, sources with the quoted words marked, and answers to take away. It listens on
    loopback; beyond that it refuses, unless it is told that anybody may read along. Ctrl-C ends it.

    \b
      footnote --library my-papers ui
      footnote --library my-papers ui --port 8080 --llm ollama/qwen3:8b
    """
    if not is_loopback(host) and not no_auth:
        raise click.UsageError(
            f"--host {host}: others could read the library and ask your model, as nobody has to log in; "
            "listen on 127.0.0.1, or say --no-auth if that is meant"
        )
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before gradio is first imported
    from ui.app import build_app, serve

    app = build_app(Assistant(Library.open(library), llm=llm))
    try:
        address = serve(app, host, port)
    except OSError:
        raise click.UsageError(
            f"nothing can listen on {host}:{port or 7860}; choose another --port"
        ) from None
    click.echo(f'{{"address": "{address}"}}' if as_json else f"Footnote is at {address} (Ctrl-C ends it)")
    with suppress(KeyboardInterrupt):
        Event().wait()
    app.close(verbose=False)
