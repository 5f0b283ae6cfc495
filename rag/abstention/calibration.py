"""How close a library must come to a question before it is answered: measured on the library itself."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

TYPICAL_BAR = 0.81  # of the libraries it was tried on (docs/decisions.md)
_GAP, _GAP_RANK = 0.8, 10
_TYPICAL_GAP = 0.12  # stands in where fewer papers were found than that
_WORDS = 0.7  # of the words' share beside the meaning's, as in a paper's score
_BELOW_MIDDLE = 0.38  # real questions are worded further from the abstracts than probes are
_PRIOR = 10  # papers that TYPICAL_BAR counts as
_GROWTH = 1.2  # from which a library is measured anew


@dataclass(frozen=True, slots=True)
class Calibration:
    """The `bar` of closeness, from so many `probes` put to a library of so many `papers`.

    `answered` is the share of probes that would be answered with their own paper there, `refused` that of
    those which would not without it; None where nothing was measured.
    """

    bar: float = TYPICAL_BAR
    probes: int = 0
    papers: int = 0
    answered: float | None = None
    refused: float | None = None

    def fits(self, papers: int) -> bool:
        """Whether a library of so many papers is still much like the one that was measured."""
        return self.papers / _GROWTH < papers < self.papers * _GROWTH

    def packed(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self))


def calibration_from(packed: str) -> Calibration:
    """What `packed` made.

    Raises:
        ValueError, TypeError: it is something else.
    """
    return Calibration(**json.loads(packed))


def closeness(found: Iterable[Mapping[str, float]]) -> float:
    """How close papers come to a question, by the parts of their scores: the best of what their meaning
    and words say together, the nearest chunk, and how far the nearest paper stands out from the tenth.
    """
    parts = list(found)
    if not parts:
        return 0.0
    fused = max((part["dense"] + _WORDS * part["lexical"]) / (1 + _WORDS) for part in parts)
    nearest = max(max(part["whole"], part["window"]) for part in parts)
    dense = sorted((part["dense"] for part in parts), reverse=True)
    gap = dense[0] - dense[_GAP_RANK - 1] if len(dense) >= _GAP_RANK else _TYPICAL_GAP
    return fused + nearest + _GAP * gap


def calibrated(with_own: list[float], without: list[float], *, sampled: int, papers: int) -> Calibration:
    """From the closeness of probes to a library with their own paper in it, and with that left out.

    The bar lies a fixed way below the middle between the two; of a small sample, nearer to the typical.
    """
    middle = (sum(with_own) + sum(without)) / (len(with_own) + len(without))
    bar = (sampled * (middle - _BELOW_MIDDLE) + _PRIOR * TYPICAL_BAR) / (sampled + _PRIOR)
    return Calibration(
        round(bar, 4),
        len(with_own),
        papers,
        answered=round(sum(each >= bar for each in with_own) / len(with_own), 3),
        refused=round(sum(each < bar for each in without) / len(without), 3),
    )
