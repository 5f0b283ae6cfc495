"""What a reader sees of a turn: the sentences with their markers and verdicts, and the evidence."""

from dataclasses import replace

from lxml import html

from rag import Hits, Sentence
from tests.ui.answers import OTHER, PAPER, QUOTE, abstained, answer, evidence, hit
from ui.render import turn_html, turns_html
from ui.turns import Turn


def shown(turn: Turn, *, is_live: bool = False) -> html.HtmlElement:
    return html.fragment_fromstring(turn_html(turn, is_live=is_live).strip())


def text(element: html.HtmlElement, name: str) -> str:
    """What all parts of a class say."""
    return " ".join(" ".join(part.text_content().split()) for part in element.find_class(name))


def test_a_marker_leads_to_its_source_and_to_the_words_quoted() -> None:
    article = shown(Turn("Why?", 3, answer=answer()))
    (marker,) = article.find_class("fn-marker")
    assert article.get_element_by_id(marker.get("href")[1:]).find_class("fn-title")[0].text == PAPER.title
    assert article.get_element_by_id(marker.get("data-words")).text == QUOTE


def test_words_quoted_twice_or_that_overlap_are_marked_once() -> None:
    twice = answer(
        citations=(
            replace(answer().citations[0], evidence=(evidence(), evidence(quote="falls by 65 percent. Q"))),
        )
    )
    (mark,) = shown(Turn("Why?", answer=twice)).findall(".//mark")
    assert mark.text == f"{QUOTE} Q"


def test_only_a_sentences_own_numbers_are_markers() -> None:
    shows = "As in [7] and [1] it falls [1]."
    said = Sentence("As in [7] and [1] it falls", "supported", "", (1,), shown=shows, marks=((27, 30),))
    article = shown(Turn("Why?", answer=answer(sentences=(said,))))
    assert text(article, "fn-marker") == "1"
    assert "As in [7] and [1] it falls" in text(article, "fn-sentence")


def test_a_sentence_that_is_not_borne_out_is_named_so_and_tells_why() -> None:
    bad = Sentence("It always helps.", "unsupported", "no source says “always”", (1,))
    article = shown(Turn("Why?", answer=answer(sentences=(bad,))))
    (tag,) = article.find_class("fn-tag")
    assert tag.text == "unsupported"
    assert article.get_element_by_id(tag.get("aria-describedby")).text == "No source says “always”."
    assert "1 of them not borne out" in text(article, "fn-status")


def test_papers_cited_come_first_and_the_others_are_folded() -> None:
    article = shown(Turn("Why?", answer=answer()))
    assert text(article, "fn-sources").startswith(
        f"1 {PAPER.title} Jiawei Zhao, Beidi Chen · 2024 · ICML · arxiv.org"
    )
    assert text(article, "fn-others").startswith(f"Retrieved but not cited (1) {OTHER.title}")
    assert "Score0.80Meaning0.70Words0.40" in text(article, "fn-scores")


def test_while_it_is_written_the_text_has_its_markers_and_the_papers_found_stand_beside_it() -> None:
    busy = Turn("Why?", among=536, is_busy=True)
    assert text(shown(busy, is_live=True), "fn-status") == "Searching 536 papers"
    reading = replace(busy, found=Hits([hit(PAPER), hit(OTHER)]))
    assert text(shown(reading), "fn-status") == "Reading 2"
    writing = shown(replace(reading, text="It falls [1]\nand rises"))
    assert text(writing, "fn-status") == "Writing"
    assert text(writing, "fn-marker") == "1"
    assert len(writing.findall(".//p[@dir='auto']/span[@class='fn-sentence']")) == 2
    assert OTHER.title in text(writing, "fn-evidence")


def test_an_answer_that_was_stopped_says_that_it_was_not_checked() -> None:
    article = shown(Turn("Why?", text="It falls", found=Hits([hit(PAPER)])))
    assert text(article, "fn-status") == "Stopped: what came before was not checked"
    assert PAPER.title in text(article, "fn-evidence")


def test_no_answer_tells_why_what_to_open_and_offers_to_answer_anyway() -> None:
    article = shown(Turn("Why?", 4, answer=abstained()))
    assert "The abstracts do not tell." in text(article, "fn-why")
    assert PAPER.title in text(article, "fn-no")
    assert [button.get("data-force") for button in article.findall(".//button[@data-force]")] == ["4"]
    assert "Nearest papers" in text(article, "fn-evidence")
    assert not article.findall(".//button[@data-take='bibtex']")


def test_a_forced_answer_is_marked_as_such() -> None:
    forced = answer(forced=True, confidence=0.08, notes=("answered because it was asked for",))
    article = shown(Turn("Why?", answer=forced))
    assert "The abstracts seem not to tell (confidence 0.08)" in text(article, "fn-forced")
    assert text(article, "fn-note") == ""


def test_a_failure_is_told_beside_what_came() -> None:
    article = shown(Turn("Why?", answer=answer(), failure="the model died"))
    assert text(article, "fn-failure") == "the model died"
    assert PAPER.title in text(article, "fn-sources")


def test_the_filter_and_the_question_as_it_was_understood_stand_under_the_question() -> None:
    turn = Turn(
        "and then?", filters={"year": (2020, None), "author": ["Zhao", "Hu"]},
        found=Hits(within=12), answer=answer(query="and then? (GaLore)"),
    )  # fmt: skip
    said = text(shown(turn), "fn-aside")
    assert "Understood as: and then? (GaLore)" in said
    assert "Kept to year 2020– and author Zhao or Hu (12 papers)" in said


def test_only_the_turn_that_is_written_speaks_to_screen_readers() -> None:
    assert shown(Turn("Why?", is_busy=True), is_live=True).findall(".//p[@role='status']")
    assert not html.fragment_fromstring(turns_html([Turn("Why?", answer=answer())])).findall(
        ".//p[@role='status']"
    )


def test_only_an_answer_that_is_in_the_history_can_be_rated() -> None:
    turn = Turn("Why?", 1, answer=answer())
    assert html.fragment_fromstring(turn_html(turn)).findall(".//form[@data-rate]")
    assert not html.fragment_fromstring(turn_html(turn, can_rate=False)).findall(".//form[@data-rate]")


def test_ids_of_different_turns_never_meet() -> None:
    pages = html.fragments_fromstring(turns_html([Turn("Why?", n, answer=answer()) for n in (1, 2)]))
    ids = [element.get("id") for page in pages for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
