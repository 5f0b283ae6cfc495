"""`footnote eval questions`: a question set of the user's own papers, ready for `eval answers`."""

import json
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import pytest

from eval import answers
from eval.lint import lint
from eval.making.make import questions
from eval.questions import question_line, read_questions
from eval.wording import holds
from rag import Activity, Assistant, FootnoteError, Library, Message, ModelError, sentences
from rag.testing import ScriptedChatModel, hash_library
from tests.conftest import Run
from tests.eval.conftest import QUESTIONS

VOTES: tuple[tuple[str, str, Literal["up", "down", ""], str], ...] = (
    ("ann", "How does GaLore cut the memory of the optimizer?", "up", "spot on"),
    ("bob", "How does AWQ choose which weights to keep?", "down", "cites the wrong paper"),
    ("bob", "What do mixture-of-experts models trade for speed?", "", "is that all?"),
)


def test_made_questions_are_sound_and_of_every_kind(fixture_library: Library) -> None:
    made = questions(fixture_library, 30).questions
    assert {question.style for question in made} == {"known-item", "cloze", "left-out"}
    assert [question.id for question in made] == [f"q{n:03d}" for n in range(1, 31)]
    for question in made:
        assert question.answerable == (not question.without)
        for quote in question.gold_quotes:
            paper = fixture_library.paper(quote.paper)
            assert quote.text in paper.abstract
            assert quote.text in question.nuggets[0].text
        for [fact] in question.must_contain:
            assert holds(question.gold_quotes[0].text, fact)
            assert not holds(question.question, fact)


def test_the_same_seed_makes_the_same_questions(fixture_library: Library) -> None:
    first, again, other = (questions(fixture_library, 10, seed=seed).questions for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_question_is_read_back_as_it_was_written(fixture_library: Library, tmp_path: Path) -> None:
    for known in (questions(fixture_library, 10).questions, read_questions(QUESTIONS)):
        path = tmp_path / "questions.jsonl"
        path.write_text("".join(f"{json.dumps(question_line(each))}\n" for each in known), encoding="utf-8")
        assert read_questions(path) == list(known)


def test_a_setting_that_is_wrong_is_said_in_one_line(
    footnote: Callable[..., Run], sample_library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTE_TOP_K", "0")
    run = footnote("--library", sample_library.path, "eval", "questions", "--out", "q.jsonl")
    assert (run.code, run.err.count("\n"), "FOOTNOTE_TOP_K" in run.err) == (2, 1, True)


def test_made_questions_can_be_asked_at_once(footnote: Callable[..., Run], sample_library: Library) -> None:
    command = ("--library", sample_library.path, "eval", "questions", "--out", "q.jsonl", "-n", 15)
    made = footnote(*command, "--json")
    assert (made.code, json.loads(made.out)["n"]) == (0, 15)
    found = answers.evaluate(Path("q.jsonl"), sample_library.path).report
    assert (found["n"], found["answerable"], found["failures"]) == (15, 12, [])
    assert found["metrics"]["gold_citation_recall"]["mean"] > 0.6
    assert found["decisions"]["unanswerable"]["abstained"] > 0
    kinds = {finding["kind"] for finding in lint(Path("q.jsonl"), sample_library)["findings"]}
    assert kinds <= {"leak"}  # by rule they are in the abstracts' own words


def test_a_question_left_without_its_paper_is_asked_without_it(sample_library: Library) -> None:
    [left] = [each for each in questions(sample_library, 5).questions if each.without]
    path = Path("left.jsonl")
    path.write_text(json.dumps(question_line(left)), encoding="utf-8")
    answers.evaluate(path, sample_library.path, out=Path("run"))
    line = json.loads(Path("run/answers.jsonl").read_text(encoding="utf-8"))
    assert line["hits"]
    assert not {hit["paper"]["id"] for hit in line["hits"]} & set(left.without)


def test_a_file_that_is_there_is_not_written_over(
    footnote: Callable[..., Run], fixture_library: Library
) -> None:
    Path("mine.jsonl").write_text("mine", encoding="utf-8")
    run = footnote("--library", fixture_library.path, "eval", "questions", "--out", "mine.jsonl")
    assert (run.code, Path("mine.jsonl").read_text(encoding="utf-8")) == (2, "mine")
    assert "is there already" in run.err


# With a model


def abstract_in(messages: Sequence[Message]) -> str:
    return messages[-1].content.split("\n")[2]


def reply(**changed: object) -> Callable[[Sequence[Message]], str]:
    """A sound question about whatever abstract is asked for, but for what is changed."""

    def written(messages: Sequence[Message]) -> str:
        said = abstract_in(messages)
        start, end = sentences(said)[1]
        quote = said[start:end]
        sound = {
            "question": f"What came of it, in case {len(said)}?",
            "answer": "It did.",
            "quote": quote,
            "facts": [" ".join(quote.split()[:2])],
        }
        return f"Here it is:\n{json.dumps(sound | changed)}"

    return written


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"question": "Tell me."}, "it is no question"),
        ({"question": "What do the authors of this say about it?"}, "it points at “the paper”"),
        ({"quote": "Nobody wrote these words."}, "its quote does not stand in the abstract"),
        ({"facts": ["a thing that is not there"]}, "its facts do not stand in its quote"),
        ({"facts": []}, "its facts do not stand in its quote"),
    ],
)
def test_what_a_model_makes_is_kept_only_if_it_is_sound(
    fixture_library: Library, changed: dict[str, object], why: str
) -> None:
    model = ScriptedChatModel(reply(**changed), "no JSON at all", *[reply()] * 3)
    made = questions(fixture_library, 3, model=model)
    assert [question.style for question in made.questions] == ["model"] * 3
    assert len(model.asked) == 5
    first, second = made.dropped
    assert first.startswith(why)
    assert second == "the reply is no JSON object"


