"""Nothing of a paper, a model or a person has an effect on the page; all of it is shown as text."""

import re
from dataclasses import replace

import pytest
from lxml import html

from rag import Hits, Paper
from tests.ui.answers import ABSTRACT, OTHER, PAPER, abstained, answer, hit
from tests.ui.payloads import PAYLOADS, URLS
from ui.markup import LONGEST, plain
from ui.render import turn_html
from ui.turns import Turn

TAGS = set(
    "article div h2 h3 p span strong a button aside ol ul li mark bdi details summary dl dt dd form "
    "input".split()
)
ATTRIBUTES = set(
    "class id role dir tabindex href target rel type data-cites data-words data-lights data-take data-turn "
    "data-force aria-label aria-labelledby aria-describedby aria-pressed aria-busy aria-hidden data-rate "
    "data-vote name placeholder maxlength value hidden".split()
)


def page(turn: Turn) -> html.HtmlElement:
    """The article, after a look at every tag, attribute and link of it."""
    (article,) = html.fragments_fromstring(turn_html(turn).strip())
    for element in article.iter():
        assert element.tag in TAGS
        assert set(element.attrib) <= ATTRIBUTES
        assert element.tag != "form" or element.get("class") == "fn-feedback"
        if element.get("href"):
            assert re.match(r"https?://|#t\d", element.get("href"))
    return article


def seen(text: str) -> str:
    """As it may be shown: without what no page shows, spaces aside."""
    return " ".join(plain(text).split())


def as_read(text: str) -> str:
    """Spaces aside, and a number in brackets without them: while a text is written, it is a marker."""
    return re.sub(r"\[(\d{1,3})\]", r"\1", seen(text)).replace(" ", "")


def text_of(article: html.HtmlElement) -> str:
    return " ".join(article.text_content().split())


def hostile_paper(payload: str) -> Paper:
    """One whose every field is the payload."""
    return Paper(
        payload, f"{payload} {ABSTRACT} {payload}", (payload, payload), 2024, payload, payload, (payload,)
    )


def test_there_are_enough_payloads() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 60


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_papers_fields_are_text(payload: str) -> None:
    paper = hostile_paper(payload)
    article = page(Turn("Why?", answer=answer(paper=paper, hits=(hit(paper), hit(OTHER, 2)))))
    panel = article.find(".//aside")
    assert " ".join(panel.find(".//mark").text_content().split()) == seen(paper.abstract)
    assert [seen(payload)] == [text_of(title) for title in panel.find_class("fn-title")[:1]]
    assert text_of(panel).count(seen(payload)) >= 5


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_is_found_or_to_be_opened_is_text(payload: str) -> None:
    paper = hostile_paper(payload)
    assert seen(payload) in text_of(page(Turn("Why?", found=Hits([hit(paper)]), is_busy=True)))
    refused = replace(abstained([hit(paper)]), to_open=(paper,), reason=payload)
    assert text_of(page(Turn("Why?", answer=refused))).count(seen(payload)) >= 6


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_a_model_writes_is_text_while_it_comes_and_when_it_is_whole(payload: str) -> None:
    written = text_of(page(Turn("Why?", text=f"So: {payload} .", is_busy=True)))
    assert as_read(payload) in as_read(written)
    sentence = answer(f"So: {payload} .").sentences[0]
    doubted = replace(sentence, verdict="weak", reason=payload)
    whole = answer(sentences=(sentence, doubted), model=payload, notes=(payload,))
    shown = text_of(page(Turn("Why?", answer=whole))).casefold()
    assert shown.count(seen(payload).casefold()) >= 4


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_question_a_filter_and_a_failure_are_text(payload: str) -> None:
    asked = answer(question=payload, query=f"{payload}!")
    turn = Turn(payload, filters={"author": [payload]}, answer=asked, failure=payload)
    article = page(turn)
    assert seen(payload) == text_of(article.find(".//h2"))
    assert text_of(article).lower().count(seen(payload).lower()) >= 4


@pytest.mark.parametrize("url", [*URLS, *PAYLOADS])
def test_only_addresses_of_the_web_become_links(url: str) -> None:
    paper = replace(PAPER, url=url, identifiers={})
    links = page(Turn("Why?", answer=answer(paper=paper))).findall(".//aside//a")
    assert all(re.fullmatch(r"https?://evil\.example/[^\"<>\s]*", link.get("href")) for link in links)
    assert all(link.get("rel") == "noopener noreferrer" for link in links)


def test_overlong_texts_are_cut_and_say_so() -> None:
    long = "x" * 50_000
    paper = Paper(long, long, (long,) * 50, 2024, long, f"https://example.org/{long}")
    sentence = replace(answer().sentences[0], text=long)
    shown = turn_html(Turn(long, answer=answer(paper=paper, sentences=(sentence,)), failure=long))
    assert len(shown) < 6 * LONGEST
    assert shown.count("cut here; it has 50000 characters") >= 5


def test_text_that_reorders_or_hides_other_text_is_taken_out() -> None:
    assert plain("safe\u202eexe.txt\u202c \u2066a\u2069\u200bb\ufeff") == "safeexe.txt ab"
    assert plain("नि\u200dर्णय") == "नि\u200dर्णय"
    assert plain("\ud800") == "\ufffd"
