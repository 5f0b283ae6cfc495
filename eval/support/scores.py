"""What a support model makes of the answers: a column each for support and similarity."""

from collections.abc import Sequence
from dataclasses import replace

from eval.collection import Collection
from eval.metrics.citing import claims
from eval.metrics.columns import COLUMNS, SIMILARITY, SUPPORT
from eval.outcomes import NOT_APPLICABLE, Outcome, share
from eval.scoring import Scored
from rag import SupportModel

_Pairs = list[tuple[str, str]]


def with_support(
    scored: Sequence[Scored], model: SupportModel, bar: float, collection: Collection
) -> list[Scored]:
    """The same with two more outcomes each; support counts from `bar` on."""
    asked = [(_evidence_and_claims(each, collection), _reference_and_answer(each)) for each in scored]
    scores = iter(model.support([pair for pairs in asked for part in pairs for pair in part]))
    judged = []
    for each, (claimed, answered) in zip(scored, asked, strict=True):
        supports = [next(scores) for _ in claimed]
        similarity = next(scores) if answered else 0.0
        outcomes = {
            SUPPORT: _support(each, claimed, supports, bar, collection),
            SIMILARITY: _similarity(each, similarity),
        }
        judged.append(replace(each, outcomes={**each.outcomes, **outcomes}))
    return judged


def _evidence_and_claims(scored: Scored, collection: Collection) -> _Pairs:
    """Each claim that has evidence, with it."""
    return [
        (" ".join(evidence.quote for evidence in claim.evidence), claim.text)
        for claim in claims(scored.said, collection)
        if claim.evidence
    ]


def _reference_and_answer(scored: Scored) -> _Pairs:
    reference, answer = scored.question.answer, scored.said.prose
    return [(reference, answer)] if reference and answer else []


def _support(
    scored: Scored, claimed: _Pairs, supports: Sequence[float], bar: float, collection: Collection
) -> Outcome:
    if not scored.question.answerable:
        return NOT_APPLICABLE
    if scored.said.failed:
        return Outcome(COLUMNS[SUPPORT].scale.worst, why=scored.said.failed)
    weak = [claim for (_, claim), found in zip(claimed, supports, strict=True) if found < bar]
    whole = len(claims(scored.said, collection))
    return share(len(claimed) - len(weak), whole, of_none=0.0, why=" ".join(weak[:1]))


def _similarity(scored: Scored, similarity: float) -> Outcome:
    if not (scored.question.answerable and scored.question.answer):
        return NOT_APPLICABLE
    return Outcome(similarity, why=scored.said.failed)
