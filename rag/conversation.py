"""Questions that build on one another: a follow-up becomes a question that can be searched for."""

import re
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Unpack

from rag.cleaning import LONGEST_QUESTION, clean
from rag.follow_ups import understood
from rag.interfaces import ChatModel
from rag.prompts import build_rewrite
from rag.retrieval.filters import FilterArguments
from rag.types import Answer, Event
from rag.words import words_of

if TYPE_CHECKING:
    from rag.assistant import Assistant

REMEMBERED = 6
"""Turns of a conversation that a follow-up may refer to."""

_SAID_BEFORE = 1_500  # characters of an earlier answer that a model is shown
_NO_TEXT = re.compile(r"<think>.*?</think>|\x1b\[[0-9;]*[A-Za-z]", re.DOTALL)


class Conversation:
    """Asks an Assistant, and remembers the last few turns."""

    def __init__(self, assistant: "Assistant", turns: Sequence[Answer] = ()) -> None:
        """`turns` are answers of an earlier conversation to go on from."""
        self._assistant = assistant
        self._turns = deque(turns, REMEMBERED)

    @property
    def turns(self) -> tuple[Answer, ...]:
        """The answers that a follow-up may refer to, oldest first."""
        return tuple(self._turns)

    def ask(
        self,
        question: str,
        *,
        k: int | None = None,
        force: bool = False,
        **filters: Unpack[FilterArguments],
    ) -> Answer:
        """See Assistant.ask; a follow-up is understood from the turns before."""
        *_, answer = self.stream(question, k=k, force=force, **filters)
        assert isinstance(answer, Answer)  # noqa: S101 - stream's last event
        return answer

    def stream(
        self,
        question: str,
        *,
        k: int | None = None,
        force: bool = False,
        **filters: Unpack[FilterArguments],
    ) -> Iterator[Event]:
        """See Assistant.stream."""
        for event in self._assistant.stream(question, k=k, force=force, earlier=self.turns, **filters):
            if isinstance(event, Answer):
                self._turns.append(event)
            yield event


def rewrite(
    question: str, earlier: Sequence[Answer], model: ChatModel | None
) -> tuple[str, Mapping[str, int]]:
    """The question as it can be understood without the turns before it, and the tokens used for that.

    A model rewrites it where there is one, and else rules do; see `understood`.

    Raises:
        ModelError: the model did not reply.
    """
    if not earlier:
        return question, {}
    if not model:
        return understood(question, earlier), {}
    turns = [(turn.query, turn.text[:_SAID_BEFORE]) for turn in earlier[-REMEMBERED:]]
    written, usage = _written(model.stream(build_rewrite(question, turns)))
    return _usable(written, question, earlier), usage


def _written(stream: Generator[str, None, Mapping[str, int]]) -> tuple[str, Mapping[str, int]]:
    """A reply up to the length of a question, and the tokens it used where it ended within."""
    written = ""
    try:
        while len(written) <= LONGEST_QUESTION:
            written += next(stream)
    except StopIteration as ended:
        return written, ended.value or {}
    finally:
        stream.close()
    return written, {}


def _usable(written: str, question: str, earlier: Sequence[Answer]) -> str:
    rewritten = clean(_NO_TEXT.sub("", written)).strip('"“” ')
    is_one_question = 0 < len(rewritten) <= max(400, 2 * len(question)) and words_of(rewritten)
    asked = {word.casefold() for word in words_of(question)}
    is_the_same = not asked or asked & {word.casefold() for word in words_of(rewritten)}
    return rewritten if is_one_question and is_the_same else understood(question, earlier)
