"""The best answer the data know of: what metrics should give their highest marks to."""

from collections.abc import Iterator, Sequence

from eval.asking import Ask
from eval.collection import Collection
from eval.questions import Question
from rag import Answer, Chunk, Citation, Evidence, Hit, Library, Paper, Sentence, as_stored

_HITS = 8


def oracle(questions: Sequence[Question], library: Library) -> Ask:
    """A system that answers these questions with their label, if they have one, and their gold quotes, each
    cited, and leaves the others; it is shown the gold papers and those stored beside them.
    """
    collection, papers = Collection(library), [paper for paper in library.papers() if paper.abstract]
    answers = {each.question: _answer(each, collection, papers) for each in questions}
    return answers.__getitem__


def _answer(question: Question, collection: Collection, papers: Sequence[Paper]) -> Answer:
    evidence = list(_evidence(question, collection))
    golds = [paper for name in question.gold_ids if (paper := collection.named(name))]
    hits = tuple(_hits(golds, papers))
    asked = question.question
    if not question.answerable:
        return Answer(asked, asked, (), (), hits, 0.0, "not_in_collection", "nothing here answers this.")
    markers = {paper.paper_id: n for n, paper in enumerate(golds, start=1)}
    label = (Sentence(f"{question.label.capitalize()}.", "uncited", "", ()),) if question.label else ()
    said = tuple(
        Sentence(each.quote, "supported", "", (markers[each.paper_id],), evidence=(each,))
        for each in evidence
    )
    cited = tuple(
        Citation(markers[paper.paper_id], paper, _of(paper, evidence), "supported", "") for paper in golds
    )
    return Answer(asked, asked, (*label, *said), cited, hits, 1.0)


def _evidence(question: Question, collection: Collection) -> Iterator[Evidence]:
    """The gold quotes where they stand in the abstracts as stored."""
    for gold in question.gold_quotes:
        paper, quote = collection.named(gold.paper), as_stored(gold.text)
        if paper and (start := paper.abstract.find(quote)) >= 0:
            yield Evidence(paper.paper_id, quote, start, start + len(quote))


def _of(paper: Paper, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    return tuple(each for each in evidence if each.paper_id == paper.paper_id)


def _hits(golds: Sequence[Paper], papers: Sequence[Paper]) -> Iterator[Hit]:
    """The golds, and then what is stored after the first of them."""
    ids = [paper.paper_id for paper in papers]
    first = ids.index(golds[0].paper_id) if golds else 0
    others = (papers[(first + n) % len(papers)] for n in range(len(papers)))
    shown = {paper.paper_id: paper for paper in (*golds, *others)}
    for rank, paper in enumerate(list(shown.values())[:_HITS], start=1):
        whole = Chunk(paper.paper_id, 0, 0, len(paper.abstract), paper.abstract)
        yield Hit(rank, 1 / rank, {}, paper, whole)
