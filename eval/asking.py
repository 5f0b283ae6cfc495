"""Every question put to a system, in order; what it does not answer is an answer, too: the worst."""

import time
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from eval.lines import Json
from eval.questions import Question
from rag import Answer, ModelError, answer_json

_BY_A_SERVER, _IN_THIS_PROCESS = 4, 2  # Python runs one at a time here, and the encoder beside it

Ask = Callable[..., Answer]
"""A system: a question in, an answer out; where a question says so, `without` names papers to leave out."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A line of answers.jsonl, without what differs from run to run; that is in `seconds`, by stage.

    `error` is a language model's failure, if that is why there is no answer.
    """

    line: Json
    seconds: Mapping[str, float]
    error: ModelError | None = None


def at_once(model: str) -> int:
    """How many answers of a model are best asked for at a time, by its spec; `none` for the abstracts' own
    sentences.
    """
    if model.startswith("huggingface/"):
        return 1
    return _IN_THIS_PROCESS if model == "none" else _BY_A_SERVER


def ask_all(questions: Sequence[Question], ask: Ask, at_once: int = 1) -> Generator[Asked]:
    """Ask all, so many at once, and give what comes in the order of the questions."""
    return ask_each([(question, ask) for question in questions], at_once)


def ask_each(asks: Sequence[tuple[Question, Ask]], at_once: int = 1) -> Generator[Asked]:
    """The same, each question put to a system of its own."""
    pool = ThreadPoolExecutor(at_once)
    waiting: deque[Future[Asked]] = deque(pool.submit(_asked, *each) for each in asks)
    try:
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _asked(question: Question, ask: Ask) -> Asked:
    started = time.perf_counter()
    identity = {"id": question.id, "question": question.question}
    try:
        leaving = {"without": question.without} if question.without else {}
        answer = ask(question.question, **leaving)
        said = {key: value for key, value in answer_json(answer).items() if key != "seconds"}
        return Asked({**identity, **said}, answer.seconds)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, it is the question's worst score
        line = {**identity, "error": f"{type(error).__name__}: {error}"}
        took = {"total": time.perf_counter() - started}
        return Asked(line, took, error if isinstance(error, ModelError) else None)
