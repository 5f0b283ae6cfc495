"""Why a paper ranks where it does for a question, or is not found, and what it would have needed."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from rag.filters import Filters
from rag.fusion import CANDIDATES, WEIGHTS, Scored, scaled
from rag.retrieval import Retriever, best_chunk, ranked
from rag.types import Chunk, Paper

_WORD = re.compile(r"[^\W_]+")
_MOST_DENSE = 2.0  # two cosines
_STEPS = 24  # of halving


@dataclass(frozen=True, slots=True)
class Explanation:
    """A paper's standing among those that were compared with a question (`looked_at` of them), as
    `search` orders them for `k` before any reranker.

    `rank` is None where it was not among them; its score is then the one it would have had. Where it
    cannot be found at all, `reason` says why and nothing else is known. `scores` are the parts as in a
    Hit; those in `scaled`, times `weights`, add up to `score`. `bar` is the score of the k-th hit.
    `matching` and `lacking` are the question's words that the paper holds or not, with their idf.
    `needs` says in words what would have brought it among the first k.
    """

    query: str
    paper: Paper
    k: int
    within: int | None = None
    looked_at: int = 0
    rank: int | None = None
    score: float | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    scaled: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    chunk: Chunk | None = None
    matching: Mapping[str, float] = field(default_factory=dict)
    lacking: Mapping[str, float] = field(default_factory=dict)
    bar: float | None = None
    needs: tuple[str, ...] = ()
    reason: str = ""

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


@dataclass(frozen=True, slots=True)
class _Standing:
    """The paper beside those that were compared, itself among them even where it was not."""

    paper_id: str
    k: int
    scored: Mapping[str, Scored]
    was_looked_at: bool

    @property
    def found(self) -> Scored:
        return self.scored[self.paper_id]

    def place(self, found: Scored | None = None) -> int:
        """Its place, from 1, or the one it would take if it had scored otherwise."""
        scored = {**self.scored, self.paper_id: found} if found else self.scored
        return [paper_id for paper_id, _ in ranked(scored)].index(self.paper_id) + 1

    def least(self, part: str, most: float) -> float | None:
        """The value of a part, of at most so much, with which it would be among the first k, all else
        as it is; None where none would do.
        """

        def suffices(value: float) -> bool:
            return self.place(replace(self.found, parts={**self.found.parts, part: value})) <= self.k

        low, high = self.found.parts[part], most
        if low >= high or not suffices(high):
            return None
        for _ in range(_STEPS):
            middle = (low + high) / 2
            low, high = (low, middle) if suffices(middle) else (middle, high)
        return high


def explain(query: str, paper: Paper, k: int, retriever: Retriever, filters: Filters) -> Explanation:
    """Explain a paper's standing for a query; `retriever` keeps to the filter."""
    within = None if retriever.passing is None else len(retriever.passing.ids)
    unknown = Explanation(query, paper, k, within)
    if not paper.abstract:
        return replace(unknown, reason="it has no abstract, and only abstracts are searched")
    if retriever.passing is not None and paper.paper_id not in retriever.passing.ids:
        return replace(unknown, reason=f"the filter {filters} leaves it out")
    return _explain(unknown, retriever)


def _explain(unknown: Explanation, retriever: Retriever) -> Explanation:
    query, paper, k = unknown.query, unknown.paper, unknown.k
    [vector] = retriever.embed([query])
    looked_at = retriever.look_at(query, vector, k)
    alone = retriever.look_at_one(query, vector, paper.paper_id)
    standing = _Standing(
        paper.paper_id, k, alone.scored | looked_at.scored, paper.paper_id in looked_at.scored
    )
    hits = ranked(looked_at.scored)[:k]
    matching, lacking = _words(query, paper, retriever)
    span = (alone.spans | looked_at.spans)[paper.paper_id]
    explained = replace(
        unknown,
        looked_at=len(looked_at.scored),
        rank=standing.place() if standing.was_looked_at else None,
        score=dict(ranked(standing.scored))[paper.paper_id],
        scores=standing.found.parts,
        scaled={name: values.get(paper.paper_id, 0.0) for name, values in scaled(standing.scored).items()},
        weights=WEIGHTS,
        chunk=best_chunk(paper, standing.found, span),
        matching=matching,
        lacking=lacking,
        bar=hits[k - 1][1] if len(hits) == k else None,
    )
    if explained.is_hit:
        return explained
    last = looked_at.scored[hits[-1][0]]
    bm25 = alone.scored[paper.paper_id].parts["lexical"]
    return replace(explained, needs=tuple(_needs(standing, last, bm25)))


def _needs(standing: _Standing, last: Scored, bm25: float) -> Iterator[str]:
    """What keeps the paper from the first k, and what would bring it there; `last` is the k-th hit, `bm25`
    the paper's own however low.
    """
    if not standing.was_looked_at:
        yield (
            "it was not compared: neither its passages nor its words are among the nearest few hundred; "
            f"it would have come at place {standing.place()}"
        )
    mine = {**standing.found.parts, "lexical": bm25}
    for part, label, digits in (
        ("window", "its best passage's cosine", 2),
        ("whole", "its abstract's cosine as a whole", 2),
        ("lexical", "its BM25", 1),
    ):
        if mine[part] < last.parts[part]:
            theirs = f"the {_ordinal(standing.k)} hit has {last.parts[part]:.{digits}f}"
            yield f"{label} is {mine[part]:.{digits}f}, where {theirs}"
    if bm25 > standing.found.parts["lexical"]:
        yield f"its BM25 adds nothing, as at least {CANDIDATES} papers have more"
    best = max(each.parts["lexical"] for each in standing.scored.values())
    for part, label, most, digits in (
        ("dense", "a sum of the two cosines", _MOST_DENSE, 2),
        ("lexical", "a BM25", 2 * best, 1),
    ):
        least = standing.least(part, most)
        if least is None:
            yield f"{label}, however high, would not do by itself"
        else:
            shown = math.ceil(least * 10**digits) / 10**digits
            more = shown - mine[part]
            yield f"{label} of {shown:.{digits}f}, {more:.{digits}f} more, would do by itself"


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
