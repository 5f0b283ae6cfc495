"""What asking leaves behind: it survives, goes on, and is nobody else's."""

import json
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval.questions import read_questions
from rag import Activity, Answer, Assistant, Library, answer_from_json, answer_json, feedback_questions
from rag.activity import FILE_NAME
from rag.errors import FootnoteError, InputError, LibraryError
from rag.export.passport import passport
from rag.settings import Settings
from rag.store.locking import writer_lock
from rag.testing import ScriptedChatModel, hash_library, invented_papers, write_jsonl

PAPERS = invented_papers(30)

# Keeps answers until it is killed, and says which is kept.
KEEPER = """
import sys
from rag import Activity, Assistant
from rag.testing import hash_library
library = hash_library(sys.argv[1])
answer = Assistant(library).ask(sys.argv[2])
conversation = ""
while True:
    conversation, turn = Activity(library).keep("ann", answer, conversation)
    print(turn, flush=True)
"""


@pytest.fixture
def library() -> Library:
    made = hash_library("lib")
    made.ingest(write_jsonl("papers.jsonl", PAPERS))
    return made


@pytest.fixture
def activity(library: Library) -> Activity:
    return Activity(library)


def asked(library: Library, n: int = 3, **arguments: Any) -> Answer:
    return Assistant(library).ask(PAPERS[n].title, **arguments)


def through_json(answer: Answer) -> Answer:
    return answer_from_json(json.loads(json.dumps(answer_json(answer))))


# An answer made again


def test_an_answer_is_made_again_from_its_json(library: Library) -> None:
    answer = asked(library, year=(1990, None), author="Ann", force=True)
    again = through_json(answer)
    assert again.text == answer.text
    assert (again.hits, again.citations, again.filters) == (answer.hits, answer.citations, answer.filters)
    assert answer_json(again) == answer_json(answer)
    assert again.to_markdown() == answer.to_markdown()
    assert again.to_bibtex() == answer.to_bibtex()


def test_a_models_answer_and_an_abstention_are_made_again(library: Library) -> None:
    model = ScriptedChatModel("It says so [nobody]. It does not\n\nsay so.")
    written = Assistant(library, llm=model).ask(PAPERS[3].title, force=True)
    assert through_json(written) == written
    refused = asked(library, year=1800)
    assert refused.abstained
    assert through_json(refused) == refused


def test_the_passport_of_an_answer_made_again_is_the_same(library: Library) -> None:
    answer = asked(library)
    one, other = (passport(each, library, Settings()) for each in (answer, through_json(answer)))
    for made in (one, other):
        del made["time"]
        for sentence in made["sentences"]:
            del sentence["shown"]
    assert one == other


@pytest.mark.parametrize("said", [{}, {"question": "why"}, {"hits": 3}, [], {"sentences": [{}]}])
def test_what_is_no_answer_is_refused(said: Any) -> None:
    with pytest.raises(InputError, match="not the JSON of an answer"):
        answer_from_json(said)


# Conversations


def test_a_conversation_goes_on_after_a_restart(library: Library) -> None:
    conversation, _ = Activity(library).keep("ann", asked(library))
    turns = Activity(hash_library("lib")).turns("ann", conversation)
    chat = Assistant(library).conversation([turn.answer for turn in turns])
    assert PAPERS[3].title.split(":")[0] in chat.ask("What does it measure?", force=True).query


def test_the_conversation_last_added_to_comes_first(activity: Activity, library: Library) -> None:
    first, _ = activity.keep("ann", asked(library, 1))
    second, _ = activity.keep("ann", asked(library, 2))
    assert [each.id for each in activity.conversations("ann")] == [second, first]
    activity.keep("ann", asked(library, 4), first)
    listed = activity.conversations("ann")
    assert [(each.title, each.turns) for each in listed] == [(PAPERS[1].title, 2), (PAPERS[2].title, 1)]


