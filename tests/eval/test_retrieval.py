"""`footnote eval retrieval`, as it is typed."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eval.retrieval import documents_of, evaluate, search_all
from rag import Chunk, Hit, Library
from rag.testing import sample_papers
from tests.conftest import SHARED, Run
from tests.eval.conftest import QUESTIONS

Footnote = Callable[..., Run]

PAPERS = sample_papers()[:10]
GALORE, LORA = PAPERS[:2]
IR_MEASURES = {
    "nDCG@10": "nDCG@10", "R@5": "recall@5", "R@10": "recall@10", "R@20": "recall@20", "R@100": "recall@100",
    "RR@10": "RR@10", "AP@100": "AP@100", "Success@1": "success@1", "Success@5": "success@5",
    "Judged@10": "judged@10",
}  # fmt: skip
QUERIES = {
    "q1": "projecting gradients to save optimizer memory",
    "q2": "low-rank adaptation of language models",
    "q3": "???",  # no words
}


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    """Ten documents, a copy of the first with its DOI, one that says nothing, and three queries, one of them
    hopeless.
    """
    return write_beir(tmp_path / "tiny")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that the command has filled with them; tests must not change it."""
    folder = tmp_path_factory.mktemp("filled")
    evaluate(
        write_beir(folder / "tiny"), str(folder / "library"), split="test", limit=1, told=lambda *_: None
    )
    return folder / "library"


