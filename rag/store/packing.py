"""Values ↔ what a column of the database takes."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import numpy as np

from rag.encoding.embedding import Recipe, Spans
from rag.interfaces import Encoder
from rag.types import Paper

STORED = np.float16
"""What vectors are stored in: half the size, the same ranking."""

_SPAN_BYTES = 8  # two int32


def paper_columns(paper: Paper) -> dict[str, object]:
    """A paper as its row of the table, but for row and generation."""
    return {
        "paper_id": paper.paper_id,
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": json.dumps(paper.authors, ensure_ascii=False),
        "year": paper.year,
        "venue": paper.venue,
        "url": paper.url,
        "keywords": json.dumps(paper.keywords, ensure_ascii=False),
        "identifiers": json.dumps(dict(paper.identifiers), ensure_ascii=False),
    }


def paper_from(row: sqlite3.Row, sources: tuple[str, ...]) -> Paper:
    """The paper of a row."""
    said = {name: row[name] for name in ("title", "abstract", "year", "venue", "url")}
    said |= {name: tuple(json.loads(row[name])) for name in ("authors", "keywords")}
    return Paper(
        identifiers=json.loads(row["identifiers"]), sources=sources, first_id=row["paper_id"], **said
    )


def packed_recipe(recipe: Recipe) -> str:
    """A recipe as it stands in the manifest."""
    return json.dumps(asdict(recipe))


def recipe_from(packed: str) -> Recipe:
    """The recipe.

    Raises:
        ValueError, KeyError, TypeError: it is none.
    """
    fields = json.loads(packed)
    return Recipe(Encoder(**fields["encoder"]), fields["chunking"])


def packed_spans(said: Spans) -> tuple[bytes, bytes]:
    """Spans as pairs of int32, and their vectors row by row."""
    return np.asarray(said.spans, dtype=np.int32).tobytes(), said.vectors.astype(STORED).tobytes()


def spans_from(packed: Sequence[tuple[bytes, bytes]]) -> Iterator[Spans]:
    """Spans of several papers, in order, with their vectors as float32; unpacked together, as that is
    faster by far.
    """
    flat = np.frombuffer(b"".join(spans for spans, _ in packed), dtype=np.int32).tolist()
    pairs = list(zip(flat[::2], flat[1::2], strict=True))
    halves = np.frombuffer(b"".join(vectors for _, vectors in packed), dtype=STORED)
    rows = halves.reshape(len(pairs), -1).astype(np.float32)
    first = 0
    for spans, _ in packed:
        last = first + len(spans) // _SPAN_BYTES
        yield Spans(pairs[first:last], rows[first:last])
        first = last
