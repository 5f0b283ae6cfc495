"""The panes beside the chat, one tab each."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from rag import Activity, Assistant
from ui.browse import browse_pane
from ui.chat import AskPane
from ui.collection import overview_pane
from ui.compare import EXTRACTS, compare_pane
from ui.evaluation import evaluation_pane
from ui.history import history_pane
from ui.imports import import_pane


def other_panes(
    assistant: Assistant,
    activity: Activity,
    pane: AskPane,
    browser: gr.BrowserState,
    also: Sequence[Assistant],
    runs: Path | None,
    largest: str,
) -> list[Any]:
    """Put them on the page, after the pane where questions are asked. `also` are models to compare with,
    `runs` is the folder of evaluations, `largest` the size of a file that is taken in.
    Returns the events at which papers have come or gone.
    """
    library = assistant.library
    with gr.Tab("History", id="history") as tab:
        history_pane(activity, pane, browser, tab)
    with gr.Tab("Collection", id="collection") as tab, gr.Column(elem_classes="fn-column"):
        imported, removed = import_pane(library, largest), gr.State(0)
        changed = [imported.change, removed.change]
        overview_pane(library, [tab.select, *changed])
        browse_pane(library, [tab.select, imported.change], removed)
    with gr.Tab("Compare", id="compare"):
        writing = {each.model: each for each in (assistant, *also) if each.writes}
        compare_pane({EXTRACTS: Assistant(library, llm="none"), **writing}, assistant.top_k)
    with gr.Tab("Evaluation", id="evaluation") as tab:
        evaluation_pane(runs, tab)
    return changed
