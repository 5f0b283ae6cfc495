"""What a metric says of a question, and of all of them: nothing that fails may ever help a score.

A metric has a value; or it does not apply, which the data set decides before anyone looks at an answer, so
that any two systems are compared on the same questions; or its judge failed, and then the mean has bounds
instead of a hole. A system that fails has the worst value there is, and stays in the denominator.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from eval.stats import Interval, mean_interval


@dataclass(frozen=True, slots=True)
class Outcome:
    """`value` is None unless the status is `ok`; of a share, `num` of `den`. `why` is for a reader."""

    value: float | None
    status: Literal["ok", "na", "error"] = "ok"
    why: str = ""
    num: float = 0.0
    den: float = 0.0


NOT_APPLICABLE = Outcome(None, "na")


def share(num: float, den: float, *, of_none: float, why: str = "") -> Outcome:
    """`num` of `den`; of nothing at all it is `of_none`."""
    return Outcome(num / den if den else of_none, why=why, num=num, den=den)


def judge_failed(why: str) -> Outcome:
    """Nobody knows: the judge gave no verdict."""
    return Outcome(None, "error", why)


@dataclass(frozen=True, slots=True)
class Scale:
    """The lowest and highest value a metric can have, and which of them is good."""

    lowest: float = 0.0
    highest: float = 1.0
    lower_is_better: bool = False

    @property
    def worst(self) -> float:
        """What a system gets for failing."""
        return self.highest if self.lower_is_better else self.lowest

    def interval(self, values: Sequence[float]) -> Interval:
        """The 95 % interval of the mean of values on this scale."""
        width = self.highest - self.lowest
        low, high = mean_interval([(value - self.lowest) / width for value in values])
        return self.lowest + low * width, self.lowest + high * width


def summary(outcomes: Sequence[Outcome], scale: Scale, n_failed: int) -> dict[str, Any]:
    """A metric over all questions: its mean over those it applies to, an interval, and how many went wrong.

    With judge errors there are `bounds`, the mean if all of those had been the lowest or the highest, and
    the interval reaches from the one's to the other's. `total` is the sum of shares, as “3 of 120”.
    """
    values = [outcome.value for outcome in outcomes if outcome.value is not None]
    errors = sum(outcome.status == "error" for outcome in outcomes)
    applied = len(values) + errors
    found: dict[str, Any] = {
        "mean": sum(values) / len(values) if values else None,
        "ci95": None,
        "n": applied,
        "n_failed": n_failed,
        "n_na": len(outcomes) - applied,
        "n_error": errors,
    }
    if applied:
        least, most = (values + [bound] * errors for bound in (scale.lowest, scale.highest))
        found["ci95"] = [scale.interval(least)[0], scale.interval(most)[1]]
        if errors:
            found["bounds"] = [sum(least) / applied, sum(most) / applied]
    if den := sum(outcome.den for outcome in outcomes):
        found["total"] = {"num": sum(outcome.num for outcome in outcomes), "den": den}
    return found
