"""Whatever a model's server does: one clear line, in bounded time, with what came before it kept."""

import json
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from rag.errors import ModelError, OutsideError
from rag.interfaces import Message
from rag.models.hanging_up import HangUp
from rag.settings import load_settings
from rag.wiring import open_model
from tests.rag.model_servers import (
    ModelServer,
    Reply,
    Request,
    anthropic_reply,
    error_reply,
    ollama_reply,
    openai_reply,
    serving,
)

KEY = "the-secret-of-the-user"
QUESTION = [Message("system", "Be brief."), Message("user", "Why?")]
SPECS = {"openai": "openai/gpt-4o", "ollama": "ollama/qwen3:8b", "anthropic": "anthropic/claude-sonnet-4-5"}
REPLY: Mapping[str, Callable[..., Reply]] = {
    "openai": openai_reply,
    "ollama": ollama_reply,
    "anthropic": anthropic_reply,
}
every_provider = pytest.mark.parametrize("provider", SPECS)


def pieces(url: str, provider: str, timeout: float = 20) -> Generator[str, None, Mapping[str, int]]:
    settings = load_settings(llm=SPECS[provider], llm_base_url=url, llm_api_key=KEY, llm_timeout=timeout)
    model = open_model(settings)
    assert model
    return model.stream(QUESTION)


def asked(server: ModelServer, provider: str = "openai", timeout: float = 20) -> tuple[str, str]:
    """What came of a reply, and the line of the error that ended it, which is held to be fit to show."""
    came: list[str] = []
    with pytest.raises(ModelError) as failed:
        came.extend(pieces(server.url, provider, timeout))
    line = str(failed.value)
    assert isinstance(failed.value, OutsideError)
    assert line.startswith(f"{SPECS[provider]} at 127.0.0.1:")
    assert line.isprintable()
    assert len(line) < 400
    assert KEY not in line
    return "".join(came), line


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@every_provider
def test_a_server_that_is_not_there_is_said_at_once(provider: str) -> None:
    with pytest.raises(ModelError, match="nobody answers; start") as failed:
        list(pieces(f"http://127.0.0.1:{free_port()}", provider))
    assert ("ollama serve" in str(failed.value)) == (provider == "ollama")


@every_provider
@pytest.mark.parametrize("where", ["before", "middle"])
def test_a_silent_server_is_given_up_in_time(provider: str, where: str) -> None:
    hanging = Reply(mute=True, hang=30)
    if where == "middle":
        hanging = REPLY[provider]("One ", done=False, hang=30)
    with serving(hanging) as server:
        came, line = asked(server, provider, timeout=0.5)
        assert server.left.wait(5)
    assert came == ("One " if where == "middle" else "")
    assert "after 0.5 seconds; set FOOTNOTE_LLM_TIMEOUT higher" in line


@every_provider
def test_a_dripping_server_is_given_up_in_time(provider: str) -> None:
    drip = {"openai": b": wait\n\n", "ollama": b" ", "anthropic": b"event: ping\ndata: {}\n\n"}[provider]
    with serving(Reply([drip], pause=0.1, endless=True)) as server:
        _, line = asked(server, provider, timeout=0.6)
        assert server.left.wait(5)
    assert "gave no reply after 0.6 seconds" in line


@every_provider
def test_a_model_that_never_ends_can_be_left(provider: str) -> None:
    with serving(REPLY[provider]("More ", done=False, endless=True)) as server:
        reply = pieces(server.url, provider)
        assert [next(reply) for _ in range(3)] == ["More "] * 3
        reply.close()
        assert server.left.wait(5)


@every_provider
@pytest.mark.parametrize("where", ["before", "middle"])
def test_another_thread_hangs_up_on_a_silent_server(provider: str, where: str) -> None:
    hanging = REPLY[provider]("One ", done=False, hang=30) if where == "middle" else Reply(mute=True, hang=30)
    hang_up, asked_for = HangUp(), threading.Event()

    def read(url: str) -> None:
        with hang_up.within():
            for _ in pieces(url, provider):
                asked_for.set()

    with serving(hanging) as server, ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read, server.url)
        while not (asked_for.is_set() or (where == "before" and server.requests)):
            time.sleep(0.01)
        hang_up()
        assert server.left.wait(5)
        with pytest.raises(ModelError, match="was left before its reply ended, as you asked"):
            reading.result(5)


def test_another_thread_hangs_up_on_a_pause_that_the_server_asked_for() -> None:
    hang_up = HangUp()

    def read(url: str) -> None:
        with hang_up.within():
            list(pieces(url, "openai", timeout=60))

    with serving(error_reply(429, retry_after="29")) as server, ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read, server.url)
        while not server.requests:
            time.sleep(0.01)
        time.sleep(0.3)  # until it pauses
        hang_up()
        with pytest.raises(ModelError, match="was left before its reply ended, as you asked"):
            reading.result(5)
        assert len(server.requests) == 1


