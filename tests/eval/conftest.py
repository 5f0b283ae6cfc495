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
def encoded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first of the invented papers are, under the packaged encoder; tests must not change it."""
    folder = tmp_path_factory.mktemp("encoded")
    papers = (FIXTURE / "papers.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "papers.jsonl").write_text("".join(papers[:12]), encoding="utf-8")
    library = Library.open(folder / "library", encoder="minilm")
    library.ingest(folder / "papers.jsonl")
    library.close()
    return library.path


@pytest.fixture(scope="session")
def collection(fixture_library: Library) -> Collection:
    """The same as metrics see it."""
    return Collection(fixture_library)


@pytest.fixture(scope="session")
def fixture_questions() -> Sequence[Question]:
    """All questions of the fixture."""
    return read_questions(QUESTIONS)
