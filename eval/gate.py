"""May this change go in? Yes, no, or: so many questions cannot tell."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from scipy import stats

from eval.compare import FAILED, Runs, compared, open_runs, primaries, scale_of
from eval.folders import REPORT
from eval.lines import Json, read_object
from eval.metrics import ZERO_TOLERANCE
from eval.metrics.columns import SIMILARITY, SUPPORT
from eval.pairs import Pair, holm
from eval.stats import RULE_OF_THREE
from eval.whole_pairs import WholePair
from rag import FootnoteError

Verdict = Literal["PASS", "REGRESSED", "INCONCLUSIVE"]
EXIT_CODES: dict[str, int] = {"PASS": 0, "REGRESSED": 1, "INCONCLUSIVE": 4}

MARGIN = 0.03
"""What a metric may lose where nothing else is said, as a share of its scale."""
_ALPHA = 0.05
_LEAST_AUROC = 0.7
"""What a support model has to reach in every row of its card before it may gate."""
_CARDS = {SUPPORT: "support", SIMILARITY: "similarity"}


def gate(ours: Path, theirs: Path, margins: Mapping[str, float] | None = None) -> Json:
    """What `footnote eval gate A B --json` prints: whether B is as good as A.

    The primary metrics and the share of failures decide, and what `margins` names, each on its own scale.
    A metric has REGRESSED if it is surely worse: its interval lies below 0, and the test, adjusted for all
    that are tested, agrees. It may PASS if the interval lies above minus the margin. Of what is never
    tolerated one fault more is enough.

    Raises:
        FootnoteError: the runs cannot be compared, or a margin is of no metric, or of a model's that its card
            does not bear out.
    """
    margins = margins or {}
    runs = open_runs(ours, theirs)
    gated = _gated(runs, margins)
    _require_cards(margins, theirs)
    pairs: dict[str, Pair | WholePair] = {name: pair for name in gated if (pair := runs.pair(name))}
    pairs[FAILED] = runs.failed
    adjusted = holm([pair.p for pair in pairs.values()])
    metrics = {
        name: _judged(name, pair, p, margins.get(name, _default(name)), len(pairs))
        for (name, pair), p in zip(pairs.items(), adjusted, strict=True)
    }
    faults = {name: _counted(*runs.faults(name)) for name in ZERO_TOLERANCE if name in runs.metrics}
    verdicts = [found["verdict"] for found in (*metrics.values(), *faults.values())]
    return {
        "a": str(ours),
        "b": str(theirs),
        "dataset": runs.description["dataset"],
        "n": len(runs.ours),
        "verdict": _worst(verdicts),
        "metrics": metrics,
        "faults": faults,
    }


def _require_cards(margins: Mapping[str, float], folder: Path) -> None:
    """Refuse to decide on a figure of a model that hardly tells right from wrong."""
    for name in _CARDS.keys() & margins.keys():
        card = read_object(folder / REPORT).get("support_model", {})
        for wrong, found in card.get(_CARDS[name], {}).items():
            if found["auroc"] < _LEAST_AUROC:
                told = f"{card['model']} tells right from “{wrong}” at an AUROC of {found['auroc']:.2f}"
                raise FootnoteError(
                    f"--margin {name}: {told}, and a gate needs {_LEAST_AUROC:.2f}; decide on exact metrics"
                )


def _gated(runs: Runs, margins: Mapping[str, float]) -> list[str]:
    if unknown := [name for name in margins if name not in runs.metrics]:
        raise FootnoteError(f"--margin {unknown[0]}: no such metric; the runs have {', '.join(runs.metrics)}")
    return list(dict.fromkeys([*(name for name in primaries(runs) if name in runs.metrics), *margins]))


def _default(metric: str) -> float:
    scale = scale_of(metric)
    return MARGIN * (scale.highest - scale.lowest)


def _judged(metric: str, pair: Pair | WholePair, p_adjusted: float, margin: float, family: int) -> Json:
    low, high = pair.ci95
    verdict: Verdict = "INCONCLUSIVE"
    if high < 0 and p_adjusted < _ALPHA:
        verdict = "REGRESSED"
    elif low > -margin:
        verdict = "PASS"
    more = _more_questions(pair, margin, family) if verdict == "INCONCLUSIVE" else 0
    return {"verdict": verdict, "margin": margin, "more": more, **compared(metric, pair, p_adjusted)}


def _counted(ours: int, theirs: int) -> Json:
    return {"verdict": "REGRESSED" if theirs > ours else "PASS", "a": ours, "b": theirs}


def _more_questions(pair: Pair | WholePair, margin: float, family: int) -> int:
    """How many more would decide, if the difference stays what it is: until the interval lies within the
    margin, or it and the test are sure of a loss, whichever is sooner.
    """
    difference, p = pair.difference, pair.p
    enough = [_questions(pair, margin / 2)]  # such an interval lies above the one or below the other
    if difference > -margin:
        enough.append(_questions(pair, difference + margin))
    if difference < 0 and p < 1:
        tested = _asked(pair) * float(stats.norm.isf(_ALPHA / family / 2) / stats.norm.isf(p / 2)) ** 2
        enough.append(max(tested, _questions(pair, -difference)))
    return max(1, math.ceil(min(enough)) - _asked(pair))


def _questions(pair: Pair | WholePair, half: float) -> float:
    """After how many questions the interval reaches only so far to either side."""
    if pair.is_alike:
        return RULE_OF_THREE * pair.width / half if pair.difference else RULE_OF_THREE + 1
    return _asked(pair) * ((pair.ci95[1] - pair.ci95[0]) / 2 / half) ** 2


def _asked(pair: Pair | WholePair) -> int:
    return pair.n + pair.n_error


def _worst(verdicts: Sequence[Verdict]) -> Verdict:
    return next((verdict for verdict in ("REGRESSED", "INCONCLUSIVE") if verdict in verdicts), "PASS")
