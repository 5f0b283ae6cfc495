"""An abstract → questions that it answers, with no model: which paper this is, and what is missing here."""

import re
from collections.abc import Callable, Sequence
from random import Random

from eval.probes import rarest_words
from eval.questions import SINGLE, Nugget, Question, Quote
from eval.wording import folded, holds
from rag import Library, Paper, sentences

_KEY_WORDS = 4
_FEWEST_WORDS, _MOST_WORDS = 8, 40  # of a sentence that a question is made of
_BLANK = "____"
# A number that is said of something: no year, no part of a name ("GPT-4", "13B") or of a list.
_FIGURE = re.compile(r"(?<![\w.,^-])(?!(?:19|20)\d\d\b)\d+(?:[.,]\d+)*(?=\s*%|\s+[a-z]|[.,;)]?(?:\s|$))")


def known_item(paper: Paper, library: Library, random: Random) -> Question | None:
    """Which paper is it that speaks of the rarest words of one of its sentences? None where it has none."""
    for said in _chosen(paper, random):
        words = rarest_words(said.partition(" ")[2], library)[:_KEY_WORDS]  # the first has a capital
        if len(words) == _KEY_WORDS:
            in_order = sorted(words, key=said.index)
            asked = f"Which paper speaks of {', '.join(in_order[:-1])} and {in_order[-1]}?"
            nugget = Nugget(said, (paper.title,) if paper.title else ())
            return _question(asked, "known-item", paper, said, nugget)
    return None


def cloze(paper: Paper, library: Library, random: Random) -> Question | None:
    """What is missing in one of its sentences: a number, or where there is none the rarest word."""
    candidates = list(_chosen(paper, random))
    for what, blanked in (("number", _figures), ("word", lambda said: rarest_words(said, library)[:1])):
        for said in candidates:
            for fact in blanked(said):
                asked = _with_blank(said, fact, what)
                if asked and not holds(asked, fact):
                    return _question(asked, "cloze", paper, said, Nugget(said), fact)
    return None


RULES: Sequence[Callable[[Paper, Library, Random], Question | None]] = (known_item, cloze)
"""Ways to make a question, in turn."""


def _chosen(paper: Paper, random: Random) -> Sequence[str]:
    """Its sentences of a usual length in an order by lot; the first comes last, for it is mostly common."""
    said = [paper.abstract[start:end] for start, end in sentences(paper.abstract)]
    usual = [each for each in said[1:] if _FEWEST_WORDS <= len(each.split()) <= _MOST_WORDS]
    random.shuffle(usual)
    return [*usual, *said[:1]]


def _figures(said: str) -> list[str]:
    """The numbers of a sentence that stand there once."""
    found = _FIGURE.findall(said)
    return [figure for figure in found if folded(said).count(folded(figure)) == 1]


def _with_blank(said: str, fact: str, what: str) -> str:
    before, _, after = said.partition(fact)
    sentence = f"{before}{_BLANK}{after}".rstrip(".")
    return f"Which {what} is missing here: “{sentence}”?" if after or before else ""


def _question(asked: str, style: str, paper: Paper, said: str, nugget: Nugget, fact: str = "") -> Question:
    return Question(
        id="",
        question=asked,
        type=SINGLE,
        style=style,
        gold_ids=(paper.paper_id,),
        gold_quotes=(Quote(paper.paper_id, said),),
        answer=said,
        nuggets=(nugget,),
        must_contain=((fact,),) if fact else (),
    )
