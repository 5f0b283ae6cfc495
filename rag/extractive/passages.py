"""The papers found for a question → their sentences, each with how well it may answer."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.encoding.embedding import Spans
from rag.interfaces import Span
from rag.retrieval.retriever import Retriever
from rag.types import Hit

# How much each counts beside the sentence's cosine; fitted on the dev questions (docs/decisions.md).
_OVERLAP, _BEFORE, _PAPER, _PLACE, _LAST = 0.55, 0.45, 1.7, 0.35, -0.16
_NUMBER, _LENGTH, _MADE = 0.2, 0.2, 0.07
_LONG = 40  # terms; a sentence that has more says no more

_ASKS_QUANTITY = re.compile(
    r"\bhow (much|many|far|long|fast|large|small|big|often|accurate|accurately|robust|quickly)\b"
    r"|\b(what|which) (score|accuracy|percent|fraction|factor|share|size|number|margin|speed|rate|pace)"
    r"|\b(what|which) (latency|recall)|\bby (what|how)\b|\bpercentage\b|\bat what\b",
    re.IGNORECASE,
)
_SAYS_WHAT_WAS_MADE = re.compile(r"\b(propos|introduc|present|develop)\w*", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of a paper found: the `place`-th of its abstract, whose sentences are `spans`."""

    hit: Hit
    spans: Sequence[Span]
    place: int
    vector: NDArray[np.float32]
    terms: frozenset[str]
    score: float

    @property
    def text(self) -> str:
        """Its words."""
        start, end = self.spans[self.place]
        return self.hit.paper.abstract[start:end]

    @property
    def numbers(self) -> frozenset[str]:
        """The numbers in it."""
        return frozenset(_DIGITS.findall(self.text))


def asks_quantity(question: str) -> bool:
    """Whether a number is what answers it."""
    return bool(_ASKS_QUANTITY.search(question))


def passages(
    question: str, vector: NDArray[np.float32], hits: Sequence[Hit], retriever: Retriever
) -> list[Passage]:
    """Every sentence of the papers, the one that answers best first.

    A sentence's score is its cosine and, weighted: the share of the question's idf mass found in it and in
    the sentence before, its paper's score, how late it stands (results do) but not last (outlooks and
    links do), a digit in it where a quantity is asked, its length, and that it says what was made.
    """
    idf, wants_number = retriever.idf(question), asks_quantity(question)
    sentences = retriever.sentences(hit.paper for hit in hits)
    found = [
        passage
        for hit, of_paper in zip(hits, sentences, strict=True)
        for passage in _of_paper(hit, of_paper, of_paper.vectors @ vector, idf, retriever, wants_number)
    ]
    return sorted(found, key=lambda passage: (-passage.score, passage.hit.rank, passage.place))


def _of_paper(
    hit: Hit,
    sentences: Spans,
    cosines: NDArray[np.float32],
    idf: Mapping[str, float],
    retriever: Retriever,
    wants_number: bool,
) -> Iterator[Passage]:
    mass = sum(idf.values()) or 1.0
    last = max(1, len(sentences.spans) - 1)
    before = 0.0
    for place, (start, end) in enumerate(sentences.spans):
        text = hit.paper.abstract[start:end]
        terms = retriever.terms(text)
        overlap = sum(idf.get(term, 0.0) for term in set(terms)) / mass
        score = (
            float(cosines[place])
            + _OVERLAP * overlap
            + _BEFORE * before
            + _PAPER * hit.score
            + _PLACE * place / last
            + _LAST * (place == last)
            + _NUMBER * (wants_number and bool(_DIGITS.search(text)))
            + _LENGTH * min(len(terms), _LONG) / _LONG
            + _MADE * bool(_SAYS_WHAT_WAS_MADE.search(text))
        )
        yield Passage(hit, sentences.spans, place, sentences.vectors[place], frozenset(terms), score)
        before = overlap
