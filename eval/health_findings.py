"""What there is to act on in a library, a line each; made of what was measured of it."""

from collections.abc import Iterator, Sequence

from eval.lines import Json
from eval.neighbours import NEAREST, Neighbours
from rag import Library

_SHOWN = 3  # papers named in a line
_UNEVEN, _HUB = 3.0, 0.1  # skewness, and share of the papers, from which one stands in the way of others


def findings(report: Json, near: Neighbours, lost: Sequence[str], library: Library) -> list[Json]:
    """By `kind` and `text`; `broken` where papers cannot be found as they should. `lost` are ids of papers
    that none of their own words found.
    """
    return [*_broken(report, near, lost, library), *_in_the_way(report, near, library)]


def _broken(report: Json, near: Neighbours, lost: Sequence[str], library: Library) -> Iterator[Json]:
    for index, fault in report["index"]["faults"].items():
        left = index in report["index"]["left"]
        todo = "run `footnote reindex`" if left else "searching has mended it just now"
        yield _finding("index", f"the {index} index {fault}; {todo}", broken=True)
    if near.unusable:
        text = f"no usable vector: {_some(near.unusable, library)}; remove and ingest again"
        yield _finding("unusable-vector", text, broken=True)
    if lost:
        text = f"not found by any of their own words: {_some(lost, library)}; see `footnote explain`"
        yield _finding("lost", text, broken=True)


def _in_the_way(report: Json, near: Neighbours, library: Library) -> Iterator[Json]:
    for one, other, cosine in near.twins[:_SHOWN]:
        text = (
            f"{_named(one, library)} and {_named(other, library)} say nearly the same (cosine {cosine:.2f})"
        )
        yield _finding("duplicate", f"{text}; if they are one paper, `footnote remove` the worse")
    if (more := len(near.twins) - _SHOWN) > 0:
        yield _finding("duplicate", f"{more} more such pairs")
    if hubs := _hubs(near):
        text = f"among the {NEAREST} nearest of more than {_HUB:.0%} of the others: {_some(hubs, library)}"
        yield _finding("hub", f"{text}; is its abstract that of one paper?")
    if without := report["without_abstract"]:
        text = f"{without} papers have no abstract and are never found; ingest a source that has them"
        yield _finding("no-abstract", text)


def _hubs(near: Neighbours) -> list[str]:
    """Papers that are near to far too many, worst first; none where that is so of many."""
    bar = max(_HUB * near.looked_at, 2 * NEAREST)
    crowded = [i for i, count in near.occurrences.items() if count > bar]
    return sorted(crowded, key=lambda i: -near.occurrences[i]) if near.skewness > _UNEVEN else []


def _finding(kind: str, text: str, *, broken: bool = False) -> Json:
    return {"kind": kind, "text": text, "broken": broken}


def _some(paper_ids: Sequence[str], library: Library) -> str:
    more = len(paper_ids) - _SHOWN
    named = ", ".join(_named(paper_id, library) for paper_id in paper_ids[:_SHOWN])
    return f"{named} and {more} more" if more > 0 else named


def _named(paper_id: str, library: Library) -> str:
    title = library.paper(paper_id).title
    return f"“{title}” ({paper_id})" if title else paper_id
