"""How sure one can be of a mean over queries, of a ratio of two, of a difference; the same every time."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

RULE_OF_THREE = 3
"""Of n questions that all say the same, so many may still say otherwise."""

_SEED, _RESAMPLES = 20240607, 9_999
_AT_ONCE = 500  # resamples held in memory
_SAME = 1e-9

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Ratio:
    """One system's mean over another's, with a 95 % interval, which of one query there is none; `resampled`
    is what that was read from.
    """

    value: float
    ci95: Interval | None
    resampled: NDArray[np.float64]


def mean_interval(values: Sequence[float]) -> Interval:
    """The 95 % interval of a mean of scores in [0, 1], queries being what chance picked.

    Wilson's where all are 0 or 1, for a bootstrap of a perfect score has no width; else a BCa bootstrap.
    """
    found = np.asarray(values, dtype=float)
    if np.isin(found, (0, 1)).all():
        return share_interval(int(found.sum()), len(found))
    if is_alike(found):
        return alike_interval(float(found[0]), len(found), 0.0, 1.0)
    (low, high), resampled = _bootstrap((found,), np.mean, "BCa")
    return (float(low), float(high)) if low <= high else _percentiles(resampled)


def share_interval(right: int, n: int) -> Interval:
    """Wilson's 95 % interval of a share."""
    wilson = stats.binomtest(right, n).proportion_ci(method="wilson")
    return float(wilson.low), float(wilson.high)


def difference_interval(differences: NDArray[np.float64], width: float) -> Interval:
    """The 95 % interval of a mean of differences, none of them beyond ± width."""
    if is_alike(differences):
        return equal_interval(float(differences[0]), len(differences), width)
    return _percentiles(_bootstrap((differences,), np.mean, "percentile")[1])


def equal_interval(difference: float, n: int, width: float) -> Interval:
    """The interval where n questions, or all samples of them, differ alike. Where nothing differs at all it
    has no width, the two being the same; but of three questions or fewer nothing follows.
    """
    if abs(difference) < _SAME and n > RULE_OF_THREE:
        return 0.0, 0.0
    return alike_interval(difference, n, -width, width)


def alike_interval(value: float, n: int, lowest: float, highest: float) -> Interval:
    """The interval where n questions all say the same, by the rule of three: a bootstrap has no width."""
    off = highest * min(1.0, RULE_OF_THREE / n)
    return max(lowest, value - off), min(highest, value + off)


def is_alike(values: NDArray[np.float64]) -> bool:
    """Whether all are equal, but for the last digits of floating point."""
    return bool(np.ptp(values) < _SAME)


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Ratio | None:
    """The ratio of two means over the same queries, in the same order; None where theirs is 0."""
    first, second = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    if second.mean() == 0:
        return None
    if len(first) < 2:
        value = float(first[0] / second[0])
        return Ratio(value, None, np.full(_RESAMPLES, value))
    _, drawn = _bootstrap((first, second), _over, "percentile")
    resampled = np.where(np.isfinite(drawn), drawn, np.nan)  # of theirs only zeros were drawn
    return Ratio(float(_over(first, second)), _percentiles(resampled), resampled)


def mean_ratio(ratios: Sequence[Ratio]) -> Ratio:
    """The mean of ratios over sets of queries: each set counts the same, and is resampled by itself."""
    random = generator()  # sets have nothing to do with each other, and were resampled with one seed
    resampled = np.mean([random.permutation(each.resampled) for each in ratios], axis=0)
    interval = _percentiles(resampled) if all(each.ci95 for each in ratios) else None
    return Ratio(float(np.mean([each.value for each in ratios])), interval, resampled)


def sign_flip(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """How likely so great a mean difference is (two-sided) if each query might as well favour the other."""
    differences = np.asarray(ours, dtype=float) - np.asarray(theirs, dtype=float)
    if not differences.any():
        return 1.0
    result = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=_RESAMPLES, batch=_AT_ONCE,
        rng=generator(),
    )  # fmt: skip
    return float(result.pvalue)


def generator() -> np.random.Generator:
    """Chance that is the same every time."""
    return np.random.Generator(np.random.PCG64(_SEED))


def _bootstrap(
    paired: tuple[NDArray[np.float64], ...], statistic: Callable[..., Any], method: str
) -> tuple[Interval, NDArray[np.float64]]:
    """The 95 % interval, of NaN where values are too much alike for it, and the resampled statistics."""
    with warnings.catch_warnings(action="ignore"):
        result = stats.bootstrap(
            paired, statistic, paired=True, n_resamples=_RESAMPLES, batch=_AT_ONCE, method=method,
            rng=generator(),
        )  # fmt: skip
    return tuple(result.confidence_interval), result.bootstrap_distribution


def _over(ours: NDArray[np.float64], theirs: NDArray[np.float64], axis: int = -1) -> NDArray[np.float64]:
    ratios: NDArray[np.float64] = ours.mean(axis=axis) / theirs.mean(axis=axis)
    return ratios


def _percentiles(resampled: NDArray[np.float64]) -> Interval:
    low, high = np.nanpercentile(resampled, (2.5, 97.5))
    return float(low), float(high)