@every_provider
def test_leaving_after_the_first_piece_frees_the_server(provider: str) -> None:
    with serving(REPLY[provider]("One ", done=False, hang=30)) as server:
        reply = pieces(server.url, provider)
        assert next(reply) == "One "
        reply.close()
        assert server.left.wait(5)


@every_provider
@pytest.mark.parametrize(
    ("status", "says"),
    [
        (400, "refuses the request (400: no)"),
        (401, "refuses the key (401); check FOOTNOTE_LLM_API_KEY"),
        (403, "does not allow this (403: no)"),
        (404, "(404: no)"),
        (418, "refuses the request (418: no)"),
    ],
)
def test_a_refusal_is_told_and_not_repeated(provider: str, status: int, says: str) -> None:
    with serving(error_reply(status)) as server:
        _, line = asked(server, provider)
        assert says in line
        assert len(server.requests) == (2 if status == 400 else 1)


def test_an_unknown_model_of_ollama_names_the_command_that_fetches_it() -> None:
    body = Reply([b'{"error": "model \'qwen3:8b\' not found"}'], status=404, kind="application/json")
    with serving(body) as server:
        assert asked(server, "ollama")[1].endswith(
            "(404: model 'qwen3:8b' not found); fetch it with `ollama pull qwen3:8b`"
        )


@every_provider
@pytest.mark.parametrize("status", [429, 500, 503, 529])
def test_a_busy_server_is_asked_again(provider: str, status: int) -> None:
    busy = error_reply(status, retry_after="0")
    with serving(busy, busy, REPLY[provider]("Now.")) as server:
        assert "".join(pieces(server.url, provider)) == "Now."


def test_a_busy_server_that_names_no_time_is_asked_again() -> None:
    with serving(error_reply(429), openai_reply("Now.")) as server:
        assert "".join(pieces(server.url, "openai")) == "Now."


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_honoured(form: str) -> None:
    def busy(_: Request) -> Reply:
        soon = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
        return error_reply(429, retry_after=soon if form == "date" else "1.5")

    with serving(busy, openai_reply("Now.")) as server:
        assert "".join(pieces(server.url, "openai")) == "Now."
        first, second = server.requests
        assert second.at - first.at > 0.9


@every_provider
@pytest.mark.parametrize(
    ("status", "says"), [(429, "takes no more requests"), (500, "the server fails (500")]
)
def test_a_server_that_stays_busy_is_given_up(provider: str, status: int, says: str) -> None:
    with serving(error_reply(status, retry_after="0")) as server:
        _, line = asked(server, provider)
        assert says in line
        assert line.endswith("try again later")
        assert len(server.requests) == 3


def test_a_server_that_asks_for_minutes_is_not_waited_for() -> None:
    with serving(error_reply(429, retry_after="120")) as server:
        assert asked(server)[1].endswith("it asks to wait 120 seconds")
        assert len(server.requests) == 1


def test_a_wait_beyond_the_timeout_is_not_begun() -> None:
    with serving(error_reply(429, retry_after="20")) as server:
        assert asked(server, timeout=2)[1].endswith("it asks to wait 20 seconds")
        assert len(server.requests) == 1


@every_provider
@pytest.mark.parametrize("how", ["promised", "unmarked"])
def test_a_reply_that_is_cut_is_no_reply(provider: str, how: str) -> None:
    with serving(REPLY[provider]("Half ", "of it", done=False, cut=how == "promised")) as server:
        came, line = asked(server, provider)
        assert came == "Half of it"
        assert "closed the connection in the middle of its reply" in line
        assert len(server.requests) == 1


@every_provider
@pytest.mark.parametrize(
    ("junk", "says"),
    [
        (b"data: {not json\n\n", "sent what is no reply"),
        (b'data: {"choices": 5}\n\n', "sent what is no reply"),
        (b'data: "\xff\xfe"\n\n', "sent what is not UTF-8 text"),
    ],
)
def test_garbage_ends_a_reply_and_keeps_what_came(provider: str, junk: bytes, says: str) -> None:
    junk = junk.removeprefix(b"data: ") if provider == "ollama" else junk
    junk = b"event: content_block_delta\n" + junk if provider == "anthropic" else junk
    good = REPLY[provider]("Half", done=False)
    with serving(Reply([*good.parts, junk], kind=good.kind, hang=0.2)) as server:
        came, line = asked(server, provider)
    assert came == "Half"
    assert says in line


