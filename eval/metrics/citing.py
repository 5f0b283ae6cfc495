"""Who is cited: papers that exist, that were shown, that are the right ones, and as their records say."""

from collections.abc import Sequence
from typing import Any

from eval.collection import Collection
from eval.lines import Json
from eval.metrics.metric import LOWER, Metric, answerable
from eval.outcomes import Outcome, share
from eval.questions import Question
from eval.reading import Said, Statement
from rag import Paper

_FEWEST_WORDS = 4  # content words; a sentence of fewer (“Yes.”, a heading) claims nothing to check


def invented_ids(_question: Question, said: Said, collection: Collection) -> Outcome:
    """Share of the papers cited that are not in the collection, or that a marker names in vain; none is 0."""
    strange = [paper_id for paper_id in said.cited_ids if collection.paper(paper_id) is None]
    cited = len(said.cited_ids) + said.unknown
    return share(len(strange) + said.unknown, cited, of_none=0.0, why=", ".join(strange))


def not_shown_ids(_question: Question, said: Said, collection: Collection) -> Outcome:
    """Share of the papers cited that are in the collection, but not among those the answer could draw on."""
    unseen = [i for i in said.cited_ids if collection.paper(i) is not None and i not in said.shown]
    return share(len(unseen), len(said.cited_ids) + said.unknown, of_none=0.0, why=", ".join(unseen))


def citation_coverage(_question: Question, said: Said, collection: Collection) -> Outcome:
    """Share of the sentences that claim something which cite a paper shown; 0 where nothing is claimed."""
    claimed = claims(said, collection)
    bare = [claim.text for claim in claimed if not set(claim.cites) & set(said.shown)]
    return share(len(claimed) - len(bare), len(claimed), of_none=0.0, why=" ".join(bare[:1]))


def gold_citation_precision(question: Question, said: Said, collection: Collection) -> Outcome:
    """Share of the papers cited that are gold; 0 where none is cited. An invented one counts as cited."""
    golds = _golds(question, collection)
    right = [paper_id for paper_id in said.cited_ids if paper_id in golds]
    return share(len(right), len(said.cited_ids) + said.unknown, of_none=0.0)


def gold_citation_recall(question: Question, said: Said, collection: Collection) -> Outcome:
    """Share of the gold papers that are cited."""
    golds = _golds(question, collection)
    missed = sorted(golds.difference(said.cited_ids))
    return share(len(golds) - len(missed), len(golds), of_none=0.0, why=", ".join(missed))


def metadata_fidelity(_question: Question, said: Said, collection: Collection) -> Outcome:
    """Share of the papers cited whose title, authors, year, venue and ids are as stored; of none 1."""
    wrong = [paper for paper in said.cited if not _is_as_stored(paper, collection.paper(str(paper["id"])))]
    why = ", ".join(str(paper["id"]) for paper in wrong)
    return share(len(said.cited) - len(wrong), len(said.cited), of_none=1.0, why=why)


def misattribution(_question: Question, said: Said, collection: Collection) -> Outcome:
    """Share of the cited sentences of whose words another paper shown holds more; of none it is 0."""
    shown = [paper for paper_id in said.shown if (paper := collection.paper(paper_id))]
    cited = [statement for statement in said.statements if statement.cites]
    wrong = [statement.text for statement in cited if _fits_another(statement, shown, collection)]
    return share(len(wrong), len(cited), of_none=0.0, why=" ".join(wrong[:1]))


def claims(said: Said, collection: Collection) -> list[Statement]:
    """The sentences that claim something: those that cite, or have words enough; none where it abstained."""
    return [] if said.abstained else [s for s in said.statements if _claims_something(s, collection)]


def cites_gold(question: Question, said: Said, collection: Collection) -> bool:
    """Whether a gold paper is among those cited."""
    return not _golds(question, collection).isdisjoint(said.cited_ids)


def shows_gold(question: Question, said: Said, collection: Collection) -> bool:
    """Whether a gold paper was among those the answer could draw on."""
    return not _golds(question, collection).isdisjoint(said.shown)


def _golds(question: Question, collection: Collection) -> set[str]:
    """Ids of the gold papers; of one that is not in the collection, its name."""
    found = ((name, collection.named(name)) for name in question.gold_ids)
    return {paper.paper_id if paper else name for name, paper in found}


def _has_golds(question: Question) -> bool:
    return bool(question.gold_ids)


def _claims_something(statement: Statement, collection: Collection) -> bool:
    return bool(statement.cites) or len(collection.terms(statement.text)) >= _FEWEST_WORDS


def _is_as_stored(rendered: Json, paper: Paper | None) -> bool:
    return paper is not None and _identity(rendered) == {
        "title": paper.title,
        "authors": list(paper.authors),
        "year": paper.year,
        "venue": paper.venue,
        "url": paper.link,
        "identifiers": dict(paper.identifiers),
    }


def _identity(rendered: Json) -> dict[str, Any]:
    return {key: rendered.get(key) for key in ("title", "authors", "year", "venue", "url", "identifiers")}


def _fits_another(statement: Statement, shown: Sequence[Paper], collection: Collection) -> bool:
    overlaps = collection.overlap(statement.text, [paper.text for paper in shown])
    of_cited = [o for o, paper in zip(overlaps, shown, strict=True) if paper.paper_id in statement.cites]
    return max(overlaps, default=0.0) > max(of_cited, default=0.0)


METRICS = (
    Metric("invented_ids", invented_ids, "whether a paper that exists says what it is cited for", LOWER),
    Metric("not_shown_ids", not_shown_ids, "whether a paper that was shown is the right one", LOWER),
    Metric(
        "citation_coverage", citation_coverage, "whether the citation is right, or the sentence true",
        applies=answerable,
    ),
    Metric(
        "gold_citation_precision", gold_citation_precision, "papers that answer too and are not gold; "
        "what is said of the papers", applies=_has_golds,
    ),
    Metric(
        "gold_citation_recall", gold_citation_recall, "papers cited for nothing; what is said of the papers",
        applies=_has_golds,
    ),
    Metric("metadata_fidelity", metadata_fidelity, "whether the record itself is right"),
    Metric(
        "misattribution", misattribution, "a sentence in words of its own; two abstracts that say the same; "
        "whether the sentence is true of the paper", LOWER, tier="heuristic",
    ),
)  # fmt: skip
