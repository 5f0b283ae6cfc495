"""The pane of earlier conversations: each browser, or user, has its own."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import gradio as gr

from rag import Activity, FilterArguments, FootnoteError, SavedTurn
from ui.chat import AskPane, conversation_html
from ui.events import sent_with
from ui.keeping import owner_of
from ui.markup import rendered
from ui.takeaway import File
from ui.turns import Session, Turn

ACT = "footnotePanes.bind(element, trigger)"
"""What a gr.HTML of a pane runs on load: its buttons and forms send `select` with what they are about."""


def history_pane(activity: Activity, pane: AskPane, browser: gr.BrowserState, tab: gr.Tab) -> None:
    """Put the pane on the page: list, reopen, rename, delete."""
    listed = gr.HTML("", js_on_load=ACT, apply_default_css=False)
    begin = gr.Button("New conversation", elem_id="fn-new", scale=0)
    handed = gr.JSON(visible="hidden", elem_id="fn-saved")
    reopened = [pane.session, *pane.shown]
    gr.on(
        [tab.select, listed.select],
        _acting(activity),
        browser,
        [listed, handed],
        show_progress="hidden",
        api_visibility="private",
    ).then(None, handed, js="(file) => footnote.deliver(file)", api_visibility="private")
    listed.submit(
        _opening(activity),
        [browser, pane.session],
        reopened,
        show_progress="hidden",
        api_visibility="private",
    )
    begin.click(
        lambda session: _shown([], session, ""),
        pane.session,
        reopened,
        show_progress="hidden",
        api_visibility="private",
    ).then(None, js="() => footnotePanes.go('ask')", api_visibility="private")


def _acting(activity: Activity) -> Callable[..., Any]:
    def act(browser: str, event: gr.EventData, request: gr.Request) -> tuple[str, File | None]:
        """The list, and a file for the browser."""
        sent = sent_with(event)
        owner, doing, about = owner_of(browser, request), str(sent.get("act", "")), str(sent.get("id", ""))
        problem, file = "", None
        try:
            if doing == "save":
                file = conversation_file(activity.turns(owner, about))
            elif doing == "rename":
                activity.rename(owner, about, str(sent.get("title", "")))
            elif doing == "delete":
                activity.delete(owner, about)
            elif doing == "delete all":
                activity.delete_all(owner)
        except FootnoteError as error:
            problem = str(error)
        asked = (doing, about) if doing in _ASKED_FIRST or problem else ("", "")
        return list_html(activity, owner, *asked, problem=problem), file

    return act


def _opening(activity: Activity) -> Callable[..., Any]:
    def open_(
        browser: str, session: Session, event: gr.EventData, request: gr.Request
    ) -> tuple[Session, str, str]:
        """The session, and its two parts of the page. An event of its own: Gradio makes a part of the page
        anew, and keeps the old one, where another leaves it as it is.
        """
        sent = sent_with(event)
        about = str(sent.get("id", ""))
        try:
            saved = activity.turns(owner_of(browser, request), about)
        except FootnoteError as error:
            raise gr.Error(str(error), print_exception=False) from None
        if saved.unreadable:
            gr.Warning(f"{saved.unreadable} of its answers were kept by another version, and cannot be read.")
        return _shown(saved, session, about)

    return open_


_ASKED_FIRST = ("ask rename", "ask delete", "ask delete all")


def list_html(activity: Activity, owner: str, asked: str = "", about: str = "", problem: str = "") -> str:
    """The conversations of an owner; `asked` is what is to be confirmed or filled in, and for which."""
    try:
        found = activity.conversations(owner)
    except FootnoteError as error:
        found, problem = [], str(error)
    return rendered("history.html.j2", conversations=found, asked=asked, about=about, problem=problem)


def conversation_file(turns: Sequence[SavedTurn]) -> File:
    """A whole conversation as Markdown, each answer with the papers it cites and their quotes."""
    text = "\n---\n\n".join(turn.answer.to_markdown() for turn in turns)
    return {"name": "conversation.md", "kind": "text/markdown", "text": text}


def _shown(saved: list[SavedTurn], session: Session, conversation: str) -> tuple[Session, str, str]:
    """The tab goes on with these turns."""
    numbered = dict(enumerate(saved, start=1))
    turns = (_turn(number, turn) for number, turn in numbered.items())
    session.begin(turns, conversation, {number: turn.id for number, turn in numbered.items()})
    return session, *conversation_html(session)


def _turn(number: int, saved: SavedTurn) -> Turn:
    answer = saved.answer
    return Turn(
        answer.question,
        number,
        answer.k,
        cast("FilterArguments", answer.filters),
        answer=answer,
        vote=saved.vote,
        note=saved.note,
    )
