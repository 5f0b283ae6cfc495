"""Abstracts fall into sentences and windows that lose no word."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rag import Paper
from rag.chunking import chunks, sentences

PIECES = st.sampled_from(
    [
        "We test it. ",
        "e.g. ",
        "et al. 2019 ",
        "It gains 3.5% at no cost! ",
        "Why? ",
        "(See Fig. 3.) ",
        "lower case . ",
        "Dr. A. Smith ",
        "\n",
        "naïve “quotes.” ",
        "x" * 40,
        " ",
        "1. First ",
        "long " * 90,
    ]
)


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@given(st.lists(PIECES, max_size=30).map("".join))
def test_sentences_hold_every_word_in_order(text: str) -> None:
    spans = sentences(text)
    assert "".join("".join(text[s:e].split()) for s, e in spans) == "".join(text.split())
    assert all(start < end for start, end in spans)
    assert all(end <= after for (_, end), (after, _) in pairwise(spans))


def test_sentences_end_where_a_reader_would_end_them() -> None:
    text = (
        "Smith et al. (2019) gain 3.5 points, e.g. on GLUE. Is that much? "
        "“We think so.” A larger test by Dr. B. Jones agrees (Fig. 2). It took 4 hours."
    )
    assert split(text) == [
        "Smith et al. (2019) gain 3.5 points, e.g. on GLUE.",
        "Is that much? “We think so.”",
        "A larger test by Dr. B. Jones agrees (Fig. 2).",
        "It took 4 hours.",
    ]


def test_lower_case_collections_are_split_at_full_stops_that_stand_apart() -> None:
    assert split("the first result is given here . the second result is given there .") == [
        "the first result is given here .",
        "the second result is given there .",
    ]


def test_text_without_full_stops_is_cut_at_spaces() -> None:
    pieces = split("word " * 1_000)
    assert max(map(len, pieces)) <= 1_000
    assert set(" ".join(pieces).split()) == {"word"}


def test_chunks_are_the_whole_abstract_and_overlapping_windows() -> None:
    abstract = " ".join(f"This is sentence number {n} of the abstract." for n in range(6))
    found = chunks(Paper("T", abstract, identifiers={"doi": "10.1/x"}))
    assert [chunk.chunk_id for chunk in found] == [
        "doi:10.1/x#0",
        "doi:10.1/x#1",
        "doi:10.1/x#2",
        "doi:10.1/x#3",
    ]
    assert all(abstract[chunk.start : chunk.end] == chunk.text for chunk in found)
    assert found[0].text == abstract
    assert found[1].text.endswith("number 2 of the abstract.")
    assert found[2].text.startswith("This is sentence number 2")
    assert found[3].end == len(abstract)


def test_short_abstracts_have_one_chunk_and_missing_ones_none() -> None:
    assert [chunk.position for chunk in chunks(Paper("T", "One sentence. Two of them."))] == [0]
    assert chunks(Paper("T", "")) == []
