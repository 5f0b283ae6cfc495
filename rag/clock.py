"""How long an answer takes, and each of its stages."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Wall time of each stage and in total."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._stages: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """A context whose time is that of the stage."""
        started = time.perf_counter()
        yield
        self._stages[name] = time.perf_counter() - started

    def seconds(self) -> dict[str, float]:
        """`total` since it was made, and one entry a stage that has ended."""
        return {"total": time.perf_counter() - self._started, **self._stages}
