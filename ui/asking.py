"""A question asked for the page: the answer as it comes, until it is whole, stopped, or nobody looks on."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, closing
from dataclasses import replace
from functools import reduce
from queue import SimpleQueue as Queue
from threading import Event as Flag
from typing import cast

from rag import Answer, Assistant, FootnoteError, HangUp, Hits, ModelError
from ui.turns import Session, Turn

AT_ONCE = 8
"""Questions that are answered at the same time; others wait their turn."""

_PULSE = 1.0  # seconds between two signs of life, at which Gradio sees whether the tab is still open
_FRAME = 0.1  # seconds between two looks at what came; more often nobody could read it
# Used again and again, since each thread holds a connection to the library.
_READERS = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="reader")

Step = Hits | str | Answer
Ended = Callable[[Answer], None]


async def answered(
    assistant: Assistant,
    session: Session,
    turn: Turn,
    *,
    force: bool,
    earlier: Sequence[Answer] = (),
    ended: Ended | None = None,
) -> AsyncGenerator[Turn]:
    """The turn as it grows, the last one no longer busy; one that has failed already stays as it is.

    Closing it, or setting `session.stopping`, ends the model's work. `ended` is called in another thread with
    an answer that has ended, or with what came of one whose model broke off, also where nobody looks on.
    """
    if turn.failure:
        yield turn
        return
    stopping = session.stopping = Flag()
    turn = replace(turn, is_busy=True)
    yield turn
    steps = assistant.stream(turn.question, k=turn.k, force=force, earlier=earlier, **turn.filters)
    try:
        async with aclosing(_as_they_come(steps, stopping, ended)) as batches:
            async for batch in batches:
                turn = reduce(_with, batch or (), replace(turn, is_waiting=batch is None))
                yield turn
    except ModelError as error:
        turn = replace(turn, answer=error.answer, failure=str(error))
    except FootnoteError as error:
        turn = replace(turn, failure=str(error))
    yield replace(turn, is_busy=False)


def _with(turn: Turn, step: Step) -> Turn:
    if isinstance(step, Hits):
        return replace(turn, found=step)
    if isinstance(step, Answer):
        return replace(turn, answer=step)
    return replace(turn, text=turn.text + step)


async def _as_they_come(
    steps: Iterator[Step], stopping: Flag, ended: Ended | None
) -> AsyncGenerator[list[Step] | None]:
    """What came since the last look, and nothing at each pulse; None while others are answered first. Read in
    another thread, so that a model that is silent holds nobody up.
    """
    arrived: Queue[Step | None] = Queue()
    hang_up = HangUp()
    reading = _READERS.submit(_read, steps, stopping, arrived, hang_up, ended)
    quiet = _PULSE - _FRAME  # who has to wait is told at the first look
    try:
        while not stopping.is_set():
            await asyncio.sleep(_FRAME)
            quiet += _FRAME
            batch, is_over = _drained(arrived)
            if batch or quiet >= _PULSE:
                quiet = 0.0
                has_begun = reading.running() or reading.done()
                yield batch if has_begun else None
            if is_over:
                await asyncio.wrap_future(reading)  # raises what ended it
                return
    finally:
        stopping.set()
        hang_up()
        reading.cancel()


def _drained(arrived: "Queue[Step | None]") -> tuple[list[Step], bool]:
    """What is there now, and whether it was the last."""
    batch: list[Step] = []
    while not arrived.empty():
        step = arrived.get_nowait()
        if step is None:
            return batch, True
        batch.append(step)
    return batch, False


def _read(
    steps: Iterator[Step],
    stopping: Flag,
    arrived: "Queue[Step | None]",
    hang_up: HangUp,
    ended: Ended | None,
) -> None:
    """Until the last step, or until it is to stop; then they are closed, which ends the model's work."""
    try:
        with hang_up.within(), closing(cast("Generator[Step]", steps)) as coming:
            for step in coming:
                if stopping.is_set():
                    return
                arrived.put(step)
                if ended and isinstance(step, Answer):
                    ended(step)
    except ModelError as error:
        if ended and error.answer and error.answer.text and not stopping.is_set():
            ended(replace(error.answer, notes=(*error.answer.notes, str(error))))
        raise
    finally:
        arrived.put(None)
