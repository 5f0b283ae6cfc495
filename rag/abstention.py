"""Whether the collection answers a question at all, judged from retrieval alone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.retrieval import Retriever
from rag.types import Hit, Paper
from rag.words import content_words

# Fitted on the dev questions, checked on other collections (docs/decisions.md).
_GAP, _KEY = 0.8, 2.0
_MEANING_BAR, _WORDS_BAR = 0.465, 0.65
_PAPERS_BY_WORDS = 5
_GAP_RANK = 10
_TYPICAL_GAP = 0.12  # stands in where a library has fewer papers than that
_KEY_WORDS = 2
_LONG_QUESTION = 40  # words; one that says so much is judged as it stands, as each word costs a vector
_STEEPNESS = 20.0  # of the confidence, which is a half at the bar
_MOST_WORDS = 3  # named in a reason


@dataclass(frozen=True, slots=True)
class Assessment:
    """`confidence` in [0, 1] that the collection answers; `reason` is for the user where it does not."""

    confidence: float
    reason: str

    @property
    def answers(self) -> bool:
        """Whether an answer is worth giving."""
        return self.confidence >= 0.5


def assess(
    question: str, vector: NDArray[np.float32], hits: Sequence[Hit], retriever: Retriever
) -> Assessment:
    """Judge a question by its hits, of which at least ten are needed for a full view.

    Either of two things will do. By meaning: how near the nearest chunk is, how far the nearest paper
    stands out from the tenth, and how much nearer the collection is to the question with its two key
    words than without (to a question on something else, it is nearer without them). By words: how
    much of the question's idf mass a single paper holds, which speaks for names no encoder knows.
    """
    nearest = float(retriever.nearest(vector[None, :])[0])
    dense = sorted((hit.scores["dense"] for hit in hits), reverse=True)
    gap = dense[0] - dense[_GAP_RANK - 1] if len(dense) >= _GAP_RANK else _TYPICAL_GAP
    meaning = nearest + _GAP * gap + _KEY * _key_words_gain(question, vector, nearest, retriever)
    words = _share_of_words(question, hits, retriever)
    confidence = max(_confidence(meaning, _MEANING_BAR), _confidence(words, _WORDS_BAR))
    return Assessment(confidence, _explain(question, hits[0].paper, retriever))


def _confidence(score: float, bar: float) -> float:
    return 1 / (1 + math.exp(-_STEEPNESS * (score - bar)))


def _key_words_gain(
    question: str, vector: NDArray[np.float32], nearest: float, retriever: Retriever
) -> float:
    """How much nearer the collection is to the question than to the question without a key word, for
    the two words whose removal moves its vector furthest; 0 for a question too short or long to tell.
    """
    spans = content_words(question)
    if not _KEY_WORDS < len(spans) <= _LONG_QUESTION:
        return 0.0
    without = retriever.embed([f"{question[:start]} {question[end:]}" for start, end in spans])
    key = np.argsort(without @ vector, kind="stable")[:_KEY_WORDS]
    return nearest - float(retriever.nearest(without[key]).mean())


def _share_of_words(question: str, hits: Sequence[Hit], retriever: Retriever) -> float:
    """The largest share of the question's idf mass that one of the papers matching its words holds."""
    idf = retriever.idf(question)
    by_words = sorted(hits, key=lambda hit: -hit.scores["lexical"])[:_PAPERS_BY_WORDS]
    held = [set(retriever.terms(hit.paper.text)) for hit in by_words]
    shares = [sum(weight for term, weight in idf.items() if term in terms) for terms in held]
    return max(shares, default=0.0) / (sum(idf.values()) or 1.0)


def _explain(question: str, nearest: Paper, retriever: Retriever) -> str:
    held = set(retriever.terms(nearest.text))
    words = dict.fromkeys(question[start:end] for start, end in content_words(question))
    missing = {
        word: max(retriever.idf(word).values(), default=0.0)
        for word in words
        if not held.issuperset(retriever.terms(word))
    }
    rarest = sorted(missing, key=lambda word: -missing[word])[:_MOST_WORDS]
    named = f"; it does not speak of {', '.join(f'“{word}”' for word in rarest)}" if rarest else ""
    title = nearest.title or nearest.paper_id
    return f"the papers of this library do not seem to answer this. The nearest is “{title}”{named}."
