"""Whether the collection answers is judged from what it holds, and said in one line where it does not."""

import shutil
from collections.abc import Iterator

import pytest

from rag import Library, Paper
from rag.abstention import Assessment, assess
from rag.testing import hash_library, invented_papers, sample_papers, write_jsonl

PAPERS = invented_papers(60)
ODD = [
    "What is it?",
    "Who are you, and why?",
    "1",
    "斑馬如何睡覺?",
    "zebras " * 500,
    "x" * 99,
    "① ② ③",
    PAPERS[0].abstract,
    f"{PAPERS[0].title} and zebras",
]
# Questions that one paper of the sample collection answers and, without it, none.
ONE_PAPER_TELLS = {
    "What is a lottery ticket?": "arxiv:1803.03635",
    "Why do chat assistants fall apart when the first tokens are evicted?": "arxiv:2309.17453",
    "Which Python textbooks did phi-1 learn from?": "arxiv:2306.11644",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """60 invented papers; tests must not change it."""
    folder = tmp_path_factory.mktemp("invented")
    made = hash_library(folder / "lib")
    made.ingest(write_jsonl(folder / "papers.jsonl", PAPERS))
    yield made
    made.close()


def judged(library: Library, question: str) -> Assessment:
    [vector] = library.retriever.embed([question])
    hits = library.retriever.search(question, vector, 100)
    return assess(question, vector, hits, library.retriever)


def test_confidence_is_a_probability_whatever_is_asked(library: Library) -> None:
    tiny = hash_library("tiny")
    tiny.ingest(write_jsonl("tiny.jsonl", [Paper("", "Word.")]))
    for question in [*ODD, *(paper.title for paper in PAPERS[::10])]:
        for asked in (library, tiny):
            assert 0 <= judged(asked, question).confidence <= 1


def test_a_half_is_confidence_enough() -> None:
    assert Assessment(0.5, "").answers
    assert not Assessment(0.499, "").answers


def test_the_title_of_any_paper_is_answered(library: Library) -> None:
    assert [p.title for p in PAPERS if not judged(library, p.title).answers] == []


@pytest.mark.parametrize("title", [paper.title for paper in sample_papers()[::14]])
def test_the_title_of_a_sample_paper_is_answered(sample_library: Library, title: str) -> None:
    assert judged(sample_library, title).answers


def test_a_question_whose_paper_is_taken_out_is_answered_no_more(sample_library: Library) -> None:
    for question in ONE_PAPER_TELLS:
        assert judged(sample_library, question).answers
    shutil.copytree(sample_library.path, "without")
    without = Library.open("without", encoder="minilm")
    without.remove(ONE_PAPER_TELLS.values())
    for question in ONE_PAPER_TELLS:
        assert not judged(without, question).answers
    without.close()


def test_a_library_of_few_papers_can_be_judged() -> None:
    few = hash_library("few")
    papers = [
        Paper("On Zebras", "Zebras sleep standing in the savanna at night."),
        Paper("On Yaks", "Yaks carry salt over the mountains all summer."),
    ]
    few.ingest(write_jsonl("few.jsonl", papers))
    assert judged(few, "Do zebras sleep standing at night?").answers
    assert not judged(few, "Which plants dyed wool for medieval tapestries in Flanders?").answers


def test_a_name_alone_is_answered_only_by_a_paper_that_holds_it(sample_library: Library) -> None:
    assert judged(sample_library, "Guanaco").answers
    assert not judged(sample_library, "Alpaca wool sweaters").answers


def test_the_reason_is_one_line_that_names_the_nearest_paper(library: Library) -> None:
    for question in ODD:
        nearest = library.search(question, 1)[0].paper
        reason = judged(library, question).reason
        assert f"The nearest is “{nearest.title}”" in reason
        assert reason == reason.strip() != ""
        assert len(reason.splitlines()) == 1


def test_the_reason_names_the_rarest_words_that_the_nearest_paper_lacks(library: Library) -> None:
    held = " ".join(PAPERS[8].abstract.split()[:8])
    reason = judged(library, f"{held} zebra of the Quagga?").reason
    assert f"“{PAPERS[8].title}”; it does not speak of “zebra”, “Quagga”." in reason
    assert "does not speak" not in judged(library, PAPERS[8].title).reason
    many = judged(library, f"{held} zebra quagga okapi wombat").reason
    assert many.endswith("it does not speak of “zebra”, “quagga”, “okapi”.")


def test_the_reason_names_a_paper_without_title_by_its_id() -> None:
    untitled = Paper("", "Walruses play chess in winter.")
    alone = hash_library("alone")
    alone.ingest(write_jsonl("alone.jsonl", [untitled]))
    assert f"The nearest is “{untitled.paper_id}”" in judged(alone, "Which dyes did weavers use?").reason
