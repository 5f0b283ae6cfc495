"""Whether the collection answers a question at all, judged from retrieval alone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.abstention.calibration import closeness
from rag.abstention.reasons import LONG_QUESTION, not_here, not_told
from rag.extractive.details import details_told, frame_terms
from rag.extractive.focus import asks_for_works, named
from rag.prompts import REFUSAL
from rag.retrieval.fusion import WEIGHTS
from rag.retrieval.retriever import Retriever
from rag.types import Abstention, Hit, Paper
from rag.words import content_words

# Fitted on the dev questions, checked on other collections (docs/decisions.md).
_KEY, _STEEPNESS = 2.0, 5.0
_WORDS_BAR, _WORDS_STEEPNESS = 0.65, 20.0
_PAPERS_BY_WORDS = 5
_KEY_WORDS = 2
_ENOUGH = 0.5  # confidence
_TO_OPEN = 3  # papers
_ORDERS = "describe explain list overview summarize summary"
_NO_SUBJECT = "the question names no subject. Name one, or see with `footnote info` what the library holds."
_NAMED_AMONG = 10  # papers, the nearest, that a question may be about


@dataclass(frozen=True, slots=True)
class Assessment:
    """`confidence` in [0, 1] that the abstracts answer; where they do not, `abstention` is the kind of no,
    `reason` a sentence or two for the user, and `to_open` the papers to read in full instead.
    """

    confidence: float
    abstention: Abstention | None = None
    reason: str = ""
    to_open: tuple[Paper, ...] = ()


def assess(
    question: str, vector: NDArray[np.float32], hits: Sequence[Hit], retriever: Retriever
) -> Assessment:
    """Judge a question by its hits, of which at least ten are needed for a full view.

    The odds against an answer are those that the collection is on something else and those that it leaves
    out what is asked, added up.
    """
    if retriever.passing is None and not _subject(question, retriever):
        return Assessment(0.0, "not_in_collection", _NO_SUBJECT)
    hits = sorted(hits, key=_fused, reverse=True)  # whatever order a reranker put them in
    is_here = _is_here(question, vector, hits, retriever)
    is_told = _is_told(question, vector, hits, retriever)
    confidence = 1 / (1 + math.exp(-is_here) + math.exp(-is_told))
    if confidence >= _ENOUGH:
        return Assessment(confidence)
    if is_told < is_here:
        return do_not_tell(hits, confidence, not_told(question, vector, hits, retriever))
    return Assessment(confidence, "not_in_collection", not_here(question, vector, hits, retriever))


def _subject(question: str, retriever: Retriever) -> set[str]:
    """Terms of a question beyond those that only ask or order: without any, each abstract answers, which is
    meant only of a few that a filter lets pass.
    """
    return set(retriever.idf(question)) - frame_terms(retriever) - set(retriever.terms(_ORDERS))


def _fused(hit: Hit) -> float:
    return sum(weight * hit.scores[part] for part, weight in WEIGHTS.items())


def do_not_tell(hits: Sequence[Hit], confidence: float, said: str = REFUSAL) -> Assessment:
    """The collection is about this, and its abstracts leave it out: `said`, and what to open in full."""
    papers = tuple(hit.paper for hit in hits[:_TO_OPEN])
    reason = f"{said} Worth opening in full: {'; '.join(_named(paper) for paper in papers)}."
    return Assessment(confidence, "abstracts_do_not_tell", reason, papers)


def _is_here(question: str, vector: NDArray[np.float32], hits: Sequence[Hit], retriever: Retriever) -> float:
    """Log-odds that the collection is on what is asked.

    Either of two things will do. By meaning: how close it comes, and how much closer with the question's
    two key words than without (to a question on something else, it is closer without them). By words: how
    much of the question's idf mass a single paper holds, which speaks for names no encoder knows.
    """
    close = closeness(hit.scores for hit in hits) + _KEY * _key_words_gain(question, vector, hits, retriever)
    words = _share_of_words(question, hits, retriever)
    by_meaning = _STEEPNESS * (close - retriever.calibration.bar)
    return max(by_meaning, _WORDS_STEEPNESS * (words - _WORDS_BAR))


def _is_told(question: str, vector: NDArray[np.float32], hits: Sequence[Hit], retriever: Retriever) -> float:
    """Log-odds that the papers it is about tell what is asked of them, or the nearest does; a question for
    works asks no detail of one.
    """
    about = [hit.paper for hit in named(question, hits[:_NAMED_AMONG])]
    if not about and asks_for_works(question):
        return math.inf
    return details_told(question, vector, about or [hits[0].paper], retriever)


def _key_words_gain(
    question: str, vector: NDArray[np.float32], hits: Sequence[Hit], retriever: Retriever
) -> float:
    """How much nearer the collection is to the question than to the question without a key word, for
    the two words whose removal moves its vector furthest; 0 for a question too short or long to tell.
    """
    spans = content_words(question)
    if not _KEY_WORDS < len(spans) <= LONG_QUESTION:
        return 0.0
    without = retriever.embed([f"{question[:start]} {question[end:]}" for start, end in spans])
    key = np.argsort(without @ vector, kind="stable")[:_KEY_WORDS]
    nearest = max(max(hit.scores["whole"], hit.scores["window"]) for hit in hits)
    return nearest - float(retriever.nearest(without[key]).mean())


def _share_of_words(question: str, hits: Sequence[Hit], retriever: Retriever) -> float:
    """The largest share of the question's idf mass that one of the papers matching its words holds."""
    idf = retriever.idf(question)
    by_words = sorted(hits, key=lambda hit: -hit.scores["lexical"])[:_PAPERS_BY_WORDS]
    held = [set(retriever.terms(hit.paper.text)) for hit in by_words]
    shares = [sum(weight for term, weight in idf.items() if term in terms) for terms in held]
    return max(shares, default=0.0) / (sum(idf.values()) or 1.0)


def _named(paper: Paper) -> str:
    title = f"“{paper.title or paper.paper_id}”"
    return f"{title} ({paper.link})" if paper.link else title
