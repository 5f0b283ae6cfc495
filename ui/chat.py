"""The pane where questions are asked: what was asked before, the answer being written, and the box."""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from rag import Activity, Assistant, FootnoteError
from ui.asking import answered
from ui.events import sent_with
from ui.examples import example_questions
from ui.filters import FilterBoxes, filter_boxes
from ui.keeping import keeper, owner_of
from ui.markup import rendered
from ui.render import turn_html, turns_html
from ui.takeaway import take_away
from ui.turns import Session, Turn

BIND = "footnote.bind(element, trigger); footnotePanes.rate(element, trigger)"
"""What a gr.HTML of turns runs on load: its buttons send `submit` to ask, and `select` to take away."""

_AT_ONCE = 30  # questions that are shown how it goes; fewer are answered at once, see asking.py
_GONE = "The turn that this was about is no longer here. Ask again."
_NO_MODEL = (
    "No language model is set, so answers are the abstracts’ own sentences. For prose, start the page with "
    "FOOTNOTE_LLM=ollama/qwen3:8b or another model."
)
_WITH_MODEL = "Answers are written by {} and checked, sentence by sentence, against the abstracts."


@dataclass(frozen=True, slots=True)
class AskPane:
    """What other panes may build on: `session` holds the conversation, `shown` are the two parts of the
    page that `conversation_html` fills, and `boxes` say which papers are asked.
    """

    session: gr.State
    shown: tuple[gr.HTML, gr.HTML]
    boxes: FilterBoxes


def ask_pane(assistant: Assistant, activity: Activity, browser: gr.BrowserState) -> AskPane:
    """Put the pane on the page; what is answered is kept for the browser, or who has logged in."""
    session = gr.State(Session())
    with gr.Column(elem_id="fn-pane"):
        past, live = _turns("fn-past"), _turns("fn-live")
        question, ask, stop, boxes = _composer(assistant)
    gr.on(
        [question.submit, ask.click, past.submit, live.submit],
        _asking(assistant, activity, _Asked(question, session, browser, boxes)),
        inputs={question, session, browser, *boxes.filtering, boxes.papers},
        outputs=[live, session],
        js="(...said) => footnote.asking(said)",
        show_progress="hidden",
        concurrency_limit=_AT_ONCE,
        api_visibility="private",
    )
    stop.click(_stop, session, queue=False, api_visibility="private")
    take_away(assistant, session, (past, live))
    gr.on(None, lambda: welcome_html(assistant), outputs=live, api_visibility="private")
    return AskPane(session, (past, live), boxes)


def _turns(elem_id: str) -> gr.HTML:
    return gr.HTML("", js_on_load=BIND, apply_default_css=False, elem_id=elem_id)


def _composer(assistant: Assistant) -> tuple[gr.Textbox, gr.Button, gr.Button, FilterBoxes]:
    """What stays at the foot of the window: the question, two buttons and the filters."""
    with gr.Column(elem_id="fn-composer"):
        with gr.Row(elem_id="fn-ask"):
            question = gr.Textbox(
                label="Question", show_label=False, container=False, placeholder="Ask your papers",
                lines=1, max_lines=8, scale=1, autofocus=True, elem_id="fn-question",
            )  # fmt: skip
            ask = gr.Button("Ask", variant="primary", scale=0, min_width=80, elem_id="fn-send")
            stop = gr.Button("Stop", scale=0, min_width=80, elem_id="fn-stop")
        boxes = filter_boxes(assistant.library, assistant.top_k)
    return question, ask, stop, boxes


def conversation_html(session: Session) -> tuple[str, str]:
    """What `AskPane.shown` show of a session: all turns but the last, and that."""
    # A part that has the value it had is left as it is, and the page itself has put turns into the first.
    differs = f"<!-- {session.opened} -->"
    return differs + turns_html(session.turns[:-1]), "".join(turn_html(turn) for turn in session.turns[-1:])


Ask = Callable[..., AsyncIterator[Any]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a question is made of, as it stands on the page."""

    question: gr.Textbox
    session: gr.State
    browser: gr.BrowserState
    boxes: FilterBoxes


def _asking(assistant: Assistant, activity: Activity, page: _Asked) -> Ask:
    async def ask(
        said: dict[Any, Any], event: gr.EventData, request: gr.Request
    ) -> AsyncIterator[tuple[str, Session]]:
        """This turn as it grows. The page itself puts the one before to the earlier ones (page.js): to send
        all of them each time would cost more than the answer.
        """
        mine: Session = said[page.session]
        sent = sent_with(event)
        turn, again = _wanted(said[page.question], sent, mine, page.boxes, said)
        turn = replace(turn, among=len(assistant.library), is_busy=not turn.failure)
        before = mine.answers(again.number if again else turn.number)
        mine.asked = max(mine.asked, turn.number)
        earlier, opened = mine.turns, mine.opened
        ended = keeper(activity, owner_of(said[page.browser], request), mine, turn.number)
        growing = answered(assistant, mine, turn, force=bool(again), earlier=before, ended=ended)
        async with aclosing(growing) as steps:
            async for step in steps:
                if mine.opened != opened:  # another conversation was opened meanwhile
                    break
                if not step.is_busy:
                    mine.add(step)
                can_rate = turn.number in mine.kept
                yield turn_html(step, earlier=earlier, is_live=True, can_rate=can_rate), mine
        if mine.opened != opened:
            yield conversation_html(mine)[1], mine

    return ask


def _wanted(
    typed: str, sent: dict[str, Any], session: Session, boxes: FilterBoxes, said: dict[Any, Any]
) -> tuple[Turn, Turn | None]:
    """The turn to answer: a question that was sent, or what is typed, or a turn again, in any case; which."""
    number = session.asked + 1
    if "force" in sent:
        again = session.turn(sent["force"])
        if again is None:
            return Turn("Answer anyway", number, failure=_GONE), None
        return Turn(again.question, number, again.k, again.filters), again
    offered = str(sent.get("question") or "")
    turn = Turn(offered or typed or "", number, k=int(said[boxes.papers] or 0) or None)
    if offered:  # made from the whole collection, so that no filter may leave its papers out
        return turn, None
    try:
        return replace(turn, filters=boxes.chosen(said)), None
    except FootnoteError as error:
        return replace(turn, failure=str(error)), None


def _stop(session: Session) -> None:
    if session.stopping:
        session.stopping.set()


def welcome_html(assistant: Assistant) -> str:
    """What stands there before the first question."""
    how = _WITH_MODEL.format(assistant.model) if assistant.writes else _NO_MODEL
    library = assistant.library
    return rendered(
        "welcome.html.j2", how=how, examples=example_questions(library), is_empty=not len(library)
    )
