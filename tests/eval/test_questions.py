"""Question files as they are written."""

import json
from pathlib import Path

import pytest

from eval.questions import Nugget, Question, Quote, read_questions
from rag import FootnoteError


def read(*lines: dict[str, object]) -> list[Question]:
    Path("q.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return read_questions(Path("q.jsonl"))


def test_plain_facts_and_rich_ones_are_both_read() -> None:
    plain = {"nuggets": ["hums at 4 kPa"], "must_contain": ["4 kPa"]}
    rich = {
        "nuggets": [{"text": "hums at 4 kPa", "aliases": ["4000 Pa"], "importance": "okay"}],
        "must_contain": [["4 kPa", "4000 Pa"]],
    }
    one, two = read(
        {"id": "a", "question": "When?", "gold_ids": ["doi:1"], **plain},
        {"id": "b", "question": "When?", "gold_ids": ["doi:1"], **rich},
    )
    assert (one.nuggets, one.must_contain) == ((Nugget("hums at 4 kPa"),), (("4 kPa",),))
    assert two.nuggets == (Nugget("hums at 4 kPa", ("4000 Pa",), vital=False),)
    assert two.must_contain == (("4 kPa", "4000 Pa"),)


def test_gold_quotes_name_their_paper() -> None:
    gold = {"id": "Of Reeds", "quote": "They hum."}
    [question] = read({"id": "a", "question": "?", "gold_ids": ["Of Reeds"], "gold_quotes": [gold]})
    assert question.gold_quotes == (Quote("Of Reeds", "They hum."),)


def test_what_has_no_golds_or_says_so_is_unanswerable() -> None:
    ways: list[dict[str, object]] = [
        {"gold_ids": []},
        {"type": "unanswerable"},
        {"gold_ids": ["x"]},
        {"type": "single", "gold_ids": ["x"]},
    ]
    read_back = read(*({"id": str(n), "question": "?", **way} for n, way in enumerate(ways)))
    assert [question.answerable for question in read_back] == [False, False, True, True]


def test_a_type_counts_however_it_is_capitalised() -> None:
    [question] = read({"id": "a", "question": "Who hums?", "type": "Unanswerable", "gold_ids": []})
    assert (question.type, question.answerable) == ("unanswerable", False)


def test_pubmedqa_is_read_under_its_own_names() -> None:
    [question] = read({"_id": "q1", "question": "Do they?", "gold_doc": "21", "final_decision": "Maybe"})
    assert (question.gold_ids, question.label, question.answerable) == (("beir:21",), "maybe", True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"nuggets": [3]},
        {"nuggets": "one"},
        {"must_contain": [[]]},
        {"must_contain": [["a", 1]]},
        {"gold_quotes": [{"id": "x"}]},
        {"label": "perhaps"},
        {"nuggets": [{"text": "it hums", "aliases": [""]}]},
        {"nuggets": [{"text": "it hums", "aliases": [4]}]},
    ],
)
def test_what_cannot_be_understood_is_named_by_its_line(wrong: dict[str, object]) -> None:
    with pytest.raises(FootnoteError, match=r"q\.jsonl:1: "):
        read({"id": "a", "question": "?", "gold_ids": [], **wrong})
