"""Questions and answers → a score of each answer by each metric, and a report on all."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eval.causes import CAUSES, cause
from eval.collection import Collection
from eval.lines import Json
from eval.metrics import FIGURES, METRICS
from eval.metrics.content import label_of
from eval.metrics.whole_run import Row, whole_run
from eval.outcomes import Outcome, summary
from eval.questions import Question
from eval.reading import Said, read_answer


@dataclass(frozen=True, slots=True)
class Scored:
    """A question, what was said, and what there is to say of that, by metric.

    `golds` are the gold papers, each `id title quotes`; one that is not in the collection has its name twice.
    """

    question: Question
    said: Said
    outcomes: Mapping[str, Outcome]
    cause: str
    golds: Sequence[Json]


def score_all(
    questions: Sequence[Question], answers: Iterable[Mapping[str, Any]], collection: Collection
) -> list[Scored]:
    """Score the answers, lines of answers.jsonl in the order of their questions."""
    return [
        _scored(question, read_answer(line), collection)
        for question, line in zip(questions, answers, strict=True)
    ]


def report(name: str, scored: Sequence[Scored], papers: int) -> Json:
    """What `footnote eval answers --json` prints."""
    causes = Counter(each.cause for each in scored)
    return {
        "dataset": name,
        "n": len(scored),
        "answerable": sum(each.question.answerable for each in scored),
        "metrics": {
            **{metric: _summary(metric, scored) for metric in scored[0].outcomes},
            **whole_run([row_of(each) for each in scored]),
        },
        "causes": {name: causes[name] for name in CAUSES if causes[name]},
        "decisions": _decisions(scored),
        "failures": [{"id": s.question.id, "reason": s.said.failed} for s in scored if s.said.failed],
        "papers": papers,
    }


def score_line(scored: Scored) -> Json:
    """A line of scores.jsonl: null where a metric does not apply, or is among the `errors`."""
    outcomes = scored.outcomes
    return {
        "id": scored.question.id,
        "question": scored.question.question,
        "type": scored.question.type,
        "style": scored.question.style,
        "cause": scored.cause,
        "failed": scored.said.failed or None,
        "expected": scored.question.answer,
        "golds": list(scored.golds),
        "scores": {name: outcome.value for name, outcome in outcomes.items()},
        "parts": {name: [o.num, o.den] for name, o in outcomes.items() if o.den},
        "why": {name: outcome.why for name, outcome in outcomes.items() if outcome.why},
        "errors": [name for name, outcome in outcomes.items() if outcome.status == "error"],
        "row": asdict(row_of(scored)),
    }


def row_of(scored: Scored) -> Row:
    """What figures of the whole run need. One that failed counts as unsure of what it could have answered,
    and as sure of what it could not.
    """
    question, said, true = scored.question, scored.said, scored.outcomes["truthfulness"]
    told = float(not said.abstained) if said.confidence is None else said.confidence
    return Row(
        question.answerable,
        true.value == 1.0,
        said.abstained,
        float(not question.answerable) if said.failed else told,
        bool(said.failed),
        question.label,
        label_of(said),
        true.status != "na",
    )


def _scored(question: Question, said: Said, collection: Collection) -> Scored:
    return Scored(
        question,
        said,
        {name: metric.of(question, said, collection) for name, metric in METRICS.items()},
        cause(question, said, collection),
        [_gold(name, question, collection) for name in dict.fromkeys(question.gold_ids)],
    )


def _gold(name: str, question: Question, collection: Collection) -> Json:
    paper = collection.named(name)
    paper_id, title = (paper.paper_id, paper.title) if paper else (name, name)
    quotes = [quote.text for quote in question.gold_quotes if quote.paper in (name, paper_id, title)]
    return {"id": paper_id, "title": title, "quotes": quotes}


def _summary(metric: str, scored: Sequence[Scored]) -> Json:
    failed = sum(bool(each.said.failed) and each.outcomes[metric].status != "na" for each in scored)
    return summary([each.outcomes[metric] for each in scored], FIGURES[metric].scale, failed)


def _decisions(scored: Sequence[Scored]) -> dict[str, dict[str, int]]:
    """How many answerable and unanswerable questions were answered, left, and failed."""

    def table(kind: list[Scored]) -> dict[str, int]:
        failed = sum(bool(each.said.failed) for each in kind)
        left = sum(each.said.abstained for each in kind)
        return {"answered": len(kind) - left - failed, "abstained": left, "failed": failed}

    return {
        "answerable": table([each for each in scored if each.question.answerable]),
        "unanswerable": table([each for each in scored if not each.question.answerable]),
    }
