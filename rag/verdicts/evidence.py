"""The words of an abstract that a claim rests on: one to three sentences, and how well they carry it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rag.types import Evidence
from rag.verdicts.claims import Claim, Source
from rag.verdicts.quantities import same

_MOST = 3  # sentences
_WORTH = 0.12  # share of the claim that a further sentence must add


@dataclass(frozen=True, slots=True)
class Match:
    """Sentences of one source, best first. `covered` are the claim's words and numbers found in them or in
    the title (by number, see `_mass`), `coverage` their share of its weight, `cosine` the nearest sentence's.
    """

    source: Source
    places: tuple[int, ...]
    covered: frozenset[int]
    coverage: float
    cosine: float

    @property
    def support(self) -> float:
        """How well they carry the claim, up to 2; see support.py for what is enough."""
        return self.coverage + self.cosine

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The sentences as they stand in the abstract."""
        spans = [self.source.spans[place] for place in self.places]
        paper = self.source.paper
        return tuple(Evidence(paper.paper_id, paper.abstract[a:b], a, b) for a, b in spans)


def find(claim: Claim, source: Source) -> Match:
    """The sentence with most of the claim's weight and meaning; more only where they cover more of it."""
    if not source.spans:
        return Match(source, (), frozenset(), 0.0, 0.0)
    masses = _masses(claim)
    covers = [_covered(claim, source, place) for place in range(len(source.spans))]
    cosines = source.vectors @ claim.vector
    places = [max(range(len(covers)), key=lambda i: share(covers[i], masses) + float(cosines[i]))]
    covered = covers[places[0]]
    while len(places) < _MOST:
        best = max(range(len(covers)), key=lambda i: share(covers[i] | covered, masses))
        if share(covers[best] | covered, masses) < share(covered, masses) + _WORTH:
            break
        places.append(best)
        covered |= covers[best]
    return Match(source, tuple(places), covered, share(covered, masses), float(cosines.max()))


def together(claim: Claim, matches: Sequence[Match]) -> float:
    """How well several sources carry a claim among them; see Match.support."""
    covered = frozenset[int]().union(*(match.covered for match in matches))
    return share(covered, _masses(claim)) + max((match.cosine for match in matches), default=0.0)


def share_without(claim: Claim, match: Match, others: Sequence[Match]) -> float:
    """What part of a claim's weight only this source covers."""
    elsewhere = frozenset[int]().union(*(other.covered for other in others))
    return share(match.covered - elsewhere, _masses(claim))


def share(covered: frozenset[int], masses: Sequence[float]) -> float:
    """What part of a claim's weight is covered."""
    return sum(masses[i] for i in covered) / (sum(masses) or 1.0)


def _masses(claim: Claim) -> list[float]:
    """The weight of each word and then of each number, which counts as much as a word does on average."""
    words = list(claim.stems.values())
    return words + [sum(words) / (len(words) or 1)] * len(claim.numbers)


def _covered(claim: Claim, source: Source, place: int) -> frozenset[int]:
    held = source.stems[place] | source.title_stems
    words = {i for i, stem in enumerate(claim.stems) if stem in held}
    numbers = (
        len(claim.stems) + i
        for i, number in enumerate(claim.numbers)
        if any(same(number, other) for other in source.numbers[place])
    )
    return frozenset(words.union(numbers))
