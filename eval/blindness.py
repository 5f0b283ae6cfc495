"""Which metric sees what is wrong with which known-bad system: the ruler measured."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from eval.asking import Ask, ask_all
from eval.canaries import CANARIES
from eval.collection import Collection
from eval.metrics import FIGURES, METRICS
from eval.metrics.whole_run import WHOLE
from eval.pairs import Pair
from eval.questions import Question
from eval.scoring import Scored, row_of, score_all
from eval.whole_pairs import WholePair, whole_pair
from rag import Library

REAL = "real"
JUDGING = tuple(name for name in METRICS if name != "words")  # longer is neither better nor worse

Seen = Literal["caught", "blind", "fooled"]
"""A figure has caught a bad system if it surely ranks it below the real one, and is fooled if above."""
Systems = Mapping[str, Sequence[Scored]]
"""What `score_systems` finds."""


def matrix(*sets: Systems) -> dict[str, dict[str, Seen]]:
    """For each figure that judges, whether it sees what is wrong with each of the bad systems, by the first
    of these sets of questions that allows it.
    """
    found: dict[str, dict[str, Seen]] = {}
    for systems in sets:
        bad = [system for system in systems if system != REAL]
        for name in (*JUDGING, *WHOLE):
            pairs = {system: _pair(name, systems[REAL], systems[system]) for system in bad}
            found.setdefault(name, {system: _seen(pair) for system, pair in pairs.items() if pair})
            if not found[name]:
                del found[name]
    return {name: found[name] for name in FIGURES if name in found}


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


def _pair(figure: str, real: Sequence[Scored], bad: Sequence[Scored]) -> Pair | WholePair | None:
    if figure in WHOLE:
        return whole_pair(WHOLE[figure], *([row_of(each) for each in scored] for scored in (real, bad)))
    ours, theirs = _goodness(figure, real), _goodness(figure, bad)
    return Pair(ours, theirs, theirs - ours, theirs - ours) if len(ours) else None


def _seen(pair: Pair | WholePair) -> Seen:
    low, high = pair.ci95
    return "caught" if high < 0 else "fooled" if low > 0 else "blind"


def _goodness(metric: str, scored: Sequence[Scored]) -> NDArray[np.float64]:
    """The values of a metric, question by question, from 0, the worst, to 1."""
    scale = METRICS[metric].scale
    values = [each.outcomes[metric].value for each in scored]
    found = np.array([value for value in values if value is not None], dtype=float)
    found = (found - scale.lowest) / (scale.highest - scale.lowest)
    return 1 - found if scale.lower_is_better else found
