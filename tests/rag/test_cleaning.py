"""Text is made safe to show and to compare, and questions that are none are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.cleaning import clean, clean_question
from rag.errors import InputError


def test_clean_drops_what_hides_or_reorders_text() -> None:
    assert clean("\ufeffa\u00adb\u202e c\x1b[0m\r\n\td\u2028e\x00") == "ab c [0m d e"
    assert clean("e\u0301") == "é"


@given(st.text(st.characters(), max_size=200))
def test_clean_gives_one_line_that_any_file_can_hold_and_is_stable(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned
    assert len(cleaned.splitlines()) <= 1


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("", "empty"),
        (" \t\n", "empty"),
        ("\u202e\u200f\x07", "empty"),
        ("?!… —", "no letters or digits"),
        ("why " * 12_500, "the limit is 4000"),
    ],
)
def test_questions_that_ask_nothing_are_refused(question: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        clean_question(question)


def test_question_keeps_its_words() -> None:
    assert clean_question("  wie\tgroß\u202e? ") == "wie groß?"
