"""A cross-encoder, where one is set, puts the best papers in its own order, and nothing else changes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sentence_transformers import CrossEncoder
from torch import nn
from transformers.utils import logging

from rag import Assistant, Hit, Library, Settings
from rag.encoding.encoder import locate
from rag.retrieval.reranking import JUDGED
from tests.conftest import Run
from tests.rag.cross_encoders import tiny_cross_encoder

Footnote = Callable[..., Run]

QUERY = "memory that the optimizer needs"
FAR_OFF = "Which dyes did the weavers of the Bayeux tapestry use?"


@pytest.fixture(scope="module", autouse=True)
def _quiet() -> None:
    """As the command has it, which loads these libraries only after telling them so."""
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_cross_encoder(tmp_path_factory.mktemp("reranker"))


@pytest.fixture(scope="module")
def reranked(sample_library: Library, model: Path) -> Library:
    """The sample collection with a reranker."""
    return Library.open(sample_library.path, encoder="minilm", reranker=str(model))


def ids(hits: list[Hit]) -> list[str]:
    return [hit.paper.paper_id for hit in hits]


# What a search gives


def test_the_best_papers_come_in_the_order_of_the_model(
    sample_library: Library, reranked: Library, model: Path
) -> None:
    found = sample_library.search(QUERY, JUDGED)
    own = CrossEncoder(str(model), device="cpu").predict(
        [(QUERY, f"{hit.paper.title}\n{hit.paper.abstract}") for hit in found], activation_fn=nn.Identity()
    )
    order = sorted(range(len(found)), key=lambda i: -own[i])
    hits = reranked.search(QUERY, JUDGED)
    assert ids(hits) == [found[i].paper.paper_id for i in order] != ids(found)
    assert [hit.scores["rerank"] for hit in hits] == pytest.approx([own[i] for i in order], abs=1e-4)


def test_a_paper_far_down_can_come_first(sample_library: Library, reranked: Library) -> None:
    few = reranked.search(QUERY, 3)
    assert few == reranked.search(QUERY, JUDGED)[:3]
    assert not set(ids(few)) <= set(ids(sample_library.search(QUERY, 3)))


def test_scores_stay_between_0_and_1_and_count_down_the_ranks(
    sample_library: Library, reranked: Library
) -> None:
    hits = reranked.search(QUERY, 55)
    assert [hit.rank for hit in hits] == list(range(1, 56))
    assert [hit.score for hit in hits] == [hit.score for hit in sample_library.search(QUERY, 55)]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_hit_keeps_its_chunk_and_the_other_parts_of_its_score(
    sample_library: Library, reranked: Library
) -> None:
    plain = {hit.paper.paper_id: hit for hit in sample_library.search(QUERY, JUDGED)}
    for hit in reranked.search(QUERY, JUDGED):
        same = plain[hit.paper.paper_id]
        assert hit.chunk == same.chunk
        assert hit.scores == {**same.scores, "rerank": hit.scores["rerank"]}


def test_papers_that_are_not_judged_follow_as_they_were(sample_library: Library, reranked: Library) -> None:
    assert len(sample_library) > JUDGED
    assert reranked.search(QUERY, 55)[JUDGED:] == sample_library.search(QUERY, 55)[JUDGED:]


def test_papers_that_the_model_cannot_tell_apart_keep_their_order(
    sample_library: Library, tmp_path: Path
) -> None:
    model = tiny_cross_encoder(tmp_path / "model", indifferent=True)
    hits = Library.open(sample_library.path, encoder="minilm", reranker=str(model)).search(QUERY)
    assert ids(hits) == ids(sample_library.search(QUERY))


def test_a_question_and_abstracts_longer_than_the_model_reads_are_judged_by_their_start(
    reranked: Library,
) -> None:
    assert len(reranked.search(f"{QUERY} " * 50)) == 10


# What an answer makes of it


@pytest.mark.parametrize("question", ["What is an attention sink?", FAR_OFF])
def test_whether_a_question_is_answered_does_not_depend_on_it(
    question: str, sample_library: Library, reranked: Library
) -> None:
    plain, answer = (Assistant(made, Settings()).ask(question) for made in (sample_library, reranked))
    assert (answer.abstained, answer.confidence) == (plain.abstained, plain.confidence)
    assert ids(list(answer.hits)) != ids(list(plain.hits))


def test_ask_answers_from_the_papers_that_the_model_puts_first(
    footnote: Footnote, reranked: Library, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTE_RERANKER", str(model))
    question = "What is an attention sink?"
    run = footnote("--library", reranked.path, "ask", question, "--json")
    answer = json.loads(run.out)
    assert (run.code, run.err, answer["abstained"]) == (0, "", False)
    assert [hit["paper"]["id"] for hit in answer["hits"]] == ids(reranked.search(question, 8))
    assert {citation["paper"]["id"] for citation in answer["citations"]} <= set(
        ids(reranked.search(question, 8))
    )


def test_search_shows_its_part_of_the_score(
    footnote: Footnote, sample_library: Library, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTE_RERANKER", str(model))
    assert ", rerank " in footnote("--library", sample_library.path, "search", QUERY).out
    monkeypatch.setenv("FOOTNOTE_RERANKER", "")
    assert "rerank" not in footnote("--library", sample_library.path, "search", QUERY).out


# What is loaded, and what is refused


def test_the_model_is_loaded_at_the_first_search_and_none_without_it(model: Path) -> None:
    code = """
