"""What stands in a text, however it is typed."""

import pytest

from eval.wording import holds, is_negated, is_verbatim, markers, numbers, quotations


@pytest.mark.parametrize("marked", ["[1, 2]", "[1][2]", "[1-2]", "[1–2]", "[1; 2]", "[1] [2]"])
def test_markers_are_read_in_any_spelling(marked: str) -> None:
    text, found = markers(f"Reeds hum {marked}. Tides turn.")
    assert text == "Reeds hum. Tides turn."
    assert found == [(1, 9), (2, 9)]


def test_brackets_with_words_are_no_markers() -> None:
    assert markers("The set [a, b] of x[i].") == ("The set [a, b] of x[i].", [])


def test_an_apostrophe_is_no_quotation_mark() -> None:
    assert quotations("It doesn't use the players' own labels because it's new.") == []


@pytest.mark.parametrize("quoted", ["“{}”", '"{}"', "«{}»", "‘{}’"])
def test_quotation_marks_of_any_kind_are_seen(quoted: str) -> None:
    assert quotations(f"They write {quoted.format('the reed hums low')} there.") == ["the reed hums low"]


def test_a_term_in_quotation_marks_is_no_quotation() -> None:
    assert quotations("The “hum test” is new.") == []


@pytest.mark.parametrize(
    ("quote", "is_there"),
    [
        ("the reed’s hum  rose by 4 %,", True),
        ("the reed's hum … in the dry season", True),
        ("the reed's hum fell", False),
        ("The Reed's hum rose", False),
    ],
)
def test_a_quotation_is_verbatim_but_for_typography(quote: str, is_there: bool) -> None:
    assert (
        is_verbatim(quote, "We find that the reed's hum rose by 4 %, mostly in the dry season.") is is_there
    )


def test_numbers_are_equal_however_they_are_written() -> None:
    assert numbers("1,024.50 kPa, 3–5 of 7 reeds, .5 and 2e") == ("1024.5", "3", "5", "7", "0.5", "2")
    assert numbers("10⁵ Pa") == numbers("10^5 Pa") != numbers("105 Pa")


@pytest.mark.parametrize(
    ("text", "fact", "is_held"),
    [
        ("a model of 13B parameters", "13", True),
        ("a model of 130 parameters", "13", False),
        ("a gain of 2.13", "13", False),
        ("a gain of 13.5", "13", False),
        ("It gains 40 percent.", "40%", True),
        ("It gains 40 per cent.", "40 %", True),
        ("12,288 GPUs", "12288", True),
        ("The gradients vanish.", "gradient", True),
        ("An education.", "cat", False),
        ("LOW–RANK updates", "low-rank", True),
    ],
)
def test_a_fact_is_held_as_a_reader_would_find_it(text: str, fact: str, is_held: bool) -> None:
    assert holds(text, fact) is is_held


def test_a_no_is_heard() -> None:
    assert is_negated("The hum doesn’t rise.")
    assert is_negated("It rose without wind.")
    assert not is_negated("Notable knots are noted.")
