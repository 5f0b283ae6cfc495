"""A map of the collection: each paper a place in two dimensions, near those that say alike."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from rag.errors import InputError
from rag.export.files import write_whole
from rag.library import Library
from rag.types import Paper
from rag.words import content_words

SHOWN = 2_000
"""Papers on a map; more take long to lay out, and are no easier to read."""

FILE_NAME = "landscape.json"
_SCHEME = 1  # of the steps below; a map made otherwise is made anew
_DIMENSIONS = 50  # of the vectors that are laid out: the rest is noise, and costs time
_PERPLEXITY, _STEPS = 30.0, 500
_FEW = 12  # papers too few for neighbourhoods: their two main directions are the map
_MOST_CLUSTERS = 12  # colours that can be told apart
_TERMS = 4  # that name a cluster
_TWO_WORDS = 1.5  # what a term of two words counts for, as it says more
_EVEN = 1.01  # so that of a single cluster the most frequent terms are named
_SHORTEST = 3  # letters

Vectors = NDArray[np.float32]
Places = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Point:
    """A paper on the map, `x` and `y` from 0 to 1; `cluster` is a place in `Landscape.clusters`."""

    paper_id: str
    title: str
    x: float
    y: float
    cluster: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """Papers that say alike: what tells them from the others, how many, and the middle of them."""

    terms: tuple[str, ...]
    papers: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Landscape:
    """The map; `papers` is the number of all papers with an abstract, of which SHOWN at most are on it."""

    points: tuple[Point, ...]
    clusters: tuple[Cluster, ...]
    papers: int


@dataclass(frozen=True, slots=True)
class _Kept:
    made_of: str
    landscape: Landscape


_KEPT = TypeAdapter(_Kept)


def landscape_of(library: Library) -> Landscape:
    """The map of a library, the same for the same papers; kept in its folder until they change.

    Drawing it takes seconds; empty where there are no papers.
    """
    made_of = f"{_SCHEME} {library.searchable.generation} {library.recipe.key}"
    path = library.path / FILE_NAME
    with suppress(OSError, ValidationError):
        kept = _KEPT.validate_json(path.read_bytes())
        if kept.made_of == made_of:
            return kept.landscape
    made = _made(library)
    with suppress(OSError):  # as on a full disk: it is drawn again the next time
        write_whole(path, [_KEPT.dump_json(_Kept(made_of, made)).decode()])
    return made


def _made(library: Library) -> Landscape:
    ids, vectors = library.searchable.every_whole()
    chosen = sorted(range(len(ids)), key=lambda i: sha256(ids[i].encode()).digest())[:SHOWN]
    there = {i: paper for i in chosen if (paper := _if_there(library, ids[i]))}
    if not there:
        return Landscape((), (), 0)
    papers, main = list(there.values()), _main_directions(vectors[list(there)])
    labels, places = _clustered(main), _within_one(_laid_out(main))
    return Landscape(
        tuple(
            Point(paper.paper_id, paper.title or f"{paper.abstract[:80]}…", x, y, label)
            for paper, (x, y), label in zip(papers, places.tolist(), labels, strict=True)
        ),
        tuple(_described(papers, places, labels, library.retriever.terms)),
        len(ids),
    )


def _if_there(library: Library, paper_id: str) -> Paper | None:
    """The paper, unless another process took it out meanwhile."""
    with suppress(InputError):
        return library.paper(paper_id)
    return None


def _main_directions(vectors: Vectors) -> Vectors:
    """PCA: rows along the directions in which they differ most."""
    left, sizes, _ = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)
    found: Vectors = (left[:, :_DIMENSIONS] * sizes[:_DIMENSIONS]).astype(np.float32)
    return found


def _laid_out(main: Vectors) -> Vectors:
    from sklearn.manifold import TSNE

    flat = np.pad(main, ((0, 0), (0, 2)))[:, :2]
    if len(main) < _FEW:
        return flat
    start = flat * (1e-4 / max(float(flat[:, 0].std()), 1e-12))
    tsne = TSNE(
        perplexity=min(_PERPLEXITY, len(main) / 4), init=start, max_iter=_STEPS, angle=0.8, random_state=0
    )
    found: Vectors = tsne.fit_transform(main)
    return found


def _within_one(places: Vectors) -> Places:
    """Both directions from 0 to 1, as seen; four decimals are finer than any screen."""
    low, high = places.min(axis=0), places.max(axis=0)
    wide = np.where(high > low, high - low, 1)
    found: Places = np.where(high > low, (places - low) / wide, 0.5).astype(np.float64)
    return found.round(4)


def _clustered(main: Vectors) -> list[int]:
    """k-means of what is meant, not of places on the map; k grows with the root of the papers."""
    from sklearn.cluster import KMeans

    different = len(np.unique(main.round(4), axis=0))
    k = max(1, min(_MOST_CLUSTERS, round(sqrt(len(main)) / 2), different))
    labels: list[int] = KMeans(k, n_init=10, random_state=0).fit(main).labels_.tolist()
    by_size = [label for label, _ in Counter(labels).most_common()]
    return [by_size.index(label) for label in labels]


def _described(
    papers: Sequence[Paper], places: Places, labels: Sequence[int], stems: Callable[[str], list[str]]
) -> Iterator[Cluster]:
    """The clusters, largest first, in the words that more of their papers say than of all papers."""
    said = [set(_terms(paper)) for paper in papers]
    everywhere = Counter(term for terms in said for term in terms)
    for label in range(max(labels) + 1):
        own = [i for i, each in enumerate(labels) if each == label]
        here = Counter(term for i in own for term in said[i])
        weights = {
            term: count
            * log(_EVEN * count / len(own) * len(papers) / everywhere[term])
            * (_TWO_WORDS if " " in term else 1)
            for term, count in here.items()
        }
        x, y = np.median(places[own], axis=0).tolist()
        yield Cluster(tuple(_telling(weights, stems)), len(own), x, y)


def _telling(weights: Mapping[str, float], stems: Callable[[str], list[str]]) -> Iterable[str]:
    """The weightiest terms that have no word in common."""
    found: list[str] = []
    used: set[str] = set()
    for term in sorted(weights, key=lambda term: (-weights[term], term)):
        words = set(stems(term))
        if words and not any(_share_a_start(word, other) for word, other in product(words, used)):
            found.append(term)
            used |= words
        if len(found) == _TERMS:
            break
    return found


def _share_a_start(one: str, other: str) -> bool:
    """“gpu” and “gpus” are not told apart by their stems."""
    return one.startswith(other) or other.startswith(one)


def _terms(paper: Paper) -> Iterator[str]:
    """The words that carry meaning, and every two of them that stand side by side."""
    for text in (paper.title, paper.abstract):
        before, end = "", 0
        for start, next_end in content_words(text):
            word = text[start:next_end].lower()
            word = word if len(word) >= _SHORTEST and not word[0].isdigit() else ""
            if word:
                yield word
            if word and before and text[end:start] == " ":
                yield f"{before} {word}"
            before, end = word, next_end
