"""The parts around the answer: examples, filters, files, and where the page is served."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rag import Assistant, Library, Paper
from rag.testing import hash_library, write_jsonl
from tests.conftest import Run
from tests.ui.answers import abstained
from ui.examples import example_questions
from ui.security import is_loopback
from ui.takeaway import file_of


def library_of(*titles: str) -> Library:
    library = hash_library("library")
    papers = [Paper(title, f"What paper {n} says of it is told here.") for n, title in enumerate(titles)]
    library.ingest(write_jsonl("papers.jsonl", papers))
    return library


def test_examples_ask_about_methods_and_surveys_of_the_users_own_papers() -> None:
    titles = (
        "GaLore: Memory-Efficient LLM Training by Gradient Low-Rank Projection",
        "A Survey of Quantization Methods for Networks",
        "Learning: A View",
        "Deep residual learning",
        "LLM.int8(): 8-bit Matrix Multiplication",
    )
    assert example_questions(library_of(*titles)) == [
        "What is GaLore, and what does it achieve?",
        "What is known about quantization Methods for Networks?",
        "What is LLM.int8(), and what does it achieve?",
    ]


def test_examples_are_few_and_spread_over_the_collection() -> None:
    asked = example_questions(library_of(*(f"Met{n}: a method" for n in range(40))))
    assert [question.split(",")[0] for question in asked] == [f"What is Met{n}" for n in (0, 10, 20, 30)]


def test_an_answer_without_sources_says_so_when_references_are_asked_for(sample_library: Library) -> None:
    assistant = Assistant(sample_library)
    assert "cites no paper" in file_of(assistant, abstained(), "bibtex")["error"]
    assert "**Nearest papers**" in file_of(assistant, abstained(), "markdown")["text"]
    passport = file_of(assistant, assistant.ask("What is an attention sink?"), "passport")
    assert json.loads(passport["text"])["question"] == "What is an attention sink?"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_loopback_is_known(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.org", ""])
def test_all_else_is_the_world(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7"])
def test_the_page_is_not_shown_to_others_unless_that_is_meant(
    footnote: Callable[..., Run], host: str
) -> None:
    run = footnote("ui", "--host", host)
    assert run.code == 2
    assert "--no-auth" in run.err
    assert not Path("user-data").exists()
