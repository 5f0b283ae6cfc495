"""Support: whether the evidence covers the claim's words and comes near its meaning."""

from collections.abc import Callable, Sequence

from rag.verdicts.claims import Claim, Finding
from rag.verdicts.evidence import Match, share_without, together
from rag.words import content_words

# Fitted on tests/data/verdicts/a to e.jsonl together, in the unit of Match.support. What no more than comes
# near is left to additions.py.
SUPPORTED, _PARTLY = 0.65, 0.6
_ADDS = 0.1  # what a source must add to the claim's coverage not to be idle
_NAMED = 3  # words in a reason


def weigh(claim: Claim, matches: Sequence[Match], terms: Callable[[str], Sequence[str]]) -> Finding:
    """`matches`, `partly` or `not_found`, by all cited sources together."""
    names = " and ".join(match.source.name for match in matches)
    support = together(claim, matches)
    if support >= SUPPORTED:
        return Finding("matches", "supported", f"the abstract of {names} says so in other words")
    if support >= _PARTLY:
        return Finding(
            "partly",
            "weak",
            f"the abstract of {names} carries only a part of it{_missing(claim, matches, terms)}",
        )
    return Finding("not_found", "unsupported", f"nothing in the abstract of {names} comes near it")


def adds(match: Match, others: Sequence[Match], claim: Claim) -> bool:
    """Whether a source carries some of a sentence that the others do not."""
    return share_without(claim, match, others) >= _ADDS


def carriers(claim: Claim, matches: Sequence[Match]) -> int:
    """How many of the sources, the best first, carry the claim as well as all do."""
    ranked = sorted(matches, key=lambda match: -match.support)
    enough = together(claim, ranked) - _ADDS
    return next(n for n in range(1, len(ranked) + 1) if together(claim, ranked[:n]) >= enough)


def _missing(claim: Claim, matches: Sequence[Match], terms: Callable[[str], Sequence[str]]) -> str:
    covered = frozenset[int]().union(*(match.covered for match in matches))
    lacking = {stem: idf for i, (stem, idf) in enumerate(claim.stems.items()) if i not in covered}
    words = {claim.text[start:end]: terms(claim.text[start:end]) for start, end in content_words(claim.text)}
    rare = {
        word: max((lacking.get(stem, 0.0) for stem in stems), default=0.0) for word, stems in words.items()
    }
    named = [word for word in sorted(rare, key=lambda word: -rare[word]) if rare[word]][:_NAMED]
    return f", not {', '.join(f'“{word}”' for word in named)}" if named else ""
