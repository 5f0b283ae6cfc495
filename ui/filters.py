"""The boxes that say which papers an answer may draw on, and how many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import gradio as gr

from rag import FilterArguments, FootnoteError, Library, count_passing, facets_of, years_from
from ui.markup import cut, plain

MOST_PAPERS = 100
"""That an answer may draw on."""

_FIELDS = {"source": "Source file", "author": "Author", "venue": "Venue", "keyword": "Keyword"}
_LABEL = "Filters"
_LONGEST_COMPLAINT = 200  # characters


@dataclass(frozen=True, slots=True)
class FilterBoxes:
    """The boxes, as they stand on the page."""

    first: gr.Textbox
    last: gr.Textbox
    words: tuple[gr.Dropdown, ...]
    papers: gr.Number

    @property
    def filtering(self) -> tuple[gr.Textbox | gr.Dropdown, ...]:
        """Those that say which papers; `papers` says how many of them."""
        return (self.first, self.last, *self.words)

    def chosen(self, said: Mapping[Any, Any]) -> FilterArguments:
        """The filter that they say; empty boxes leave nothing out.

        Raises:
            InputError: a year is none.
        """
        arguments = FilterArguments()
        if (years := ":".join((said[box] or "").strip() for box in (self.first, self.last))) != ":":
            arguments["year"] = years_from(years)
        for name, box in zip(_FIELDS, self.words, strict=True):
            if said[box]:
                arguments[name] = [str(value) for value in said[box]]  # type: ignore[literal-required]
        return arguments


def filter_boxes(library: Library, top_k: int) -> FilterBoxes:
    """Put the boxes on the page, in a drawer that says how many papers they leave."""
    with gr.Accordion(_LABEL, open=False, elem_id="fn-filters") as drawer:
        with gr.Row():
            first = gr.Textbox(label="From year", max_length=20, min_width=110)
            last = gr.Textbox(label="To year", max_length=20, min_width=110)
            papers = gr.Number(
                top_k, label="Papers to draw on", precision=0, minimum=1, maximum=MOST_PAPERS, min_width=110
            )
        with gr.Row():
            words = tuple(
                gr.Dropdown([], multiselect=True, allow_custom_value=True, label=label, min_width=220)
                for label in _FIELDS.values()
            )
    boxes = FilterBoxes(first, last, words, papers)
    gr.on(
        [box.change for box in boxes.filtering],
        lambda said: gr.Accordion(label=_label(library, boxes, said)),
        inputs=set(boxes.filtering),
        outputs=drawer,
        show_progress="hidden",
        trigger_mode="always_last",
        api_visibility="private",
    )
    offer_words(library, boxes, None)
    return boxes


def offer_words(library: Library, boxes: FilterBoxes, events: Sequence[Any] | None) -> None:
    """Let the boxes for words offer what the papers say, as it is at these events; None for when it loads."""
    gr.on(
        events,
        lambda: _choices(library),
        outputs=list(boxes.words),
        show_progress="hidden",
        api_visibility="private",
    )


def _choices(library: Library) -> list[gr.Dropdown]:
    """What the boxes for words offer: what most papers say, first."""
    facets = facets_of(library)
    sources = dict.fromkeys(PurePath(source).name for source in facets.sources)
    offered = (sources, facets.authors, facets.venues, facets.keywords)
    return [gr.Dropdown(choices=list(values)) for values in offered]


def _label(library: Library, boxes: FilterBoxes, said: Mapping[Any, Any]) -> str:
    """How many papers are left to answer from, or what is wrong with the filter."""
    try:
        filters = boxes.chosen(said)
        left = f": {count_passing(library, **filters):,} of {len(library):,} papers" if filters else ""
    except FootnoteError as error:
        left = f": {cut(plain(str(error)), _LONGEST_COMPLAINT)}"
    return f"{_LABEL}{left}"
