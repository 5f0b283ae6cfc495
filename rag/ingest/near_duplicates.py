"""Papers with nearly the same abstract: their vectors find them, their words decide."""

from collections.abc import Iterable, Iterator

import numpy as np

from rag.indexes.indexes import Indexes
from rag.ingest.identity import alike
from rag.store.store import Store
from rag.types import Paper

_NEAR, _ALIKE = 0.9, 0.8  # cosine of whole abstracts, and share of words, from which two are nearly one
_NEAREST = 10  # papers, itself among them, that the index is asked for
_COMPARED = 100_000**2  # pairs: so many cosines take less time than asking the index for each paper
_AT_ONCE = 250  # papers compared with all others in one product


def near_duplicates(
    paper_ids: Iterable[str], store: Store, indexes: Indexes
) -> Iterator[tuple[Paper, Paper]]:
    """Pairs of a paper of these and another one with nearly its abstract, each pair once."""
    wanted = frozenset(paper_ids)
    few = len(wanted) ** 2 < len(store.searchable)  # then reading every vector costs more than it saves
    is_compared = not few and len(wanted) * len(store.searchable) <= _COMPARED
    pairs = _by_comparing(wanted, store) if is_compared else _by_index(wanted, store, indexes)
    for pair in dict.fromkeys(tuple(sorted(pair)) for pair in pairs):
        rows = store.rows(pair)
        papers = store.papers(rows.values())
        if len(papers) == 2:
            first, second = sorted(papers.values(), key=lambda paper: paper.paper_id not in wanted)
            if alike(first.abstract, second.abstract) >= _ALIKE:
                yield first, second


def _by_comparing(wanted: frozenset[str], store: Store) -> Iterator[tuple[str, str]]:
    """Those wanted stand first, so that each of them need only be compared with what comes after it."""
    known = [(paper.paper_id, vector) for paper, vector in store.feed.changed_since(0)]
    known.sort(key=lambda entry: entry[0] not in wanted)
    vectors = np.stack([vector for _, vector in known]) if known else np.empty((0, 1), np.float32)
    new = sum(paper_id in wanted for paper_id, _ in known)
    for first in range(0, new, _AT_ONCE):
        block = vectors[first : min(first + _AT_ONCE, new)]
        for one, other in np.argwhere(block @ vectors[first:].T >= _NEAR):
            if one < other:
                yield known[first + one][0], known[first + other][0]


def _by_index(wanted: frozenset[str], store: Store, indexes: Indexes) -> Iterator[tuple[str, str]]:
    for paper_id, _, chunks in store.searchable.chunks(wanted):
        for other_id, cosine in indexes.nearest_papers(chunks.vectors[0], _NEAREST):
            if cosine >= _NEAR and other_id != paper_id:
                yield paper_id, other_id
