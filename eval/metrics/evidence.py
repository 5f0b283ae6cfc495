"""Whether the words shown as evidence are those that answer the question, as the gold quotes say."""

from eval.collection import Collection
from eval.metrics.metric import Measure, Metric
from eval.outcomes import Outcome, share
from eval.questions import Question, Quote
from eval.reading import Said
from rag import Evidence, as_stored

_BLIND = (
    "passages that answer as well and are not gold; what the answer makes of them; how much else is shown: "
    "a whole abstract hits, and so does one letter of a gold quote"
)


def evidence_hit(first: int) -> Measure:
    """Whether one of the first so many pieces of evidence is a gold quote."""

    def measure(question: Question, said: Said, collection: Collection) -> Outcome:
        shown = said.evidence[:first]
        hit = any(is_evidence(each, gold, collection) for each in shown for gold in question.gold_quotes)
        return Outcome(float(hit))

    measure.__doc__ = (
        f"Whether one of the first {first} pieces of evidence has half of a gold quote in common."
    )
    return measure


def evidence_recall(first: int) -> Measure:
    """Share of the gold quotes that are among the first so many pieces of evidence."""

    def measure(question: Question, said: Said, collection: Collection) -> Outcome:
        shown, golds = said.evidence[:first], question.gold_quotes
        missed = [g.text for g in golds if not any(is_evidence(each, g, collection) for each in shown)]
        return share(len(golds) - len(missed), len(golds), of_none=0.0, why=" · ".join(missed[:1]))

    measure.__doc__ = (
        f"Share of the gold quotes that the first {first} pieces of evidence have half in common with."
    )
    return measure


def is_evidence(evidence: Evidence, gold: Quote, collection: Collection) -> bool:
    """Whether half of the shorter of the two is common to both, in the abstract they come from."""
    paper = collection.named(gold.paper)
    if paper is None or paper.paper_id != evidence.paper_id:
        return False
    quote = as_stored(gold.text)
    start = paper.abstract.find(quote)
    shared = min(evidence.end, start + len(quote)) - max(evidence.start, start)
    return start >= 0 and shared > 0 and shared * 2 >= min(len(quote), len(evidence.quote))


def _has_quotes(question: Question) -> bool:
    return bool(question.gold_quotes)


METRICS = (
    *(Metric(f"evidence_hit@{n}", evidence_hit(n), _BLIND, applies=_has_quotes) for n in (1, 3, 5)),
    Metric("evidence_recall@5", evidence_recall(5), _BLIND, applies=_has_quotes),
)
