"""Answers → what a judge has to look at; and its verdicts → outcomes."""

from collections.abc import Sequence

from eval.collection import Collection
from eval.judge.prompts import Task
from eval.metrics.citing import claims
from eval.metrics.columns import COLUMNS, JUDGED_NUGGETS, JUDGED_SUPPORT
from eval.outcomes import NOT_APPLICABLE, Outcome, judge_failed, share
from eval.scoring import Scored

Credits = Sequence[float] | str
"""What each item of a task is worth, from 0 to 1; or why there is no verdict."""


def facts_task(scored: Scored) -> Task | None:
    """Whether the answer holds the nuggets; None where there is nothing to look at."""
    question, said = scored.question, scored.said
    if not question.nuggets or not said.prose:
        return None
    items = tuple(nugget.text for nugget in question.nuggets)
    return Task("facts", items, (("QUESTION", question.question), ("ANSWER", said.prose)))


def statements_task(scored: Scored, collection: Collection) -> Task | None:
    """Whether the papers cited say what is claimed; None where nothing that claims cites a paper."""
    if not scored.question.answerable or scored.said.failed:
        return None
    cited: dict[str, str] = {}
    items = []
    for claim in claims(scored.said, collection):
        texts = {i: paper.text for i in claim.cites if (paper := collection.paper(i))}
        if texts:
            cited |= texts
            numbers = ", ".join(str(list(cited).index(i) + 1) for i in texts)
            items.append(f"{claim.text} (sources: {numbers})")
    sources = ((f"SOURCE {n}", text) for n, text in enumerate(cited.values(), start=1))
    return Task("statements", tuple(items), tuple(sources)) if items else None


def facts_outcome(scored: Scored, found: Credits) -> Outcome:
    """`judge_nuggets`; of an answer that says nothing it is 0."""
    nuggets = scored.question.nuggets
    return _outcome(JUDGED_NUGGETS, scored, found, len(nuggets) if nuggets else None)


def statements_outcome(scored: Scored, found: Credits, collection: Collection) -> Outcome:
    """`judge_support`; a claim that cites nothing counts 0."""
    whole = len(claims(scored.said, collection)) if scored.question.answerable else None
    return _outcome(JUDGED_SUPPORT, scored, found, whole)


def _outcome(column: str, scored: Scored, found: Credits, whole: int | None) -> Outcome:
    if whole is None:
        return NOT_APPLICABLE
    if scored.said.failed:
        return Outcome(COLUMNS[column].scale.worst, why=scored.said.failed)
    if isinstance(found, str):
        return judge_failed(found)
    return share(sum(found), whole, of_none=0.0)
