"""One request to a model's server: what goes out, for how long, and what is seen of what comes back.

It is watched here, under the provider's library, so that all providers fail in the same words, and so that
no library ever holds the key.
"""

import codecs
import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from socket import SHUT_RDWR
from threading import Timer
from typing import Any, Self

import httpx

from rag.models.hanging_up import hang_up
from rag.models.spec import ModelServer

LONGEST_BODY = 64_000_000
"""Bytes of a reply; one of thousands of tokens, each in a JSON object of its own, has a few million."""

_LONGEST_CONNECT = 10.0  # seconds
# Libraries add the machine's kind, versions and what they find in the environment.
_SENT = {"host", "accept", "content-type", "content-length", "connection", "anthropic-version"}


@dataclass(slots=True)
class Outcome:
    """What was seen of a request. `status` is 0 before an answer; `said` is what came with a failure."""

    asked: bool = False
    connected: bool = False
    untrusted: bool = False
    status: int = 0
    said: str = ""
    retry_after: float | None = None
    is_page: bool = False
    late: bool = False
    left: bool = False
    cut: bool = False
    unreadable: str = ""


class Wire:
    """A context in which there is one request; `deadline` (monotonic) ends it, so do leaving and HangUp."""

    def __init__(self, server: ModelServer, deadline: float) -> None:
        self.outcome = Outcome()
        self._server, self._deadline = server, deadline
        self._stream: Any = None
        self._client: Any = None
        self._timer = Timer(max(deadline - time.monotonic(), 0), self._be_late)
        self._timer.daemon = True
        self._hang_up = hang_up()

    def __enter__(self) -> Self:
        self.outcome.left = self._hang_up.is_said
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._hang_up.discard(self._leave)
        self._timer.cancel()
        if self._client:
            self._client.close()

    def client(self, kind: Callable[..., Any]) -> Any:  # noqa: ANN401
        """A client of a kind that takes the arguments of httpx.Client, which is closed at the end."""
        self._client = kind(
            follow_redirects=False,  # the key would go along
            trust_env=not self._server.is_here,  # no proxy to this machine
            event_hooks={"request": [self._send], "response": [self._receive]},
        )
        return self._client

    def _send(self, request: httpx.Request) -> None:
        self.outcome.asked = True
        for name in set(request.headers) - _SENT:
            del request.headers[name]
        request.headers.update(self._server.key_header())
        request.headers.update({"accept-encoding": "identity", "user-agent": "footnote"})
        left = max(self._deadline - time.monotonic(), 0) + 1  # the timer is to be first
        patience = {"connect": min(left, _LONGEST_CONNECT), "read": left, "write": left, "pool": left}
        request.extensions["timeout"] = patience
        request.extensions["trace"] = self._watch

    def _watch(self, event: str, info: dict[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._stream = info["return_value"]
            self.outcome.connected = True
            self._hang_up.add(self._leave)
        elif event.endswith("start_tls.failed"):
            self.outcome.untrusted = True

    def _receive(self, response: httpx.Response) -> None:
        seen, headers = self.outcome, response.headers
        seen.status = response.status_code
        seen.is_page = "html" in headers.get("content-type", "").lower()
        assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101 - for the type checker
        response.stream = _Watched(response.stream, seen)
        if not response.is_success:
            seen.retry_after = _seconds(headers.get("retry-after", ""))
            with suppress(Exception):  # what it says is of use, and not more
                response.read()
                seen.said = "" if seen.is_page else _words(response.text)

    def _be_late(self) -> None:
        self.outcome.late = True
        self._end()

    def _leave(self) -> None:
        self.outcome.left = True
        self._end()

    def _end(self) -> None:
        """Wake whoever waits for the server, in whatever part of the exchange."""
        if self._stream:
            with suppress(OSError):
                self._stream.get_extra_info("socket").shutdown(SHUT_RDWR)


class _Watched(httpx.SyncByteStream):
    """The bytes of a response, with what is wrong with them noted."""

    def __init__(self, stream: httpx.SyncByteStream, seen: Outcome) -> None:
        self._stream, self._seen = stream, seen
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def __iter__(self) -> Iterator[bytes]:
        size, pieces = 0, iter(self._stream)
        while piece := self._next(pieces):
            size += len(piece)
            if size > LONGEST_BODY:
                self._seen.unreadable = f"more than {LONGEST_BODY // 1_000_000} MB"
                raise ValueError(self._seen.unreadable)
            try:
                self._decoder.decode(piece)
            except UnicodeDecodeError as error:
                held = len(error.object) - len(piece)  # of a character that an earlier piece began
                yield piece[: max(error.start - held, 0)]
                self._seen.unreadable = "what is not UTF-8 text"
                raise
            yield piece

    def close(self) -> None:
        self._stream.close()

    def _next(self, pieces: Iterator[bytes]) -> bytes:
        try:
            return next(pieces, b"")
        except Exception:
            self._seen.cut = True
            raise


def _seconds(retry_after: str) -> float | None:
    """Retry-After, which is seconds or a date."""
    with suppress(ValueError):
        return max(float(retry_after), 0.0)
    with suppress(ValueError, TypeError):
        return max((parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds(), 0.0)
    return None


def _words(body: str) -> str:
    """What an error's body says, in any of the shapes that servers give it."""
    try:
        told: Any = json.loads(body)
    except ValueError:
        return body
    for name in ("error", "message", "detail"):
        if isinstance(told, dict) and told.get(name):
            told = told[name]
    return told if isinstance(told, str) else ""
