"""A question file → what is wrong with it, line by line: what would make a figure say something else."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from eval.collection import Collection
from eval.leaks import leak, shared, words
from eval.lines import Json
from eval.neighbours import twins_of
from eval.questions import TYPES, UNANSWERABLE, Question, read_located
from eval.wording import holds
from rag import FootnoteError, Library, Paper, as_stored

_SAME_QUESTION = 0.8  # share of words in common, of either

KINDS = {
    "unknown-type": "the type is none of those that are counted",
    "no-gold": "it is answerable, and names no paper that answers it",
    "gold-of-unanswerable": "nothing answers it, and yet a paper does",
    "missing-gold": "a gold paper is not in the library, or has no abstract: it cannot be found",
    "ambiguous-gold": "a gold title is that of several papers",
    "gold-twin": "another paper says nearly the same as a gold one, and finding it counts as a miss",
    "quote-not-found": "a gold quote does not stand in the abstract of its paper",
    "unsaid-fact": "what an answer must contain stands in no gold abstract",
    "answer-in-question": "the question holds what an answer must contain: giving it back is correct",
    "unjudgeable": "nothing says what a correct answer holds",
    "leak": "the question is in the abstract's own words: any search by words finds it",
    "duplicate": "another line asks the same",
}
"""What a finding may be, and why it matters."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend: of which KIND, where as `FILE:LINE`, of which question, and what exactly."""

    kind: str
    at: str
    id: str
    text: str


def lint(path: Path, library: Library | None = None) -> Json:
    """Check a question file, and what it says of papers if there is a library to look them up in.

    Returns what `footnote eval lint --json` prints.

    Raises:
        FootnoteError: a line cannot be understood, there is none, or the library has none of the gold papers.
    """
    located = read_located(path)
    if not located:
        raise FootnoteError(f"{path}: holds no questions")
    findings = [*_of_file(located), *_duplicates(located)]
    overlaps: list[float] = []
    if library is not None:
        looked_up = _Golds(path, list(located.values()), library)
        for at, question in located.items():
            findings += (Finding(kind, at, question.id, text) for kind, text in looked_up.findings(question))
        overlaps = [looked_up.overlap(question) for question in located.values() if question.gold_ids]
    counts = Counter(finding.kind for finding in findings)
    lines = {at: number for number, at in enumerate(located)}
    return {
        "dataset": path.stem,
        "n": len(located),
        "findings": [_as_json(each) for each in sorted(findings, key=lambda each: lines[each.at])],
        "counts": {kind: counts[kind] for kind in KINDS if counts[kind]},
        "overlap": {"median": median(overlaps), "highest": max(overlaps)} if overlaps else None,
        "library": str(library.path) if library is not None else None,
    }


def _as_json(finding: Finding) -> Json:
    file, _, line = finding.at.rpartition(":")
    return {"kind": finding.kind, "file": file, "line": int(line), "id": finding.id, "text": finding.text}


def _of_file(located: Mapping[str, Question]) -> Iterator[Finding]:
    """What can be seen with no library."""
    for at, question in located.items():
        for kind, text in _symptoms(question):
            yield Finding(kind, at, question.id, text)


def _symptoms(question: Question) -> Iterator[tuple[str, str]]:
    if question.type and question.type not in TYPES:
        yield "unknown-type", f"“{question.type}” is none of {', '.join(TYPES)}"
    if question.answerable and not question.gold_ids:
        yield "no-gold", f"name the papers that answer it, or say “{UNANSWERABLE}”"
    if not question.answerable and question.gold_ids:
        yield "gold-of-unanswerable", f"says that {question.gold_ids[0]} answers it"
    if question.answerable and not (question.must_contain or question.nuggets or question.label):
        yield "unjudgeable", "give it nuggets, must_contain or a label"
    for wordings in question.must_contain:
        for wording in filter(lambda wording: holds(question.question, wording), wordings):
            yield "answer-in-question", f"“{wording}” stands in the question"


def _duplicates(located: Mapping[str, Question]) -> Iterator[Finding]:
    earlier: list[tuple[Question, frozenset[str]]] = []
    for at, question in located.items():
        asked = frozenset(words(question.question))
        for other, others in earlier:
            if len(asked & others) >= _SAME_QUESTION * len(asked | others):
                yield Finding("duplicate", at, question.id, f"asks what {other.id} does")
                break
        earlier.append((question, asked))


class _Golds:
    """The gold papers of a file, looked up in a library."""

    def __init__(self, path: Path, questions: Sequence[Question], library: Library) -> None:
        self._collection = Collection(library)
        self._twins = twins_of(library)
        golds = {name for question in questions for name in question.gold_ids}
        if golds and not any(isinstance(self._found(name), Paper) for name in golds):
            raise FootnoteError(
                f"{path}: none of its {len(golds)} gold papers is in {library.path}; give another library"
            )

    def findings(self, question: Question) -> Iterator[tuple[str, str]]:
        """What is wrong with the golds of a question, as kind and text."""
        golds = self._golds(question)
        for name in question.gold_ids:
            yield from self._of_gold(name, golds)
        for name in question.without:
            if not isinstance(self._found(name), Paper):
                yield "missing-gold", f"“{name}”, to be left out, is no paper of the library"
        yield from self._of_texts(question, golds)
        if copied := leak(question.question, golds, self._collection):
            yield "leak", copied

    def overlap(self, question: Question) -> float:
        """The share of the question's words, by rarity, that the abstract of one gold paper holds."""
        return shared(question.question, self._golds(question), self._collection)

    def _of_gold(self, name: str, golds: Sequence[Paper]) -> Iterator[tuple[str, str]]:
        found = self._found(name)
        if isinstance(found, str):
            yield "ambiguous-gold", found
        elif found is None:
            yield "missing-gold", f"“{name}” is neither an id nor the exact title of a paper"
        elif not found.abstract:
            yield "missing-gold", f"“{name}” has no abstract"
        else:
            known = {gold.paper_id for gold in golds}
            for twin in filter(lambda twin: twin not in known, self._twins(found.paper_id)):
                yield "gold-twin", f"{self._named(twin)} says nearly the same as {self._named(name)}"

    def _of_texts(self, question: Question, golds: Sequence[Paper]) -> Iterator[tuple[str, str]]:
        """What stands nowhere where it should."""
        for quote in question.gold_quotes:
            paper = self._found(quote.paper)
            if isinstance(paper, Paper) and as_stored(quote.text) not in paper.abstract:
                yield "quote-not-found", f"“{_shortened(quote.text)}” is not in “{paper.title}”"
        for wordings in question.must_contain if golds else ():
            if not any(holds(gold.text, wording) for gold in golds for wording in wordings):
                yield "unsaid-fact", f"“{wordings[0]}” stands in none of its gold papers"

    def _named(self, name: str) -> str:
        found = self._found(name)
        return f"“{found.title}” ({found.paper_id})" if isinstance(found, Paper) else name

    def _golds(self, question: Question) -> list[Paper]:
        found = map(self._found, question.gold_ids)
        return [gold for gold in found if isinstance(gold, Paper) and gold.abstract]

    def _found(self, name: str) -> Paper | str | None:
        """The paper, or why it is not one."""
        try:
            return self._collection.named(name)
        except FootnoteError as error:
            return str(error)


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
