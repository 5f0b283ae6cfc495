"""Which metric sees what is wrong with which known-bad system: the ruler measured."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from eval.asking import Ask, ask_all
from eval.canaries import CANARIES
from eval.collection import Collection
from eval.metrics import METRICS
from eval.pairs import Pair
from eval.questions import Question
from eval.scoring import Scored, score_all
from rag import Library

REAL = "real"
JUDGING = tuple(name for name in METRICS if name != "words")  # longer is neither better nor worse

Seen = Literal["caught", "blind", "fooled"]
"""A metric has caught a bad system if it surely ranks it below the real one, and is fooled if above."""


def matrix(
    questions: Sequence[Question], systems: Mapping[str, Sequence[Scored]]
) -> dict[str, dict[str, Seen]]:
    """For each metric that judges, and applies to a question, whether it sees what is wrong with each of the
    bad systems; `systems` are those of `score_systems`.
    """
    judging = [name for name in JUDGING if any(map(METRICS[name].applies, questions))]
    return {
        name: {system: _seen(name, systems[REAL], systems[system]) for system in systems if system != REAL}
        for name in judging
    }


def score_systems(questions: Sequence[Question], ask: Ask, library: Library) -> dict[str, list[Scored]]:
    """The scores of the real system and of those known to be bad; each question is asked once."""
    collection = Collection(library)
    answers = {question.question: ask(question.question) for question in questions}
    systems: dict[str, Ask] = {REAL: answers.__getitem__}
    systems |= {each.name: each.made_of(answers.__getitem__, library) for each in CANARIES}
    return {
        name: score_all(questions, (asked.line for asked in ask_all(questions, system)), collection)
        for name, system in systems.items()
    }


def composite(questions: Sequence[Question], scored: Sequence[Scored]) -> float:
    """Mean of all metrics that judge, each from 0, the worst, to 1; to rank known-bad systems, no more."""
    judging = [name for name in JUDGING if any(map(METRICS[name].applies, questions))]
    return float(np.mean([_goodness(name, scored).mean() for name in judging]))


def _seen(metric: str, real: Sequence[Scored], bad: Sequence[Scored]) -> Seen:
    ours, theirs = _goodness(metric, real), _goodness(metric, bad)
    low, high = Pair(ours, theirs, theirs - ours, theirs - ours).ci95
    return "caught" if high < 0 else "fooled" if low > 0 else "blind"


def _goodness(metric: str, scored: Sequence[Scored]) -> NDArray[np.float64]:
    """The values of a metric, question by question, from 0, the worst, to 1."""
    scale = METRICS[metric].scale
    values = [each.outcomes[metric].value for each in scored]
    found = np.array([value for value in values if value is not None], dtype=float)
    found = (found - scale.lowest) / (scale.highest - scale.lowest)
    return 1 - found if scale.lower_is_better else found
