"""A language model behind HTTP: one connection a reply, time and attempts bounded."""

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_exponential,
)

from rag.interfaces import CUT, Message
from rag.models.faults import RequestError, fault, silent
from rag.models.hanging_up import hang_up
from rag.models.spec import LOCAL_CONTEXT, ModelServer
from rag.models.wire import Wire

_ATTEMPTS = 3
_MAY_BE_OPTIONS = {400, 422}  # what servers answer to an option that they do not know


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a reply: text to show, or that the model thinks, has ended (`cut` at its limit of tokens) or
    has used so many tokens.
    """

    text: str = ""
    thought: bool = False
    ended: bool = False
    cut: bool = False
    usage: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Protocol:
    """How one provider is spoken to.

    `client` makes the client that its library takes, from arguments of httpx.Client; `context` is what the
    library knows of the model's, else 0. `reply` makes the request; where `plain`, without options that not
    every server knows. `told` is what the server said, of an error that the library raises where a reply
    holds one, else empty.
    """

    client: Callable[..., Any]
    context: int
    reply: Callable[[Any, Sequence[Message], bool], Iterator[Piece]]
    told: Callable[[Exception], str]


class HttpModel:
    """See ChatModel."""

    def __init__(self, server: ModelServer, protocol: Protocol) -> None:
        self.name, self.context = server.spec, server.context or protocol.context or LOCAL_CONTEXT
        self._server, self._protocol = server, protocol

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, Mapping[str, int]]:
        """See ChatModel. Tries again, at most twice, where a server is busy and has not begun to reply."""
        attempts = Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, RequestError) and error.may_pass),
            stop=stop_after_attempt(_ATTEMPTS) | stop_before_delay(self._server.timeout),
            wait=_pause,
            sleep=hang_up().sleep,
            reraise=True,
        )
        first, rest = attempts(self._begin, messages, time.monotonic() + self._server.timeout)
        try:
            yield first
            return (yield from rest)
        finally:
            rest.close()

    def _begin(self, messages: Sequence[Message], deadline: float) -> tuple[str, "_Pieces"]:
        """The first piece, and the rest that is still to come."""
        pieces = self._pieces(messages, deadline, plain=False)
        try:
            return next(pieces), pieces
        except RequestError as refused:
            if refused.outcome.status not in _MAY_BE_OPTIONS:
                raise
        pieces = self._pieces(messages, deadline, plain=True)
        return next(pieces), pieces

    def _pieces(self, messages: Sequence[Message], deadline: float, *, plain: bool) -> "_Pieces":
        spoke = thought = ended = False
        usage: dict[str, int] = {}
        with Wire(self._server, deadline) as wire:
            if wire.outcome.left:
                raise fault(self._server, wire.outcome)
            try:
                client = wire.client(self._protocol.client)
                for piece in self._protocol.reply(client, messages, plain):
                    thought, ended = thought or piece.thought, ended or piece.ended
                    usage |= {**piece.usage, **({CUT: 1} if piece.cut else {})}
                    if text := _whole_characters(piece.text):
                        spoke = spoke or not text.isspace()
                        yield text
            except Exception as error:  # noqa: BLE001 - whatever a library makes of what a server sends
                raise fault(self._server, wire.outcome, self._protocol.told(error), spoke=spoke) from None
            if not ended:
                wire.outcome.cut = True
                raise fault(self._server, wire.outcome, spoke=spoke)
            if not spoke:
                raise silent(self._server, wire.outcome, thought=thought)
        return usage


_Pieces = Generator[str, None, Mapping[str, int]]
_doubling = wait_exponential(multiplier=1, max=8)


def _pause(state: RetryCallState) -> float:
    """As long as the server asks, else 1, 2 seconds."""
    error = state.outcome and state.outcome.exception()
    asked = error.outcome.retry_after if isinstance(error, RequestError) else None
    return _doubling(state) if asked is None else asked


def _whole_characters(text: str) -> str:
    """Text without halves of surrogate pairs, which JSON may hold and no file can."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
