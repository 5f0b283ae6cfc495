"""Programs call the page by name, and agents as a tool; they get what `footnote … --json` prints."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from tests.browser.conftest import footnote_ui, page_served
from ui.passwords import add_user

QUESTION = "By how much does GaLore reduce the memory that optimizer states need?"
GALORE = "arxiv:2403.03507"


@pytest.fixture(scope="module")
def address(sample_copy: Callable[[], Path]) -> Iterator[str]:
    with page_served(*footnote_ui(sample_copy(), "--llm", "none")) as served:
        yield served


@pytest.fixture(scope="module")
def client(address: str) -> Client:
    return Client(address, verbose=False)


def test_the_endpoints_and_their_arguments_have_names(client: Client) -> None:
    named = client.view_api(return_format="dict")["named_endpoints"]
    assert set(named) == {"/ask", "/search", "/explain"}
    asked = {p["parameter_name"]: p["python_type"]["type"] for p in named["/ask"]["parameters"]}
    assert asked == {
        "question": "str", "papers": "int", "first_year": "int", "last_year": "int", "source": "str",
        "author": "str", "venue": "str", "keyword": "str", "force": "bool",
    }  # fmt: skip


def test_ask_answers_with_sources(client: Client) -> None:
    answer = client.predict(question=QUESTION, api_name="/ask")
    assert answer["citations"][0]["paper"]["id"] == GALORE
    assert answer["sentences"][0]["verdict"] == "supported"
    old = client.predict(question=QUESTION, last_year=2019, api_name="/ask")
    assert all(hit["paper"]["year"] <= 2019 for hit in old["hits"])


def test_search_keeps_to_a_filter(client: Client) -> None:
    found = client.predict(query="low-rank projection", papers=3, first_year=2024, api_name="/search")
    assert found["hits"][0]["paper"]["id"] == GALORE
    assert all(hit["paper"]["year"] >= 2024 for hit in found["hits"])
    assert found["within"] < 55


def test_explain_says_why_a_paper_ranks_where_it_does(client: Client) -> None:
    assert client.predict(question=QUESTION, paper=GALORE, api_name="/explain")["rank"] == 1


@pytest.mark.parametrize(
    ("endpoint", "given", "said"),
    [
        ("/ask", {"question": " "}, "question"),
        ("/search", {"query": "memory", "papers": 0}, "at least one"),
        ("/search", {"query": "memory", "first_year": 2022, "last_year": 2020}, "first comes after"),
        ("/search", {"query": "memory", "papers": "10"}, 'papers must be a whole number, not "10"'),
        ("/search", {"query": "memory", "papers": 10**9}, "take at most 100"),
        ("/ask", {"question": "memory", "papers": 2.5}, "papers must be a whole number, not 2.5"),
        ("/ask", {"question": None}, "question must be text, not null"),
        ("/explain", {"question": "memory", "paper": "nobody knows"}, "no paper of this id or title"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_line(
    client: Client, endpoint: str, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(AppError, match=said):
        client.predict(**given, api_name=endpoint)


def test_who_has_to_log_in_gets_nothing_before(sample_copy: Callable[[], Path], tmp_path: Path) -> None:
    users = tmp_path / "users.txt"
    add_user(users, "ann", "correct horse")
    with page_served(*footnote_ui(sample_copy(), "--auth", str(users))) as address:
        for path in ("config", "gradio_api/info"):
            assert httpx.get(f"{address}{path}").status_code == 401
        with pytest.raises(ValueError, match="Could not login"):
            Client(address, verbose=False, auth=("ann", "wrong horse"))
        client = Client(address, verbose=False, auth=("ann", "correct horse"))
        assert client.predict(QUESTION, api_name="/ask")["citations"]


# As tools


@pytest.fixture
def tools(sample_copy: Callable[[], Path]) -> Iterator[str]:
    pytest.importorskip("mcp", reason='mcp is not installed: pip install "footnote-rag[mcp]"')
    with page_served(*footnote_ui(sample_copy(), "--mcp")) as address:
        yield f"{address}gradio_api/mcp/"


def test_an_mcp_client_finds_the_tools_and_uses_them(tools: str) -> None:
    async def used() -> tuple[list[Any], dict[str, Any], Any]:
        """The tools, what each says, and what it says to an empty question."""
        from mcp import ClientSession
        from mcp.client.streamable_http import streamable_http_client

        async with (
            streamable_http_client(tools) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            listed = (await session.list_tools()).tools
            given: tuple[dict[str, Any], ...] = (
                {"question": QUESTION},
                {"query": "low-rank projection", "papers": 3, "first_year": 2024},
                {"question": QUESTION, "paper": GALORE},
            )
            said = {}
            for tool, arguments in zip(listed, given, strict=True):
                content: Any = (await session.call_tool(tool.name, arguments)).content[0]
                said[tool.name.removeprefix("footnote_")] = json.loads(content.text)
            return listed, said, await session.call_tool(listed[0].name, {"question": " "})

    listed, said, refused = asyncio.run(used())
    assert [tool.name.removeprefix("footnote_") for tool in listed] == ["ask", "search", "explain"]
    assert "from the abstracts" in listed[0].description
    assert "0 for any" in listed[0].inputSchema["properties"]["first_year"]["description"]
    assert said["ask"]["citations"][0]["paper"]["id"] == GALORE
    assert said["search"]["hits"][0]["paper"]["id"] == GALORE
    assert all(hit["paper"]["year"] >= 2024 for hit in said["search"]["hits"])
    assert said["explain"]["rank"] == 1
    assert refused.isError
