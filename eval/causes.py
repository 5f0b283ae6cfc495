"""Why an answer is as it is: exactly one cause a question, the first that applies on the way from the
question to the answer.
"""

from eval.collection import Collection
from eval.metrics.citing import cites_gold, shows_gold
from eval.metrics.content import is_correct, is_judgeable, says_something_right
from eval.questions import Question
from eval.reading import Said

CAUSES = {
    "crash": "the system gave no answer: an error, a time-out, nothing",
    "right-refusal": "nothing answers it, and it was left unanswered",
    "false-answer": "nothing answers it, and it was answered",
    "right": "correct, and a gold paper is cited",
    "right-uncited": "correct, and no gold paper is cited",
    "not-in-collection": "no gold paper is in the collection",
    "not-retrieved": "no gold paper was among those the answer could draw on",
    "over-refusal": "a gold paper was found, and the question left unanswered",
    "retrieved-not-cited": "a gold paper was found, and others are cited",
    "cited-unjudged": "a gold paper is cited; the data do not say what is correct",
    "cited-not-used": "a gold paper is cited, and nothing of what it says on this is in the answer",
    "used-wrong": "a part of the answer is there; another is missing, or a number is not its sources'",
}


def cause(question: Question, said: Said, collection: Collection) -> str:
    """One of CAUSES."""
    if said.failed:
        return "crash"
    if not question.answerable:
        return "right-refusal" if said.abstained else "false-answer"
    if is_judgeable(question) and is_correct(question, said, collection):
        return "right" if cites_gold(question, said, collection) else "right-uncited"
    if said.abstained or not cites_gold(question, said, collection):
        return _why_not_cited(question, said, collection)
    if not is_judgeable(question):
        return "cited-unjudged"
    return "used-wrong" if says_something_right(question, said, collection) else "cited-not-used"


def _why_not_cited(question: Question, said: Said, collection: Collection) -> str:
    if not any(collection.named(name) for name in question.gold_ids):
        return "not-in-collection"
    if not shows_gold(question, said, collection):
        return "not-retrieved"
    return "over-refusal" if said.abstained else "retrieved-not-cited"
