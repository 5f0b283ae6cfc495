"""Whether the paper that a question is about tells the detail that is asked of it."""

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.retrieval.retriever import Retriever
from rag.types import Paper

# Fitted on the dev questions and on plainly worded ones about the sample (docs/decisions.md).
_NEARNESS, _BAR, _STEEPNESS = 0.75, 0.02, 10.0
_FEW_PAPERS = 3
_ASKS = re.compile(
    r"(what|which|who|whose|when|where|why|how|do|does|did|is|are|was|were|can|could|should|by|in|on|at|to)\b"
    r".*|.*\?\W*",
    re.IGNORECASE | re.DOTALL,
)
# Words that ask, measure and compare, or name kinds of work: an abstract tells "how many", "how fast" and
# "which methods" in words of its own.
_FRAME = """
    able accord achieve actually affect allow also amount bad best better big bigger biggest call cause
    change compare compared deal differ difference different does due effect enable exactly far fast
    faster find first gain get give good great handle happen help high improve increase kind know large
    larger largest like long longer low main make many mean much need new number often one perform
    possible quick reach really reduce report require run same save say second show slow slower small
    smaller smallest still support take tell third try two type usage use versus vs way well work worse worst
    approach approaches method methods paper papers strategies strategy technique techniques
"""


def details_told(
    question: str, vector: NDArray[np.float32], papers: Sequence[Paper], retriever: Retriever
) -> float:
    """Log-odds that these abstracts tell; infinite for what is no question.

    They do not where the titles have the question's words, above all such as few papers have, and the
    abstracts lack the rest of them: then the question names these papers, and something that is left out. A
    near sentence speaks for it.
    """
    frame = frame_terms(retriever)
    idf = {term: weight for term, weight in retriever.idf(question).items() if term not in frame}
    if not idf or not _ASKS.fullmatch(question.strip()):
        return math.inf
    in_titles = {term for paper in papers for term in retriever.terms(paper.title)}
    in_abstracts = {term for paper in papers for term in retriever.terms(paper.abstract)}
    total, rare = sum(idf.values()), _idf(_FEW_PAPERS, len(retriever))
    rest = {term: weight for term, weight in idf.items() if term not in in_titles}
    described = 1 - sum(rest.values()) / total
    named = sum(w for term, w in idf.items() if term in in_titles and w >= rare) / total
    lacking = sum(w for term, w in rest.items() if term not in in_abstracts) / (sum(rest.values()) or 1.0)
    nearest = max(float((each.vectors @ vector).max()) for each in retriever.sentences(papers))
    told = _NEARNESS * nearest - (described + named) / 2 * lacking
    return _STEEPNESS * (told - _BAR)


def frame_terms(retriever: Retriever) -> set[str]:
    """Terms of the words that ask, measure and compare, of which no abstract need speak."""
    return set(retriever.terms(_FRAME))


def _idf(papers: int, total: int) -> float:
    """Of a term that so many papers hold, as the word index has it."""
    return math.log(1 + (total - papers + 0.5) / (papers + 0.5))
