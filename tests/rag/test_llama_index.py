"""A library serves LlamaIndex's query engines, tools and agents as their retriever."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

import pytest
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.base.llms.types import ChatMessage, MessageRole, ToolCallBlock
from llama_index.core.llms import MockLLM
from llama_index.core.llms.mock import MockFunctionCallingLLM
from llama_index.core.query_engine import CitationQueryEngine, RetrieverQueryEngine
from llama_index.core.schema import MetadataMode, TextNode
from llama_index.core.tools import QueryEngineTool

from rag import Hit, Library, Paper
from rag.adapters.retriever_llama_index import LibraryRetriever
from rag.errors import InputError
from rag.testing import hash_library, invented_papers, write_jsonl

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "llama_index_query_engine.py"

KNOWN = Paper(
    "Okapis and their stripes",
    "Okapis have stripes. The stripes hide calves among leaves. Nobody has counted them.",
    authors=("Ann Ash", "Ben Birch", "Cy Cedar", "Di Dogwood"),
    year=2021,
    venue="Journal of Hides",
    url="https://example.org/okapis",
)
QUERY = "stripes that hide okapis"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """An okapi among 30 invented papers; tests must not change it."""
    folder = tmp_path_factory.mktemp("zoo")
    made = hash_library(folder / "lib")
    made.ingest(write_jsonl(folder / "papers.jsonl", [KNOWN, *invented_papers(30)]))
    yield made
    made.close()


def ids(hits: list[Hit]) -> list[str]:
    return [hit.paper.paper_id for hit in hits]


# What is retrieved


def test_nodes_are_the_papers_that_search_finds_with_their_scores(library: Library) -> None:
    found = library.as_retriever(k=5).retrieve(QUERY)
    hits = library.search(QUERY, 5)
    assert [(node.node_id, node.score) for node in found] == [(hit.paper.paper_id, hit.score) for hit in hits]
    assert len(library.as_retriever().retrieve(QUERY)) == 8


def test_a_model_reads_title_and_abstract_and_little_else(library: Library) -> None:
    [found] = library.as_retriever(k=1).retrieve(QUERY)
    assert found.text == f"{KNOWN.title}\n{KNOWN.abstract}"
    assert found.get_content(MetadataMode.EMBED) == found.text
    said = "authors: Ann Ash, Ben Birch, Cy Cedar et al.\nyear: 2021\nvenue: Journal of Hides"
    assert found.get_content(MetadataMode.LLM) == f"{said}\n\n{found.text}"


def test_metadata_lead_to_the_paper_and_to_the_words_that_matched(library: Library) -> None:
    [found] = library.as_retriever(k=1).retrieve(QUERY)
    [hit] = library.search(QUERY, 1)
    facts = found.metadata
    assert (facts["title"], facts["link"]) == (KNOWN.title, KNOWN.url)
    assert library.paper(facts["paper_id"]).abstract[facts["start"] : facts["end"]] == hit.chunk.text


def test_what_a_record_does_not_say_is_left_out() -> None:
    bare = hash_library("bare")
    bare.ingest(write_jsonl("bare.jsonl", [Paper("", KNOWN.abstract)]))
    [found] = bare.as_retriever().retrieve(QUERY)
    assert found.text == KNOWN.abstract
    assert set(found.metadata) == {"paper_id", "start", "end"}


def test_filters_are_those_of_search(library: Library) -> None:
    years = (1990, 2005)
    found = library.as_retriever(k=30, year=years).retrieve(QUERY)
    assert [node.node_id for node in found] == ids(library.search(QUERY, 30, year=years))
    assert 0 < len(found) < 30
    assert all(1990 <= node.metadata["year"] <= 2005 for node in found)


def test_a_filter_that_makes_no_sense_is_refused_before_anything_is_asked(library: Library) -> None:
    with pytest.raises(InputError, match="the first comes after the last"):
        library.as_retriever(year=(2020, 2010))


def test_a_question_that_is_none_is_refused(library: Library) -> None:
    with pytest.raises(InputError):
        library.as_retriever().retrieve("  ")


# Asynchronously


def test_an_event_loop_goes_on_while_papers_are_looked_up() -> None:
    went_on = Event()

    def search(query: str) -> list[Hit]:
        assert went_on.wait(timeout=30)
        return []

    async def both() -> None:
        found = asyncio.create_task(LibraryRetriever(search).aretrieve(QUERY))
        await asyncio.sleep(0)
        went_on.set()
        assert await found == []

    asyncio.run(both())


def test_many_questions_at_once_are_answered_as_one_by_one(library: Library) -> None:
    queries = [paper.title for paper in invented_papers(20)]
    retriever = library.as_retriever(k=3)

    async def together() -> list[list[str]]:
        found = await asyncio.gather(*(retriever.aretrieve(query) for query in queries))
        return [[node.node_id for node in nodes] for nodes in found]

    assert asyncio.run(together()) == [ids(library.search(query, 3)) for query in queries]


# In its engines and agents


def test_a_query_engine_gives_the_model_the_abstracts(library: Library) -> None:
    engine = RetrieverQueryEngine.from_args(library.as_retriever(k=2), llm=MockLLM())
    response = engine.query(QUERY)  # the mock answers with its prompt
    assert KNOWN.abstract in str(response)
    assert KNOWN.url not in str(response)
    assert [node.node_id for node in response.source_nodes] == ids(library.search(QUERY, 2))


def test_a_citation_engine_s_sources_lead_to_papers(library: Library) -> None:
    response = CitationQueryEngine(library.as_retriever(k=2), llm=MockLLM()).query(QUERY)
    assert f"Source 1:\n{KNOWN.title}\n{KNOWN.abstract}" in str(response)
    papers = [node.metadata["paper_id"] for node in response.source_nodes]
    assert papers == ids(library.search(QUERY, 2))


def test_a_node_can_be_stored_and_read_back(library: Library) -> None:
    [found] = library.as_retriever(k=1).retrieve(QUERY)
    assert TextNode.from_json(found.node.to_json()) == found.node


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the agent's own
def test_an_agent_uses_it_as_a_tool(library: Library) -> None:
    engine = RetrieverQueryEngine.from_args(library.as_retriever(k=1), llm=MockLLM())
    tool = QueryEngineTool.from_defaults(engine, name="papers", description="Answers from papers.")

    def call_it_then_repeat(messages: Sequence[ChatMessage], **options: object) -> ChatMessage:
        if messages[-1].role == MessageRole.TOOL:
            return ChatMessage(messages[-1].content)
        call = ToolCallBlock(tool_call_id="1", tool_name="papers", tool_kwargs={"input": QUERY})
        return ChatMessage(role=MessageRole.ASSISTANT, blocks=[call])

    async def ask() -> str:
        model = MockFunctionCallingLLM(response_generator=call_it_then_repeat)
        return str(await FunctionAgent(tools=[tool], llm=model, streaming=False).run(QUERY))

    assert KNOWN.abstract in asyncio.run(ask())


def test_the_example_runs_offline_and_shows_what_was_found() -> None:
    offline = {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}
    run = subprocess.run(
        [sys.executable, str(EXAMPLE)],
        env={name: value for name, value in os.environ.items() if name != "OPENAI_API_KEY"} | offline,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, "")
    first, passage, *_ = run.stdout.splitlines()
    assert first.endswith("GaLore: Memory-Efficient LLM Training by Gradient Low-Rank Projection (2024)")
    assert "65.5 percent" in passage
    assert "authors: Jiawei Zhao, Zhenyu Zhang, Beidi Chen et al." in run.stdout
