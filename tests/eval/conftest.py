"""The evaluation's own fixture: invented papers, and questions about them with their answers."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from eval.collection import Collection
from eval.questions import Question, read_questions
from rag import Library
from rag.testing import hash_library

FIXTURE = Path(__file__).resolve().parents[2] / "eval" / "fixture"
QUESTIONS = FIXTURE / "questions.jsonl"


@pytest.fixture(scope="session")
def fixture_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The invented papers under a HashEmbedder; tests must not change it."""
    library = hash_library(tmp_path_factory.mktemp("fixture"))
    library.ingest(FIXTURE / "papers.jsonl")
    yield library
    library.close()


@pytest.fixture(scope="session")
def collection(fixture_library: Library) -> Collection:
    """The same as metrics see it."""
    return Collection(fixture_library)


@pytest.fixture(scope="session")
def fixture_questions() -> Sequence[Question]:
    """All questions of the fixture."""
    return read_questions(QUESTIONS)
