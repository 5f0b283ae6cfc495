"""What an answer says against what it should: facts, nuggets, labels; whether that makes it correct."""

import re
from collections.abc import Iterable

from eval.collection import Collection
from eval.metrics.fidelity import is_numbered_rightly
from eval.metrics.metric import Metric, answerable
from eval.outcomes import Outcome, Scale, share
from eval.questions import LABELS, Nugget, Question
from eval.reading import Said
from eval.wording import holds, numbers

_PARTIAL = 0.6  # share of a nugget's words, in one sentence, from which it is partly there
_ENOUGH = 0.5  # share of the nuggets that makes an answer correct where no words are demanded
_LABEL = re.compile(rf"\W*({'|'.join(LABELS)})\b(?![\s-]+one\b)", re.IGNORECASE)
_CREDIT = {"held": 1.0, "partly": 0.5, "missing": 0.0}


def must_contain(question: Question, said: Said, _collection: Collection) -> Outcome:
    """Share of the facts that the answer holds in one of their wordings."""
    missing = [facts[0] for facts in question.must_contain if not _holds_any(said, facts)]
    whole = len(question.must_contain)
    return share(whole - len(missing), whole, of_none=0.0, why=" · ".join(missing))


def nugget_recall(question: Question, said: Said, collection: Collection) -> Outcome:
    """Share of the nuggets that the answer holds; one that is partly there counts half."""
    return _recall(question.nuggets, said, collection, half=0.5)


def nugget_recall_strict(question: Question, said: Said, collection: Collection) -> Outcome:
    """Share of the nuggets that the answer holds whole, in one of their wordings."""
    return _recall(question.nuggets, said, collection, half=0.0)


def nugget_recall_vital(question: Question, said: Said, collection: Collection) -> Outcome:
    """Share of the vital nuggets that the answer holds; one that is partly there counts half."""
    return _recall([nugget for nugget in question.nuggets if nugget.vital], said, collection, half=0.5)


def label_accuracy(question: Question, said: Said, _collection: Collection) -> Outcome:
    """Whether the answer begins with the right one of yes, no and maybe."""
    return Outcome(float(label_of(said) == question.label), why=f"said {label_of(said) or 'none'}")


def truthfulness(question: Question, said: Said, collection: Collection) -> Outcome:
    """Correct +1, abstained 0, wrong −1; to a question that nothing answers, abstained +1 and else −1."""
    if not question.answerable:
        return Outcome(1.0 if said.abstained else -1.0)
    if said.abstained:
        return Outcome(0.0)
    return Outcome(1.0 if is_correct(question, said, collection) else -1.0)


def words(_question: Question, said: Said, _collection: Collection) -> Outcome:
    """Words of the answer: to be read beside recall, which grows with length."""
    return Outcome(float(len(said.prose.split())))


def is_correct(question: Question, said: Said, collection: Collection) -> bool:
    """Whether an answer holds what it must, and no number that its sources do not have.

    It must hold the label, else every fact, else half the nuggets, wholly or partly.
    """
    if said.failed or said.abstained:
        return False
    if not is_numbered_rightly(question, said, collection):
        return False
    if question.label:
        return label_of(said) == question.label
    if question.must_contain:
        return must_contain(question, said, collection).value == 1.0
    there = [nugget for nugget in question.nuggets if _found(nugget, said, collection) != "missing"]
    return len(there) >= _ENOUGH * len(question.nuggets)


def says_something_right(question: Question, said: Said, collection: Collection) -> bool:
    """Whether an answer holds at least a part of what it must."""
    return any(_holds_any(said, facts) for facts in question.must_contain) or any(
        _found(nugget, said, collection) != "missing" for nugget in question.nuggets
    )


def is_judgeable(question: Question) -> bool:
    """Whether the data say what a correct answer holds, or that there is none."""
    return bool(not question.answerable or question.must_contain or question.nuggets or question.label)


def label_of(said: Said) -> str:
    """The label that the answer begins with; empty for none."""
    found = _LABEL.match(said.prose)
    return found[1].lower() if found else ""


def _recall(nuggets: Iterable[Nugget], said: Said, collection: Collection, *, half: float) -> Outcome:
    found = [(nugget.text, _found(nugget, said, collection)) for nugget in nuggets]
    credit = {**_CREDIT, "partly": half}
    missing = " · ".join(text for text, state in found if credit[state] < 1)
    return share(sum(credit[state] for _, state in found), len(found), of_none=0.0, why=missing)


def _found(nugget: Nugget, said: Said, collection: Collection) -> str:
    """Whether a nugget is held, in its words or an alias's; partly there, as most of its words and all its
    numbers stand in one sentence; or missing.
    """
    if _holds_any(said, (nugget.text, *nugget.aliases)):
        return "held"
    terms, figures = collection.terms(nugget.text), set(numbers(nugget.text))
    for statement in () if said.abstained else said.statements:
        shared = len(terms & collection.terms(statement.text))
        if terms and shared >= _PARTIAL * len(terms) and figures <= set(numbers(statement.text)):
            return "partly"
    return "missing"


def _holds_any(said: Said, wordings: Iterable[str]) -> bool:
    return any(holds(said.prose, wording) for wording in wordings)


_NOT_MEANING = "what is said of the fact: a negated sentence holds it, too; right wordings nobody listed"

METRICS = (
    Metric("must_contain", must_contain, _NOT_MEANING, applies=lambda q: bool(q.must_contain)),
    Metric(
        "nugget_recall", nugget_recall, f"{_NOT_MEANING}; what else is said", tier="heuristic",
        applies=lambda q: bool(q.nuggets),
    ),
    Metric(
        "nugget_recall_strict", nugget_recall_strict, f"{_NOT_MEANING}; what else is said",
        applies=lambda q: bool(q.nuggets),
    ),
    Metric(
        "nugget_recall_vital", nugget_recall_vital, f"{_NOT_MEANING}; what else is said", tier="heuristic",
        applies=lambda q: any(nugget.vital for nugget in q.nuggets),
    ),
    Metric(
        "label_accuracy", label_accuracy, "why the answer says so; a label that comes later",
        applies=lambda q: bool(q.label),
    ),
    Metric(
        "truthfulness", truthfulness, "claims beside those demanded, unless a number gives them away; what "
        "is said of the facts", Scale(-1.0, 1.0), applies=is_judgeable,
    ),
    Metric("words", words, "everything but length", Scale(0.0, 1_000.0), applies=answerable),
)  # fmt: skip
