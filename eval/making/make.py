"""Questions about the papers of a library: made, checked, and every fifth asked without its paper."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from random import Random

from eval.collection import Collection
from eval.folders import Told
from eval.leaks import leak, shared
from eval.making.by_model import UnsoundError, ask_for_question
from eval.making.by_rule import RULES
from eval.neighbours import twins_of
from eval.questions import UNANSWERABLE, Question
from eval.wording import holds
from rag import ChatModel, FootnoteError, Library, ModelError, Paper

COUNT = 50
"""Questions, by default."""

_EVERY = 5  # so many questions, and one of them is asked without its paper
_RIVALS = 20  # papers in which an answer is looked for
# Share of a question's words, by rarity, from which a paper that says the fact may answer it, too; and
# from which one may where no fact is asked for.
_SAYS_IT, _IS_IT = 0.6, 0.9


@dataclass(frozen=True, slots=True)
class Made:
    """The questions, and how often which reason kept one out."""

    questions: Sequence[Question]
    dropped: Counter[str]


def questions(
    library: Library,
    n: int = COUNT,
    *,
    model: ChatModel | None = None,
    seed: int = 1,
    told: Told = lambda *_: None,
) -> Made:
    """Make at most `n` questions about a library's papers, with a model or by rule.

    The same library and seed give the same questions, unless a model writes them.

    Raises:
        FootnoteError: the library holds no abstracts, or no question about them passed.
        ModelError: the model gave no reply to the first request.
    """
    twins, checks = twins_of(library), _Checks(library)
    papers = sorted((p for p in library.papers() if p.abstract), key=lambda paper: paper.paper_id)
    Random(seed).shuffle(papers)  # noqa: S311 - nothing secret
    drafts = _by_model(papers, model, checks) if model else _by_rule(papers, library, seed)
    kept: list[Question] = []
    for question in islice(filter(checks.passes, drafts), n):
        number = len(kept) + 1
        asked = question if number % _EVERY else _without_its_paper(question, twins)
        kept.append(replace(asked, id=f"q{number:03d}"))
        told("Making", number, n)
    if not kept:
        why = ", ".join(checks.dropped) or "its abstracts are too short"
        raise FootnoteError(f"{library.path}: no question could be made of its papers: {why}")
    return Made(kept, checks.dropped)


def _by_rule(papers: Sequence[Paper], library: Library, seed: int) -> Iterator[Question]:
    """One of each paper, the rules taking turns; then another of each, by the next rule."""
    for turn in range(len(RULES)):
        for place, paper in enumerate(papers):
            rule = RULES[(place + turn) % len(RULES)]
            question = rule(paper, library, Random(f"{seed} {paper.paper_id}"))  # noqa: S311
            if question:
                yield question


def _by_model(papers: Sequence[Paper], model: ChatModel, checks: "_Checks") -> Iterator[Question]:
    """One of each paper, as far as there is one."""
    for paper in papers:
        try:
            question = ask_for_question(paper, model)
        except UnsoundError as error:
            checks.drop(str(error))
        except ModelError:
            if not checks.seen and not checks.dropped:  # no model there: that says nothing of any question
                raise
            checks.drop("the model gave no reply")
        else:
            if leak(question.question, [paper], checks.collection):
                checks.drop("it is copied from the abstract")
            else:
                yield question


@dataclass(slots=True)
class _Checks:
    """What every question has to pass; `dropped` counts what kept others out, `seen` is what was asked."""

    library: Library
    collection: Collection = field(init=False)
    dropped: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.collection = Collection(self.library)

    def passes(self, question: Question) -> bool:
        """Whether nobody asked it yet, and no other paper answers it."""
        if question.question in self.seen:
            self.drop("it was asked already")
        elif self._has_rival(question):
            self.drop("another paper may answer it, too")
        else:
            self.seen.add(question.question)
            return True
        return False

    def drop(self, why: str) -> None:
        """Count what was not kept."""
        self.dropped[why] += 1

    def _has_rival(self, question: Question) -> bool:
        facts = [wording for wordings in question.must_contain for wording in wordings]
        found = (self.library.paper(name) for name in self.library.by_words(question.question, _RIVALS))
        others = (paper for paper in found if paper.paper_id not in question.gold_ids)
        bar = _SAYS_IT if facts else _IS_IT
        return any(
            all(holds(paper.abstract, fact) for fact in facts)
            and shared(question.question, [paper], self.collection) >= bar
            for paper in others
        )


def _without_its_paper(question: Question, twins: Callable[[str], list[str]]) -> Question:
    """The same, asked where its paper, and whatever says nearly the same, is left out: nothing answers it."""
    gone = [name for gold in question.gold_ids for name in (gold, *twins(gold))]
    return Question(
        id="",
        question=question.question,
        type=UNANSWERABLE,
        style="left-out",
        about=question.gold_ids,
        without=tuple(dict.fromkeys(gone)),
    )
