"""What readers think of an answer: a vote and a note, kept beside it."""

from dataclasses import replace
from typing import Any

import gradio as gr

from rag import Activity, FootnoteError
from ui.chat import AskPane
from ui.events import sent_with
from ui.keeping import owner_of
from ui.turns import Session

Told = dict[str, str]

_VOTES = {"up": "up", "down": "down"}
_NOT_KEPT = "This answer is not in the history, so there is nothing to note it with. Ask again."


def take_feedback(activity: Activity, pane: AskPane, browser: gr.BrowserState) -> None:
    """Let the buttons under each answer, and the box beside them, say how good it is."""
    told = gr.JSON(visible="hidden", elem_id="fn-told")

    def rate(name: str, session: Session, event: gr.EventData, request: gr.Request) -> tuple[Session, Told]:
        sent = sent_with(event)
        said, note = str(sent.get("turn")), str(sent.get("note") or "")
        number = int(said) if said.isdecimal() else 0
        vote: Any = _VOTES.get(str(sent.get("vote")), "")
        if number not in session.kept:
            return session, {"line": _NOT_KEPT}
        try:
            activity.rate(owner_of(name, request), session.kept[number], vote, note)
        except FootnoteError as error:
            return session, {"line": str(error)}
        session.turns = tuple(
            replace(turn, vote=vote, note=note) if turn.number == number else turn for turn in session.turns
        )
        return session, {"line": "Noted, thank you" if vote or note else "Taken back"}

    gr.on(
        [part.like for part in pane.shown],
        rate,
        [browser, pane.session],
        [pane.session, told],
        show_progress="hidden",
        api_visibility="private",
    ).then(None, told, js="(told) => footnote.say(told.line)", api_visibility="private")
