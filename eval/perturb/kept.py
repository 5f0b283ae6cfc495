"""Answers of a long run, kept as they come, so that one that was broken off can go on."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from eval.asking import Ask, ask_each
from eval.folders import ANSWERS, Told
from eval.lines import Json, as_line, whole_lines, write_lines
from eval.questions import Question
from eval.reading import Said, read_answer


@dataclass(slots=True)
class Answers:
    """Answers by id of what was asked; `seconds` are of those that were asked this time."""

    folder: Path
    at_once: int
    told: Told
    lines: dict[str, Json] = field(init=False)
    order: list[str] = field(default_factory=list)
    seconds: dict[str, Mapping[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = whole_lines(self._path)
        self.lines = {line["id"]: line for line in known if "error" not in line}
        write_lines(self._path, self.lines.values())  # without what was cut off

    def to(self, what: str, asks: Sequence[tuple[Question, Ask]]) -> list[Said]:
        """The answers to these questions, by their systems; what is kept already is not asked again."""
        self.order += [question.id for question, _ in asks]
        missing = [each for each in asks if each[0].id not in self.lines]
        known = len(asks) - len(missing)
        with (
            self._path.open("a", encoding="utf-8") as stream,
            closing(ask_each(missing, self.at_once)) as new,
        ):
            for done, each in enumerate(new, start=known + 1):
                if each.error and not self.lines:  # no model there: that says nothing of any answer
                    raise each.error
                stream.write(as_line(each.line))
                stream.flush()
                self.lines[each.line["id"]] = each.line
                self.seconds[each.line["id"]] = each.seconds
                self.told(what, done, len(asks))
        return [read_answer(self.lines[question.id]) for question, _ in asks]

    def drop_stale(self, questions: Iterable[Question], kinds: Iterable[str]) -> None:
        """Where a question has no answer yet, drop those to variants of these kinds, which hang on all."""
        if all(question.id in self.lines for question in questions):
            return
        ends = tuple(f"~{kind}" for kind in kinds)
        self.lines = {name: line for name, line in self.lines.items() if not name.endswith(ends)}
        write_lines(self._path, self.lines.values())

    def put_in_order(self) -> None:
        """Write all of them as they would stand had nothing been broken off."""
        write_lines(self._path, [self.lines[name] for name in self.order])

    @property
    def _path(self) -> Path:
        return self.folder / ANSWERS
