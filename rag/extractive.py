"""An answer without a language model: the best sentences of the best papers, each its own footnote."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.citations import Draft
from rag.retrieval import Retriever
from rag.types import Hit

PAPERS = 6  # papers whose sentences compete
SENTENCES = 5  # sentences of an answer
PER_PAPER = 3  # of one paper, at most
# How much each counts beside the sentence's cosine; fitted on the dev questions (docs/decisions.md).
_OVERLAP, _PAPER, _PLACE, _NUMBER, _LENGTH = 0.6, 0.5, 0.25, 0.25, 0.25
_FAR_BELOW = 0.4  # the best sentence's score: from there on a sentence only dilutes the answer
_LONG = 40  # terms; a sentence that has more says no more
_REPEAT = 0.8  # share of terms in common from which two sentences say the same

_ASKS_QUANTITY = re.compile(
    r"\bhow (much|many|far|long|fast|large|small|big|often|accurate|accurately|robust|quickly)\b"
    r"|\b(what|which) (score|accuracy|percent|fraction|factor|share|size|number|margin|speed|rate|pace)"
    r"|\b(what|which) (latency|recall)|\bby (what|how)\b|\bpercentage\b|\bat what\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    score: float
    hit: Hit
    place: int  # of the sentence in its abstract
    text: str
    terms: frozenset[str]


def answer(
    question: str, vector: NDArray[np.float32], hits: Sequence[Hit], retriever: Retriever
) -> list[Draft]:
    """The sentences that answer a question together, paper by paper, the paper of the best one first.

    Inside a paper the best sentence comes first and what goes with it follows in the abstract's order.
    """
    chosen = _choose(_candidates(question, vector, hits[:PAPERS], retriever))
    papers = dict.fromkeys(candidate.hit.paper.paper_id for candidate in chosen)
    return [
        Draft(candidate.text, (paper_id,))
        for paper_id in papers
        for candidate in _readable([c for c in chosen if c.hit.paper.paper_id == paper_id])
    ]


def _candidates(
    question: str, vector: NDArray[np.float32], hits: Sequence[Hit], retriever: Retriever
) -> list[_Candidate]:
    """All sentences of the papers, best first.

    A sentence's score is its cosine, plus weighted: the question's idf mass found in it, its paper's
    score, how late it stands (results do), a digit in it where a quantity is asked, and its length.
    """
    idf = retriever.idf(question)
    mass = sum(idf.values()) or 1.0
    asks_quantity = bool(_ASKS_QUANTITY.search(question))
    candidates = []
    for hit, sentences in zip(hits, retriever.sentences(hit.paper for hit in hits), strict=True):
        last = max(1, len(sentences.spans) - 1)
        cosines = sentences.vectors @ vector
        for place, (start, end) in enumerate(sentences.spans):
            text = hit.paper.abstract[start:end]
            terms = retriever.terms(text)
            score = (
                float(cosines[place])
                + _OVERLAP * sum(idf[term] for term in set(terms) if term in idf) / mass
                + _PAPER * hit.score
                + _PLACE * place / last
                + _NUMBER * (asks_quantity and any(c.isdigit() for c in text))
                + _LENGTH * min(len(terms), _LONG) / _LONG
            )
            candidates.append(_Candidate(score, hit, place, text, frozenset(terms)))
    return sorted(candidates, key=lambda c: (-c.score, c.hit.rank, c.place))


def _choose(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """The best few, not too many of one paper, none far below the best, none that repeats another."""
    chosen: list[_Candidate] = []
    for candidate in candidates:
        if chosen and candidate.score < chosen[0].score - _FAR_BELOW:
            break
        of_paper = sum(candidate.hit is other.hit for other in chosen)
        if of_paper < PER_PAPER and not any(_repeats(candidate, other) for other in chosen):
            chosen.append(candidate)
        if len(chosen) == SENTENCES:
            break
    return chosen


def _repeats(one: _Candidate, other: _Candidate) -> bool:
    shared, either = len(one.terms & other.terms), len(one.terms | other.terms)
    return one.text == other.text or (either > 0 and shared / either >= _REPEAT)


def _readable(of_paper: list[_Candidate]) -> list[_Candidate]:
    best, *rest = of_paper
    return [best, *sorted(rest, key=lambda candidate: candidate.place)]
