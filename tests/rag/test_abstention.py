"""Whether the collection answers is judged from what it holds, and said in one line where it does not."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag import Assistant, Library, Paper
from rag.abstention.assess import Assessment, assess
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


# Questions on a paper of the sample collection whose abstract leaves out what is asked.
LEFT_OUT = {
    "What dropout rate does Mixtral use?": "arxiv:2401.04088",
    "Which hospital paid for the training of DistilBERT?": "arxiv:1910.01108",
    "How many tokens was Mixtral of Experts pre-trained on?": "arxiv:2401.04088",
}
PLAINLY_ASKED = [
    "By how much does GaLore reduce optimizer memory?",
    "How fast is ReLoRA?",
    "How many GPUs did Megatron-LM run on?",
    "How many parameters does BitFit train?",
    "Which models was SmoothQuant tried on?",
    "How does temperature help in knowledge distillation?",
]
FAR = [
    "Which plants were used to dye wool for medieval tapestries?",
    "How long should sourdough bread dough rise before baking?",
    "What caused the fall of the Western Roman Empire?",
]


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


def answers(library: Library, question: str) -> bool:
    return judged(library, question).abstention is None


def test_confidence_is_a_probability_whatever_is_asked(library: Library) -> None:
    tiny = hash_library("tiny")
    tiny.ingest(write_jsonl("tiny.jsonl", [Paper("", "Word.")]))
    for question in [*ODD, *(paper.title for paper in PAPERS[::10])]:
        for asked in (library, tiny):
            assert 0 <= judged(asked, question).confidence <= 1


def test_the_title_of_any_paper_is_answered(library: Library) -> None:
    assert [p.title for p in PAPERS if not answers(library, p.title)] == []


@pytest.mark.parametrize("title", [paper.title for paper in sample_papers()[::14]])
def test_the_title_of_a_sample_paper_is_answered(sample_library: Library, title: str) -> None:
    assert answers(sample_library, title)


def test_a_question_without_a_subject_is_asked_for_one(sample_library: Library) -> None:
    answer = Assistant(sample_library).ask("Which methods are the best?")
    assert (answer.abstention, answer.confidence) == ("not_in_collection", 0)
    assert "names no subject" in answer.reason


def test_a_question_whose_paper_is_taken_out_is_answered_no_more(
    sample_library: Library, sample_copy: Callable[[], Path]
) -> None:
    for question in ONE_PAPER_TELLS:
        assert answers(sample_library, question)
    without = Library.open(sample_copy())
    without.remove(ONE_PAPER_TELLS.values())
    for question in ONE_PAPER_TELLS:
        assert not answers(without, question)
    without.close()


def test_a_library_of_few_papers_can_be_judged() -> None:
    few = hash_library("few")
    papers = [
        Paper("On Zebras", "Zebras sleep standing in the savanna at night."),
        Paper("On Yaks", "Yaks carry salt over the mountains all summer."),
    ]
    few.ingest(write_jsonl("few.jsonl", papers))
    assert answers(few, "Do zebras sleep standing at night?")
    assert not answers(few, "Which plants dyed wool for medieval tapestries in Flanders?")


def test_a_name_alone_is_answered_only_by_a_paper_that_holds_it(sample_library: Library) -> None:
    assert answers(sample_library, "Guanaco")
    assert not answers(sample_library, "Alpaca wool sweaters")


def test_the_reason_is_one_line_that_names_the_nearest_paper(sample_library: Library) -> None:
    for question in FAR:
        nearest = sample_library.search(question, 1)[0].paper
        reason = judged(sample_library, question).reason
        assert f"The nearest is “{nearest.title}”" in reason
        assert reason == reason.strip() != ""
        assert len(reason.splitlines()) == 1


def test_the_reason_names_only_words_that_tell_what_the_library_lacks(sample_library: Library) -> None:
    reason = judged(sample_library, "Which quaggas and okapis fear attention from zebras?").reason
    assert reason.endswith("it does not speak of “zebras”, “quaggas”, “okapis”.")
    reason = judged(sample_library, "What is the usual best treatment for diabetes?").reason
    assert reason.endswith("it does not speak of “diabetes”, “treatment”.")


def test_a_mistyped_word_and_a_year_are_no_reason_but_get_a_hint(sample_library: Library) -> None:
    reason = judged(sample_library, "How do gradinets flow in rivers of 2021?").reason
    assert reason.endswith(
        "it does not speak of “rivers”. Did you mean “gradients”? "
        "A year is asked for by a filter, like `--year 2021`."
    )


@pytest.mark.parametrize(
    "question", ["Which methods make the KV cache smaller?", "How do GPTQ and AWQ differ?"]
)
def test_a_question_for_works_asks_no_detail_of_the_nearest(sample_library: Library, question: str) -> None:
    assert answers(sample_library, question)


@pytest.mark.parametrize("question", PLAINLY_ASKED)
def test_a_plain_question_need_not_use_the_words_of_the_abstract(
    sample_library: Library, question: str
) -> None:
    assert answers(sample_library, question)


@pytest.mark.parametrize("question", LEFT_OUT)
def test_a_detail_that_the_named_paper_leaves_out_is_not_told(sample_library: Library, question: str) -> None:
    assessment = judged(sample_library, question)
    assert assessment.abstention == "abstracts_do_not_tell"
    assert 2 <= len(assessment.to_open) <= 3
    assert LEFT_OUT[question] == assessment.to_open[0].paper_id
    for paper in assessment.to_open:
        assert paper.title in assessment.reason
        assert paper.link in assessment.reason


def test_what_is_no_question_asks_for_no_detail(sample_library: Library) -> None:
    assert answers(sample_library, "training of DistilBERT paid by a hospital")


def test_the_reason_names_a_paper_without_title_by_its_id() -> None:
    untitled = Paper("", "Walruses play chess in winter.")
    alone = hash_library("alone")
    alone.ingest(write_jsonl("alone.jsonl", [untitled]))
    assert f"The nearest is “{untitled.paper_id}”" in judged(alone, "Which dyes did weavers use?").reason
