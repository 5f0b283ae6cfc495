"""A question file: what is asked, and what a good answer says, cites and leaves out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.lines import Json, read_lines, said
from rag import FootnoteError

SINGLE, MULTI, UNANSWERABLE = TYPES = ("single", "multi", "unanswerable")
LABELS = ("yes", "no", "maybe")
_VITAL = "vital"


@dataclass(frozen=True, slots=True)
class Nugget:
    """A short fact that a full answer holds, and other wordings of it."""

    text: str
    aliases: tuple[str, ...] = ()
    vital: bool = True


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a gold paper, named by id or exact title, that answer the question."""

    paper: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a question file.

    `gold_ids` are ids or exact titles of papers; `must_contain` are alternatives, one of each of which the
    answer has to hold; `label` is yes, no or maybe, or empty. `about` are papers it seems to be about, and
    `without` ids of papers that are left out when it is asked, so that nothing answers it.
    """

    id: str
    question: str
    type: str = ""
    style: str = ""
    gold_ids: tuple[str, ...] = ()
    gold_quotes: tuple[Quote, ...] = ()
    answer: str = ""
    nuggets: tuple[Nugget, ...] = ()
    must_contain: tuple[tuple[str, ...], ...] = ()
    label: str = ""
    about: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether the collection is said to answer it."""
        return self.type != UNANSWERABLE if self.type else bool(self.gold_ids)


def read_questions(path: Path) -> list[Question]:
    """The questions of a file of JSON lines; `id`, `question` and `gold_ids` are needed, the rest may be.

    PubMedQA's own names for id, paper and label are understood.

    Raises:
        FootnoteError: a line cannot be understood, or an id stands on two.
    """
    return list(read_located(path).values())


def read_located(path: Path) -> dict[str, Question]:
    """The same by where each stands, `FILE:LINE`; raises as that does."""
    questions: dict[str, Question] = {}
    ids: set[str] = set()
    for at, line in read_lines(path):
        questions[at] = question = _question(line, at)
        if question.id in ids:
            raise FootnoteError(f"{at}: the id {question.id} is an earlier question's, too")
        ids.add(question.id)
    return questions


def question_line(question: Question) -> Json:
    """A question as a line of a file, which is read back as the same."""
    return {
        "id": question.id,
        "type": question.type,
        "style": question.style,
        "question": question.question,
        "gold_ids": list(question.gold_ids),
        "gold_quotes": [{"id": quote.paper, "quote": quote.text} for quote in question.gold_quotes],
        "answer": question.answer,
        "nuggets": list(map(_nugget_line, question.nuggets)),
        "must_contain": list(map(list, question.must_contain)),
        "label": question.label,
        "about": list(question.about),
        "without": list(question.without),
    }


def _question(line: Json, at: str) -> Question:
    if not (name := said(line, "id", "_id")):
        raise FootnoteError(f"{at}: no “id”")
    asked, golds = line.get("question"), line.get("gold_ids", [])
    if not isinstance(asked, str) or not asked.strip() or not isinstance(golds, list):
        raise FootnoteError(f"{at}: a question needs “question”, a text, and “gold_ids”, a list")
    if document := said(line, "gold_doc"):
        golds = [f"beir:{document}"]
    label = said(line, "label", "final_decision").lower()
    if label and label not in LABELS:
        raise FootnoteError(f"{at}: the label “{label}” is none of {', '.join(LABELS)}")
    return Question(
        id=name,
        question=asked,
        type=said(line, "type").lower(),
        style=said(line, "style"),
        gold_ids=tuple(map(str, golds)),
        gold_quotes=tuple(_quotes(_listed(line, "gold_quotes", at), at)),
        answer=said(line, "answer", "long_answer"),
        nuggets=tuple(_nugget(nugget, at) for nugget in _listed(line, "nuggets", at)),
        must_contain=tuple(_alternatives(said, at) for said in _listed(line, "must_contain", at)),
        label=label,
        about=tuple(map(str, _listed(line, "about", at))),
        without=tuple(map(str, _listed(line, "without", at))),
    )


def _listed(line: Mapping[str, Any], key: str, at: str) -> list[Any]:
    value = line.get(key) or []
    if not isinstance(value, list):
        raise FootnoteError(f"{at}: “{key}” is not a list")
    return value


def _quotes(values: Iterable[Any], at: str) -> Iterable[Quote]:
    for value in values:
        if not isinstance(value, dict) or not said(value, "id") or not said(value, "quote"):
            raise FootnoteError(f"{at}: a gold quote needs “id” and “quote”")
        yield Quote(said(value, "id"), said(value, "quote"))


def _nugget(value: Any, at: str) -> Nugget:  # noqa: ANN401 - whatever the file has there
    if isinstance(value, str) and value.strip():
        return Nugget(value)
    if not isinstance(value, dict) or not said(value, "text"):
        raise FootnoteError(f"{at}: a nugget is a text, or an object with “text”")
    aliases = _listed(value, "aliases", at)
    if not all(isinstance(alias, str) and alias.strip() for alias in aliases):
        raise FootnoteError(
            f"{at}: the “aliases” of a nugget are texts"
        )  # the empty one stands in any answer
    return Nugget(said(value, "text"), tuple(aliases), (said(value, "importance") or _VITAL) == _VITAL)


def _nugget_line(nugget: Nugget) -> Json:
    importance = _VITAL if nugget.vital else "okay"
    return {"text": nugget.text, "aliases": list(nugget.aliases), "importance": importance}


def _alternatives(value: Any, at: str) -> tuple[str, ...]:  # noqa: ANN401
    alternatives = [value] if isinstance(value, str) else value
    if not isinstance(alternatives, list) or not all(isinstance(a, str) and a.strip() for a in alternatives):
        raise FootnoteError(f"{at}: an entry of “must_contain” is a text, or a list of alternative texts")
    if not alternatives:
        raise FootnoteError(f"{at}: an entry of “must_contain” has no alternatives")
    return tuple(alternatives)
