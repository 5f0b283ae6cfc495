"""What can only be said of all answers together: of decisions, of confidence, of labels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from eval.outcomes import Scale
from eval.stats import Interval, generator

_RESAMPLES, _AT_ONCE = 1_000, 100
_RISK = 0.05
_BINS = 10

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]
Texts = NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of an answer. `correct` is that it answered, and rightly; `label` is what a set with
    labels says, `said` what the answer says, empty for none.
    """

    answerable: bool
    correct: bool
    abstained: bool
    confidence: float
    failed: bool
    label: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """The same of many, in arrays of one length."""

    answerable: Truths
    correct: Truths
    abstained: Truths
    confidence: Floats
    failed: Truths
    label: Texts
    said: Texts

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Rows":
        """Those of a list of rows."""
        return cls(*(np.array([getattr(row, field.name) for row in rows]) for field in fields(Row)))

    def take(self, which: NDArray[Any]) -> "Rows":
        """Some of them, by index or by a mask."""
        return Rows(*(getattr(self, field.name)[which] for field in fields(self)))

    def __len__(self) -> int:
        return int(self.confidence.shape[-1])


Measure = Callable[[Rows], Floats]


@dataclass(frozen=True, slots=True)
class Whole:
    """A figure of a run: of which rows it is, and what it cannot see."""

    name: str
    measure: Measure
    blind: str
    lower_is_better: bool = False
    of_both_kinds: bool = False
    of_labelled: bool = False

    tier = "exact"

    @property
    def scale(self) -> Scale:
        """From 0 to 1."""
        return Scale(lower_is_better=self.lower_is_better)

    def rows(self, rows: Rows) -> Rows | None:
        """Those that it is of; None where they do not allow a figure."""
        found = rows.take(rows.label != "") if self.of_labelled else rows
        alike = not len(found) or found.answerable.all() or not found.answerable.any()
        return None if not len(found) or (self.of_both_kinds and alike) else found

    @property
    def what(self) -> str:
        """One line on what it is."""
        return (self.measure.__doc__ or "").strip().splitlines()[0]


