"""A question asked for the page: the answer as it comes, until it is whole, stopped, or nobody looks on."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, closing
from dataclasses import replace
from functools import reduce
from queue import SimpleQueue as Queue
from threading import Event as Flag
from typing import cast

from rag import Answer, Assistant, FootnoteError, HangUp, Hits, ModelError
from ui.turns import Session, Turn

_PULSE = 1.0  # seconds between two signs of life, at which Gradio sees whether the tab is still open
_FRAME = 0.1  # seconds between two looks at what came; more often nobody could read it
# Used again and again, since each thread holds a connection to the library.
_READERS = ThreadPoolExecutor(32, thread_name_prefix="reader")

Event = Hits | str | Answer
Ended = Callable[[Answer], None]


async def answered(
    assistant: Assistant, session: Session, turn: Turn, *, force: bool, ended: Ended | None = None
) -> AsyncGenerator[Turn]:
    """The turn as it grows, the last one no longer busy; one that has failed already stays as it is.

    Closing it, or setting `session.stopping`, ends the model's work. `ended` is called with
    an answer that became whole, in another thread, also where nobody is told of it any more.
    """
    if turn.failure:
        yield turn
        return
    stopping = session.stopping = Flag()
    turn = replace(turn, is_busy=True)
    yield turn
    events = assistant.stream(
        turn.question, k=turn.k, force=force, earlier=session.answers(before=turn.number), **turn.filters
    )
    try:
        async with aclosing(_as_they_come(events, stopping, ended)) as batches:
            async for batch in batches:
                turn = reduce(_with, batch, turn)
                yield turn
    except ModelError as error:
        turn = replace(turn, answer=error.answer, failure=str(error))
    except FootnoteError as error:
        turn = replace(turn, failure=str(error))
    yield replace(turn, is_busy=False)


def _with(turn: Turn, event: Event) -> Turn:
    if isinstance(event, Hits):
        return replace(turn, found=event)
    if isinstance(event, Answer):
        return replace(turn, answer=event)
    return replace(turn, text=turn.text + event)


async def _as_they_come(
    events: Iterator[Event], stopping: Flag, ended: Ended | None
) -> AsyncGenerator[list[Event]]:
    """What came since the last look, and nothing at each pulse. Read in another thread, so that a model
    that is silent holds nobody up.
    """
    arrived: Queue[Event | None] = Queue()
    hang_up = HangUp()
    reading = _READERS.submit(_read, events, stopping, arrived, hang_up, ended)
    quiet = 0.0
    try:
        while not stopping.is_set():
            batch, is_over = _drained(arrived)
            if batch or quiet >= _PULSE:
                quiet = 0.0
                yield batch
            if is_over:
                await asyncio.wrap_future(reading)  # raises what ended it
                return
            await asyncio.sleep(_FRAME)
            quiet += _FRAME
    finally:
        stopping.set()
        hang_up()


def _drained(arrived: "Queue[Event | None]") -> tuple[list[Event], bool]:
    """What is there now, and whether it was the last."""
    batch: list[Event] = []
    while not arrived.empty():
        event = arrived.get_nowait()
        if event is None:
            return batch, True
        batch.append(event)
    return batch, False


def _read(
    events: Iterator[Event],
    stopping: Flag,
    arrived: "Queue[Event | None]",
    hang_up: HangUp,
    ended: Ended | None,
) -> None:
    """Until the last event, or until it is to stop; then they are closed, which ends the model's work."""
    try:
        with hang_up.within(), closing(cast("Generator[Event]", events)) as coming:
            for event in coming:
                if stopping.is_set():
                    return
                arrived.put(event)
                if ended and isinstance(event, Answer):
                    ended(event)
    finally:
        arrived.put(None)
