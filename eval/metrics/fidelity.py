"""Whether what an answer takes from abstracts is there: quotations, numbers, yes and no."""

from eval.collection import Collection
from eval.metrics.metric import Metric
from eval.outcomes import Outcome, share
from eval.questions import Question
from eval.reading import Said, Statement
from eval.wording import is_negated, is_verbatim, numbers, quotations
from rag import Evidence, Paper, sentences


def quote_fidelity(_question: Question, said: Said, collection: Collection) -> Outcome:
    """Share of the quotations, and of the evidence shown, that stand word for word in a cited abstract."""
    quotes = [(quote, statement) for statement in said.statements for quote in quotations(statement.text)]
    false = [quote for quote, statement in quotes if not _is_quoted(quote, statement, collection)]
    false += [each.quote for each in said.evidence if not _is_exact(each, collection)]
    whole = len(quotes) + len(said.evidence)
    return share(whole - len(false), whole, of_none=1.0, why=" · ".join(false[:1]))


def number_fidelity(question: Question, said: Said, collection: Collection) -> Outcome:
    """Share of the numbers in digits that the question has or a paper their sentence cites; of none 1."""
    claimed, asked = _numbers_said(said), numbers(question.question)
    foreign = [n for n, s in claimed if n not in asked and n not in _numbers_of(_cited(s, collection))]
    return share(len(claimed) - len(foreign), len(claimed), of_none=1.0, why=", ".join(foreign))


def negation_fidelity(_question: Question, said: Said, collection: Collection) -> Outcome:
    """Share of the cited sentences that say “not” where the nearest sentence of a cited abstract does."""
    cited = [
        (text, papers)
        for s in said.statements
        if (papers := _cited(s, collection))
        for text in _sentences(s.text)
    ]
    wrong = [text for text, papers in cited if _is_turned_round(text, papers, collection)]
    return share(len(cited) - len(wrong), len(cited), of_none=1.0, why=" ".join(wrong[:1]))


def is_numbered_rightly(question: Question, said: Said, collection: Collection) -> bool:
    """Whether every number stands where number_fidelity looks for it; one of a sentence that cites nothing
    may stand in any paper shown, or in a gold one.
    """
    known = set(numbers(question.question))
    papers = [*map(collection.paper, said.shown), *map(collection.named, question.gold_ids)]
    anywhere = _numbers_of([paper for paper in papers if paper])
    return all(
        n in known or n in (_numbers_of(_cited(s, collection)) if s.cites or s.unknown else anywhere)
        for n, s in _numbers_said(said)
    )


def _numbers_said(said: Said) -> list[tuple[str, Statement]]:
    return [(number, statement) for statement in said.statements for number in numbers(statement.text)]


def _is_quoted(quote: str, statement: Statement, collection: Collection) -> bool:
    return any(is_verbatim(quote, paper.text) for paper in _cited(statement, collection))


def _is_exact(evidence: Evidence, collection: Collection) -> bool:
    paper = collection.paper(evidence.paper_id)
    return paper is not None and paper.abstract[evidence.start : evidence.end] == evidence.quote


def _cited(statement: Statement, collection: Collection) -> list[Paper]:
    return [paper for paper_id in statement.cites if (paper := collection.paper(paper_id))]


def _numbers_of(papers: list[Paper]) -> set[str]:
    return {number for paper in papers for number in numbers(f"{paper.text} {paper.year or ''}")}


def _sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def _is_turned_round(claim: str, papers: list[Paper], collection: Collection) -> bool:
    """Whether it says no and the nearest sentence does not, or the reverse; never a paper's own words."""
    if any(is_verbatim(claim, paper.abstract) for paper in papers):
        return False
    texts = [text for paper in papers for text in _sentences(paper.abstract)]
    overlaps = collection.overlap(claim, texts)
    nearest = max(zip(overlaps, texts, strict=True), key=lambda pair: pair[0], default=(0.0, ""))
    return is_negated(claim) != is_negated(nearest[1])


METRICS = (
    Metric("quote_fidelity", quote_fidelity, "whether the quotation answers the question, or was needed"),
    Metric(
        "number_fidelity", number_fidelity, "numbers in words, units, what is counted; a number that stands "
        "elsewhere in the abstract for something else",
    ),
    Metric(
        "negation_fidelity", negation_fidelity, "contradiction without a word for no (“increases” for "
        "“reduces”); what a paraphrase turns round and means the same", tier="heuristic",
    ),
)  # fmt: skip
