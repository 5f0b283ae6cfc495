"""Systems known to be bad, each in one way: a ruler that ranks one of them above the real one is broken."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from eval.asking import Ask
from rag import Answer, Citation, Library, Paper, Sentence, sentences

Change = Callable[[Answer], Answer]

_HARD = 12  # words of a question; one of more is hard
_NOWHERE = Paper(
    "A paper nobody wrote", "It says nothing.", ("Nemo",), 2001, identifiers={"doi": "10.5555/no"}
)
_OTHER_DIGITS = str.maketrans("0123456789", "1234567890")


@dataclass(frozen=True, slots=True)
class Canary:
    """A bad system: `made_of` a real one and the library that it answers from."""

    name: str
    what: str
    made_of: Callable[[Ask, Library], Ask]


class CrashError(Exception):
    """What the system that crashes raises."""


def _always(change: Change) -> Callable[[Ask, Library], Ask]:
    """Every answer is another, made of what the real system found."""
    return lambda ask, _library: lambda question: change(ask(question))


def _unless_abstained(change: Change) -> Callable[[Ask, Library], Ask]:
    """Every answer but the abstentions is changed."""

    def changed(answer: Answer) -> Answer:
        return answer if answer.abstained else change(answer)

    return _always(changed)


def _empty(answer: Answer) -> Answer:
    return replace(answer, sentences=(), citations=(), abstention=None, reason="", confidence=1.0)


def _abstained(answer: Answer) -> Answer:
    reason = "the papers of this library do not seem to answer this."
    return replace(_empty(answer), abstention="not_in_collection", reason=reason, confidence=0.0)


def _first_abstract(answer: Answer) -> Answer:
    return _whole_abstract(answer, answer.hits[0].paper)


def _echo(answer: Answer) -> Answer:
    return _saying(answer, [answer.question], answer.hits[0].paper)


def _random(ask: Ask, library: Library) -> Ask:
    papers = [paper for paper in library.papers() if paper.abstract]

    def answered(question: str) -> Answer:
        return _whole_abstract(ask(question), random.Random(question).choice(papers))  # noqa: S311

    return answered


def _crash_on_hard(ask: Ask, _library: Library) -> Ask:
    def answered(question: str) -> Answer:
        if len(question.split()) > _HARD:
            raise CrashError("this one is hard")
        return ask(question)

    return answered


def _citing_everything(answer: Answer) -> Answer:
    cited = tuple(Citation(n, hit.paper, (), "weak", "") for n, hit in enumerate(answer.hits, start=1))
    return _with_sentences(answer, lambda s: replace(s, citations=tuple(c.marker for c in cited)), cited)


def _citing_nobody(answer: Answer) -> Answer:
    return replace(answer, citations=tuple(replace(each, paper=_NOWHERE) for each in answer.citations))


def _citing_the_next(answer: Answer) -> Answer:
    """Each marker means the paper found after the one it should mean."""
    papers = [hit.paper for hit in answer.hits]
    place = {paper.paper_id: n for n, paper in enumerate(papers, start=1)}
    cited = tuple(
        replace(citation, paper=papers[place[citation.paper.paper_id] % len(papers)])
        for citation in answer.citations
    )
    return replace(answer, citations=cited)


def with_other_digits(text: str) -> str:
    """Every digit is the next one."""
    return text.translate(_OTHER_DIGITS)


def negated(text: str) -> str:
    """The sentence denied."""
    return f"It is not the case that {text[:1].lower()}{text[1:]}"


def _with_other_numbers(answer: Answer) -> Answer:
    return _reworded(answer, with_other_digits)


def _negated(answer: Answer) -> Answer:
    return _reworded(answer, negated)


def _whole_abstract(answer: Answer, paper: Paper) -> Answer:
    return _saying(answer, [paper.abstract[start:end] for start, end in sentences(paper.abstract)], paper)


def _saying(answer: Answer, texts: Sequence[str], paper: Paper) -> Answer:
    """An answer of these sentences, all of them citing one paper."""
    said = tuple(Sentence(text, "weak", "", (1,)) for text in texts)
    return replace(_empty(answer), sentences=said, citations=(Citation(1, paper, (), "weak", ""),))


def _reworded(answer: Answer, change: Callable[[str], str]) -> Answer:
    return _with_sentences(answer, lambda s: replace(s, text=change(s.text), shown=""), answer.citations)


def _with_sentences(
    answer: Answer, change: Callable[[Sentence], Sentence], citations: tuple[Citation, ...]
) -> Answer:
    return replace(answer, sentences=tuple(map(change, answer.sentences)), citations=citations)


CANARIES = (
    Canary("empty", "says nothing, and is sure of it", _always(_empty)),
    Canary("always-abstain", "leaves every question unanswered", _always(_abstained)),
    Canary(
        "first-abstract", "copies the abstract of the best hit, whatever is asked", _always(_first_abstract)
    ),
    Canary("cite-everything", "cites all hits after every sentence", _unless_abstained(_citing_everything)),
    Canary("random", "copies an abstract drawn by lot", _random),
    Canary("invented-ids", "cites a paper that does not exist", _unless_abstained(_citing_nobody)),
    Canary("shuffled", "cites the paper found next to the right one", _unless_abstained(_citing_the_next)),
    Canary("echo", "gives the question back as the answer", _always(_echo)),
    Canary("number-flipper", "changes every digit", _unless_abstained(_with_other_numbers)),
    Canary("negator", "says of every sentence that it is not so", _unless_abstained(_negated)),
    Canary("crash-on-hard", "fails at long questions", _crash_on_hard),
)
