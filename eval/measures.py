"""Ranked lists and judgements → scores, by ir_measures; what trips it up is kept from it."""

from collections.abc import Mapping, Sequence

from ir_measures import AP, RR, Judged, Measure, R, Success, iter_calc, nDCG

from eval.dataset import Qrels
from rag import FootnoteError

Run = Mapping[str, Sequence[str]]
"""Documents by query, best first."""

DEPTH = 100  # documents asked for, that the deepest measure looks at

_MEASURES: dict[str, Measure] = {
    "nDCG@10": nDCG @ 10,
    "recall@5": R @ 5,
    "recall@10": R @ 10,
    "recall@20": R @ 20,
    "recall@100": R @ 100,
    "RR@10": RR @ 10,
    "AP@100": AP @ 100,
    "success@1": Success @ 1,
    "success@5": Success @ 5,
    "judged@10": Judged @ 10,
}
METRICS = tuple(_MEASURES)


def scores(run: Run, qrels: Qrels) -> dict[str, dict[str, float]]:
    """By metric and query the score of every judged query; one the run lacks has 0.

    A document that is listed twice counts where it stands first.

    Raises:
        FootnoteError: the run has a query that is not judged, or a judged query has nothing relevant.
    """
    if unknown := [query for query in run if query not in qrels]:
        raise FootnoteError(f"the run has a query {unknown[0]}, which nobody judged")
    if hopeless := [query for query, grades in qrels.items() if max(grades.values(), default=0) <= 0]:
        raise FootnoteError(f"nothing is relevant to query {hopeless[0]}, so it cannot be scored")
    found: dict[str, dict[str, float]] = {name: dict.fromkeys(qrels, 0.0) for name in METRICS}
    named = {measure: name for name, measure in _MEASURES.items()}
    for metric in iter_calc(list(named), qrels, _without_ties(run)):
        found[named[metric.measure]][metric.query_id] = float(metric.value)
    return found


def _without_ties(run: Run) -> dict[str, dict[str, float]]:
    """Scores that say no more than the order: of two that tie, trec_eval puts the greater id first."""
    return {
        query: {document: -float(place) for place, document in enumerate(dict.fromkeys(listed))}
        for query, listed in run.items()
        if listed
    }