def whole_run(rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """The figures of a run by name; the mean is None where its questions do not allow one."""
    everything = Rows.of(rows)
    return {each.name: _summary(each, each.rows(everything)) for each in WHOLE.values()}


def resampled(rows: Rows, of: Callable[[NDArray[np.intp]], Floats]) -> Floats:
    """What `of` gives for rows that chance picks instead, by index, many samples together: each has as many
    answerable ones.
    """
    random = generator()
    strata = [np.flatnonzero(rows.answerable), np.flatnonzero(~rows.answerable)]
    found = []
    for _ in range(_RESAMPLES // _AT_ONCE):
        drawn = [
            those[random.integers(len(those), size=(_AT_ONCE, len(those)))] for those in strata if len(those)
        ]
        found.append(of(np.concatenate(drawn, axis=1)))
    return np.concatenate(found)


# Each takes rows of one run, or of many samples of it, along the last axis.


def balanced_accuracy(rows: Rows) -> Floats:
    """Mean of two shares: of answerable questions answered, and of the others left unanswered."""
    could = rows.answerable
    right = np.where(could, ~rows.abstained, rows.abstained) & ~rows.failed
    return (_share(right, could) + _share(right, ~could)) / 2


def abstention_auroc(rows: Rows) -> Floats:
    """How often the confidence in an answerable question is above that in another; ties are halves."""
    ranks, n = stats.rankdata(rows.confidence, axis=-1), rows.answerable.sum(-1)
    above = (ranks * rows.answerable).sum(-1) - n * (n + 1) / 2
    return np.asarray(above / (n * (len(rows) - n)))


def aurc(rows: Rows) -> Floats:
    """Mean share of wrong answers among the surest, from the surest alone to all; 0 is best."""
    return np.asarray(_risks(rows)[0].mean(-1))


def coverage_at_5_risk(rows: Rows) -> Floats:
    """The largest share of questions, the surest first, of whose answers at most 5 % are wrong."""
    risks, is_cut = _risks(rows)
    numbers = np.arange(1, len(rows) + 1)
    return np.asarray((numbers * (is_cut & (risks <= _RISK))).max(-1) / len(rows))


def ece(rows: Rows) -> Floats:
    """Mean distance, over ten bins of as many, of the confidence from the share that is answerable."""
    order = np.argsort(rows.confidence, axis=-1, kind="stable")
    over: Floats = np.take_along_axis(rows.confidence - rows.answerable, order, -1)
    bins = np.array_split(over, min(_BINS, len(rows)), axis=-1)
    return np.asarray(np.sum([np.abs(each.sum(-1)) for each in bins], axis=0) / len(rows))


def macro_f1(rows: Rows) -> Floats:
    """Mean over the labels in the set of the F1 of each."""
    scores = []
    for label in np.unique(rows.label):
        is_, said = rows.label == label, rows.said == label
        whole = np.where(is_.any(-1), is_.sum(-1) + said.sum(-1), np.nan)  # not drawn: it does not count
        scores.append(2 * (is_ & said).sum(-1) / whole)
    return np.asarray(np.nanmean(scores, axis=0))


def _share(right: Truths, of: Truths) -> Floats:
    return np.asarray((right & of).sum(-1) / of.sum(-1))


def _summary(whole: Whole, rows: Rows | None) -> dict[str, Any]:
    if rows is None:
        return {"mean": None, "ci95": None, "n": 0, "n_failed": 0}
    low, high = _interval(whole.measure, rows)
    mean, failed = float(whole.measure(rows)), int(rows.failed.sum())
    return {"mean": mean, "ci95": [low, high], "n": len(rows), "n_failed": failed}


def _interval(measure: Measure, rows: Rows) -> Interval:
    """The 95 % interval, questions being what chance picked."""
    low, high = np.percentile(resampled(rows, lambda drawn: measure(rows.take(drawn))), (2.5, 97.5))
    return float(low), float(high)


def _risks(rows: Rows) -> tuple[Floats, Truths]:
    """The share of wrong answers among the first, for each number of them, the surest first; and whether
    one can stop there. Equally sure ones are in no order, so each is as wrong as they are on average.
    """
    n, sure = len(rows), np.atleast_2d(rows.confidence)
    values, group = np.unique(-sure, return_inverse=True)
    cells = group.reshape(sure.shape) + np.arange(len(sure))[:, None] * len(values)
    shape = (len(sure), len(values))
    sizes = np.bincount(cells.ravel(), minlength=shape[0] * shape[1])
    wrong = np.bincount(cells.ravel(), np.atleast_2d(~rows.correct).ravel(), minlength=shape[0] * shape[1])
    each = np.repeat(wrong / np.maximum(sizes, 1), sizes).reshape(len(sure), n)
    is_cut = np.zeros(sure.shape, dtype=bool)
    np.put_along_axis(is_cut, np.cumsum(sizes.reshape(shape), axis=1) - 1, True, axis=1)
    risks = np.cumsum(each, axis=1) / np.arange(1, n + 1)
    return risks.reshape(rows.confidence.shape), is_cut.reshape(rows.confidence.shape)


_FIGURES = (
    Whole("balanced_accuracy", balanced_accuracy, "whether answers are right", of_both_kinds=True),
    Whole("abstention_auroc", abstention_auroc, "the bar; whether answers are right", of_both_kinds=True),
    Whole("aurc", aurc, "how sure the system says it is, only the order", lower_is_better=True),
    Whole("coverage_at_5_risk", coverage_at_5_risk, "how sure the system says it is, only the order"),
    Whole(
        "ece", ece, "whether it tells questions apart; one confidence for all may be calibrated",
        lower_is_better=True,
    ),
    Whole("macro_f1", macro_f1, "why the answer says so", of_labelled=True),
)  # fmt: skip
WHOLE = {each.name: each for each in _FIGURES}
