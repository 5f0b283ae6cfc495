"""Papers → chunks and sentences with a vector each; the recipe says by which encoder and chunking."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from rag.chunking import chunks, sentences
from rag.interfaces import Encoder, PaperEmbedder, Region, Span
from rag.types import Paper
from rag.words import folded


@dataclass(frozen=True, slots=True)
class Recipe:
    """What made the chunks and vectors; two libraries of one recipe are comparable."""

    encoder: Encoder
    chunking: str

    @property
    def key(self) -> str:
        """Tells the vectors of one recipe from those of another in the same database."""
        encoder = self.encoder
        made_of = [encoder.revision, encoder.dimension, encoder.pooling, self.chunking]
        return sha256(json.dumps(made_of).encode()).hexdigest()[:16]

    def unlike(self, mine: "Recipe") -> str:
        """In words, what a library made by this one has that one opened with `mine` cannot use."""
        if self.encoder != mine.encoder:
            return f"encoder {self.encoder}, and the settings say {mine.encoder}"
        return f"chunking “{self.chunking}”, and this version makes “{mine.chunking}”"


@dataclass(frozen=True, slots=True)
class Spans:
    """Spans of one abstract, (start, end) in characters, and a unit vector (row) for each."""

    spans: Sequence[Span]
    vectors: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Embedded:
    """What is embedded of a paper: its chunks, the whole first, and its sentences; `parts` is in how many
    the encoder had to read it.
    """

    chunks: Spans
    sentences: Spans
    parts: int


def embed(papers: Sequence[Paper], embedder: PaperEmbedder) -> list[Embedded]:
    """Chunks and sentences, with their vectors, of papers that have an abstract, in order."""
    chunked = [[(chunk.start, chunk.end) for chunk in chunks(paper)] for paper in papers]
    split = [sentences(paper.abstract) for paper in papers]
    texts = [folded(paper.text) for paper in papers]
    regions = [_regions(*of_paper) for of_paper in zip(papers, chunked, split, strict=True)]
    vectors, parts = embedder.embed_regions(texts, regions), embedder.parts(texts)
    return [
        Embedded(Spans(spans, rows[: len(spans)]), Spans(sentence_spans, rows[len(spans) :]), n)
        for spans, sentence_spans, rows, n in zip(chunked, split, vectors, parts, strict=True)
    ]


def _regions(paper: Paper, chunk_spans: list[Span], sentence_spans: list[Span]) -> list[Region]:
    """The whole text, then each window together with the title, then each sentence alone."""
    shift = paper.abstract_start
    title: Region = ((0, len(paper.title)),) if paper.title else ()
    windows: list[Region] = [(*title, (start + shift, end + shift)) for start, end in chunk_spans[1:]]
    alone: list[Region] = [((start + shift, end + shift),) for start, end in sentence_spans]
    return [((0, len(paper.text)),), *windows, *alone]
