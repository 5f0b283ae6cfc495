"""Two runs over the same questions → what changed, metric by metric, and how sure that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval.folders import COMPARABLE, differences, read_description, read_scores
from eval.lines import Json
from eval.metrics import FIGURES, PRIMARY, ZERO_TOLERANCE
from eval.metrics.whole_run import WHOLE, Row
from eval.outcomes import Scale
from eval.pairs import Pair, benjamini_hochberg, holm
from eval.whole_pairs import WholePair, whole_pair
from rag import FootnoteError

FAILED = "failed"
"""Not a metric: whether there is an answer at all; fewer is better."""
_SCORED = ("eval answers", "eval retrieval")
_PRIMARY_OF_RETRIEVAL = ("nDCG@10", "recall@10")

Scores = Mapping[str, Json]
"""Lines of scores.jsonl by question."""


@dataclass(frozen=True, slots=True)
class Runs:
    """The scores of two runs, ours and theirs, over the same questions in the same order.

    `apart` are the metrics that both have, and that another model gave to each.
    """

    description: Json
    ours: Scores
    theirs: Scores
    apart: Sequence[str] = ()

    @property
    def metrics(self) -> list[str]:
        """The metrics that both have and that can be compared, those of a whole run last."""
        first, other = (next(iter(scores.values())) for scores in (self.ours, self.theirs))
        both = [name for name in first["scores"] if name in other["scores"] and name not in self.apart]
        return [*both, *(WHOLE if "row" in first and "row" in other else ())]

    def pair(self, metric: str) -> Pair | WholePair | None:
        """The scores of one metric; None where it applies to no question."""
        if metric in WHOLE:
            rows = [[Row(**line["row"]) for line in s.values()] for s in (self.ours, self.theirs)]
            return whole_pair(WHOLE[metric], *rows)
        sign = -1.0 if scale_of(metric).lower_is_better else 1.0
        of_each = [(self.ours[i], self.theirs[i]) for i in self.ours]
        judged = [
            (sign * mine["scores"][metric], sign * other["scores"][metric])
            for mine, other in of_each
            if mine["scores"][metric] is not None and other["scores"][metric] is not None
        ]
        n_error = sum(
            metric in {*mine.get("errors", ()), *other.get("errors", ())} for mine, other in of_each
        )
        if not judged and not n_error:
            return None
        ours, theirs = np.array(judged, dtype=float).reshape(-1, 2).T
        width = scale_of(metric).highest - scale_of(metric).lowest
        least, most = (np.append(theirs - ours, np.full(n_error, d)) for d in (-width, width))
        return Pair(ours, theirs, least, most, n_error, width)

    @property
    def failed(self) -> Pair:
        """Which questions each failed at, turned so that more is better."""
        ours = -np.array([bool(line["failed"]) for line in self.ours.values()], dtype=float)
        theirs = -np.array([bool(line["failed"]) for line in self.theirs.values()], dtype=float)
        return Pair(ours, theirs, theirs - ours, theirs - ours)

    def faults(self, metric: str) -> tuple[int, int]:
        """What a metric of zero tolerance found wrong, ours and theirs, counted."""
        lower = scale_of(metric).lower_is_better
        parts = [[line["parts"].get(metric, (0, 0)) for line in s.values()] for s in (self.ours, self.theirs)]
        ours, theirs = (sum(num if lower else den - num for num, den in part) for part in parts)
        return round(ours), round(theirs)


def open_runs(ours: Path, theirs: Path) -> Runs:
    """The scores in two folders that `--out` made.

    Raises:
        FootnoteError: one is no such folder or not finished, or they did not measure the same thing.
    """
    one, other = read_description(ours), read_description(theirs)
    if one["command"] not in _SCORED:
        raise FootnoteError(f"{ours}: holds a run of `{one['command']}`; give runs of {' or '.join(_SCORED)}")
    if unlike := differences(one, other, COMPARABLE):
        raise FootnoteError(
            f"{ours} and {theirs} cannot be compared: the second has {', '.join(unlike)}; run both alike"
        )
    scores = read_scores(ours), read_scores(theirs)
    if list(scores[0]) != list(scores[1]) or not scores[0]:
        raise FootnoteError(f"{ours} and {theirs} do not hold scores of the same questions; run both again")
    mine, others = (described.get("instruments", {}) for described in (one, other))
    return Runs(one, *scores, [name for name in mine if name in others and mine[name] != others[name]])


def compare(ours: Path, theirs: Path) -> Json:
    """What `footnote eval compare A B --json` prints: B beside A.

    Raises:
        FootnoteError: as for `open_runs`.
    """
    runs = open_runs(ours, theirs)
    pairs = {name: pair for name in runs.metrics if (pair := runs.pair(name))}
    primary = [name for name in primaries(runs) if name in pairs]
    others = [name for name in pairs if name not in primary]
    adjusted = dict(zip(primary, holm([pairs[name].p for name in primary]), strict=True)) | dict(
        zip(others, benjamini_hochberg([pairs[name].p for name in others]), strict=True)
    )
    return {
        "a": str(ours),
        "b": str(theirs),
        "dataset": runs.description["dataset"],
        "n": len(runs.ours),
        "n_failed": [sum(bool(line["failed"]) for line in s.values()) for s in (runs.ours, runs.theirs)],
        "primary": primary,
        "metrics": {name: compared(name, pairs[name], adjusted[name]) for name in [*primary, *others]},
        "faults": {name: list(runs.faults(name)) for name in ZERO_TOLERANCE if name in pairs},
        "not_compared": list(runs.apart),
        "changes": _changes(runs),
    }


def compared(metric: str, pair: Pair | WholePair, p_adjusted: float) -> Json:
    """One metric of two runs. The difference is B's mean minus A's, on the metric's own scale; questions
    are won and lost where each has a score of its own.
    """
    scale = scale_of(metric)
    sign = -1.0 if scale.lower_is_better else 1.0
    low, high = sorted(sign * bound for bound in pair.ci95)
    wins, ties, losses = pair.wins_ties_losses if isinstance(pair, Pair) else (None, None, None)
    return {
        "a": sign * float(np.mean(pair.ours)) + 0.0 if pair.n else None,
        "b": sign * float(np.mean(pair.theirs)) + 0.0 if pair.n else None,
        "difference": sign * pair.difference + 0.0,  # no minus before a zero
        "ci95": [low + 0.0, high + 0.0],
        "p": pair.p,
        "p_adjusted": p_adjusted,
        "test": pair.test,
        "wins": wins,
        "ties": ties,
        "losses": losses,
        "n": pair.n,
        "n_error": pair.n_error,
        "detectable": pair.detectable,
        "lower_is_better": scale.lower_is_better,
    }


def primaries(runs: Runs) -> Sequence[str]:
    """The metrics that decide, declared beforehand."""
    return PRIMARY if runs.description["command"] == "eval answers" else _PRIMARY_OF_RETRIEVAL


def scale_of(metric: str) -> Scale:
    """The scale of a metric; those of retrieval are shares, more being better."""
    if metric == FAILED:
        return Scale(lower_is_better=True)
    return FIGURES[metric].scale if metric in FIGURES else Scale()


def _changes(runs: Runs) -> list[dict[str, Any]]:
    """The questions that fared otherwise: how often each cause became which other."""
    flow: dict[tuple[str, str], list[str]] = {}
    for name, line in runs.ours.items():
        before, after = line.get("cause"), runs.theirs[name].get("cause")
        if before != after:
            flow.setdefault((str(before), str(after)), []).append(name)
    return [{"from": before, "to": after, "ids": ids} for (before, after), ids in sorted(flow.items())]
