"""What can only be said of all answers together: of decisions, of confidence, of labels."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from eval.outcomes import Scale
from eval.stats import Interval, generator

_RESAMPLES = 1_000
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
        return len(self.confidence)


@dataclass(frozen=True, slots=True)
class Whole:
    """A figure of a run: of which rows it is, and what it cannot see."""

    name: str
    measure: Callable[[Rows], float]
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


def redrawn(rows: Rows) -> Iterator[NDArray[np.intp]]:
    """Which rows chance picks instead, again and again: as many answerable ones each time."""
    random = generator()
    strata = [np.flatnonzero(rows.answerable), np.flatnonzero(~rows.answerable)]
    for _ in range(_RESAMPLES):
        yield np.concatenate([of[random.integers(len(of), size=len(of))] for of in strata if len(of)])


def balanced_accuracy(rows: Rows) -> float:
    """Mean of two shares: of answerable questions answered, and of the others left unanswered."""
    could = rows.answerable
    right = np.where(could, ~rows.abstained, rows.abstained) & ~rows.failed
    return float((right[could].mean() + right[~could].mean()) / 2)


def abstention_auroc(rows: Rows) -> float:
    """How often the confidence in an answerable question is above that in another; ties are halves."""
    ranks, n = stats.rankdata(rows.confidence), int(rows.answerable.sum())
    return float((ranks[rows.answerable].sum() - n * (n + 1) / 2) / (n * (len(rows) - n)))


def aurc(rows: Rows) -> float:
    """Mean share of wrong answers among the surest, from the surest alone to all; 0 is best."""
    return float(_risks(rows)[0].mean())


def coverage_at_5_risk(rows: Rows) -> float:
    """The largest share of questions, the surest first, of whose answers at most 5 % are wrong."""
    risks, is_cut = _risks(rows)
    kept = np.flatnonzero(is_cut & (risks <= _RISK))
    return float((kept[-1] + 1) / len(rows)) if len(kept) else 0.0


def ece(rows: Rows) -> float:
    """Mean distance, over ten bins of as many, of the confidence from the share that is answerable."""
    bins = np.array_split(np.argsort(rows.confidence, kind="stable"), min(_BINS, len(rows)))
    apart = (len(b) * abs(rows.confidence[b].mean() - rows.answerable[b].mean()) for b in bins)
    return float(sum(apart) / len(rows))


def macro_f1(rows: Rows) -> float:
    """Mean over the labels in the set of the F1 of each."""
    counts = [((rows.label == one), (rows.said == one)) for one in np.unique(rows.label)]
    return float(np.mean([2 * (is_ & said).sum() / (is_.sum() + said.sum()) for is_, said in counts]))


def _summary(whole: Whole, rows: Rows | None) -> dict[str, Any]:
    if rows is None:
        return {"mean": None, "ci95": None, "n": 0, "n_failed": 0}
    low, high = _interval(whole.measure, rows)
    return {
        "mean": whole.measure(rows), "ci95": [low, high], "n": len(rows), "n_failed": int(rows.failed.sum())
    }  # fmt: skip


def _interval(measure: Callable[[Rows], float], rows: Rows) -> Interval:
    """The 95 % interval, questions being what chance picked."""
    low, high = np.percentile([measure(rows.take(drawn)) for drawn in redrawn(rows)], (2.5, 97.5))
    return float(low), float(high)


def _risks(rows: Rows) -> tuple[Floats, Truths]:
    """The share of wrong answers among the first, for each number of them, the surest first; and whether
    one can stop there. Equally sure ones are in no order, so each is as wrong as they are on average.
    """
    _, group, sizes = np.unique(-rows.confidence, return_inverse=True, return_counts=True)
    expected = np.repeat(np.bincount(group, ~rows.correct) / sizes, sizes)
    numbers = np.arange(1, len(rows) + 1)
    return np.cumsum(expected) / numbers, np.isin(numbers, np.cumsum(sizes))


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
