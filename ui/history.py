"""The pane of earlier conversations, and what keeps them: each browser, or user, has its own."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import gradio as gr

from rag import Activity, FilterArguments, FootnoteError, SavedTurn
from ui.chat import AskPane, conversation_html
from ui.markup import rendered
from ui.takeaway import File
from ui.turns import Session, Turn

ACT = "footnotePanes.bind(element, trigger)"
"""What a gr.HTML of a pane runs on load: its buttons and forms send `select` with what they are about."""

# What a browser keeps is a random id, no secret of ours; under another key a restart would lose it.
_STORED_AS = "footnote"
_ON_DISK = "The server could not keep this answer: {}"


@dataclass(slots=True)
class Kept:
    """What a tab knows of the history: its conversation, and ids of the turns kept, by their numbers."""

    conversation: str = ""
    turns: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class History:
    """What others may build on: who the tab belongs to, and what was kept of it."""

    browser: gr.BrowserState
    kept: gr.State


def know_browser() -> History:
    """Put on the page what tells a browser again; not within a tab, which is only read when it is opened."""
    browser = gr.BrowserState("", storage_key=_STORED_AS, secret=_STORED_AS)
    gr.on(None, lambda name: name or secrets.token_urlsafe(16), browser, browser, api_visibility="private")
    return History(browser, gr.State(Kept()))


def owner_of(browser: str, request: gr.Request) -> str:
    """Whose conversations are meant: those of who has logged in, or else of a browser."""
    return f"user {request.username}" if request.username else f"browser {browser}"


def history_pane(activity: Activity, pane: AskPane, history: History, tab: gr.Tab) -> None:
    """Put the pane on the page: list, reopen, rename, delete. From here on every answer is kept."""

    def listing(browser: str, request: gr.Request) -> str:
        return list_html(activity, owner_of(browser, request))

    listed = gr.HTML("", js_on_load=ACT, apply_default_css=False)
    begin = gr.Button("New conversation", elem_id="fn-new", scale=0)
    act = _acting(activity)
    handed = gr.JSON(visible="hidden", elem_id="fn-saved")
    reopened = [pane.session, *pane.shown, history.kept]
    gr.on(
        [tab.select, listed.select],
        act,
        inputs=[history.browser, pane.session],
        outputs=[listed, handed, *reopened],
        show_progress="hidden",
        api_visibility="private",
    ).then(None, handed, js="(file) => footnote.deliver(file)", api_visibility="private")
    _keep_history(activity, pane, history).then(
        listing,
        history.browser,
        listed,
        show_progress="hidden",
        api_visibility="private",
    )
    begin.click(
        lambda session: _shown([], session, Kept()),
        pane.session,
        reopened,
        show_progress="hidden",
        api_visibility="private",
    ).then(None, js="() => footnotePanes.go('ask')", api_visibility="private")


def _keep_history(activity: Activity, pane: AskPane, history: History) -> Any:  # noqa: ANN401
    """Keep every answer that the pane gives; returns the event of one that was kept."""

    def keep(name: str, session: Session, mine: Kept, request: gr.Request) -> Kept:
        for turn in session.turns:
            if turn.answer and not turn.failure and turn.number not in mine.turns:
                try:
                    mine.conversation, mine.turns[turn.number] = activity.keep(
                        owner_of(name, request), turn.answer, mine.conversation
                    )
                except FootnoteError as error:
                    gr.Warning(_ON_DISK.format(error))
        return mine

    return pane.asked.then(
        keep,
        [history.browser, pane.session, history.kept],
        history.kept,
        show_progress="hidden",
        api_visibility="private",
    )


def _acting(activity: Activity) -> Callable[..., Any]:
    def act(browser: str, session: Session, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """The list, a file for the browser, the session, its two parts of the page, what was kept."""
        sent = event._data if isinstance(event._data, dict) else {}
        owner, doing, about = owner_of(browser, request), str(sent.get("act", "")), str(sent.get("id", ""))
        stays = (gr.skip(),) * 4
        problem, file = "", None
        try:
            if doing == "save":
                file = conversation_file(activity.turns(owner, about))
            elif doing == "open":
                turns = activity.turns(owner, about)
                numbered = {n: turn.id for n, turn in enumerate(turns, start=1)}
                stays = _shown(turns, session, Kept(about, numbered))
            elif doing == "rename":
                activity.rename(owner, about, str(sent.get("title", "")))
            elif doing == "delete":
                activity.delete(owner, about)
            elif doing == "delete all":
                activity.delete_all(owner)
        except FootnoteError as error:
            problem = str(error)
        asked = (doing, about) if doing in _ASKED_FIRST or problem else ("", "")
        return list_html(activity, owner, *asked, problem=problem), file, *stays

    return act


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


def _shown(turns: list[SavedTurn], session: Session, kept: Kept) -> tuple[Any, ...]:
    """The tab goes on with these turns; what it was just being told is stopped."""
    if session.stopping:
        session.stopping.set()
    session.turns = tuple(_turn(n, turn) for n, turn in enumerate(turns, start=1))
    session.asked = len(turns)
    return session, *conversation_html(session), kept


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
