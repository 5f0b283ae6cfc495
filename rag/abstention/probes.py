"""Questions a library is asked about its own papers, with and without them, to see how it answers."""

from collections.abc import Iterator, Mapping, Sequence
from heapq import nsmallest
from zlib import crc32

from rag.abstention.calibration import Calibration, calibrated, closeness
from rag.chunking import sentences
from rag.retrieval.retriever import CANDIDATES, Retriever
from rag.store.store import Store
from rag.types import Paper
from rag.words import words_of

_SAMPLE = 40  # papers; two probes each
_FEWEST = 10  # papers in a library that is worth asking
_KEY_WORDS = 6
_LONG = 20  # words, about as many as the longest questions have


def calibrate(store: Store, retriever: Retriever) -> None:
    """Measure how close a library comes to questions about its own papers, unless it is still much like it
    was when that was done; the caller holds the writer's lock.
    """
    total, measured = len(store.searchable), store.calibration
    if total < _FEWEST or (measured and measured.fits(total)):
        return
    rows = store.rows(_sample(store.searchable.ids()))
    store.keep_calibration(_measure(store.papers(rows.values()), retriever, total))


def _sample(paper_ids: Sequence[str]) -> list[str]:
    """The same few papers of a collection, in whatever order it came."""
    return nsmallest(_SAMPLE, paper_ids, key=lambda paper_id: (crc32(paper_id.encode()), paper_id))


def _measure(papers: Mapping[int, Paper], retriever: Retriever, total: int) -> Calibration:
    """Ask probes made of these papers, by row; a paper is left out of what was found rather than out of the
    library.
    """
    probes = [(row, probe) for row, paper in papers.items() for probe in _probes(paper, retriever)]
    vectors = retriever.embed([probe for _, probe in probes])
    with_own, without = [], []
    for (own, probe), vector in zip(probes, vectors, strict=True):
        found = retriever.look_at(probe, vector, CANDIDATES).best(CANDIDATES)
        with_own.append(closeness(each.parts for each in found))
        without.append(closeness(each.parts for each in found if each.row != own))
    return calibrated(with_own, without, sampled=len(papers), papers=total)


def _probes(paper: Paper, retriever: Retriever) -> Iterator[str]:
    """Its title, and the rarest words of a sentence from the middle of its abstract."""
    spans = sentences(paper.abstract)
    start, end = spans[0]
    yield " ".join((paper.title or paper.abstract[start:end]).split()[:_LONG])
    start, end = spans[min(len(spans) - 1, 1 + len(spans) // 2)]
    said = paper.abstract[start:end]
    words = words_of(said)
    rarity = {word: max(retriever.idf(word).values(), default=0.0) for word in words}
    rarest = set(sorted(rarity, key=lambda word: -rarity[word])[:_KEY_WORDS])
    yield " ".join(word for word in rarity if word in rarest) or said
