"""How `footnote ui` is served: who may call it, and how it ends."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest
from gradio_client import Client

from tests.browser.conftest import footnote_ui, page_running
from tests.rag.model_servers import Reply, serving
from ui.passwords import add_user

NAME = ("ann", "correct horse")
QUESTION = "By how much does GaLore reduce the memory that optimizer states need?"
WAYS = (
    ("GET", "config"),
    ("POST", "gradio_api/upload"),
    ("POST", "gradio_api/queue/join"),
    ("POST", "login"),
)
BEYOND = {"host": "papers.example.org"}


@pytest.fixture
def users() -> Path:
    file = Path("users.txt")
    add_user(file, *NAME)
    return file


@contextmanager
def logged_in(address: str, *, by_name: bool) -> Iterator[httpx.Client]:
    """As a browser is, with its cookies."""
    with httpx.Client(base_url=address, trust_env=False) as client:
        if by_name:
            assert client.post(
                "login", data=dict(zip(("username", "password"), NAME, strict=True))
            ).is_success
        yield client


@pytest.mark.parametrize("by_name", [False, True])
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_pages_of_other_sites_reach_nothing_and_programs_go_on(
    sample_copy: Callable[[], Path], users: Path, host: str, *, by_name: bool
) -> None:
    guard = ("--auth", str(users)) if by_name else ("--no-auth",)
    with page_running(*footnote_ui(sample_copy(), "--host", host, *guard)) as (address, _):
        names = {} if host == "127.0.0.1" else BEYOND
        own = names.get("host", httpx.URL(address).netloc.decode())
        with logged_in(address, by_name=by_name) as client:
            for origin in ("https://evil.example", f"http://{own}:1", "null", "http://["):
                sent = [client.request(*way, headers={**names, "origin": origin}) for way in WAYS]
                assert {answer.status_code for answer in sent} == {403}
            for origin in (f"http://{own}", f"https://{own}"):
                assert client.get("config", headers={**names, "origin": origin}).is_success
        program = Client(address, verbose=False, auth=NAME if by_name else None)
        assert program.predict("low-rank projection", api_name="/search")["hits"]


def test_a_page_on_the_other_loopback_address_answers_to_no_other_name(
    sample_copy: Callable[[], Path],
) -> None:
    with page_running(*footnote_ui(sample_copy(), "--host", "::1")) as (address, _):
        assert address.startswith("http://[::1]:")
        assert httpx.get(address, trust_env=False).status_code == 200
        assert httpx.get(address, headers={"host": "evil.example"}, trust_env=False).status_code == 400


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_while_a_model_hangs_and_nothing_uploaded_stays(
    sample_copy: Callable[[], Path], end: signal.Signals
) -> None:
    temporary = Path("temporary").resolve()
    temporary.mkdir()
    command, _ = footnote_ui(sample_copy(), "--llm", "openai-like/scripted")
    with serving(Reply(mute=True, hang=600)) as model:
        settings = {"FOOTNOTE_LLM_BASE_URL": f"{model.url}/v1", "TMPDIR": str(temporary)}
        with page_running(command, settings) as (address, process):
            httpx.post(f"{address}gradio_api/upload", files={"files": ("a.bib", b"@misc{}")}, trust_env=False)
            assert list(temporary.rglob("a.bib"))
            Client(address, verbose=False).submit(QUESTION, api_name="/ask")
            wait_until(lambda: bool(model.requests))
            process.send_signal(end)
            assert process.wait(20) == 0
    assert list(temporary.iterdir()) == []


def wait_until(holds: Callable[[], bool]) -> None:
    last = monotonic() + 60
    while not holds():
        assert monotonic() < last
        sleep(0.05)
