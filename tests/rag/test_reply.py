"""What a model writes is shown with footnote numbers, never with its keys, however it comes in pieces."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.citations import Draft
from rag.models.reply import ReplyReader
from rag.prompts import REFUSAL

KEYS = {"kvq1": "doi:10.1/a", "kvq2": "doi:10.1/b", "kvq3": "doi:10.1/c"}
A, B, C = KEYS.values()


def read(reply: str, piece: int = 10_000) -> tuple[str, list[Draft]]:
    reader = ReplyReader(KEYS)
    shown = [reader.feed(reply[at : at + piece]) for at in range(0, len(reply), piece)]
    return "".join([*shown, reader.close()]), reader.drafts()


@pytest.mark.parametrize(
    ("reply", "shown", "cited"),
    [
        ("Yaks sing loudly [kvq2].", "Yaks sing loudly [1].", [(B,)]),
        ("Yaks sing loudly. [kvq2] Zebras listen.", "Yaks sing loudly. [1] Zebras listen.", [(B,), ()]),
        ("Both sing [kvq1, kvq2].", "Both sing [1][2].", [(A, B)]),
        ("Both sing [kvq2; kvq1].", "Both sing [1][2].", [(B, A)]),
        ("Both sing [kvq1][kvq2].", "Both sing [1][2].", [(A, B)]),
        ("Both sing [kvq1 and kvq2].", "Both sing [1][2].", [(A, B)]),
        ("All of them sing [kvq1-kvq3].", "All of them sing [1][2][3].", [(A, B, C)]),
        ("All of them sing [kvq1–3].", "All of them sing [1][2][3].", [(A, B, C)]),
        ("Yaks sing loudly【kvq2】.", "Yaks sing loudly[1].", [(B,)]),
        ("Yaks sing loudly [Source kvq2].", "Yaks sing loudly [1].", [(B,)]),
        ("Yaks sing loudly [^kvq2] \ud800.", "Yaks sing loudly [1] .", [(B,)]),
        ("Yaks sing loudly [KVQ2].", "Yaks sing loudly [1].", [(B,)]),
        ("Yaks sing at 5 Hz.[kvq1]\n\n- Zebras do not [kvq2]", None, [(A,), (B,)]),
    ],
)
def test_markers_in_any_of_their_forms_become_numbers(
    reply: str, shown: str | None, cited: list[tuple[str, ...]]
) -> None:
    text, drafts = read(reply)
    assert shown is None or text == shown
    assert [draft.paper_ids for draft in drafts] == cited


@pytest.mark.parametrize(
    "marker", ["[kvq9]", "[7]", "【3†source】", "[@zhao2024]", "[source 2]", "[kvq0]", "[1-4]"]
)
def test_a_marker_that_means_no_source_is_not_shown_and_is_known_of(marker: str) -> None:
    text, [first, second] = read(f"Yaks sing loudly {marker}. Zebras listen [kvq1].")
    assert text == "Yaks sing loudly. Zebras listen [1]."
    assert first.unknown
    assert not second.unknown


@pytest.mark.parametrize(
    "prose",
    [
        "Scores lie in [0, 1] always.",
        "The call `x[1]` fails, and so does weights[2] here.",
        "See [the page](https://example.org/a) for more.",
        "An open bracket [ stays where it is",
        "It is known [sic] to them.",
        "Version [v2] and option [a1] are theirs.",
        "Values in the interval [1, 5] freeze layers [6-12] alone.",
        "```\nfor i in rows[1]\n```",
    ],
)
def test_brackets_that_are_no_markers_stay_as_they_are(prose: str) -> None:
    text, drafts = read(prose)
    assert text == prose
    assert not any(draft.unknown or draft.paper_ids for draft in drafts)


def test_a_marker_may_be_the_subject_of_its_sentence() -> None:
    _, drafts = read("[kvq1] says that yaks sing. [kvq2] and [kvq3] say that zebras listen.")
    assert [(draft.shown, draft.paper_ids) for draft in drafts] == [
        ("[1] says that yaks sing.", (A,)),
        ("[2] and [3] say that zebras listen.", (B, C)),
    ]


def test_a_marker_after_an_abbreviation_ends_no_sentence() -> None:
    _, [draft] = read("Zhao et al. [kvq1] show that yaks sing loudly.")
    assert draft.text == "Zhao et al. show that yaks sing loudly."


def test_a_key_in_the_prose_or_in_code_is_never_shown() -> None:
    text, [draft] = read("As kvq2 shows, `kvq1` and `a[kvq3]` differ in this respect.")
    assert "kvq" not in text
    assert draft.bare
    assert draft.paper_ids == (B, A, C)


def test_sentences_are_without_markers_and_list_signs() -> None:
    _, drafts = read("1. Yaks sing [kvq1] and dance [kvq2].\n2. **Zebras** do neither.")
    assert [draft.text for draft in drafts] == ["Yaks sing and dance.", "**Zebras** do neither."]
    assert [draft.shown for draft in drafts] == [
        "1. Yaks sing [1] and dance [2].",
        "2. **Zebras** do neither.",
    ]
    assert [draft.markers for draft in drafts] == [2, 0]


@pytest.mark.parametrize(
    "reply",
    [
        'QUOTES\n[kvq1] "they sing"\n[kvq2] "they listen"\nANSWER\nYaks sing [kvq1].',
        '**QUOTES**\n\n[kvq1] "they sing"\n\n**ANSWER**\n\nYaks sing [kvq1].',
        "QUOTES:\nNone.\nANSWER: Yaks sing [kvq1].",
        "<think>\nDo they [kvq2]? QUOTES\nANSWER\n</think>\n\nANSWER\nYaks sing [kvq1].",
        "<thinking>\nDo they?\n</thinking>Yaks sing [kvq1].",
        "Okay, they sing [kvq2], so.\n</think>\n\nANSWER\nYaks sing [kvq1].",
        'Based on the sources:\n\nQUOTES\n[kvq1] "they sing"\nANSWER\nYaks sing [kvq1].',
        'QUOTES\n[kvq1] "they sing"\n- "they’re heard" [kvq2]\n\nYaks sing [kvq1].',
        "ANSWER\nYaks sing [kvq1].",
        "Yaks sing [kvq1].",
    ],
)
def test_thoughts_and_quotes_that_come_first_are_not_shown(reply: str) -> None:
    text, [draft] = read(reply)
    assert text == "Yaks sing [1]."
    assert draft.paper_ids == (A,)


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        ("**Answer:** Yaks sing [kvq1].", "Yaks sing [1]."),
        ("**ANSWER**:\n\nYaks sing [kvq1].", "Yaks sing [1]."),
        ("ANSWER\n**Yaks** sing [kvq1].", "**Yaks** sing [1]."),
        ("## ANSWER\n* Yaks sing [kvq1].", "* Yaks sing [1]."),
        ("ANSWER:", ""),
    ],
)
@pytest.mark.parametrize("piece", [1, 2, 1_000])
def test_a_heading_takes_its_own_marks_along_and_no_others(reply: str, shown: str, piece: int) -> None:
    assert read(reply, piece)[0] == shown


@pytest.mark.parametrize("reply", ["<think>Okay, the user asks [kvq1]", "Okay. They sing [kvq1].\n</think>"])
def test_thoughts_alone_are_no_answer(reply: str) -> None:
    assert read(reply) == ("", [])


def test_thoughts_that_were_shown_before_they_were_known_are_no_part_of_the_answer() -> None:
    reader = ReplyReader(KEYS)
    thought = reader.feed(
        "Okay, the user wants to know whether yaks sing. It is their song [kvq2] that is told of. So"
    )
    rest = reader.feed("\n</think>\n\nYaks sing [kvq1].") + reader.close()
    assert thought.startswith("Okay")
    assert rest.endswith("\n\nYaks sing [1].")
    assert [draft.shown for draft in reader.drafts()] == ["Yaks sing [1]."]
    assert reader.has_shown_thoughts


def test_prose_may_name_the_mark_that_ends_thoughts() -> None:
    prose = "The model writes `</think>` or </think> before it answers [1]."
    assert read(prose.replace("[1]", "[kvq1]"), piece=1)[0] == prose


def test_a_reply_that_ends_before_its_answer_shows_the_quotes_it_has() -> None:
    text, [draft] = read('QUOTES\n[kvq1] "they sing all day"')
    assert text == '[1] "they sing all day"'
    assert draft.paper_ids == (A,)


@pytest.mark.parametrize(
    "reply", [REFUSAL, f"QUOTES\nANSWER\n{REFUSAL}\n", f"**{REFUSAL}**", f"{REFUSAL} [kvq1]"]
)
@pytest.mark.parametrize("piece", [1, 1_000])
def test_the_refusal_is_known_and_nothing_of_it_is_shown(reply: str, piece: int) -> None:
    reader = ReplyReader(KEYS)
    shown = [reader.feed(reply[at : at + piece]) for at in range(0, len(reply), piece)]
    assert "".join([*shown, reader.close()]) == ""
    assert reader.refused


def test_a_reply_that_only_begins_like_the_refusal_is_an_answer() -> None:
    text, _ = read("The abstracts do not tell apart yaks and zebras [kvq1].", piece=1)
    assert text == "The abstracts do not tell apart yaks and zebras [1]."


def test_signs_that_steer_a_terminal_or_turn_text_round_are_not_shown() -> None:
    text, _ = read("Yaks \x1b[31msing\u202e loudly\u200b\x00 [kvq1].")
    assert text == "Yaks [31msing loudly [1]."


@pytest.mark.parametrize(
    "reply",
    [
        "I'm sorry, but I cannot answer this question based on the provided abstracts.",
        "The provided abstracts do not contain information about the price of yaks.",
        "Unfortunately, the sources do not say. They focus on the songs of yaks.",
        "The sources discuss yaks but do not state what they cost.",
        "It is not possible to determine this from the context. Please provide more.",
        "The abstracts do not give any information on prices [kvq1][kvq2].",
    ],
)
@pytest.mark.parametrize("piece", [1, 1_000])
def test_an_apology_is_a_refusal_and_nothing_of_it_is_shown(reply: str, piece: int) -> None:
    reader = ReplyReader(KEYS)
    shown = [reader.feed(reply[at : at + piece]) for at in range(0, len(reply), piece)]
    assert "".join([*shown, reader.close()]) == ""
    assert reader.refused


@pytest.mark.parametrize(
    "reply",
    [
        "Yaks do not sing in winter [kvq1].",
        "The papers do not report a loss of fur [kvq1].",
        "The abstracts do not tell the price, but yaks sing at 5 Hz [kvq1].",
        "The abstracts do not mention prices. Yaks sing at 5 Hz.",
        "We cannot say that yaks are worse: both sing at 5 Hz.",
    ],
)
def test_an_answer_that_holds_a_not_is_an_answer(reply: str) -> None:
    reader = ReplyReader(KEYS)
    assert reader.feed(reply) + reader.close()
    assert not reader.refused


def test_headings_and_fences_are_shown_with_the_sentence_they_belong_to() -> None:
    head = "## Songs\n\n**In short**\nYaks sing [kvq1].\n```\nZebras listen well.\n```\n"
    reply = f"{head}## Yaks grew by 5 % [kvq2]\n---"
    text, drafts = read(reply)
    assert [(draft.text, draft.paper_ids) for draft in drafts] == [
        ("Yaks sing.", (A,)), ("Zebras listen well.", ()), ("Yaks grew by 5 %", (B,)),
    ]  # fmt: skip
    assert "".join(f"{draft.shown}{draft.after}" for draft in drafts) == text


def test_a_reply_cut_anywhere_shows_no_half_of_a_marker() -> None:
    reply = "Yaks sing [kvq1, kvq2]. Zebras [Source kvq3] and kvq2 listen 【3†source】."
    for end in range(len(reply)):
        text, _ = read(reply[:end])
        assert not re.search(r"[\[【](?![123]\])|kvq", text), reply[:end]
    assert read(reply[:16])[1][0].paper_ids == (A,)


_MARKS = "kvq1|[kvq1]|[kvq2, |kvq3]|[kvq1-3]|[9]|[|]|【| |\n|. |Yaks sing|`|-|1. |é"
_SUBJECTS = "[kvq1] says |. so "
_HEADS = 'ANSWER\n|QUOTES\n|ANSWER|:|**|* |[kvq1] "it sings"|<think>|</think>|The abstracts do not| tell.'
PIECES = [*_MARKS.split("|"), *_SUBJECTS.split("|"), *_HEADS.split("|")]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.integers(1, 7))
def test_a_reply_in_pieces_is_the_reply_as_a_whole(reply: str, piece: int) -> None:
    text, drafts = read(reply, piece)
    assert (text, drafts) == read(reply)
    assert "kvq" not in text.casefold()


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_the_sentences_together_are_what_was_shown(reply: str) -> None:
    text, drafts = read(reply)
    if text:
        together = "".join(f"{draft.shown}{draft.after}" for draft in drafts)
        assert text.strip().endswith(together.strip())  # thoughts may have been shown before


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_every_place_of_a_marker_holds_its_numbers(reply: str) -> None:
    for draft in read(reply)[1]:
        for start, end in draft.marks:
            assert re.fullmatch(r"(\[[1-3]\])+", draft.shown[start:end])


def test_ten_thousand_markers_are_read_at_once() -> None:
    text, [draft] = read("Yaks sing" + " [kvq1]" * 10_000 + ".")
    assert text.count("[1]") == draft.markers == 10_000