def test_a_conversation_gets_another_name(activity: Activity, library: Library) -> None:
    conversation, _ = activity.keep("ann", asked(library))
    activity.rename("ann", conversation, " On\u202e memory \n")
    assert [each.title for each in activity.conversations("ann")] == ["On memory"]
    with pytest.raises(InputError, match="title is empty"):
        activity.rename("ann", conversation, " \n")


def test_what_is_deleted_is_gone_with_its_feedback(activity: Activity, library: Library) -> None:
    conversation, turn = activity.keep("ann", asked(library))
    activity.rate("ann", turn, "up")
    activity.delete("ann", conversation)
    assert not activity.conversations("ann")
    assert not activity.rated()
    with pytest.raises(InputError, match="no such conversation"):
        activity.turns("ann", conversation)


def test_a_browser_sees_and_changes_only_its_own(activity: Activity, library: Library) -> None:
    conversation, turn = activity.keep("ann", asked(library))
    assert activity.conversations("bob") == []
    for act in (
        lambda: activity.turns("bob", conversation),
        lambda: activity.rename("bob", conversation, "mine"),
        lambda: activity.rate("bob", turn, "down"),
    ):
        with pytest.raises(InputError):
            act()
    activity.delete("bob", conversation)
    assert activity.delete_all("bob") == 0
    other, _ = activity.keep("bob", asked(library, 2), conversation)
    assert other != conversation
    assert [len(activity.turns("ann", conversation)), activity.delete_all("ann")] == [1, 1]


def test_it_is_kept_while_another_process_writes_the_library(activity: Activity, library: Library) -> None:
    answer = asked(library)
    with writer_lock(library.path, "ingesting"), library._store.transaction():
        conversation, _ = activity.keep("ann", answer)
    assert activity.turns("ann", conversation)


def test_many_threads_begin_and_none_is_lost(activity: Activity, library: Library) -> None:
    answer = asked(library)
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda n: activity.keep(f"owner {n}", answer), range(40)))
    assert len({turn for _, turn in kept}) == 40
    assert all(activity.conversations(f"owner {n}")[0].turns == 1 for n in range(40))


def test_a_kill_loses_nothing_that_was_kept(activity: Activity, library: Library) -> None:
    command = [sys.executable, "-c", KEEPER, str(library.path), PAPERS[3].title]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        seen = [process.stdout.readline().strip() for _ in range(5)]
        process.send_signal(signal.SIGKILL)
    (conversation,) = activity.conversations("ann")
    kept = [turn.id for turn in activity.turns("ann", conversation.id)]
    assert kept[:5] == seen


@pytest.mark.parametrize(
    ("made", "said"), [("PRAGMA user_version = 99", "newer Footnote"), ("", "move the file away")]
)
def test_a_file_it_cannot_use_is_told_in_one_line(library: Library, made: str, said: str) -> None:
    path = library.path / FILE_NAME
    if made:
        db = sqlite3.connect(path)
        db.execute(made)
        db.close()
    else:
        path.write_bytes(b"no database at all" * 100)
    with pytest.raises(LibraryError, match=said) as raised:
        Activity(library).conversations("ann")
    assert "\n" not in str(raised.value)


def test_an_answer_that_cannot_be_read_any_more_hides_no_other(activity: Activity, library: Library) -> None:
    conversation, old = activity.keep("ann", asked(library, 3))
    _, new = activity.keep("ann", asked(library, 4), conversation)
    for turn in (old, new):
        activity.rate("ann", turn, "up")
    with closing(sqlite3.connect(library.path / FILE_NAME)) as db, db:
        db.execute("UPDATE turns SET answer = '{}' WHERE id = ?", [old])
    turns, feedback = activity.turns("ann", conversation), feedback_questions(library)
    assert ([turn.id for turn in turns], turns.unreadable) == ([new], 1)
    assert ([question["id"] for question in feedback.questions], feedback.unreadable) == (
        [f"feedback-{new}"],
        1,
    )