@every_provider
def test_a_line_that_never_ends_is_not_read_for_ever(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.models.wire.LONGEST_BODY", 3_000_000)
    with serving(Reply([b"x" * 100_000], endless=True)) as server:
        assert "sent more than 3 MB" in asked(server, provider)[1]
        assert server.left.wait(5)


@every_provider
def test_a_web_page_is_no_reply(provider: str) -> None:
    page = Reply([b"<!doctype html><title>Sign in</title>"], kind="text/html; charset=utf-8")
    with serving(page) as server:
        assert "answers with a web page" in asked(server, provider)[1]


@every_provider
def test_an_error_page_is_not_quoted(provider: str) -> None:
    with serving(Reply([b"<html><b>nginx</b></html>"], status=403, kind="text/html")) as server:
        assert "(403); check" in asked(server, provider)[1]


@every_provider
@pytest.mark.parametrize("texts", [(), ("", " \n")])
def test_an_empty_reply_is_no_reply(provider: str, texts: tuple[str, ...]) -> None:
    with serving(REPLY[provider](*texts)) as server:
        assert "said nothing" in asked(server, provider)[1]


def test_a_model_that_only_thinks_is_told_from_one_that_says_nothing() -> None:
    thought = {"role": "assistant", "content": "", "thinking": "Let me see …"}
    line = json.dumps({"model": "m", "message": thought, "done": True, "done_reason": "length"}).encode()
    with serving(Reply([line + b"\n"], kind="application/x-ndjson")) as server:
        assert "used its whole reply for thinking" in asked(server, "ollama")[1]


@pytest.mark.parametrize(
    ("provider", "part"),
    [
        ("openai", b'data: {"error": {"message": "out of memory"}}\n\n'),
        ("ollama", b'{"error": "out of memory"}\n'),
        ("anthropic", b'event: error\ndata: {"type": "error", "error": {"message": "out of memory"}}\n\n'),
    ],
)
def test_an_error_within_a_reply_is_told(provider: str, part: bytes) -> None:
    good = REPLY[provider]("Half", done=False)
    with serving(Reply([*good.parts, part], kind=good.kind)) as server:
        came, line = asked(server, provider)
    assert came == "Half"
    assert "broke off with an error: out of memory; try again" in line


@every_provider
@pytest.mark.parametrize("status", [301, 307, 308])
def test_a_redirect_is_not_followed(provider: str, status: int) -> None:
    with serving(REPLY[provider]("Stolen.")) as other:
        moved = Reply(status=status, headers={"location": f"{other.url}/elsewhere"})
        with serving(moved) as server:
            assert "points to another address" in asked(server, provider)[1]
        assert not other.requests


@every_provider
def test_a_key_that_a_server_repeats_is_not_shown(provider: str) -> None:
    for said in (f"bad key {KEY} given", "bad key sk-the****user given", "see http://me:pw@there/x"):
        with serving(error_reply(403, said)) as server:
            _, line = asked(server, provider)
            assert not any(part in line for part in ("sk-", "me:pw"))


def test_a_key_is_not_shown_however_a_server_writes_it() -> None:
    escaped = "".join(f"%{byte:02x}" for byte in KEY.encode())
    encoded = [b64encode(f"{before}{KEY}".encode()).decode() for before in ("", "u:", "Bearer ", "\0")]
    for form in (KEY.upper(), KEY[::-1], KEY[4:16], KEY.encode().hex(), escaped, *encoded):
        with serving(error_reply(403, f'bad key {{"key":"{form}"}} given')) as server:
            assert "(403: bad key … given)" in asked(server)[1]


def test_what_a_server_says_is_cut_and_cleaned() -> None:
    with serving(error_reply(400, "a\nb\x1b[2J\u202e" + "x" * 5_000)) as server:
        assert "(400: a b" in asked(server)[1]


def test_an_option_that_a_server_does_not_know_is_left_out() -> None:
    def old(request: Request) -> Reply:
        return (
            error_reply(400, "no such field") if "stream_options" in request.body else openai_reply("Fine.")
        )

    with serving(old) as server:
        assert "".join(pieces(server.url, "openai")) == "Fine."
        assert "temperature" not in server.sent.body


@every_provider
def test_a_content_type_that_is_wrong_does_no_harm(provider: str) -> None:
    with serving(REPLY[provider]("Fine.", kind="application/octet-stream")) as server:
        assert "".join(pieces(server.url, provider)) == "Fine."


def test_a_reply_without_counts_is_a_reply() -> None:
    with serving(openai_reply("Fine.", usage=False)) as server:
        assert "".join(pieces(server.url, "openai")) == "Fine."


def test_half_a_character_is_replaced() -> None:
    with serving(openai_reply("a\ud83d")) as server:
        text = "".join(pieces(server.url, "openai"))
    assert text == "a\ufffd"


@every_provider
def test_nothing_is_printed_when_a_reply_fails(provider: str, capfd: pytest.CaptureFixture[str]) -> None:
    for reply in (
        error_reply(500, retry_after="0"),
        error_reply(401),
        Reply([b"junk\n\n"], kind="text/html"),
    ):
        with serving(reply) as server:
            asked(server, provider)
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", "")
