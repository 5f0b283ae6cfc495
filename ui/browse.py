"""The pane's list of papers: leafed through, searched, asked about, and taken out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import gradio as gr

from rag import FootnoteError, Library, Paper
from ui.events import sent_with
from ui.history import ACT
from ui.markup import rendered

PAGE = 20
"""Papers on one."""

_FOUND = 200  # papers of a search that can be leafed through


@dataclass(frozen=True, slots=True)
class Leaf:
    """Where a tab has come to: the query, papers to leave out before, and the paper to be confirmed."""

    query: str = ""
    start: int = 0
    removing: str = ""


def browse_pane(library: Library, events: Sequence[Any], removed: gr.State) -> None:
    """Put the list on the page, to be read anew at each of these events; `removed` counts those taken out."""
    query = gr.Textbox(
        label="Search the papers", placeholder="Leave it empty to leaf through all", elem_id="fn-browse"
    )
    listed = gr.HTML("", js_on_load=ACT, apply_default_css=False)
    leaf = gr.State(Leaf())

    def turn_to(at: Leaf, count: int, event: gr.EventData) -> tuple[str, Leaf, int]:
        at, told, gone = _after(library, at, sent_with(event))
        return papers_html(library, at, told), at, count + gone

    def search(said: str) -> tuple[str, Leaf]:
        return papers_html(library, Leaf(said)), Leaf(said)

    gr.on(
        [*events, listed.select],
        turn_to,
        [leaf, removed],
        [listed, leaf, removed],
        show_progress="hidden",
        api_visibility="private",
    )
    query.submit(search, query, [listed, leaf], show_progress="hidden", api_visibility="private")


def papers_html(library: Library, at: Leaf, told: str = "") -> str:
    """One page of all papers, or of those that a query finds; the one before where there are no more.
    `told` is a line above it.
    """
    try:
        while not (papers := _papers(library, at)) and at.start:
            at = replace(at, start=max(at.start - PAGE, 0))
    except FootnoteError as error:
        papers, told = [], str(error)
    return rendered(
        "papers.html.j2", papers=papers[:PAGE], has_more=len(papers) > PAGE, page=PAGE, at=at, told=told
    )


def _after(library: Library, at: Leaf, sent: dict[str, Any]) -> tuple[Leaf, str, bool]:
    """Where to go on when a button was pressed, what is to be said of it, and whether a paper is gone."""
    doing, about = str(sent.get("act", "")), str(sent.get("id", ""))
    at = replace(at, removing=about if doing == "ask remove" else "")
    if doing == "page":
        return replace(at, start=int(about) if about.isdecimal() else 0), "", False
    if doing != "remove":
        return at, "", False
    try:
        [gone] = library.remove([about])
    except FootnoteError as error:
        return at, str(error), False
    return at, f"Removed: {gone.title or gone.paper_id}", True


def _papers(library: Library, at: Leaf) -> Sequence[Paper]:
    """The papers of the page, and one more where there is a next."""
    found: Iterable[Paper] = library.papers()
    if at.query.strip():
        found = (hit.paper for hit in library.search(at.query, _FOUND))
    return list(islice(found, at.start, at.start + PAGE + 1))
