"""A follow-up → a question that can be searched for, by rule: what it refers to is named in it."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from rag.cleaning import LONGEST_QUESTION
from rag.types import Answer, Citation, Paper
from rag.words import words_of

_MOST_NAMED = 3  # papers that a question for several is taken to be about
_TOPIC = 8  # words of the last query that a follow-up takes over
_PLACES = {name: place for place, name in enumerate("first second third fourth fifth sixth".split())}
_PLACES |= {"former": 0, "latter": -1, "last": -1}
_WORK = "(?:one|method|approach|model|paper|study|system|technique|result)"
_WORKS = "(?:ones|methods|approaches|models|papers|studies|systems|techniques|results)"
_OPENING = re.compile(
    r"^(?:and|but|so|or|also|then|what about|how about|and what about|what if)\b[\s,]*", re.IGNORECASE
)
_NUMBERED = re.compile(r"\[(\d\d?)\]|\b(?:paper|source|reference|number)\s(\d\d?)\b", re.IGNORECASE)
_PLACED = re.compile(
    rf"\b(?:the|that)\s({'|'.join(_PLACES)})(?=\s{_WORK}s?\b|\sof\s(?:them|these|those)\b|\W*$)",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    rf"\b(?:they|them|theirs?|these|those|both|which of|(?:the|the other) (?:two |three )?{_WORKS})\b",
    re.IGNORECASE,
)
_VERBS = "mean|work|do|does|did|help|matter|say|hold|imply|need|change|require|happen|is|was|apply|come"
_ONE = re.compile(
    rf"\b(?:its?|he|she|the authors?|(?:the|the other|that|this|which|such an?|each) {_WORK}"
    rf"|(?:this|that)(?=\W*$|\s(?:{_VERBS})s?\b))\b",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"(?:what|how|which|why|when|where|who)\b.*\b(?:do|does|did|is|are|was|were|can|could|has|have|will)\b"
    r"|(?:do|does|did|is|are|was|were|can|could|has|have|will)\b",
    re.IGNORECASE,
)
_ORDER = re.compile(r"(?:explain|describe|compare|define|list|show|find|summari[sz]e)\b", re.IGNORECASE)
_NAME = re.compile(r"\w*[A-Z0-9]\w*")
# Words that ask, or that order, and say nothing of a topic.
_NO_TOPIC = frozenset(
    "explain describe compare define list show find summarize many much often long ok".split()
)


def understood(question: str, earlier: Sequence[Answer]) -> str:
    """A question that refers to papers of the last answer gets their names; one that opens as a follow-up,
    or is a single word, gets the words of the last query. Any other is left as it is.

    What was left unanswered says nothing of what is meant now.
    """
    last = next((turn for turn in reversed(earlier) if not turn.abstained), None)
    if last is None:
        return question
    rest = _OPENING.sub("", question)
    if meant := _meant(rest, last.citations):
        return f"{rest} ({'; '.join(map(_name, meant))})"
    if rest == question and (_stands_alone(question) or not words_of(question)):
        return question
    topic = list(islice(_topic(rest, last.query), _TOPIC))
    return " ".join([rest, *topic])[:LONGEST_QUESTION] if topic else question


def _meant(question: str, cited: Sequence[Citation]) -> list[Paper]:
    """Papers of an answer that a question refers to, by number, by place, or by a pronoun."""
    numbers = {int(one or other) for one, other in _NUMBERED.findall(question)}
    if numbered := [each.paper for each in cited if each.marker in numbers]:
        return numbered
    papers = [each.paper for each in cited]
    places = [_PLACES[place.lower()] for place in _PLACED.findall(question)]
    if placed := [papers[place] for place in places if place < len(papers) and papers]:
        return placed
    if _SEVERAL.search(question):
        return papers[:_MOST_NAMED]
    return papers[:1] if _ONE.search(question) else []


def _stands_alone(question: str) -> bool:
    """Whether it says by itself what it is about: a whole question, an order, or words enough."""
    order = _ORDER.match(question)
    said = words_of(question[order.end() :] if order else question)
    return len(said) > (0 if order or _WHOLE.match(question) else 1)


def _topic(rest: str, query: str) -> Iterator[str]:
    """What the last query was about; without its names where another is put in their place."""
    said = {word.casefold() for word in words_of(rest)}
    is_named = any(map(_NAME.fullmatch, words_of(rest)))
    for word in words_of(query):
        if word.casefold() not in said | _NO_TOPIC and not (is_named and _NAME.match(word)):
            yield word


def _name(paper: Paper) -> str:
    """What a paper is called for short: its title up to a colon."""
    return paper.title.split(":")[0] or paper.abstract[:80]
