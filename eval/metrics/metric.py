"""What a metric is: a pure function of a question, an answer and a collection, and what goes with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from eval.collection import Collection
from eval.outcomes import NOT_APPLICABLE, Outcome, Scale
from eval.questions import Question
from eval.reading import Said

Measure = Callable[[Question, Said, Collection], Outcome]
Applies = Callable[[Question], bool]

HIGHER, LOWER = Scale(), Scale(lower_is_better=True)


@dataclass(frozen=True, slots=True)
class Metric:
    """`measure` is asked only of answers that did not fail, to questions that it `applies` to, which is
    decided without the answer. `blind` is what it cannot see, for reports.
    """

    name: str
    measure: Measure
    blind: str
    scale: Scale = HIGHER
    applies: Applies = lambda _: True
    tier: Literal["exact", "heuristic"] = "exact"

    @property
    def what(self) -> str:
        """One line on what it is."""
        return (self.measure.__doc__ or "").strip().splitlines()[0]

    def of(self, question: Question, said: Said, collection: Collection) -> Outcome:
        """What it says of an answer; the worst there is of one that failed."""
        if not self.applies(question):
            return NOT_APPLICABLE
        if said.failed:
            return Outcome(self.scale.worst, why=said.failed)
        return self.measure(question, said, collection)


def answerable(question: Question) -> bool:
    """For metrics of answers that there should be."""
    return question.answerable


def unanswerable(question: Question) -> bool:
    """For metrics of answers that there should not be."""
    return not question.answerable
