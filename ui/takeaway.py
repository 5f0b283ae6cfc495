"""An answer leaves the page: copied as Markdown, or as a file of references, or as a passport."""

import json
from collections.abc import Sequence
from typing import Any

import gradio as gr

from rag import Answer, Assistant, FootnoteError
from ui.events import sent_with
from ui.turns import Session

File = dict[str, str]
"""`name` (empty: for the clipboard), `kind` (a media type) and `text`; or `error`, a line for the reader."""

_GONE = "This answer is no longer here: the server was started anew. Ask again."


def take_away(assistant: Assistant, session: gr.State, shown: Sequence[gr.HTML]) -> None:
    """Let the buttons of the turns shown hand out their answers; the browser makes the file."""
    handed = gr.JSON(visible="hidden", elem_id="fn-handed")

    def take(mine: Session, event: gr.EventData) -> File:
        sent = sent_with(event)
        turn = mine.turn(sent.get("turn"))
        if turn is None or turn.answer is None:
            return {"error": _GONE}
        return file_of(assistant, turn.answer, str(sent.get("form")))

    gr.on(
        [part.select for part in shown],
        take,
        session,
        handed,
        show_progress="hidden",
        concurrency_limit=None,
        api_visibility="private",
    ).then(None, handed, js="(file) => footnote.deliver(file)", api_visibility="private")


def file_of(assistant: Assistant, answer: Answer, form: str) -> File:
    """The answer in a form of `render.FORMS`."""
    try:
        if form == "bibtex":
            return _file("answer.bib", "application/x-bibtex", answer.to_bibtex())
        if form == "ris":
            return _file("answer.ris", "application/x-research-info-systems", answer.to_ris())
        if form == "passport":
            made: dict[str, Any] = assistant.passport(answer)
            return _file("passport.json", "application/json", json.dumps(made, ensure_ascii=False, indent=2))
        return _file("", "text/markdown", answer.to_markdown())
    except FootnoteError as error:
        return {"error": str(error)}


def _file(name: str, kind: str, text: str) -> File:
    return {"name": name, "kind": kind, "text": text}
