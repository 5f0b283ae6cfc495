"""What little it takes to find something: chance, words alone, titles alone; to read a figure beside."""

import random
from collections.abc import Mapping

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from eval.dataset import document_id
from eval.measures import DEPTH
from rag import FootnoteError, Library

Lists = dict[str, list[str]]
"""Documents by query, best first."""


def floors(queries: Mapping[str, str], library: Library) -> dict[str, Lists]:
    """By name the runs of three systems that are hardly any: `random`, `bm25` and `titles`."""
    papers = [paper for paper in library.papers() if paper.abstract]
    names = {paper.paper_id: document_id(paper) for paper in papers}
    titles = [paper.title for paper in papers]
    return {
        "random": _random(queries, list(names.values())),
        "bm25": {query: [names[i] for i in _by_words(library, text)] for query, text in queries.items()},
        "titles": _by_titles(queries, list(names.values()), titles),
    }


def _random(queries: Mapping[str, str], documents: list[str]) -> Lists:
    """By lot, the same each time for a query."""
    depth = min(DEPTH, len(documents))
    return {query: random.Random(query).sample(documents, depth) for query in queries}  # noqa: S311


def _by_words(library: Library, query: str) -> list[str]:
    try:
        return library.by_words(query, DEPTH)
    except FootnoteError:  # a query without words: it finds nothing, and fails as it does in the search
        return []


def _by_titles(queries: Mapping[str, str], documents: list[str], titles: list[str]) -> Lists:
    """By the cosine of the TF-IDF of query and title; titles that share no word are not found."""
    if not any(title.strip() for title in titles):
        return {query: [] for query in queries}
    vectorizer = TfidfVectorizer(sublinear_tf=True, stop_words="english")
    of_titles = vectorizer.fit_transform(titles)
    cosines = (vectorizer.transform(queries.values()) @ of_titles.T).tocsr()
    return {
        query: [documents[i] for i in _best(cosines[row].indices, cosines[row].data)]
        for row, query in enumerate(queries)
    }


def _best(found: np.ndarray, scores: np.ndarray) -> list[int]:
    order = np.lexsort((found, -scores))[:DEPTH]
    return [int(found[place]) for place in order]