def write_beir(folder: Path) -> Path:
    (folder / "qrels").mkdir(parents=True)
    texts = [*((paper.title, paper.abstract) for paper in PAPERS), (GALORE.title, GALORE.abstract), ("", "")]
    documents = [{"_id": f"d{n}", "title": t, "text": a} for n, (t, a) in enumerate(texts)]
    documents[0]["doi"] = documents[10]["doi"] = "10.5555/galore"
    (folder / "corpus.jsonl").write_text("".join(f"{json.dumps(d)}\n" for d in documents))
    lines = ({"_id": query, "text": text} for query, text in QUERIES.items())
    (folder / "queries.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    rows = ("q1\td0\t2", "q1\td10\t2", "q2\td1\t1", "q3\td2\t1")
    (folder / "qrels" / "test.tsv").write_text("".join(f"{row}\n" for row in rows))
    return folder


@pytest.fixture
def cranfield(tmp_path: Path) -> Path:
    """The first three queries of Cranfield, and the documents that are judged for them."""
    whole = SHARED / "beir" / "cranfield"
    if not whole.is_dir():
        pytest.skip("the shared data are not on this machine")
    folder = tmp_path / "cranfield"
    (folder / "qrels").mkdir(parents=True)
    queries = (whole / "queries.jsonl").read_text().splitlines(keepends=True)[:3]
    asked = {json.loads(line)["_id"] for line in queries}
    rows = (whole / "qrels" / "test.tsv").read_text().splitlines(keepends=True)[1:]
    judged = [row for row in rows if row.split("\t")[0] in asked]
    wanted = {row.split("\t")[1] for row in judged}
    corpus = (whole / "corpus.jsonl").read_text().splitlines(keepends=True)
    (folder / "queries.jsonl").write_text("".join(queries))
    (folder / "qrels" / "test.tsv").write_text("".join(judged))
    (folder / "corpus.jsonl").write_text("".join(d for d in corpus if json.loads(d)["_id"] in wanted))
    return folder


def report(run: Run) -> dict[str, Any]:
    assert run.code == 0, run.err
    found: dict[str, Any] = json.loads(run.out)
    return found


def scored_by_ir_measures() -> dict[str, float]:
    """Means of the run `a.run` by the command `ir_measures`, under our names."""
    command = [sys.executable, "-m", "ir_measures", "--places", "14", "a.qrels", "a.run", *IR_MEASURES]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {IR_MEASURES[name]: float(value) for name, value in map(str.split, printed.splitlines())}


def test_documents_of_equal_text_stay_apart_and_a_failing_query_counts_as_zero(
    footnote: Footnote, beir: Path, filled: Path
) -> None:
    found = report(footnote("--library", filled, "eval", "retrieval", beir, "--json"))
    assert (found["dataset"], found["n"], found["papers"]) == ("tiny", 3, 11)
    assert (found["missing_documents"], found["missing_relevant"]) == (0, 0)
    assert [failure["id"] for failure in found["failures"]] == ["q3"]
    wilson = [pytest.approx(0.208, abs=0.001), pytest.approx(0.939, abs=0.001)]
    expected = {"mean": pytest.approx(2 / 3), "ci95": wilson, "n": 3, "n_failed": 1}
    assert found["metrics"]["recall@10"] == expected
    assert found["metrics"]["nDCG@10"]["mean"] == pytest.approx(2 / 3)


def test_a_relevant_document_without_abstract_counts_as_not_to_be_found(
    footnote: Footnote, beir: Path
) -> None:
    with (beir / "corpus.jsonl").open("a") as corpus:
        corpus.write(json.dumps({"_id": "bare", "title": "Only a title", "text": ""}) + "\n")
    with (beir / "qrels" / "test.tsv").open("a") as qrels:
        qrels.write("q1\tbare\t1\n")
    found = report(footnote("eval", "retrieval", beir, "--json"))
    assert (found["missing_documents"], found["missing_relevant"]) == (0, 1)


def test_floors_stand_beside_every_figure(footnote: Footnote, beir: Path, filled: Path) -> None:
    found = report(footnote("--library", filled, "eval", "retrieval", beir, "--json"))
    assert list(found["floors"]) == ["random", "bm25", "titles"]
    for floor in found["floors"].values():
        assert floor.keys() == found["metrics"].keys()
        assert all(figure["n"] == 3 and len(figure["ci95"]) == 2 for figure in floor.values())
    assert 0.5 < found["floors"]["bm25"]["nDCG@10"]["mean"] < 0.7
    assert found["floors"]["random"]["success@1"]["mean"] < 1
    assert found["metrics"]["judged@10"]["mean"] > 0


def test_people_get_a_table_with_intervals_and_the_failure(
    footnote: Footnote, beir: Path, filled: Path
) -> None:
    shown = footnote("--library", filled, "eval", "retrieval", beir)
    assert "tiny: 3 queries, 11 papers" in shown.out
    assert "0.208 to 0.939" in shown.out
    assert "1 queries failed and count as 0; the first, q3: " in shown.out


def test_two_runs_give_the_same_bytes(footnote: Footnote, beir: Path, filled: Path) -> None:
    for out in ("one", "two"):
        footnote("--library", filled, "eval", "retrieval", beir, "--out", out)
    names = {path.name for path in Path("one").iterdir()}
    assert names == {"run.json", "report.json", "scores.jsonl", "run.trec", "qrels.trec", "manifest.json"}
    for name in names - {"manifest.json"}:
        assert Path("one", name).read_bytes() == Path("two", name).read_bytes(), name


def test_ir_measures_scores_the_written_run_as_we_do(footnote: Footnote, cranfield: Path) -> None:
    shown = footnote("eval", "retrieval", cranfield, "--run", "a.run", "--qrels", "a.qrels", "--json")
    ours = report(shown)["metrics"]
    assert scored_by_ir_measures() == {name: pytest.approx(ours[name]["mean"], abs=1e-9) for name in ours}


def test_ir_measures_scores_what_failed_and_what_is_graded_as_we_do(
    footnote: Footnote, beir: Path, filled: Path
) -> None:
    """The same on documents that are on every machine."""
    with (beir / "qrels" / "test.tsv").open("a") as qrels:
        qrels.write("q2\td0\t3\nq2\td4\t0\n")
    written = ("--run", "a.run", "--qrels", "a.qrels", "--json")
    ours = report(footnote("--library", filled, "eval", "retrieval", beir, *written))["metrics"]
    assert scored_by_ir_measures() == {name: pytest.approx(ours[name]["mean"], abs=1e-9) for name in ours}


def test_a_run_of_another_command_is_not_written_over(
    footnote: Footnote, beir: Path, filled: Path, encoded: Path
) -> None:
    asked = ("--library", encoded, "eval", "answers", QUESTIONS, "--limit", 2, "--out", "run")
    assert footnote(*asked).code == 0
    kept = {path.name: path.read_bytes() for path in Path("run").iterdir()}
    for command in (("retrieval", beir), ("health",)):
        refused = footnote("--library", filled, "eval", *command, "--out", "run")
        assert (refused.code, "holds a run of `eval answers`" in refused.err) == (2, True)
    assert kept == {path.name: path.read_bytes() for path in Path("run").iterdir()}


def test_a_score_that_is_no_number_fails_its_query() -> None:
    paper = PAPERS[0]
    hit = Hit(1, float("nan"), {}, paper, Chunk(paper.paper_id, 0, 0, 1, paper.abstract[:1]))
    searched = search_all({"q": "memory"}, lambda _: documents_of([hit]))
    assert searched.run == {}
    assert searched.failures == {"q": "ValueError: a score is not a number"}


def test_an_empty_library_is_filled_and_used_again(footnote: Footnote, beir: Path) -> None:
    first = report(footnote("--library", "lib", "eval", "retrieval", beir, "--json"))
    assert len(Library.open("lib")) == 11
    (beir / "corpus.jsonl").write_text('{"_id": "d0", "text": "Of something else."}\n')
    assert report(footnote("eval", "retrieval", beir, "--library", "lib", "--json")) == first


def test_the_library_of_the_settings_is_left_alone(
    footnote: Footnote, beir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTE_LIBRARY", "mine")
    assert footnote("eval", "retrieval", beir).code == 0
    assert not Path("mine").exists()


def test_a_library_of_other_papers_is_refused(footnote: Footnote, beir: Path, encoded: Path) -> None:
    refused = footnote("--library", encoded, "eval", "retrieval", beir)
    assert (refused.code, refused.out) == (2, "")
    assert "holds other papers than" in refused.err


def test_a_document_that_was_merged_away_is_counted(footnote: Footnote, beir: Path) -> None:
    footnote("--library", "lib", "ingest", beir / "corpus.jsonl")
    shown = footnote("--library", "lib", "eval", "retrieval", beir)
    assert "1 relevant documents are not in the library" in shown.out


def test_questions_are_asked_of_the_library_as_it_is(footnote: Footnote, filled: Path) -> None:
    questions = [
        {"id": "a", "question": QUERIES["q1"], "gold_ids": ["beir:d0"]},
        {"id": "b", "question": QUERIES["q2"], "gold_ids": [LORA.title]},
        {"id": "c", "question": "Who won?", "gold_ids": []},
    ]
    Path("dev.jsonl").write_text("".join(f"{json.dumps(question)}\n" for question in questions))
    found = report(footnote("--library", filled, "eval", "retrieval", "dev.jsonl", "--json"))
    assert (found["dataset"], found["n"]) == ("dev", 2)
    assert found["metrics"]["success@5"]["mean"] == 1.0


@pytest.mark.parametrize("option", ["--run", "--qrels"])
def test_a_file_that_cannot_be_written_is_refused_before_the_work(
    footnote: Footnote, beir: Path, option: str
) -> None:
    refused = footnote("eval", "retrieval", beir, option, "nowhere/a.trec")
    assert refused.code == 2
    assert "there is no folder" in refused.err
