"""Questions to begin with, made by rule from the titles of the user's own papers."""

import re
from collections.abc import Iterator
from itertools import islice

from rag import Library, Paper

_LOOKED_AT = 400  # papers; the first ones will do
_LONGEST_NAME, _LONGEST_TOPIC = 24, 90  # characters
# “GaLore: Memory-Efficient …”, “LLM.int8(): 8-bit …”: a name that no word is, and what it is about.
_NAMED = re.compile(r"(?P<name>[\w.+()-]+(?: [\w.+()-]+)?):\s+(?P<topic>.+)")
_REVIEW = re.compile(
    r"(?:an? |the )?(?:\w+ )?(?:survey|review|overview) (?:of|on) (?P<topic>.+)", re.IGNORECASE
)


def example_questions(library: Library, count: int = 4) -> list[str]:
    """A few questions that the papers may answer, spread over the collection; always the same for it."""
    questions = list(dict.fromkeys(_questions(library)))
    step = max(len(questions) // count, 1)
    return questions[::step][:count]


def _questions(library: Library) -> Iterator[str]:
    for paper in islice(library.papers(), _LOOKED_AT):
        if paper.abstract and (question := _question(paper)):
            yield question


def _question(paper: Paper) -> str:
    """One question about a paper, empty where its title gives none."""
    title = paper.title.rstrip(". ")
    if (named := _NAMED.match(title)) and _is_a_name(named["name"]):
        return f"What is {named['name']}, and what does it achieve?"
    if reviewed := _REVIEW.match(title):
        return f"What is known about {_as_in_a_sentence(reviewed['topic'])[:_LONGEST_TOPIC]}?"
    return ""


def _is_a_name(text: str) -> bool:
    """Whether it has a capital or digit inside, as names of methods have and words have not."""
    inside = text[1:]
    return len(text) <= _LONGEST_NAME and (inside != inside.lower() or any(map(str.isdigit, text)))


def _as_in_a_sentence(topic: str) -> str:
    """With its first letter small, unless it is an acronym's."""
    return topic if topic[1:2].isupper() else topic[:1].lower() + topic[1:]
