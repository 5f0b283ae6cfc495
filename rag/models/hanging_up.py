"""Ends a request that a thread waits in, from another thread, as when a reader presses Stop."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Event


class HangUp:
    """Ends the requests to models that are made `within` it."""

    def __init__(self) -> None:
        self._said = Event()
        self._ends: set[Callable[[], None]] = set()

    def __call__(self) -> None:
        """End them, those included that are still to be made."""
        self._said.set()
        for end in tuple(self._ends):
            end()

    @property
    def is_said(self) -> bool:
        """Whether to begin no request any more."""
        return self._said.is_set()

    def sleep(self, seconds: float) -> None:
        """Wait that long, or until it is said."""
        self._said.wait(seconds)

    @contextmanager
    def within(self) -> Iterator[None]:
        """A context for the thread that may have to wait."""
        before = _current.set(self)
        try:
            yield
        finally:
            _current.reset(before)

    def add(self, end: Callable[[], None]) -> None:
        """Something to call when it is said; at once where it was said already."""
        self._ends.add(end)
        if self.is_said:
            end()

    def discard(self, end: Callable[[], None]) -> None:
        """That is over by itself."""
        self._ends.discard(end)


_current: ContextVar[HangUp] = ContextVar("hang_up")


def hang_up() -> HangUp:
    """That of this thread; one that nobody says where there is none."""
    return _current.get(HangUp())