import sys
from rag import Library
from rag.testing import hash_library, invented_papers, write_jsonl
library = hash_library("lib")
library.ingest(write_jsonl("papers.jsonl", invented_papers(3)))
library.search("anything")
Library.open("other", encoder="minilm", reranker=sys.argv[1])
print(*{"torch", "llama_index"} & set(sys.modules))
"""
    run = subprocess.run([sys.executable, "-c", code, str(model)], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


def test_a_name_means_a_model_already_on_this_machine(model: Path) -> None:
    repository = Path("cache/hub/models--cross-encoder--tiny")
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text("1")
    (repository / "snapshots").mkdir()
    (repository / "snapshots" / "1").symlink_to(model)
    code = (
        "import sys; from rag.encoding.encoder import locate_reranker; "
        "print(*map(locate_reranker, sys.argv[1:]))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, "cross-encoder/tiny", "tiny"],
        env={**os.environ, "HF_HOME": str(Path("cache").absolute())},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [Path(found).resolve() for found in run.stdout.split()] == [model, model]


def damaged(folder: Path) -> Path:
    weights = tiny_cross_encoder(folder) / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    return folder


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda folder: folder / "nowhere", "no such folder"),
        (lambda folder: "nobody/no-such-model", "not on this machine"),
        (lambda folder: folder, "config.json cannot be read"),
        (lambda folder: locate("minilm")[0], "is not a cross-encoder"),
        (lambda folder: tiny_cross_encoder(folder / "three", labels=("a", "b", "c")), "gives 3 scores"),
        (lambda folder: damaged(folder / "damaged"), "cannot be loaded"),
    ],
)
def test_what_is_no_reranker_gives_one_line_that_names_the_setting(
    make: Callable[[Path], object],
    why: str,
    footnote: Footnote,
    sample_library: Library,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FOOTNOTE_RERANKER", str(make(tmp_path)))
    run = footnote("--library", sample_library.path, "search", QUERY)
    assert (run.code, run.out) == (2, "")
    (line,) = run.err.splitlines()
    assert line.startswith("footnote: FOOTNOTE_RERANKER")
    assert why in line


def test_explain_says_that_its_places_are_those_before_the_reranker(
    footnote: Footnote, sample_library: Library, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = (
        "--library",
        sample_library.path,
        "explain",
        QUERY,
        sample_library.search(QUERY)[0].paper.paper_id,
    )
    assert "reranker" not in footnote(*asked).out
    monkeypatch.setenv("FOOTNOTE_RERANKER", str(model))
    assert f"before the reranker {model}" in footnote(*asked).out.replace("\n", " ")
