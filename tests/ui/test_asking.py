"""Questions asked for the page: what comes of them, stopped or not, and what a session keeps apart."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing
from pathlib import Path

import pytest

from rag import Activity, Answer, Assistant, Library, ModelError
from rag.testing import ScriptedChatModel, hash_library, invented_papers, write_jsonl
from ui.asking import AT_ONCE, answered
from ui.keeping import keeper
from ui.turns import Session, Turn

Model = ScriptedChatModel


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("asked")
    made = hash_library(folder / "library")
    made.ingest(write_jsonl(folder / "papers.jsonl", invented_papers(60)))
    yield made
    made.close()


@pytest.fixture(scope="module")
def question(library: Library) -> str:
    """One that an abstract answers."""
    return f"Why {next(library.papers()).abstract.split('.')[0].lower()}?"


def steps(
    assistant: Assistant,
    turn: Turn,
    session: Session | None = None,
    until: Callable[[Turn], bool] | None = None,
    ended: Callable[[Answer], None] | None = None,
    earlier: Sequence[Answer] = (),
) -> list[Turn]:
    """The turn as it grows, up to the first that is as wanted."""
    session = session or Session()

    async def read() -> list[Turn]:
        seen = []
        async with aclosing(
            answered(assistant, session, turn, force=True, earlier=earlier, ended=ended)
        ) as growing:
            async for step in growing:
                seen.append(step)
                if until and until(step):
                    break
        return seen

    return asyncio.run(read())


def test_papers_come_first_then_text_then_the_answer(library: Library, question: str) -> None:
    seen = steps(Assistant(library), Turn(question, 1))
    assert (seen[0].is_busy, seen[0].found, seen[-1].is_busy) == (True, None, False)
    assert seen[-1].found
    assert seen[-1].answer
    assert seen[-1].text == seen[-1].answer.text


def test_a_question_that_cannot_be_used_is_told_in_one_line(library: Library) -> None:
    assert "4000" in steps(Assistant(library), Turn("why " * 2_000, 1))[-1].failure
    assert "empty" in steps(Assistant(library), Turn("  ", 1))[-1].failure


def test_an_empty_library_says_what_to_do(tmp_path: Path) -> None:
    turn = steps(Assistant(hash_library(tmp_path / "empty")), Turn("Why?", 1))[-1]
    assert "footnote ingest" in turn.failure
    assert not turn.is_worth_keeping


def test_a_model_that_breaks_off_leaves_what_it_wrote(library: Library, question: str) -> None:
    model = Model(("Some words that came. ", ModelError("the model died")))
    turn = steps(Assistant(library, llm=model), Turn(question, 1))[-1]
    assert turn.failure == "the model died"
    assert turn.answer
    assert "Some words that came" in turn.answer.text


class Watched(ScriptedChatModel):
    """Writes on and on, and knows when nobody listens any more."""

    is_closed = False

    def stream(self, messages):  # type: ignore[no-untyped-def]
        try:
            while True:
                time.sleep(0.005)  # a model takes its time, too
                yield "on and "
        except GeneratorExit:
            self.is_closed = True
            raise


def test_stopping_keeps_what_came_and_ends_the_models_work(library: Library, question: str) -> None:
    model, session = Watched(), Session()

    def stop(step: Turn) -> bool:
        if step.text and session.stopping:
            session.stopping.set()
        return False

    turn = steps(Assistant(library, llm=model), Turn(question, 1), session, until=stop)[-1]
    assert (turn.is_busy, turn.answer, turn.failure) == (False, None, "")
    assert turn.text.startswith("on and")
    assert eventually(lambda: model.is_closed)


def test_leaving_in_mid_answer_ends_the_models_work(library: Library, question: str) -> None:
    model = Watched()
    steps(Assistant(library, llm=model), Turn(question, 1), until=lambda step: bool(step.text))
    assert eventually(lambda: model.is_closed)


def test_an_answer_that_became_whole_is_kept_once_although_nobody_looks_on(
    library: Library, question: str
) -> None:
    activity, session = Activity(library), Session()
    for number in (1, 2):
        keep = keeper(activity, "browser ann", session, number)
        steps(Assistant(library), Turn(question, number), session, lambda step: bool(step.answer), keep)
        assert eventually(lambda n=number: n in session.kept)  # type: ignore[misc]
    assert [each.turns for each in activity.conversations("browser ann")] == [2]


def test_what_came_of_an_answer_is_kept_with_the_reason_when_the_model_breaks_off(
    library: Library, question: str
) -> None:
    activity, session = Activity(library), Session()
    model = Model(("Some words that came. ", ModelError("the model died")), ModelError("the model died"))
    for number in (1, 2):  # of the second nothing came
        keep = keeper(activity, "browser joe", session, number)
        steps(Assistant(library, llm=model), Turn(question, number), session, ended=keep)
    (kept,) = activity.turns("browser joe", session.conversation)
    assert "Some words that came" in kept.answer.text
    assert kept.answer.notes[-1] == "the model died"


def test_more_questions_than_are_answered_at_once_wait_their_turn_and_can_be_stopped(
    library: Library, question: str
) -> None:
    async def ask() -> Turn:
        assistant = Assistant(library, llm=Watched())
        first = [answered(assistant, Session(), Turn(question, 1), force=True) for _ in range(AT_ONCE)]
        for each in first:
            while not (await anext(each)).text:
                pass
        session = Session()
        waiting = answered(assistant, session, Turn(question, 1), force=True)
        assert not (await anext(waiting)).is_waiting
        assert (await anext(waiting)).is_waiting
        assert session.stopping
        session.stopping.set()
        stopped = await anext(waiting)
        for each in (*first, waiting):
            await each.aclose()
        return stopped

    assert not asyncio.run(ask()).is_busy


def test_an_answer_that_was_stopped_is_not_kept(library: Library, question: str) -> None:
    activity, session, model = Activity(library), Session(), Watched()
    keep = keeper(activity, "browser bob", session, 1)
    steps(Assistant(library, llm=model), Turn(question, 1), session, lambda step: bool(step.text), keep)
    assert eventually(lambda: model.is_closed)
    assert activity.conversations("browser bob") == []


def test_an_answer_that_ends_in_another_conversation_is_kept_in_its_own(
    library: Library, question: str
) -> None:
    activity, session = Activity(library), Session()
    keep = keeper(activity, "browser eve", session, 1)
    session.begin()
    keep(Assistant(library).ask(question))
    assert (session.conversation, session.kept) == ("", {})
    assert len(activity.conversations("browser eve")) == 1


def test_an_answer_that_cannot_be_kept_is_shown_and_says_so(
    library: Library, question: str, tmp_path: Path
) -> None:
    activity = Activity(library)
    activity.path = tmp_path / "gone" / "activity.db"
    keep = keeper(activity, "browser ann", session := Session(), 1)
    turn = steps(Assistant(library), Turn(question, 1), session, ended=keep)[-1]
    assert turn.answer
    assert turn.failure.startswith("The server could not keep this answer: ")
    assert "the history cannot be used" in turn.failure


def eventually(holds: Callable[[], bool]) -> bool:
    async def wait() -> bool:
        for _ in range(200):
            if holds():
                return True
            await asyncio.sleep(0.05)
        return False

    return asyncio.run(wait())


def test_a_follow_up_refers_to_the_turns_before_it_and_to_no_later_one(
    library: Library, question: str
) -> None:
    session = Session()
    first = steps(Assistant(library), Turn(question, 1), session)[-1]
    session.turns = (first,)
    assert first.answer
    about = Turn("and what does it say?", 2)
    follow_up = steps(Assistant(library), about, session, earlier=session.answers(before=2))[-1]
    assert follow_up.answer
    assert follow_up.answer.query.startswith("what does it say? (")
    assert session.answers(before=1) == ()
    assert session.turn("1") == first
    assert session.turn("9") is None
