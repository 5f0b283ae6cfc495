"""Why a question is not answered, for a reader: only words that tell, and what else may be meant."""

import math
import re
from collections.abc import Mapping, Sequence
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from rag.extractive.details import frame_terms
from rag.prompts import REFUSAL
from rag.retrieval.retriever import Retriever
from rag.types import Hit, Paper
from rag.words import content_words, words_of

LONG_QUESTION = 40
"""Words; one that says so much is judged as it stands, as each word costs a vector."""

_TELLS = 0.93  # cosine of the question with and without a word, up to which the word tells what it is about
_MOST_WORDS = 3  # named in a reason
_SHORTEST_TYPO = 5  # letters
_A_NAME = re.compile(r"(?=.*[A-Z])[^\W\d_].*")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def not_here(question: str, vector: NDArray[np.float32], hits: Sequence[Hit], retriever: Retriever) -> str:
    """That the collection is on something else."""
    nearest = hits[0].paper
    respelt = _respelt(question, hits, retriever)
    missing = _missing(question, vector, nearest, respelt, retriever)
    lacks = f"; it does not speak of {missing}" if missing else ""
    return (
        f"the papers of this library do not seem to answer this. The nearest is "
        f"“{nearest.title or nearest.paper_id}”{lacks}.{_hints(question, respelt)}"
    )


def not_told(question: str, vector: NDArray[np.float32], hits: Sequence[Hit], retriever: Retriever) -> str:
    """That the abstracts leave it out."""
    respelt = _respelt(question, hits, retriever)
    missing = _missing(question, vector, hits[0].paper, respelt, retriever)
    lacks = f" The nearest does not speak of {missing}." if missing else ""
    return f"{REFUSAL}{lacks}{_hints(question, respelt)}"


def _hints(question: str, respelt: Mapping[str, str]) -> str:
    hints = [f" Did you mean “{word}”?" for word in list(respelt.values())[:_MOST_WORDS]]
    if year := _YEAR.search(question):
        hints.append(f" A year is asked for by a filter, like `--year {year.group()}`.")
    return "".join(hints)


def _missing(
    question: str,
    vector: NDArray[np.float32],
    nearest: Paper,
    respelt: Mapping[str, str],
    retriever: Retriever,
) -> str:
    """The words that the nearest paper lacks and that tell: without them the question is another one, and
    they are names, or words that no paper holds.
    """
    spans = content_words(question)
    held = {*retriever.terms(nearest.text), *frame_terms(retriever)}
    lacking = {
        question[start:end]: f"{question[:start]} {question[end:]}"
        for start, end in spans
        if question[start:end] not in respelt
        and not held.issuperset(retriever.terms(question[start:end]))
        and (_is_name(question, start, end) or _is_unknown(question[start:end], retriever))
    }
    if not lacking or len(spans) > LONG_QUESTION:
        return ""
    nearness = dict(zip(lacking, retriever.embed(list(lacking.values())) @ vector, strict=True))
    telling = sorted((word for word in lacking if nearness[word] <= _TELLS), key=lambda word: nearness[word])
    return ", ".join(f"“{word}”" for word in telling[:_MOST_WORDS])


def _respelt(question: str, hits: Sequence[Hit], retriever: Retriever) -> dict[str, str]:
    """Words that no paper holds, each with a word of the papers found from which it is one slip away."""
    words = dict.fromkeys(words_of(question))
    unknown = [word for word in words if len(word) >= _SHORTEST_TYPO and _is_unknown(word, retriever)]
    if not unknown:
        return {}
    texts = [hit.paper.text for hit in hits]
    known = dict.fromkeys(word for text in texts for word in words_of(text))
    near = {word: next((other for other in known if _one_slip(word, other)), "") for word in unknown}
    return {word: other for word, other in near.items() if other}


def _one_slip(word: str, other: str) -> bool:
    """Whether a letter too many, too few or wrong, or two exchanged, tell them apart; rarely the first."""
    one, two = word.lower(), other.lower()
    if len(two) < _SHORTEST_TYPO or one[0] != two[0] or abs(len(one) - len(two)) > 1:
        return False
    start = _shared(one, two)
    one, two = one[start:], two[start:]
    end = _shared(one[::-1], two[::-1])
    one, two = one[: len(one) - end], two[: len(two) - end]
    return max(len(one), len(two)) <= 1 or (len(one) == 2 and one == two[::-1])


def _shared(one: str, two: str) -> int:
    """How many letters they have in common from the first on."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, two, strict=False)))


def _is_name(question: str, start: int, end: int) -> bool:
    """Whether it is spelt like a name; a capital that begins the question is none."""
    return bool(_A_NAME.fullmatch(question[max(start, 1) : end]))


def _is_unknown(word: str, retriever: Retriever) -> bool:
    """Whether it has a term that no paper of the library holds."""
    unheard = math.log(1 + (len(retriever) + 0.5) / 0.5)
    return any(idf >= unheard - 1e-6 for idf in retriever.idf(word).values()) and not word.isdigit()
