"""Metrics that are there only where a model was asked for them, beside those that need none."""

from dataclasses import dataclass
from typing import Literal

from eval.metrics.metric import HIGHER
from eval.outcomes import Scale


@dataclass(frozen=True, slots=True)
class Column:
    """A figure that a model gives; `blind` is what it cannot see, for reports."""

    name: str
    what: str
    blind: str
    tier: Literal["model", "judge"]
    scale: Scale = HIGHER


SUPPORT, SIMILARITY = "model_support", "model_similarity"
JUDGED_NUGGETS, JUDGED_SUPPORT = "judge_nuggets", "judge_support"

_FIGURES = (
    Column(
        SUPPORT,
        "Share of the sentences that claim something which the model finds borne out by their evidence.",
        "whether the evidence is true or enough; how much more, its card says: an encoder hardly tells a "
        "claim from its denial",
        "model",
    ),
    Column(
        SIMILARITY,
        "How near the model holds the answer to the reference answer; 0 where nothing is answered.",
        "what is right and worded otherwise or said besides; how much more, its card says",
        "model",
    ),
    Column(
        JUDGED_NUGGETS,
        "Share of the nuggets that the judge finds in the answer, one that is partly there counting half.",
        "what else is said; what the judge itself does not know, or is talked into",
        "judge",
    ),
    Column(
        JUDGED_SUPPORT,
        "Share of the sentences that claim something which the judge finds borne out by the papers they "
        "cite, partly counting half.",
        "whether the sentence answers the question; what the judge itself does not know, or is talked into",
        "judge",
    ),
)
COLUMNS = {each.name: each for each in _FIGURES}
