"""Whether it answers what it can and leaves the rest, and whether it knows which is which."""

from eval.collection import Collection
from eval.metrics.metric import LOWER, Metric, answerable, unanswerable
from eval.outcomes import Outcome
from eval.questions import Question
from eval.reading import Said


def over_refusal_rate(_question: Question, said: Said, _collection: Collection) -> Outcome:
    """Whether an answerable question was left unanswered."""
    return Outcome(float(said.abstained))


def false_answer_rate(_question: Question, said: Said, _collection: Collection) -> Outcome:
    """Whether a question that nothing answers was answered."""
    return Outcome(float(not said.abstained))


def brier(question: Question, said: Said, _collection: Collection) -> Outcome:
    """Squared distance of the confidence, that the abstracts answer, from whether they do."""
    confidence = float(not said.abstained) if said.confidence is None else said.confidence
    return Outcome((confidence - question.answerable) ** 2)


METRICS = (
    Metric("over_refusal_rate", over_refusal_rate, "whether the answer is right", LOWER, answerable),
    Metric("false_answer_rate", false_answer_rate, "why it abstained", LOWER, unanswerable),
    Metric("brier", brier, "whether the answer is right", LOWER),
)
