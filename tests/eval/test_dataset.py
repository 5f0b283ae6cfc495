"""Queries and judgements as they stand in files."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from eval.dataset import Dataset, documents, judged, read_beir
from eval.questions import read_questions
from rag import FootnoteError, Library
from rag.testing import hash_library, invented_papers, write_jsonl

ONE, TWO, *_ = PAPERS = invented_papers(6)


def write_lines(path: Path, lines: Iterable[object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


def beir(qrels: str, name: str = "test") -> Path:
    queries = [{"_id": "q1", "text": "What is one?"}, {"_id": 2, "text": "What is two?"}, {"_id": "q3"}]
    write_lines(Path("set/queries.jsonl"), queries)
    write_lines(
        Path("set/corpus.jsonl"), [{"_id": "a", "text": "One."}, {"_id": "b", "title": " ", "text": ""}]
    )
    Path("set/qrels").mkdir(exist_ok=True)
    Path(f"set/qrels/{name}.tsv").write_text(qrels)
    return Path("set")


def questions(*golds: list[str]) -> Path:
    lines = [{"id": f"q{n}", "question": "What?", "gold_ids": gold} for n, gold in enumerate(golds)]
    return write_lines(Path("questions.jsonl"), lines)


@pytest.fixture
def library() -> Library:
    filled = hash_library("lib")
    filled.ingest(write_jsonl("papers.jsonl", PAPERS))
    return filled


@pytest.mark.parametrize("header", ["query-id\tcorpus-id\tscore\n", ""])
def test_a_beir_folder_gives_its_judged_queries(header: str) -> None:
    folder = beir(f"{header}q1\ta\t2\nq1\tb\t0\n2\ta\t1\n")
    assert read_beir(folder) == Dataset(
        "set", {"q1": "What is one?", "2": "What is two?"}, {"q1": {"a": 2, "b": 0}, "2": {"a": 1}}
    )
    assert list(read_beir(folder, limit=1).queries) == ["q1"]


def test_queries_to_which_nothing_is_relevant_are_left_out() -> None:
    assert list(read_beir(beir("q1\ta\t1\n2\ta\t0\n")).queries) == ["q1"]
    with pytest.raises(FootnoteError, match="nothing to measure"):
        read_beir(beir("q1\ta\t-1\n"))


def test_documents_that_say_nothing_are_none() -> None:
    assert documents(beir("q1\ta\t1\n")) == {"a"}


def test_a_judged_query_that_is_not_there_is_refused() -> None:
    with pytest.raises(FootnoteError, match="qrels judge q9, which is no query"):
        read_beir(beir("q9\ta\t1\n"))


def test_only_a_line_break_ends_a_line() -> None:
    folder = beir("q1\ta\u2028\t1\r\n2\tb\x0b\t1\n")
    corpus = {"_id": "a\u2028", "text": "One\x85two\u2029three."}
    Path("set/corpus.jsonl").write_text(json.dumps(corpus, ensure_ascii=False), encoding="utf-8")
    assert set(documents(folder)) == {"a"}
    assert read_beir(folder).qrels == {"q1": {"a": 1}, "2": {"b": 1}}


def test_a_missing_split_names_those_that_are_there() -> None:
    folder = beir("q1\ta\t1\n", name="dev")
    with pytest.raises(FootnoteError, match=r"test\.tsv: no such file; use --split with one of dev"):
        read_beir(folder)
    assert read_beir(folder, "dev").queries == {"q1": "What is one?"}


@pytest.mark.parametrize("line", ["q1 a 1", "q1\ta\thigh", "q1\ta"])
def test_a_broken_judgement_is_named_by_its_line(line: str) -> None:
    with pytest.raises(FootnoteError, match=r"test\.tsv:2: "):
        read_beir(beir(f"q1\ta\t1\n{line}\n"))


@pytest.mark.parametrize("line", ["{", "[]", '{"question": "What?"}', '{"id": "q", "question": 3}'])
def test_a_broken_question_is_named_by_its_line(line: str) -> None:
    path = questions([])
    path.write_text(f"{path.read_text()}{line}\n")
    with pytest.raises(FootnoteError, match=r"questions\.jsonl:2: "):
        read_questions(path)


def test_golds_are_found_by_id_or_exact_title_and_unanswerable_questions_left_out(library: Library) -> None:
    found = judged(questions([ONE.title], [], [TWO.paper_id, ONE.title]), library)
    assert found.qrels == {"q0": {ONE.paper_id: 1}, "q2": {TWO.paper_id: 1, ONE.paper_id: 1}}


def test_a_gold_that_is_no_paper_is_refused(library: Library) -> None:
    with pytest.raises(FootnoteError, match="“Of Nothing” is neither an id nor the exact title"):
        judged(questions([ONE.title], ["Of Nothing"]), library)


def test_a_title_of_two_papers_is_no_gold() -> None:
    library = hash_library("lib")
    lines = [{"_id": n, "title": "Of Reeds", "text": paper.abstract} for n, paper in enumerate(PAPERS[:2])]
    library.ingest(write_lines(Path("corpus.jsonl"), lines), merge=False)
    with pytest.raises(FootnoteError, match="2 papers have the title “Of Reeds”; give an id"):
        judged(questions(["Of Reeds"]), library)
    assert judged(questions(["beir:1"]), library).qrels == {"q0": {"1": 1}}


def test_judgements_may_be_in_trecs_format() -> None:
    beir("q1\ta\t1\n", name="other")
    Path("set/qrels/test.qrels").write_text("q1 0 a 2\n2 0 a 1\n")
    assert read_beir(Path("set")).qrels == {"q1": {"a": 2}, "2": {"a": 1}}
