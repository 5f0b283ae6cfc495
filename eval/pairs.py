"""Two systems on the same questions: how far apart, how sure, and what could have been seen at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from eval.stats import RULE_OF_THREE, Interval, difference_interval, is_alike, sign_flip

ALPHA, POWER = 0.05, 0.8

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pair:
    """Scores of one metric, question by question, turned so that more is better.

    `n_error` questions were not judged in one or the other: `least` and `most` have the differences as
    those would be at worst and at best. `width` is that of the metric's scale.
    """

    ours: Floats
    theirs: Floats
    least: Floats
    most: Floats
    n_error: int = 0
    width: float = 1.0

    @property
    def n(self) -> int:
        """How many questions both were judged on."""
        return len(self.ours)

    @property
    def difference(self) -> float:
        """The mean of theirs minus ours, over the questions that both were judged on; exactly 0 if equal."""
        return float((self.theirs - self.ours).mean()) if len(self.ours) else 0.0

    @cached_property
    def ci95(self) -> Interval:
        """Of that, from the lower end if what was not judged is bad to the upper if it is good."""
        low, high = difference_interval(self.least, self.width)
        return low, difference_interval(self.most, self.width)[1] if self.n_error else high

    @property
    def test(self) -> Literal["McNemar", "sign flip"]:
        """Exact McNemar where a question is either won or lost, else permutation."""
        values = np.unique(np.concatenate([self.ours, self.theirs]))
        return "McNemar" if len(values) <= 2 else "sign flip"

    @cached_property
    def p(self) -> float:
        """How likely so great a difference is, if which system answered were a toss of a coin."""
        if self.test == "sign flip":
            return sign_flip(self.theirs.tolist(), self.ours.tolist())
        wins, _, losses = self.wins_ties_losses
        return float(stats.binomtest(wins, wins + losses).pvalue) if wins + losses else 1.0

    @property
    def wins_ties_losses(self) -> tuple[int, int, int]:
        """On how many questions theirs is better, as good, and worse."""
        signs = np.sign(self.theirs - self.ours)
        return int((signs > 0).sum()), int((signs == 0).sum()), int((signs < 0).sum())

    @property
    def is_alike(self) -> bool:
        """Whether all questions differ by the same."""
        return not self.n_error and is_alike(self.least)

    @property
    def detectable(self) -> float | None:
        """The smallest difference that so many questions show four times of five; None where they show none.

        Where hardly any differ, as many are taken to differ as one cannot rule out.
        """
        n = len(self.ours) or 1
        unseen = self.width * np.sqrt(min(1.0, RULE_OF_THREE / n))
        spread = max(float((self.theirs - self.ours).std(ddof=1)) if n > 1 else self.width, float(unseen))
        return shown(spread / np.sqrt(n), self.width)


def shown(error: float, width: float) -> float | None:
    """The smallest difference that is found at this standard error, with POWER; None where no difference on
    a scale of that width is.
    """
    found = float((stats.norm.ppf(1 - ALPHA / 2) + stats.norm.ppf(POWER)) * error)
    return found if found <= width else None


def holm(ps: Sequence[float]) -> list[float]:
    """p-values of a family that was declared beforehand, adjusted by Holm's rule."""
    adjusted, highest = [0.0] * len(ps), 0.0
    for rank, i in enumerate(np.argsort(ps, kind="stable")):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[i]))
        adjusted[i] = highest
    return adjusted


def benjamini_hochberg(ps: Sequence[float]) -> list[float]:
    """p-values of an exploration, adjusted for the share of false discoveries."""
    return [float(p) for p in stats.false_discovery_control(ps)] if ps else []
