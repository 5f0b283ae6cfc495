"""An answer without a language model: the best sentences of the best papers, each its own footnote."""

import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.citations import Draft
from rag.extractive.focus import asks_several, named, near, own_name
from rag.extractive.passages import Passage, passages
from rag.interfaces import Span
from rag.retrieval.retriever import Retriever
from rag.types import Hit, Paper

SENTENCES = 5  # of an answer
PAPERS = 6  # of an answer from several, one sentence each
PER_PAPER = 3  # of one paper, at most
_SAME_PAPER = 0.05  # what each sentence costs that the answer has of its paper already
_FAR_BELOW = 0.4  # the best sentence's score: from there on a sentence only dilutes the answer
_REPEAT = 0.8  # share of terms in common from which two sentences say the same
_ALIKE = 0.9  # cosine from which sentences of two papers do
_TITLE = 60  # characters of a title in a line

# Words that point back to the sentence before, but for "this paper shows" and "it is known".
_POINTS_BACK = re.compile(
    r"(it(?! (is|was|has been)\b)|its|this(?! (paper|work|study|article|survey|review|report|thesis)\b)"
    r"|they|their|these|those|such|however|but|yet|instead|nevertheless|therefore|thus|hence"
    r"|consequently|conversely|in contrast|by contrast|as a result|to this end|specifically)\b",
    re.IGNORECASE,
)


def answer(
    question: str, vector: NDArray[np.float32], hits: Sequence[Hit], retriever: Retriever
) -> list[Draft]:
    """The sentences that answer a question together, paper by paper, the paper of the best one first.

    Inside a paper the best sentence comes first and what goes with it follows in the abstract's order. A
    paper that the question is about comes before all others, and several that it names are the only ones.
    A question for several papers gets one sentence of each. Where they are more than one, a line a paper
    begins with its name.
    """
    about = named(question, hits)
    is_for_several = not about and asks_several(question)
    wanted = near(hits) if is_for_several else about
    among = hits if len(about) == 1 else wanted or hits
    one_each = is_for_several and len(wanted) > 1
    chosen = _choose(passages(question, vector, among, retriever), wanted, one_each=one_each)
    papers = {passage.hit.paper.paper_id: passage.hit.paper for passage in chosen}
    drafts: list[Draft] = []
    for number, (paper_id, paper) in enumerate(papers.items(), start=1):
        name = f"{short_name(paper)}: " if len(papers) > 1 else ""
        quotes = _quotes([passage for passage in chosen if passage.hit.paper.paper_id == paper_id])
        drafts += _line(paper, quotes, name, number)
    return drafts


def short_name(paper: Paper) -> str:
    """What to call it in a line: the name that its title begins with, else its title; and the year."""
    name = own_name(paper)
    if not name:
        title = paper.title or paper.abstract
        whole_words = title[:_TITLE].rpartition(" ")[0]
        name = f"“{title}”" if len(title) <= _TITLE else f"“{whole_words} …”"
    return f"{name} ({paper.year})" if paper.year else name


def _choose(best_first: Sequence[Passage], wanted: Sequence[Hit], *, one_each: bool) -> list[Passage]:
    """The best of each paper that is wanted, then the best few of all: not too many of one paper, none far
    below the best, none that repeats another.
    """
    chosen: list[Passage] = []
    for passage in best_first:
        is_first = passage.hit in wanted and passage.hit not in (other.hit for other in chosen)
        if is_first and not any(_repeats(passage, other) for other in chosen):
            chosen.append(passage)
    if one_each:
        return chosen[:PAPERS]
    left = [p for p in best_first if p.score >= best_first[0].score - _FAR_BELOW and p not in chosen]
    while left and len(chosen) < SENTENCES:
        papers = [passage.hit.rank for passage in chosen]
        best = max(left, key=lambda p: p.score - _SAME_PAPER * papers.count(p.hit.rank))
        left.remove(best)
        if papers.count(best.hit.rank) < PER_PAPER and not any(_repeats(best, other) for other in chosen):
            chosen.append(best)
    return chosen


def _repeats(one: Passage, other: Passage) -> bool:
    """Whether they say the same; not where they give other numbers, as two versions of a paper may."""
    if one.numbers != other.numbers:
        return False
    shared, either = len(one.terms & other.terms), len(one.terms | other.terms)
    if one.text == other.text or (either > 0 and shared / either >= _REPEAT):
        return True
    return one.hit.rank != other.hit.rank and float(one.vector @ other.vector) >= _ALIKE


def _quotes(of_paper: Sequence[Passage]) -> list[Span]:
    """Spans of the abstract, that of the best sentence first, the rest in order; a sentence that points
    back has the one before with it.
    """
    best, spans = of_paper[0].place, of_paper[0].spans
    runs: list[Span] = []
    for passage in sorted(of_paper, key=lambda passage: passage.place):
        first = max(0, passage.place - 1) if _POINTS_BACK.match(passage.text) else passage.place
        if runs and first <= runs[-1][1]:
            first = runs.pop()[0]
        runs.append((first, passage.place))
    runs.sort(key=lambda run: not run[0] <= best <= run[1])
    return [(spans[first][0], spans[last][1]) for first, last in runs]


def _line(paper: Paper, quotes: Sequence[Span], name: str, number: int) -> Iterator[Draft]:
    """The quotes of one paper, its name before the first and a line's end after the last."""
    marker = f"[{number}]"
    for place, (start, end) in enumerate(quotes):
        text = paper.abstract[start:end]
        quoted = f"{'' if place else name}“{text}” "
        yield Draft(
            text,
            (paper.paper_id,),
            shown=quoted + marker,
            after="\n" if place == len(quotes) - 1 else " ",
            marks=((len(quoted), len(quoted) + len(marker)),),
        )
