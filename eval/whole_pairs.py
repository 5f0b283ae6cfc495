"""A figure of two whole runs: how far apart, how sure; no question has a score of its own in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.metrics.whole_run import Row, Rows, Whole, resampled
from eval.pairs import shown
from eval.stats import RULE_OF_THREE, Interval, equal_interval, is_alike


@dataclass(frozen=True, slots=True)
class WholePair:
    """The figure of ours and of theirs, turned so that more is better; `resampled` are the differences
    where both are asked other questions.
    """

    ours: float
    theirs: float
    resampled: NDArray[np.float64]
    n: int

    test = "bootstrap"
    n_error = 0
    width = 1.0

    @property
    def difference(self) -> float:
        """Theirs minus ours."""
        return self.theirs - self.ours

    @property
    def ci95(self) -> Interval:
        """Of that; of equal runs it has no width."""
        if self.is_alike:
            return equal_interval(self.difference, self.n, self.width)
        low, high = np.percentile(self.resampled, (2.5, 97.5))
        return float(low), float(high)

    @property
    def p(self) -> float:
        """Twice the share of samples in which the difference has the other sign, or none."""
        beside = min((self.resampled <= 0).sum(), (self.resampled >= 0).sum())
        return float(min(1.0, 2 * (beside + 1) / (len(self.resampled) + 1)))

    @property
    def is_alike(self) -> bool:
        """Whether all samples differ by the same."""
        return is_alike(self.resampled)

    @property
    def detectable(self) -> float | None:
        """See Pair; of runs that hardly differ as many questions are taken to as one cannot rule out."""
        unseen = self.width * np.sqrt(min(1.0, RULE_OF_THREE / self.n) / self.n)
        return shown(max(float(self.resampled.std(ddof=1)), float(unseen)), self.width)


def whole_pair(whole: Whole, ours: Sequence[Row], theirs: Sequence[Row]) -> WholePair | None:
    """One figure of two runs over the same questions, in the same order; None where they do not allow it."""
    first, second = whole.rows(Rows.of(ours)), whole.rows(Rows.of(theirs))
    if first is None or second is None:
        return None
    sign = -1.0 if whole.lower_is_better else 1.0
    apart = resampled(
        first, lambda drawn: whole.measure(second.take(drawn)) - whole.measure(first.take(drawn))
    )
    before, after = (sign * float(whole.measure(rows)) for rows in (first, second))
    return WholePair(before, after, sign * apart, len(first))