# Feedback


def test_an_answer_that_was_liked_is_a_question_with_known_golds(
    activity: Activity, library: Library
) -> None:
    answer = asked(library)
    _, turn = activity.keep("ann", answer)
    activity.rate("ann", turn, "up", "spot on")
    (question,) = feedback_questions(library).questions
    cited = [citation.paper.paper_id for citation in answer.citations]
    assert (question["question"], question["gold_ids"]) == (answer.query, cited)
    for quote in question["gold_quotes"]:
        assert quote["quote"] in library.paper(quote["id"]).abstract
    Path("questions.jsonl").write_text(json.dumps(question), encoding="utf-8")
    (read,) = read_questions(Path("questions.jsonl"))
    assert read.answerable
    assert read.gold_ids == tuple(cited)


def test_a_refusal_that_was_liked_is_a_question_without_an_answer(
    activity: Activity, library: Library
) -> None:
    _, turn = activity.keep("ann", asked(library, year=1800))
    activity.rate("ann", turn, "up")
    (question,) = feedback_questions(library).questions
    assert (question["type"], question["gold_ids"]) == ("unanswerable", [])


def test_an_answer_that_was_disliked_waits_for_a_person(activity: Activity, library: Library) -> None:
    _, turn = activity.keep("ann", asked(library))
    activity.rate("ann", turn, "down", "cites the wrong paper")
    feedback = feedback_questions(library)
    assert feedback.questions == ()
    (unfinished,) = feedback.to_complete
    assert (unfinished["note"], unfinished["gold_ids"]) == ("cites the wrong paper", [])
    assert unfinished["wrong_answer"]


def test_a_note_without_a_vote_waits_for_a_person_unless_the_same_was_voted_on(
    activity: Activity, library: Library
) -> None:
    first, other = (activity.keep("ann", asked(library, n))[1] for n in (3, 4))
    activity.rate("ann", first, "up")
    activity.rate("ann", other, "", "is that all?")
    activity.rate("bob", activity.keep("bob", asked(library))[1], "", "hm")
    feedback = feedback_questions(library)
    assert [question["id"] for question in feedback.questions] == [f"feedback-{first}"]
    (noted,) = feedback.to_complete
    assert (noted["note"], bool(noted["noted_answer"])) == ("is that all?", True)


def test_the_last_vote_on_a_question_counts_and_may_be_taken_back(
    activity: Activity, library: Library
) -> None:
    first, second = (activity.keep("ann", asked(library))[1] for _ in range(2))
    activity.rate("ann", first, "up")
    activity.rate("ann", second, "down")
    assert [q["id"] for q in feedback_questions(library).to_complete] == [f"feedback-{second}"]
    activity.rate("ann", second, "")
    assert [q["id"] for q in feedback_questions(library).questions] == [f"feedback-{first}"]


def test_the_same_question_under_another_filter_is_another(activity: Activity, library: Library) -> None:
    for filters in ({}, {"year": 1800}):
        activity.rate("ann", activity.keep("ann", asked(library, **filters))[1], "up")
    assert [bool(q["gold_ids"]) for q in feedback_questions(library).questions] == [True, False]


def test_an_answer_that_cannot_be_rated_says_so(activity: Activity) -> None:
    with pytest.raises(FootnoteError, match="not in the history"):
        activity.rate("ann", "gone", "up")


def test_text_that_no_file_can_hold_is_kept_all_the_same(activity: Activity, library: Library) -> None:
    answer = replace(asked(library), question="why\ud800 \x00 not")
    conversation, turn = activity.keep("ann", answer)
    activity.rate("ann", turn, "down", "bad\ud800")
    assert activity.turns("ann", conversation)[0].vote == "down"


def test_an_id_that_is_no_text_is_nobodys(activity: Activity) -> None:
    with pytest.raises(InputError, match="not in the history"):
        activity.conversations("\ud800")
