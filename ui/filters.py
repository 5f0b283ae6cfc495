"""The boxes that say which papers an answer may draw on, and how many."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import gradio as gr

from rag import FilterArguments, FootnoteError, Library, count_passing, facets_of, years_from

_LABEL = "Filters"
_MOST_PAPERS = 100  # that an answer may draw on


@dataclass(frozen=True, slots=True)
class FilterBoxes:
    """The boxes, as they stand on the page."""

    first: gr.Textbox
    last: gr.Textbox
    source: gr.Dropdown
    author: gr.Dropdown
    venue: gr.Dropdown
    keyword: gr.Dropdown
    papers: gr.Number
    drawer: gr.Accordion

    @property
    def all(self) -> tuple[gr.components.Component, ...]:
        """Every box, in reading order."""
        return (self.first, self.last, *self.words, self.papers)

    @property
    def words(self) -> tuple[gr.Dropdown, ...]:
        """Those that offer what the papers say; see `_choices`."""
        return (self.source, self.author, self.venue, self.keyword)

    def chosen(self, said: Mapping[Any, Any]) -> FilterArguments:
        """The filter that they say; empty boxes leave nothing out.

        Raises:
            InputError: a year is none.
        """
        arguments = FilterArguments()
        if (years := ":".join((said[box] or "").strip() for box in (self.first, self.last))) != ":":
            arguments["year"] = years_from(years)
        for name, box in zip(("source", "author", "venue", "keyword"), self.words, strict=True):
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
                top_k, label="Papers to draw on", precision=0, minimum=1, maximum=_MOST_PAPERS, min_width=110
            )
        with gr.Row():
            words = [
                gr.Dropdown([], multiselect=True, allow_custom_value=True, label=label, min_width=220)
                for label in ("Source file", "Author", "Venue", "Keyword")
            ]
    boxes = FilterBoxes(first, last, *words, papers, drawer)
    gr.on(
        [box.change for box in boxes.all[:-1]],
        lambda said: gr.Accordion(label=_label(library, boxes, said)),
        inputs=set(boxes.all[:-1]),
        outputs=drawer,
        show_progress="hidden",
        trigger_mode="always_last",
        api_visibility="private",
    )
    gr.on(None, lambda: _choices(library), outputs=boxes.words, api_visibility="private")
    return boxes


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
        left = f": {error}"
    return f"{_LABEL}{left}"
