"""A sentence that claims something and the abstracts it is judged by, read once, as all rules see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.interfaces import Span
from rag.retrieval.retriever import Retriever
from rag.types import Paper, Verdict
from rag.verdicts.quantities import Quantity, read
from rag.verdicts.reader import rooted


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has to say of a sentence; `reason` is one line for the reader. See docs/verdicts.md."""

    code: str
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence without its markers. `stems` are its words, bare numbers left out, with their idf; `numbers`
    the quantities in it.
    """

    text: str
    vector: NDArray[np.float32]
    stems: Mapping[str, float]
    numbers: tuple[Quantity, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A paper by its sentences: where they stand in the abstract, a unit vector each (row), their stems and
    their numbers. `name` is what reasons call it: `[2]`, or its title in quotation marks.
    """

    name: str
    paper: Paper
    spans: Sequence[Span]
    vectors: NDArray[np.float32]
    stems: tuple[frozenset[str], ...]
    numbers: tuple[tuple[Quantity, ...], ...]
    title_stems: frozenset[str]

    def text(self, place: int) -> str:
        """Its sentence at a place, counted from 0."""
        start, end = self.spans[place]
        return self.paper.abstract[start:end]


def read_claims(texts: Sequence[str], retriever: Retriever) -> list[Claim]:
    """Read sentences, with one call to the embedder for all."""
    if not texts:
        return []
    claims = []
    for text, vector in zip(texts, retriever.embed(texts), strict=True):
        idf = {stem: weight for stem, weight in retriever.idf(text).items() if not stem.isdigit()}
        stems = dict(zip(rooted([*idf]), idf.values(), strict=True))
        claims.append(Claim(text, vector, stems, read(text)[0]))
    return claims


def read_sources(papers: Mapping[str, Paper], retriever: Retriever) -> list[Source]:
    """Read papers of the library, given by the names that reasons shall call them."""
    sources = []
    for (name, paper), sentences in zip(papers.items(), retriever.sentences(papers.values()), strict=True):
        texts = [paper.abstract[start:end] for start, end in sentences.spans]
        sources.append(
            Source(
                name,
                paper,
                sentences.spans,
                sentences.vectors,
                tuple(frozenset(rooted(retriever.terms(text))) for text in texts),
                tuple(read(text)[0] for text in texts),
                frozenset(rooted(retriever.terms(paper.title))),
            )
        )
    return sources
