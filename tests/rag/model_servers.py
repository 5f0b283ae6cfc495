"""Servers on loopback that speak the protocols of model providers, as well or as badly as a test asks."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """What a server was sent."""

    path: str
    headers: Mapping[str, str]
    body: Json
    at: float = field(default_factory=time.monotonic)

    @property
    def messages(self) -> list[Json]:
        return list(self.body["messages"])


@dataclass(frozen=True)
class Reply:
    """What a server does: the parts it sends, each after `pause` seconds.

    `hang` is how long it waits, in the end, before it closes; `cut` ends as if its process had died.
    """

    parts: Sequence[bytes] = ()
    status: int = 200
    kind: str = "text/event-stream"
    headers: Mapping[str, str] = field(default_factory=dict)
    pause: float = 0
    hang: float = 0
    cut: bool = False
    endless: bool = False
    mute: bool = False  # hangs before it sends even the headers


Script = Callable[[Request], Reply]


class ModelServer:
    """Replies by the scripts given, one a request, the last again and again; remembers what it was asked."""

    def __init__(self, *replies: Reply | Script) -> None:
        self.replies = list(replies)
        self.requests: list[Request] = []
        self.left = threading.Event()
        """Whether a client closed its connection before the reply was over."""
        self.stopping = threading.Event()
        handler = type("Handler", (_Handler,), {"model_server": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def sent(self) -> Request:
        """The last request."""
        return self.requests[-1]

    def next_reply(self, request: Request) -> Reply:
        self.requests.append(request)
        reply = self.replies[min(len(self.requests), len(self.replies)) - 1]
        return reply if isinstance(reply, Reply) else reply(request)

    def start(self) -> None:
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()


@contextmanager
def serving(*replies: Reply | Script) -> Iterator[ModelServer]:
    """A server on loopback for as long as the context lasts."""
    server = ModelServer(*replies)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def openai_reply(
    *texts: str, usage: bool = True, done: bool = True, cut_short: bool = False, **how: Any
) -> Reply:
    """A reply of the OpenAI protocol, one chunk a text; `cut_short` at the model's limit of tokens."""
    parts = [_event(_chunk({"content": text})) for text in texts]
    if done:
        parts.append(_event(_chunk({}, finish="length" if cut_short else "stop")))
    if done and usage:
        counts = {"prompt_tokens": 11, "completion_tokens": len(texts), "total_tokens": 11 + len(texts)}
        parts.append(_event({**_chunk({}), "choices": [], "usage": counts}))
    if done:
        parts.append(b"data: [DONE]\n\n")
    return Reply(parts, **how)


def ollama_reply(*texts: str, done: bool = True, cut_short: bool = False, **how: Any) -> Reply:
    """A reply of Ollama's protocol, one line a text."""
    parts = [_line({"message": {"role": "assistant", "content": text}, "done": False}) for text in texts]
    if done:
        reason = "length" if cut_short else "stop"
        counts = {"prompt_eval_count": 11, "eval_count": len(texts), "done_reason": reason}
        parts.append(_line({"message": {"role": "assistant", "content": ""}, "done": True, **counts}))
    return Reply(parts, **{"kind": "application/x-ndjson", **how})


def anthropic_reply(*texts: str, done: bool = True, cut_short: bool = False, **how: Any) -> Reply:
    """A reply of Anthropic's protocol, one event a text."""
    begun: Json = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "content": [],
        "model": "m",
        "stop_reason": None,
    }
    events: list[Json] = [
        {"type": "message_start", "message": {**begun, "usage": {"input_tokens": 11, "output_tokens": 1}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    ]
    said = ({"type": "text_delta", "text": text} for text in texts)
    events += ({"type": "content_block_delta", "index": 0, "delta": delta} for delta in said)
    if done:
        ended = {"stop_reason": "max_tokens" if cut_short else "end_turn", "stop_sequence": None}
        events.append({"type": "content_block_stop", "index": 0})
        events.append({"type": "message_delta", "delta": ended, "usage": {"output_tokens": len(texts)}})
        events.append({"type": "message_stop"})
    return Reply([f"event: {event['type']}\n".encode() + _event(event) for event in events], **how)


def error_reply(status: int, message: str = "no", **headers: str) -> Reply:
    """A refusal, as most servers put it."""
    body = json.dumps({"error": {"message": message, "type": "error"}}).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply([body], status=status, kind="application/json", headers=named)


def _chunk(delta: Json, finish: str | None = None) -> Json:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def _event(value: Json) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def _line(value: Json) -> bytes:
    return json.dumps({"model": "m", "created_at": "2026-01-01T00:00:00Z", **value}).encode() + b"\n"


class _Handler(BaseHTTPRequestHandler):
    model_server: ModelServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.model_server.next_reply(Request(self.path, headers, json.loads(body or b"{}")))
        try:
            self._send(reply)
        except OSError:
            self.model_server.left.set()
        self.close_connection = True

    def _send(self, reply: Reply) -> None:
        if reply.mute:
            return self._wait(reply.hang)
        self.send_response(reply.status)
        for name, value in {"content-type": reply.kind, "connection": "close", **reply.headers}.items():
            self.send_header(name, value)
        if reply.cut:  # more is promised than comes
            self.send_header("content-length", "1000000")
        self.end_headers()
        while True:
            for part in reply.parts:
                self._wait(reply.pause)
                self.wfile.write(part)
            if not reply.endless or self.model_server.stopping.is_set():
                break
        return self._wait(reply.hang)

    def _wait(self, seconds: float) -> None:
        """Wait, unless the client goes away or the test is over."""
        until = time.monotonic() + seconds
        self.connection.settimeout(0.02)
        while time.monotonic() < until and not self.model_server.stopping.is_set():
            try:
                if self.connection.recv(1) == b"":
                    raise ConnectionAbortedError
            except TimeoutError:
                continue
        self.connection.settimeout(None)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing on stderr."""
