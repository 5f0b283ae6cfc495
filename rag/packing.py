"""Values ↔ what a column of the database takes."""

import json
import sqlite3
from dataclasses import asdict

import numpy as np

from rag.embedding import Recipe, Spans
from rag.interfaces import Encoder
from rag.types import Paper


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
        "identifiers": json.dumps(dict(paper.identifiers), ensure_ascii=False),
    }


def paper_from(row: sqlite3.Row, sources: tuple[str, ...]) -> Paper:
    """The paper of a row."""
    said = {name: row[name] for name in ("title", "abstract", "year", "venue", "url")}
    authors, identifiers = tuple(json.loads(row["authors"])), json.loads(row["identifiers"])
    return Paper(authors=authors, identifiers=identifiers, sources=sources, first_id=row["paper_id"], **said)


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
    """Spans as pairs of int32, and vectors as float16: half the size, the same ranking."""
    return np.asarray(said.spans, dtype=np.int32).tobytes(), said.vectors.astype(np.float16).tobytes()


def spans_from(spans: bytes, vectors: bytes) -> Spans:
    """Spans with their vectors as float32."""
    pairs = np.frombuffer(spans, dtype=np.int32).reshape(-1, 2)
    rows = np.frombuffer(vectors, dtype=np.float16).reshape(len(pairs), -1).astype(np.float32)
    return Spans([(int(start), int(end)) for start, end in pairs], rows)
