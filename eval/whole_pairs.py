"""A figure of two whole runs: how far apart, how sure; no question has a score of its own in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from eval.metrics.whole_run import Row, Rows, Whole, redrawn
from eval.stats import Interval

_ALPHA, _POWER = 0.05, 0.8


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

    @property
    def difference(self) -> float:
        """Theirs minus ours."""
        return self.theirs - self.ours

    @property
    def ci95(self) -> Interval:
        """Of that; of equal runs it has no width."""
        low, high = np.percentile(self.resampled, (2.5, 97.5))
        return float(low), float(high)

    @property
    def p(self) -> float:
        """Twice the share of samples in which the difference has the other sign, or none."""
        beside = min((self.resampled <= 0).sum(), (self.resampled >= 0).sum())
        return float(min(1.0, 2 * (beside + 1) / (len(self.resampled) + 1)))

    def detectable(self, width: float) -> float:  # noqa: ARG002 - as of a Pair
        """The smallest difference that so many questions show four times of five."""
        seen = stats.norm.ppf(1 - _ALPHA / 2) + stats.norm.ppf(_POWER)
        return float(seen * self.resampled.std(ddof=1))


def whole_pair(whole: Whole, ours: Sequence[Row], theirs: Sequence[Row]) -> WholePair | None:
    """One figure of two runs over the same questions, in the same order; None where they do not allow it."""
    first, second = whole.rows(Rows.of(ours)), whole.rows(Rows.of(theirs))
    if first is None or second is None:
        return None
    sign = -1.0 if whole.lower_is_better else 1.0
    apart = [whole.measure(second.take(drawn)) - whole.measure(first.take(drawn)) for drawn in redrawn(first)]
    return WholePair(
        sign * whole.measure(first), sign * whole.measure(second), sign * np.array(apart), len(first)
    )
