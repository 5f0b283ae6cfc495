"""What an answer claims, sentence by sentence → verdicts, footnotes and evidence. Pure functions.

Verification never repairs: it adds no citation and takes none away, it records what it finds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.types import Citation, Evidence, Hit, Paper, Sentence, Verdict


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as it was written, and the ids of the papers it says it rests on."""

    text: str
    paper_ids: tuple[str, ...]


def verify(drafts: Sequence[Draft], hits: Sequence[Hit]) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """Judge each sentence against the abstracts it cites.

    A sentence is `supported` when its exact words stand in an abstract it cites, `uncited` when it
    cites nothing, and `unsupported` otherwise. Papers are numbered from 1 by first use; one that was
    not among the hits gets no number, as there is nothing to show for it.
    """
    shown = {hit.paper.paper_id: hit.paper for hit in hits}
    markers: dict[str, int] = {}
    evidence: dict[str, list[Evidence]] = {}
    sentences = []
    for draft in drafts:
        known = [paper_id for paper_id in dict.fromkeys(draft.paper_ids) if paper_id in shown]
        for paper_id in known:
            markers.setdefault(paper_id, len(markers) + 1)
            evidence.setdefault(paper_id, []).extend(_find(draft.text, shown[paper_id]))
        verdict, reason = _judge(draft, shown)
        sentences.append(
            Sentence(draft.text, verdict, reason, tuple(markers[paper_id] for paper_id in known))
        )
    citations = (_cite(marker, shown[paper_id], evidence[paper_id]) for paper_id, marker in markers.items())
    return tuple(sentences), tuple(citations)


def _judge(draft: Draft, shown: Mapping[str, Paper]) -> tuple[Verdict, str]:
    if not draft.paper_ids:
        return "uncited", "it cites no source"
    unknown = [paper_id for paper_id in draft.paper_ids if paper_id not in shown]
    if unknown:
        return "unsupported", f"it cites {', '.join(unknown)}, which was not among the sources"
    if any(_find(draft.text, shown[paper_id]) for paper_id in draft.paper_ids):
        return "supported", "the abstract's own words"
    return "unsupported", "its words do not stand in the abstract it cites"


def _find(text: str, paper: Paper) -> list[Evidence]:
    """Where the exact words stand in the abstract, if they do."""
    start = paper.abstract.find(text) if text else -1
    return [Evidence(paper.paper_id, text, start, start + len(text))] if start >= 0 else []


def _cite(marker: int, paper: Paper, evidence: list[Evidence]) -> Citation:
    if evidence:
        return Citation(marker, paper, tuple(evidence), "supported", "the abstract's own words")
    return Citation(marker, paper, (), "unsupported", "no sentence that cites it has its words")
