"""Why a paper ranks where it does for a question, or is not found, and what it would have needed."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rag.retrieval.filters import Filters
from rag.retrieval.fusion import WEIGHTS, Scored
from rag.retrieval.retriever import CANDIDATES, Retriever, best_chunk
from rag.types import Chunk, Paper

_WORD = re.compile(r"[^\W_]+")
_PARTS = (
    ("window", "its best passage's cosine", 2),
    ("whole", "its abstract's cosine as a whole", 2),
    ("bm25", "its BM25", 1),
    ("feedback", "what papers like it add", 3),
)  # name of a part, what it is for people, digits


@dataclass(frozen=True, slots=True)
class Explanation:
    """A paper's standing among those that were compared with a question (`looked_at` of them), as
    `search` orders them for `k` before any reranker.

    `rank` is None where it was not among them; its score is then the one it would have had. Where it
    cannot be found at all, `reason` says why and nothing else is known. `scores` are the parts as in a
    Hit; those that have weights add up to `score` by them. `bar` is the score of the k-th hit.
    `matching` and `lacking` are the question's words that the paper holds or not, with their idf.
    `needs` says in words what would have brought it among the first k. `excluded` is that of Hits.
    """

    query: str
    paper: Paper
    k: int
    within: int | None = None
    looked_at: int = 0
    rank: int | None = None
    score: float | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    chunk: Chunk | None = None
    matching: Mapping[str, float] = field(default_factory=dict)
    lacking: Mapping[str, float] = field(default_factory=dict)
    bar: float | None = None
    needs: tuple[str, ...] = ()
    reason: str = ""
    excluded: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_hit(self) -> bool:
        """Whether it is among the first k."""
        return self.rank is not None and self.rank <= self.k

    @property
    def missed_by(self) -> float | None:
        """How much its score is short of the k-th hit's; None where it is a hit or cannot be found."""
        if self.is_hit or self.score is None or self.bar is None:
            return None
        return max(0.0, self.bar - self.score)


def explain(query: str, paper: Paper, k: int, retriever: Retriever, filters: Filters) -> Explanation:
    """Explain a paper's standing for a query; `retriever` keeps to the filter."""
    passing = retriever.passing
    within = None if passing is None else len(passing.ids)
    excluded = {"no_year": 0} if passing is None else passing.excluded
    unknown = Explanation(query, paper, k, within, excluded=excluded)
    if not paper.abstract:
        return replace(unknown, reason="it has no abstract, and only abstracts are searched")
    if passing is not None and paper.paper_id not in passing.ids:
        return replace(unknown, reason=f"the filter {filters} leaves it out")
    return _explain(unknown, retriever)


def _explain(unknown: Explanation, retriever: Retriever) -> Explanation:
    query, paper, k = unknown.query, unknown.paper, unknown.k
    [vector] = retriever.embed([query])
    ranking = retriever.look_at(query, vector, k)
    was_looked_at = paper.paper_id in ranking
    compared = ranking if was_looked_at else retriever.look_at(query, vector, k, also=[paper.paper_id])
    found, best = compared.scored(paper.paper_id), ranking.best(k)
    matching, lacking = _words(query, paper, retriever)
    explained = replace(
        unknown,
        looked_at=len(ranking),
        rank=ranking.place(paper.paper_id) + 1 if was_looked_at else None,
        score=found.score,
        scores=found.parts,
        weights=WEIGHTS,
        chunk=best_chunk(paper, found),
        matching=matching,
        lacking=lacking,
        bar=best[-1].score if len(best) == k else None,
    )
    if explained.is_hit:
        return explained
    return replace(explained, needs=tuple(_needs(explained, best[k - 1 :])))


def _needs(mine: Explanation, kth: Sequence[Scored]) -> Iterator[str]:
    """What keeps the paper from the first k, and what would bring it there; `kth` is the last of them, or
    none where fewer were compared.
    """
    if mine.rank is None:
        yield (
            "it was not compared: neither its meaning nor its words are among the nearest "
            f"{max(CANDIDATES, mine.k)}"
        )
    if not kth:
        return
    [last] = kth
    for part, label, digits in _PARTS:
        if mine.scores[part] < last.parts[part]:
            theirs = f"the {_ordinal(mine.k)} hit has {last.parts[part]:.{digits}f}"
            yield f"{label} is {mine.scores[part]:.{digits}f}, where {theirs}"
    for part, label in (("dense", "a mean cosine"), ("lexical", "a share of its words' BM25")):
        more = (mine.missed_by or 0.0) / mine.weights[part]
        needed = math.ceil((mine.scores[part] + more) * 1_000) / 1_000
        if needed > 1:
            yield f"{label}, however high, would not do by itself"
        else:
            yield f"{label} of {needed:.3f}, {more:.3f} more, would do by itself"


def _words(query: str, paper: Paper, retriever: Retriever) -> tuple[dict[str, float], dict[str, float]]:
    """The query's words that the paper holds, and those that it lacks, the rarest first, with their idf."""
    typed = {term: word for word in _WORD.findall(query)[::-1] for term in retriever.terms(word)}
    held = set(retriever.terms(paper.text))
    matching, lacking = dict[str, float](), dict[str, float]()
    for term, idf in sorted(retriever.idf(query).items(), key=lambda item: -item[1]):
        (matching if term in held else lacking)[typed.get(term, term)] = idf
    return matching, lacking


def _ordinal(n: int) -> str:
    if n % 100 in (11, 12, 13):
        return f"{n}th"
    return f"{n}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th') }"
