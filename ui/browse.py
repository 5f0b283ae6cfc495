"""The pane's list of papers: leafed through, searched, asked about, and taken out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import gradio as gr

from rag import FootnoteError, Library, Paper
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


def browse_pane(library: Library, events: Sequence[Any]) -> None:
    """Put the list on the page, to be read anew at each of these events."""
    query = gr.Textbox(
        label="Search the papers", placeholder="Leave it empty to leaf through all", elem_id="fn-browse"
    )
    listed = gr.HTML("", js_on_load=ACT, apply_default_css=False)
    leaf = gr.State(Leaf())

    def turn_to(said: str, at: Leaf, event: gr.EventData) -> tuple[str, Leaf]:
        sent = event._data if isinstance(event._data, dict) else {}
        at, told = _after(library, at if said == at.query else Leaf(said), sent)
        return papers_html(library, at, told), at

    gr.on(
        [*events, query.submit, listed.select],
        turn_to,
        [query, leaf],
        [listed, leaf],
        show_progress="hidden",
        api_visibility="private",
    )


def papers_html(library: Library, at: Leaf, told: str = "") -> str:
    """One page of all papers, or of those that a query finds; `told` is a line above it."""
    try:
        papers = _papers(library, at)
    except FootnoteError as error:
        papers, told = [], str(error)
    return rendered(
        "papers.html.j2", papers=papers[:PAGE], has_more=len(papers) > PAGE, page=PAGE, at=at, told=told
    )


def _after(library: Library, at: Leaf, sent: dict[str, Any]) -> tuple[Leaf, str]:
    """Where to go on when a button was pressed, and what is to be said of it."""
    doing, about = str(sent.get("act", "")), str(sent.get("id", ""))
    at = replace(at, removing=about if doing == "ask remove" else "")
    if doing == "page":
        return replace(at, start=int(about) if about.isdecimal() else 0), ""
    if doing != "remove":
        return at, ""
    try:
        [gone] = library.remove([about])
    except FootnoteError as error:
        return at, str(error)
    return at, f"Removed: {gone.title or gone.paper_id}"


def _papers(library: Library, at: Leaf) -> Sequence[Paper]:
    """The papers of the page, and one more where there is a next."""
    found: Iterable[Paper] = library.papers()
    if at.query.strip():
        found = (hit.paper for hit in library.search(at.query, _FOUND))
    return list(islice(found, at.start, at.start + PAGE + 1))
