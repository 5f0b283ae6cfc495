"""A sentence gets the verdict that the abstracts it cites give it, and nothing is repaired."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import Chunk, Evidence, Hit, Paper
from rag.citations import Draft, verify

ABSTRACT = "Zebras sleep standing. Do they dream? They do not. Zebras sleep standing. Nobody has asked them."
ZEBRAS = Paper("On Zebras", ABSTRACT, identifiers={"doi": "10.1/z"})
YAKS = Paper("On Yaks", "Yaks are warm. Yaks sing at 40 Hz.", identifiers={"doi": "10.1/y"})
XERUS = Paper("On the Xerus", "The xerus digs. It naps at noon.", identifiers={"doi": "10.1/x"})
HITS = [
    Hit(rank, 1 / rank, {}, paper, Chunk(paper.paper_id, 0, 0, len(paper.abstract), paper.abstract))
    for rank, paper in enumerate((ZEBRAS, YAKS, XERUS), start=1)
]


def test_exact_words_of_a_cited_abstract_are_supported_and_shown() -> None:
    [sentence], [citation] = verify([Draft("Yaks sing at 40 Hz.", ("doi:10.1/y",))], HITS)
    assert (sentence.verdict, sentence.citations) == ("supported", (1,))
    assert (citation.marker, citation.paper, citation.verdict) == (1, YAKS, "supported")
    assert citation.evidence == (Evidence("doi:10.1/y", "Yaks sing at 40 Hz.", 15, 34),)


@pytest.mark.parametrize(
    "text",
    ["Yaks sing at 41 Hz.", "yaks sing at 40 Hz.", "Yaks  sing at 40 Hz.", "Zebras sleep standing.", ""],
)
def test_other_words_are_unsupported_and_have_no_evidence(text: str) -> None:
    [sentence], [citation] = verify([Draft(text, ("doi:10.1/y",))], HITS)
    assert (sentence.verdict, sentence.citations) == ("unsupported", (1,))
    assert "do not stand in the abstract" in sentence.reason
    assert (citation.verdict, citation.evidence) == ("unsupported", ())


def test_a_sentence_that_cites_nothing_is_uncited_even_if_its_words_stand_somewhere() -> None:
    [sentence], citations = verify([Draft("Yaks are warm.", ())], HITS)
    assert (sentence.verdict, sentence.citations, citations) == ("uncited", (), ())


def test_a_paper_that_was_not_shown_supports_nothing_and_gets_no_number() -> None:
    [sentence], citations = verify([Draft("Yaks are warm.", ("doi:10.1/none",))], HITS)
    assert (sentence.verdict, sentence.citations, citations) == ("unsupported", (), ())
    assert "doi:10.1/none" in sentence.reason


def test_a_paper_that_was_not_shown_spoils_a_sentence_that_is_right_otherwise() -> None:
    [sentence], [citation] = verify([Draft("Yaks are warm.", ("doi:10.1/none", "doi:10.1/y"))], HITS)
    assert (sentence.verdict, sentence.citations) == ("unsupported", (1,))
    assert (citation.paper, citation.verdict) == (YAKS, "supported")


def test_one_of_two_cited_papers_is_enough_and_the_other_is_told_apart() -> None:
    [sentence], citations = verify([Draft("Yaks are warm.", ("doi:10.1/z", "doi:10.1/y"))], HITS)
    assert (sentence.verdict, sentence.citations) == ("supported", (1, 2))
    assert [(c.paper, c.verdict, len(c.evidence)) for c in citations] == [
        (ZEBRAS, "unsupported", 0),
        (YAKS, "supported", 1),
    ]


def test_words_that_stand_twice_in_an_abstract_are_shown_at_their_first_place() -> None:
    _, [citation] = verify([Draft("Zebras sleep standing.", ("doi:10.1/z",))], HITS)
    assert citation.evidence == (Evidence("doi:10.1/z", "Zebras sleep standing.", 0, 22),)


def test_papers_are_numbered_by_first_use_and_gather_their_evidence() -> None:
    drafts = [
        Draft("It naps at noon.", ("doi:10.1/x",)),
        Draft("Do they dream?", ("doi:10.1/z",)),
        Draft("The xerus digs.", ("doi:10.1/x",)),
    ]
    sentences, citations = verify(drafts, HITS)
    assert [sentence.citations for sentence in sentences] == [(1,), (2,), (1,)]
    assert [(citation.marker, citation.paper) for citation in citations] == [(1, XERUS), (2, ZEBRAS)]
    assert [evidence.quote for evidence in citations[0].evidence] == ["It naps at noon.", "The xerus digs."]


def test_a_source_cited_twice_by_one_sentence_is_one_footnote() -> None:
    draft = Draft("Yaks are warm.", ("doi:10.1/y", "doi:10.1/y"))
    [sentence], [citation] = verify([draft], HITS)
    assert sentence.citations == (1,)
    assert len(citation.evidence) == 1


def test_sentences_stay_as_they_were_written() -> None:
    drafts = [Draft("Yaks are cold.", ("doi:10.1/y",)), Draft("So I guess.", ()), Draft("Yaks are warm.", ())]
    sentences, _ = verify(drafts, HITS)
    assert [sentence.text for sentence in sentences] == [draft.text for draft in drafts]


def test_no_sentences_need_no_citations() -> None:
    assert verify([], HITS) == ((), ())


@given(st.integers(0, len(ABSTRACT) - 1), st.integers(1, len(ABSTRACT)), st.sampled_from(["", "!", " x"]))
def test_a_verdict_is_supported_only_with_a_quote_that_can_be_checked(
    start: int, length: int, added: str
) -> None:
    text = ABSTRACT[start : start + length] + added
    [sentence], [citation] = verify([Draft(text, ("doi:10.1/z",))], HITS)
    assert (sentence.verdict == "supported") == (text in ABSTRACT) == bool(citation.evidence)
    for evidence in citation.evidence:
        assert ABSTRACT[evidence.start : evidence.end] == evidence.quote == text
