"""Whether the collection answers a question at all, judged from retrieval alone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.retrieval import Retriever
from rag.types import Hit
from rag.words import content_words

# Fitted on the dev questions, checked on other collections (docs/decisions.md).
_GAP, _KEY, _COVER = 0.8, 2.0, 0.1
_BAR = 0.49
_GAP_RANK = 10
_TYPICAL_GAP = 0.12  # stands in where a library has fewer papers than that
_KEY_WORDS = 2
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


def assess(question: str, vector: NDArray[np.float32], hits: Sequence[Hit], retriever: Retriever) -> Assessment:
    """Judge a question by its hits, of which at least ten are needed for a full view.

    Four facts are weighed: how near the nearest chunk is; how far the nearest paper stands out from
    the tenth; how much nearer the collection is to the question with its two key words than without
    (of a question on something else, it is nearer without them); and how much of the question's
    idf mass the best paper holds.
    """
    nearest = float(retriever.nearest(vector[None, :])[0])
    dense = sorted((hit.scores["dense"] / 2 for hit in hits), reverse=True)
    gap = dense[0] - dense[_GAP_RANK - 1] if len(dense) >= _GAP_RANK else _TYPICAL_GAP
    idf, held = retriever.idf(question), set(retriever.terms(hits[0].paper.text))
    cover = sum(weight for term, weight in idf.items() if term in held) / (sum(idf.values()) or 1.0)
    score = nearest + _GAP * gap + _KEY * _key_words_gain(question, vector, nearest, retriever) + _COVER * cover
    confidence = 1 / (1 + math.exp(-_STEEPNESS * (score - _BAR)))
    return Assessment(confidence, _explain(question, hits[0], held, retriever))


def _key_words_gain(question: str, vector: NDArray[np.float32], nearest: float, retriever: Retriever) -> float:
    """How much nearer the collection is to the question than to the question without a key word, for
    the two words whose removal moves its vector furthest; 0 for a question too short to tell.
    """
    spans = content_words(question)
    if len(spans) <= _KEY_WORDS:
        return 0.0
    without = retriever.embed([f"{question[:start]} {question[end:]}" for start, end in spans])
    key = np.argsort(without @ vector, kind="stable")[:_KEY_WORDS]
    return nearest - float(retriever.nearest(without[key]).mean())


def _explain(question: str, best: Hit, held: set[str], retriever: Retriever) -> str:
    words = dict.fromkeys(question[start:end] for start, end in content_words(question))
    missing = {
        word: max(retriever.idf(word).values(), default=0.0)
        for word in words
        if not held.issuperset(retriever.terms(word))
    }
    rarest = sorted(missing, key=lambda word: -missing[word])[:_MOST_WORDS]
    named = f"; it does not speak of {', '.join(f'“{word}”' for word in rarest)}" if rarest else ""
    title = best.paper.title or best.paper.paper_id
    return f"the papers of this library do not seem to answer this. The nearest is “{title}”{named}."
