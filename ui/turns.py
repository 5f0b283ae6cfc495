"""What the page keeps of a conversation; each session has its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Event

from rag import Answer, FilterArguments, Hits

KEPT = 12
"""Turns of a conversation that a page can bear, and that a session holds; the history has them all."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question, and what there is of its answer so far.

    `number` counts the questions of a session, `among` the papers there are. `is_waiting` until others have
    been answered; while `is_busy`, `text` is what
    was written and `found` the papers looked at; in the end there is an `answer`, or a `failure` that says
    in one line why there is none, or no more of it. `vote` and `note` are what the reader thinks of it.
    """

    question: str
    number: int = 0
    k: int | None = None
    filters: FilterArguments = field(default_factory=lambda: FilterArguments())
    is_busy: bool = False
    is_waiting: bool = False
    found: Hits | None = None
    text: str = ""
    answer: Answer | None = None
    failure: str = ""
    among: int = 0
    vote: str = ""
    note: str = ""

    @property
    def is_worth_keeping(self) -> bool:
        """Whether anything came of it."""
        return self.answer is not None or bool(self.text)


@dataclass(slots=True)
class Session:
    """One browser tab's conversation. `stopping` is set to end the answer that is being written; `opened`
    counts the conversations shown in the tab, as an answer may end when another one is there already.
    `conversation` is its id in the history, and `kept` those of its turns, by their numbers.
    """

    turns: tuple[Turn, ...] = ()
    asked: int = 0
    stopping: Event | None = None
    opened: int = 0
    conversation: str = ""
    kept: dict[int, str] = field(default_factory=dict)

    def begin(
        self, turns: Iterable[Turn] = (), conversation: str = "", kept: Mapping[int, str] | None = None
    ) -> None:
        """Go on with another conversation; what was just being told is stopped."""
        if self.stopping:
            self.stopping.set()
        shown = tuple(turns)
        self.turns, self.asked = shown[-KEPT:], len(shown)
        self.opened += 1
        self.conversation, self.kept = conversation, dict(kept or {})

    def add(self, turn: Turn) -> None:
        """Keep a turn that has ended, if anything came of it."""
        if turn.is_worth_keeping:
            self.turns = (*self.turns, turn)[-KEPT:]

    def turn(self, number: object) -> Turn | None:
        """The turn of this number, as the page sends it, if it was kept."""
        return next((turn for turn in self.turns if str(turn.number) == str(number)), None)

    def answers(self, before: int) -> tuple[Answer, ...]:
        """The answers that the turn of this number may refer to."""
        return tuple(turn.answer for turn in self.turns if turn.answer and turn.number < before)
