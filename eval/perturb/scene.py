"""What perturbations are made of: a question as it was answered, and how it is asked again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from eval.asking import Ask
from eval.collection import Collection
from eval.outcomes import Scale
from eval.questions import Question
from eval.reading import Said
from rag import Assistant, Library, Paper

MORE, LESS = Scale(), Scale(lower_is_better=True)
Values = Mapping[str, float]
"""What was measured of one answer, each from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Clean:
    """A question, what was answered when nothing was changed, and ids of the papers that should answer it:
    the gold ones or, where none are named, those cited.
    """

    question: Question
    said: Said
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """One variant: `asked` has an id and wording of its own, and `judge` says what came of it, by `measures`:
    some of its kind's, or None for all.
    """

    clean: Clean
    asked: Question
    ask: Ask
    judge: Callable[[Said], Values]
    measures: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to change something, what is measured then, and on which scale; `of_all` that a variant hangs
    on the answers to all questions, not to its own alone.
    """

    name: str
    measures: Mapping[str, Scale]
    trials: Callable[["Scene"], Iterator[Trial]]
    of_all: bool = False


@dataclass(slots=True)
class Scene:
    """The system, its library, and how it answered; `folder` is for copies of the library."""

    assistant: Assistant
    k: int
    cleans: Sequence[Clean]
    collection: Collection
    seed: int
    folder: Path
    copies: list[Library] = field(default_factory=list)

    @property
    def library(self) -> Library:
        """The one that stays as it is."""
        return self.assistant.library

    @property
    def ask(self) -> Ask:
        """The system, of that library."""
        return partial(self.assistant.ask, k=self.k)

    def ask_of_copy(self, papers: Sequence[Paper]) -> Ask:
        """The system, of a copy of the library in which these papers stand as given."""
        folder = self.folder / f"copy-{len(self.copies)}"
        folder.mkdir()
        copied = self.library.copy(folder, papers)
        self.copies.append(copied)
        return partial(self.assistant.over(copied).ask, k=self.k)

    def chance(self, *parts: object) -> Random:
        """Chance that is the same every time for a seed and these parts."""
        return Random(" ".join(map(str, (self.seed, *parts))))  # noqa: S311 - nothing secret

    def targets(self) -> list[Paper]:
        """The papers that answer any of the questions, each once."""
        ids = dict.fromkeys(target for clean in self.cleans for target in clean.targets)
        return [paper for target in ids if (paper := self.collection.paper(target)) and paper.abstract]


STABLE: Mapping[str, Scale] = {"retrieval": MORE, "citations": MORE, "flips": LESS}
"""What stays: the share of the papers shown, that of the papers cited, and whether it is answered."""


def stability(clean: Clean, said: Said, again: Mapping[str, str] | None = None) -> dict[str, float]:
    """See STABLE; `again` maps the id of a paper that is there twice to the first one's."""
    same = again or {}
    before, after = clean.said, said
    shown = {same.get(name, name) for name in after.shown}
    cited = {same.get(name, name) for name in after.cited_ids}
    either = cited | set(before.cited_ids)
    return {
        "retrieval": len(shown & set(before.shown)) / len(before.shown) if before.shown else float(not shown),
        "citations": len(cited & set(before.cited_ids)) / len(either) if either else 1.0,
        "flips": float(before.abstained != after.abstained),
    }
