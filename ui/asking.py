"""A question asked for the page: the answer as it comes, until it is whole, stopped, or nobody looks on."""

import asyncio
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import aclosing, closing
from dataclasses import replace
from functools import reduce
from queue import SimpleQueue as Queue
from threading import Event as Flag
from threading import Thread
from typing import cast

from rag import Answer, Assistant, FootnoteError, Hits, ModelError
from ui.turns import Session, Turn

_PULSE = 1.0  # seconds between two signs of life, at which Gradio sees whether the tab is still open
_FRAME = 0.04  # seconds between two looks at what came; more often nobody could read it

Event = Hits | str | Answer


async def answered(
    assistant: Assistant, session: Session, turn: Turn, *, force: bool
) -> AsyncGenerator[Turn]:
    """The turn as it grows, the last one no longer busy; one that has failed already stays as it is.

    Closing it, or setting `session.stopping`, ends the work at the model's next word.
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
        async with aclosing(_as_they_come(events, stopping)) as batches:
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


async def _as_they_come(events: Iterator[Event], stopping: Flag) -> AsyncGenerator[list[Event]]:
    """What came since the last look, and nothing at each pulse. Read by a thread of its own, so that a
    model that is silent holds nobody up.
    """
    arrived: Queue[Event | None] = Queue()
    reading = _Reader(events, stopping, arrived)
    reading.start()
    quiet = 0.0
    try:
        while not stopping.is_set():
            batch, is_over = _drained(arrived)
            if batch or quiet >= _PULSE:
                quiet = 0.0
                yield batch
            if is_over:
                break
            await asyncio.sleep(_FRAME)
            quiet += _FRAME
    finally:
        stopping.set()
    if reading.failure:
        raise reading.failure


def _drained(arrived: "Queue[Event | None]") -> tuple[list[Event], bool]:
    """What is there now, and whether it was the last."""
    batch: list[Event] = []
    while not arrived.empty():
        event = arrived.get_nowait()
        if event is None:
            return batch, True
        batch.append(event)
    return batch, False


class _Reader(Thread):
    """Reads events until the last, or until it is to stop; then closes them, which ends the model's work."""

    def __init__(self, events: Iterator[Event], stopping: Flag, arrived: "Queue[Event | None]") -> None:
        super().__init__(daemon=True)
        self.failure: Exception | None = None
        self._events, self._stopping, self._arrived = events, stopping, arrived

    def run(self) -> None:
        try:
            with closing(cast("Generator[Event]", self._events)) as events:
                for event in events:
                    if self._stopping.is_set():
                        break
                    self._arrived.put(event)
        except Exception as error:  # noqa: BLE001 - raised again where the events are awaited
            self.failure = error
        self._arrived.put(None)
