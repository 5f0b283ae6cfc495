"""Calls of a judge: each made once and kept, none beyond the budget; a verdict, or why there is none."""

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from threading import Lock

from eval.judge.prompts import VERSION, Task, Verdict, messages, read, repair, tokens
from eval.lines import as_line, whole_lines, write_lines
from rag import ChatModel, Message, ModelError

_ATTEMPTS = 3
_LONGEST_REPLY = 20_000  # characters
_REPLY = 256  # tokens kept free for it
_GONE = 3  # failures in a row after which a server is not asked again


class NoVerdictError(Exception):
    """The judge gave no verdict."""


class Judge:
    """A model that judges; its replies are kept in a file, and those that are there are not asked for."""

    def __init__(self, model: ChatModel, kept: Path, budget: int) -> None:
        self.name = model.name
        self.calls = 0
        """Requests made of the model."""
        self._model, self._path, self._budget = model, kept, budget
        self._kept = {line["key"]: line for line in whole_lines(kept) if {"key", "reply"} <= line.keys()}
        if kept.exists():
            write_lines(kept, self._kept.values())  # without a last line that was cut off
        self._lock = Lock()
        self._failures = 0

    def has(self, task: Task, *, turned: bool) -> bool:
        """Whether the first reply to a task is there already."""
        return self._key(messages(task, turned=turned)) in self._kept

    def verdicts(self, task: Task, *, turned: bool = False) -> list[Verdict]:
        """A verdict on each item of a task, in its order. What cannot be read is asked for twice again.

        Raises:
            NoVerdictError: no reply could be read, or the budget is used up.
            ModelError: the model gave no reply.
        """
        asked = messages(task, turned=turned)
        for _ in range(_ATTEMPTS):
            reply = self._reply(asked)
            try:
                return read(reply, len(task.items), turned=turned)
            except ValueError as error:
                why = str(error)
                asked = repair(asked, reply, why)
        raise NoVerdictError(f"no verdict in {_ATTEMPTS} replies: {why}")

    def keep(self) -> None:
        """Write all replies, earlier runs' and other judges', too, in an order that does not hang on who
        replied first.
        """
        write_lines(self._path, [self._kept[key] for key in sorted(self._kept)])

    def _reply(self, asked: Sequence[Message]) -> str:
        key = self._key(asked)
        if key not in self._kept:
            text = self._called(asked)
            with self._lock, self._path.open("a", encoding="utf-8") as stream:
                self._kept[key] = {"key": key, "reply": text}
                stream.write(as_line(self._kept[key]))
        return str(self._kept[key]["reply"])

    def _called(self, asked: Sequence[Message]) -> str:
        if (size := tokens(asked) + _REPLY) > self._model.context:
            room = self._model.context
            raise NoVerdictError(f"about {size} tokens, and it has room for {room}; see FOOTNOTE_LLM_CONTEXT")
        with self._lock:
            if self.calls >= self._budget:
                raise NoVerdictError(f"the budget of {self._budget} calls is used up")
            if self._failures >= _GONE:
                raise NoVerdictError(f"{self.name} failed {_GONE} times in a row")
            self.calls += 1
        text = ""
        try:
            for piece in self._model.stream(asked):
                text += piece
                if len(text) > _LONGEST_REPLY:
                    break
        except ModelError:
            self._failures += 1
            raise
        self._failures = 0
        return text

    def _key(self, asked: Sequence[Message]) -> str:
        said = [VERSION, self.name, *([each.role, each.content] for each in asked)]
        return sha256(json.dumps(said).encode()).hexdigest()
