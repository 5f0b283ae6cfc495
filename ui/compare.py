"""The pane that puts the same question under two settings, side by side."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from rag import Answer, Assistant
from ui.asking import answered
from ui.chat import BIND
from ui.markup import rendered
from ui.render import turn_html
from ui.turns import Session, Turn

EXTRACTS = "The abstracts’ own sentences"

_FRAME = 0.1  # seconds between two looks at both sides
_MOST_PAPERS = 30


@dataclass(slots=True)
class Side:
    """One of the two: who answers, from how many papers, and the answer so far."""

    name: str
    assistant: Assistant
    k: int
    turn: Turn
    session: Session = field(default_factory=Session)


def compare_pane(assistants: Mapping[str, Assistant], top_k: int) -> None:
    """Put the pane on the page; `assistants` are those to choose from, by what they are called."""
    names = list(assistants)
    running = gr.State([])
    with gr.Column(elem_id="fn-compare"):
        question = gr.Textbox(label="Question", placeholder="Ask both", elem_id="fn-compare-question")
        with gr.Row():
            boxes: list[Any] = []
            # Of a single one the right side has more to read, so that there is something to compare.
            right_k = top_k if len(names) > 1 else min(2 * top_k, _MOST_PAPERS)
            for side, name, k in (("Left", names[0], top_k), ("Right", names[-1], right_k)):
                boxes.append(gr.Dropdown(names, value=name, label=f"{side}: answered by", min_width=220))
                boxes.append(
                    gr.Slider(1, _MOST_PAPERS, value=k, step=1, label=f"{side}: from papers", min_width=220)
                )
        with gr.Row():
            ask = gr.Button("Compare", variant="primary", scale=0, min_width=130)
            stop = gr.Button("Stop", scale=0, min_width=80, elem_id="fn-compare-stop")
        common = _html()
        with gr.Row(elem_classes="fn-two"):
            left, right = _html(), _html()
    gr.on(
        [question.submit, ask.click],
        _comparing(assistants),
        [question, *boxes],
        [common, left, right, running],
        show_progress="hidden",
        concurrency_limit=4,
        api_visibility="private",
    )
    stop.click(_stop, running, queue=False, api_visibility="private")


def _html() -> gr.HTML:
    return gr.HTML("", js_on_load=BIND, apply_default_css=False)


def _comparing(assistants: Mapping[str, Assistant]) -> Callable[..., AsyncIterator[Any]]:
    async def compare(question: str, left: str, left_k: int, right: str, right_k: int) -> AsyncIterator[Any]:
        """What both have in common, each answer, and the sessions that can be stopped."""
        sides = [
            Side(name, assistants[name], int(k), Turn(question, k=int(k), is_busy=True))
            for name, k in ((left, left_k), (right, right_k))
        ]
        tasks = [asyncio.create_task(_answer(side)) for side in sides]
        try:
            while any(not task.done() for task in tasks):
                yield *compared_html(sides), [side.session for side in sides]
                await asyncio.wait(tasks, timeout=_FRAME)
            for task in tasks:
                task.result()
            yield *compared_html(sides), []
        finally:
            _stop([side.session for side in sides])
            for task in tasks:
                task.cancel()

    return compare


async def _answer(side: Side) -> None:
    async for turn in answered(side.assistant, side.session, side.turn, force=False):
        side.turn = turn


def _stop(sessions: list[Session]) -> None:
    for session in sessions:
        if session.stopping:
            session.stopping.set()


def compared_html(sides: list[Side]) -> tuple[str, str, str]:
    """Both answers, and before them what they have in common once they are there."""
    answers = [side.turn.answer for side in sides if side.turn.answer and not side.turn.is_busy]
    left, right = (_side_html(side, f"c{n}") for n, side in enumerate(sides))
    common = rendered("line.html.j2", line=_in_common(*answers)) if len(answers) == len(sides) else ""
    return common, left, right


def _side_html(side: Side, key: str) -> str:
    named = rendered("side.html.j2", name=side.name, k=side.k)
    return named + turn_html(side.turn, key=key, is_kept=False)


def _in_common(left: Answer, right: Answer) -> str:
    cited, others = ({each.paper.paper_id for each in answer.citations} for answer in (left, right))
    if not cited and not others:
        return "Neither cites a paper."
    return (
        f"{len(cited & others)} of the papers are cited by both, {len(cited - others)} by the left alone, "
        f"{len(others - cited)} by the right alone."
    )
