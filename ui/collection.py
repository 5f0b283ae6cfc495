"""The pane of the collection: how much there is by year and source, and a map to ask from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import gradio as gr

from rag import Facets, FootnoteError, Landscape, Library, facets_of, landscape_of
from ui.history import ACT
from ui.markup import rendered

WIDTH, HEIGHT = 1000, 640
"""Of the map, in the units it is drawn in."""

_EDGE = 40  # around the dots, for names that hang over
_LINE = 26  # between two names
_LETTER = 9.5  # the width of one, about
_MOST_SOURCES = 12
_NAMED_BY = 2  # terms of a cluster that fit on the map
_YEARS_SIDE_BY_SIDE = 60


@dataclass(frozen=True, slots=True)
class Dot:
    """A paper on the map."""

    x: float
    y: float
    cluster: int
    title: str
    question: str


@dataclass(frozen=True, slots=True)
class Corner:
    """A cluster on the map: its name there, in full, and what a click on it asks."""

    x: float
    y: float
    name: str
    terms: str
    papers: int
    question: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One of a chart; `share` is of the highest."""

    label: str
    count: int
    share: float


def overview_pane(library: Library, events: Sequence[Any]) -> None:
    """Put counts and map on the page, to be drawn anew at each of these events."""
    charts = gr.HTML("", apply_default_css=False)
    drawn = gr.HTML("", js_on_load=ACT, apply_default_css=False)
    gr.on(
        events, lambda: charts_html(library), None, charts, show_progress="hidden", api_visibility="private"
    )
    gr.on(
        events,
        lambda: map_html(library),
        None,
        drawn,
        show_progress="minimal",
        concurrency_id="map",
        concurrency_limit=1,
        api_visibility="private",
    )


def charts_html(library: Library) -> str:
    """How many papers there are, by year and by source."""
    found = facets_of(library, _MOST_SOURCES)
    return rendered("charts.html.j2", facets=found, years=_by_year(found), sources=_by_source(found.sources))


def map_html(library: Library) -> str:
    """The map, or a line that says why there is none."""
    try:
        found = landscape_of(library)
    except FootnoteError as error:
        return rendered("map.html.j2", problem=str(error), shown=0, papers=0, dots=[], corners=[])
    return rendered(
        "map.html.j2",
        problem="",
        shown=len(found.points),
        papers=found.papers,
        dots=_dots(found),
        corners=_corners(found),
        width=WIDTH,
        height=HEIGHT,
    )


def _dots(found: Landscape) -> list[Dot]:
    return [
        Dot(_across(p.x), _down(p.y), p.cluster, p.title, f"What does “{p.title[:300]}” find?")
        for p in found.points
    ]


def _corners(found: Landscape) -> list[Corner]:
    """The clusters, their names moved apart where they would lie upon each other."""
    corners: list[Corner] = []
    for cluster in found.clusters:
        name, x, y = " · ".join(cluster.terms[:_NAMED_BY]), _across(cluster.x), _down(cluster.y)
        width = len(name) * _LETTER
        x = min(max(x, width / 2 + 8), WIDTH - width / 2 - 8)
        while any(_collide(name, x, y, other) for other in corners):
            y += _LINE
        asked = f"What is known about {_listed(cluster.terms)}?"
        corners.append(Corner(x, y % HEIGHT, name, ", ".join(cluster.terms), cluster.papers, asked))
    return corners


def _collide(name: str, x: float, y: float, other: Corner) -> bool:
    widths = (len(name) + len(other.name)) / 2 * _LETTER
    return abs(y % HEIGHT - other.y) < _LINE and abs(x - other.x) < widths


def _listed(terms: tuple[str, ...]) -> str:
    *most, last = terms or ("this",)
    return f"{', '.join(most)} and {last}" if most else last


def _across(x: float) -> float:
    return round(_EDGE + x * (WIDTH - 2 * _EDGE), 1)


def _down(y: float) -> float:
    return round(_EDGE + y * (HEIGHT - 2 * _EDGE), 1)


def _by_year(found: Facets) -> list[Bar]:
    """Every year from the first to the last, those without papers too; of a long past its end."""
    if not found.years:
        return []
    last = max(found.years)
    first = max(min(found.years), last - _YEARS_SIDE_BY_SIDE + 1)
    most = max(found.years.values())
    counts = [(year, found.years.get(year, 0)) for year in range(first, last + 1)]
    return [Bar(str(year), count, count / most) for year, count in counts]


def _by_source(sources: Mapping[str, int]) -> list[Bar]:
    """By the files' names: where they lie is no reader's business."""
    most = max(sources.values(), default=1)
    return [Bar(PurePath(path).name, count, count / most) for path, count in sources.items()]