def test_a_question_copied_from_its_abstract_is_not_kept(fixture_library: Library) -> None:
    def copied(messages: Sequence[Message]) -> str:
        said, line = abstract_in(messages), json.loads(reply()(messages).partition("\n")[2])
        return json.dumps(line | {"question": f"{said[: sentences(said)[0][1]].rstrip('.')}?"})

    made = questions(fixture_library, 1, model=ScriptedChatModel(copied, reply()))
    assert list(made.dropped) == ["it is copied from the abstract"]


def test_a_model_that_is_not_there_makes_no_questions(fixture_library: Library) -> None:
    with pytest.raises(ModelError, match="gone"):
        questions(fixture_library, 3, model=ScriptedChatModel(ModelError("gone")))
    model = ScriptedChatModel(reply(), ModelError("for once"), reply())
    assert questions(fixture_library, 2, model=model).dropped == {"the model gave no reply": 1}


def test_a_server_that_is_not_there_leaves_no_file(
    footnote: Callable[..., Run], sample_library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("FOOTNOTE_LLM_BASE_URL", f"http://127.0.0.1:{unused.getsockname()[1]}")
    command = ("--library", sample_library.path, "eval", "questions", "--out", "q.jsonl")
    run = footnote(*command, "--llm", "ollama/none")
    assert (run.code, run.out, Path("q.jsonl").exists()) == (3, "", False)


def test_a_library_without_abstracts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FootnoteError, match="no abstracts yet"):
        questions(hash_library(tmp_path))


# From readers


@pytest.fixture
def voted(sample_copy: Callable[[], Path]) -> Path:
    """A library with an answer that a reader liked, one that another did not, and a note without a vote."""
    library = Library.open(sample_copy())
    activity, ask = Activity(library), Assistant(library).ask
    for owner, asked, vote, note in VOTES:
        _, turn = activity.keep(owner, ask(asked))
        activity.rate(owner, turn, vote, note)
    library.close()
    return library.path


def test_what_readers_liked_is_a_question_file_and_the_rest_waits_for_a_person(
    footnote: Callable[..., Run], voted: Path
) -> None:
    command = ("--library", voted, "eval", "questions", "--from-feedback", "--out", "votes.jsonl")
    made = footnote(*command, "--json")
    assert made.code == 0, made.err
    found = json.loads(made.out)
    assert (found["n"], found["styles"]) == (1, {"feedback": 1})
    assert found["to_complete"] == {"file": "votes.to-complete.jsonl", "n": 2}
    lines = Path("votes.to-complete.jsonl").read_text(encoding="utf-8").splitlines()
    noted = {line["question"]: line["note"] for line in map(json.loads, lines)}
    assert noted == {asked: note for _, asked, _, note in VOTES[1:]}
    report = answers.evaluate(Path("votes.jsonl"), voted).report
    assert (report["n"], report["metrics"]["gold_citation_recall"]["mean"]) == (1, 1.0)


def test_people_are_told_what_to_do_with_the_votes(footnote: Callable[..., Run], voted: Path) -> None:
    command = ("--library", voted, "eval", "questions", "--from-feedback", "--out")
    shown = footnote(*command, "votes.jsonl")
    assert "1 questions in votes.jsonl" in shown.out
    assert "2 more, whose answers were not liked or only noted on, in votes.to-complete.jsonl" in shown.out
    again = footnote(*command, "votes.jsonl")
    assert (again.code, "is there already" in again.err) == (2, True)
    Path("other.to-complete.jsonl").write_text("mine", encoding="utf-8")
    assert footnote(*command, "other.jsonl").code == 2
    assert (Path("other.jsonl").exists(), Path("other.to-complete.jsonl").read_text()) == (False, "mine")


def test_votes_that_are_not_there_and_options_that_mean_nothing_here_are_said_so(
    footnote: Callable[..., Run], sample_copy: Callable[[], Path]
) -> None:
    command = ("--library", sample_copy(), "eval", "questions", "--from-feedback", "--out", "votes.jsonl")
    for more, said in (((), "no answer was voted on yet"), (("-n", 3), "-n is for making questions")):
        run = footnote(*command, *more)
        assert (run.code, run.out, said in run.err) == (2, "", True)
    assert not Path("votes.jsonl").exists()
