"""What keeps answers in the history: who they belong to, and each as it ends."""

import secrets
from collections.abc import Callable

import gradio as gr

from rag import Activity, Answer, FootnoteError
from ui.turns import Session

# What a browser keeps is a random id, no secret of ours; under another key a restart would lose it.
_STORED_AS = "footnote"
_ON_DISK = "The server could not keep this answer: {}"


def know_browser() -> gr.BrowserState:
    """Put on the page what tells a browser again; not within a tab, which is only read when it is opened."""
    browser = gr.BrowserState("", storage_key=_STORED_AS, secret=_STORED_AS)
    gr.on(None, lambda name: name or secrets.token_urlsafe(16), browser, browser, api_visibility="private")
    return browser


def owner_of(browser: str, request: gr.Request) -> str:
    """Whose conversations are meant: those of who has logged in, or else of a browser; empty for nobody's."""
    if request.username:
        return f"user {request.username}"
    return f"browser {browser}" if browser else ""


def keeper(activity: Activity, owner: str, session: Session, number: int) -> Callable[[Answer], None]:
    """What keeps the answer to the question of this number, in any thread, whether or not anybody looks on.

    It raises FootnoteError where the answer cannot be kept.
    """
    opened, conversation = session.opened, session.conversation

    def keep(answer: Answer) -> None:
        if not owner:
            return
        try:
            kept_in, kept_as = activity.keep(owner, answer, conversation)
        except FootnoteError as error:
            raise FootnoteError(_ON_DISK.format(error)) from error
        if session.opened == opened:
            session.conversation, session.kept[number] = kept_in, kept_as

    return keep
