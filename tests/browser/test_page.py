"""What a reader does with the page, in a real browser, without a model."""

import re
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Visit, Visitor

QUESTION = "By how much does GaLore reduce the memory that optimizer states need?"
UNANSWERABLE = "How many eggs do emperor penguins lay in a breeding season?"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def saved(visitor: Visitor, button: str) -> tuple[str, str]:
    """Name and text of the file that a button hands out."""
    with visitor.page.expect_download() as download:
        visitor.turn.get_by_role("button", name=button).click()
    return download.value.suggested_filename, Path(download.value.path()).read_text(encoding="utf-8")


def test_an_answer_has_its_sources_and_their_quoted_words_beside_it(visit: Visit) -> None:
    turn = visit().ask(QUESTION)
    expect(turn.locator(".fn-answer")).to_contain_text("up to 65.5 percent")
    assert turn.locator(".fn-number").all_inner_texts() == ["1", "2"]
    assert "GaLore" in turn.locator(".fn-source").first.inner_text()
    assert "Memory for optimizer states falls" in turn.locator(".fn-source mark").nth(1).inner_text()
    assert turn.locator(".fn-source a").first.get_attribute("href") == "https://arxiv.org/abs/2403.03507"
    assert "Retrieved but not cited (6)" in turn.inner_text()


def test_a_marker_brings_the_words_that_it_stands_for_into_view(visit: Visit) -> None:
    turn = visit().ask(QUESTION)
    turn.locator("a.fn-marker").last.click()
    words = turn.locator(".fn-source mark").last
    expect(words).to_be_in_viewport()
    expect(words).to_have_class("fn-flash")
    expect(turn.locator(".fn-source").last).to_be_focused()


def test_a_source_marks_the_sentences_that_cite_it_until_it_is_pressed_again(visit: Visit) -> None:
    turn = visit().ask(QUESTION)
    number = turn.get_by_role("button", name="Source 2: mark its sentences")
    number.click()
    assert turn.locator(".fn-lit").count() == turn.locator("[data-cites='2']").count() == 1
    number.click()
    assert turn.locator(".fn-lit").count() == 0


def test_a_filter_says_how_many_papers_it_leaves_and_answers_keep_to_them(visit: Visit) -> None:
    visitor = visit()
    visitor.page.get_by_role("button", name="Filters").click()
    visitor.page.get_by_label("To year").fill("2019")
    expect(visitor.page.get_by_role("button", name="Filters")).to_contain_text("13 of 55 papers")
    turn = visitor.ask("How is memory saved in training?")
    expect(turn).to_contain_text("Kept to year –2019 (13 papers)")
    years = re.findall(r"· (\d{4})", turn.locator(".fn-evidence").inner_text())
    assert years
    assert all(int(year) <= 2019 for year in years)


def test_a_year_that_is_none_is_refused_in_one_line_and_the_question_stays(visit: Visit) -> None:
    visitor = visit()
    visitor.page.get_by_role("button", name="Filters").click()
    visitor.page.get_by_label("From year").fill("last year")
    turn = visitor.ask(QUESTION)
    expect(turn.get_by_role("alert")).to_contain_text("write 2020, 2020:, :2019 or 2018:2020")
    expect(visitor.box).to_have_value(QUESTION)


def test_a_follow_up_is_understood_from_the_turn_before(visit: Visit) -> None:
    visitor = visit()
    visitor.ask("What is an attention sink?")
    turn = visitor.ask("Which models was it tested on?")
    expect(turn).to_contain_text("Understood as: Which models was it tested on? (Efficient Streaming")
    expect(visitor.page.locator(".fn-turn")).to_have_count(2)


def test_an_example_question_comes_from_the_papers_and_is_asked_with_a_click(visit: Visit) -> None:
    visitor = visit()
    example = visitor.page.locator(".fn-example").first
    expect(example).to_have_text("What is GaLore, and what does it achieve?")
    example.click()
    expect(visitor.whole().locator(".fn-source").first).to_contain_text("GaLore")


def test_what_no_abstract_answers_names_the_nearest_papers_and_is_answered_if_that_is_wished(
    visit: Visit,
) -> None:
    visitor = visit()
    turn = visitor.ask(UNANSWERABLE)
    expect(turn).to_contain_text("No answer.")
    assert turn.locator(".fn-evidence .fn-paper").count() == 5
    turn.get_by_role("button", name="Answer anyway").click()
    expect(visitor.box).to_be_focused()
    turn = visitor.whole()
    expect(turn.locator(".fn-forced")).to_be_visible()
    expect(turn.locator(".fn-source").first).to_be_visible()


def test_an_answer_leaves_as_references_of_exactly_what_it_cites(visit: Visit) -> None:
    visitor = visit()
    visitor.ask(QUESTION)
    name, text = saved(visitor, "BibTeX")
    assert name == "answer.bib"
    assert re.findall(r"@\w+\{(\w+)", text) == ["zhao2024galore", "dettmers2023qlora"]
    name, text = saved(visitor, "RIS")
    assert (name, text.count("\nTI  - ")) == ("answer.ris", 2)
    name, text = saved(visitor, "Passport")
    assert (name, QUESTION in text) == ("passport.json", True)


def test_an_answer_is_copied_with_its_citations(visit: Visit) -> None:
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    visitor.ask(QUESTION)
    visitor.turn.get_by_role("button", name="Copy with citations").click()
    expect(visitor.page.get_by_text("Copied")).to_be_visible()
    copied = visitor.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"**{QUESTION}**")
    assert "1. Jiawei Zhao" in copied


def test_the_keyboard_is_enough(visit: Visit) -> None:
    visitor = visit()
    keyboard = visitor.page.keyboard
    expect(visitor.box).to_be_focused()
    keyboard.type(QUESTION)
    keyboard.press("Enter")
    turn = visitor.whole()
    marker = turn.locator("a.fn-marker").last
    for _ in range(40):
        keyboard.press("Shift+Tab")
        if marker.evaluate("element => element === document.activeElement"):
            break
    keyboard.press("Enter")
    expect(turn.locator(".fn-source").last).to_be_focused()
    expect(turn.locator(".fn-source mark").last).to_be_in_viewport()


def test_on_a_phone_the_sources_stand_under_the_answer(visit: Visit) -> None:
    visitor = visit(**PHONE)
    turn = visitor.ask(QUESTION)
    answer, panel = (turn.locator(each).bounding_box() for each in (".fn-said", ".fn-evidence"))
    assert answer
    assert panel
    assert panel["y"] >= answer["y"] + answer["height"]
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    turn.locator("a.fn-marker").last.tap()
    expect(turn.locator(".fn-source mark").last).to_be_in_viewport()


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_no_one_is_shut_out(visit: Visit, color_scheme: str) -> None:
    visitor = visit(color_scheme=color_scheme, reduced_motion="reduce")
    assert visitor.page.locator("body.dark").count() == (color_scheme == "dark")
    faults = serious_faults(visitor)
    visitor.page.get_by_role("button", name="Filters").click()
    visitor.ask(UNANSWERABLE)
    faults += serious_faults(visitor)
    visitor.ask(QUESTION)
    visitor.turn.locator(".fn-others > summary").click()
    assert faults + serious_faults(visitor) == []


def serious_faults(visitor: Visitor) -> list[str]:
    """What axe-core finds of the two worst kinds."""
    found = Axe().run(visitor.page).response["violations"]
    return [
        f"{each['id']}: {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def test_a_site_whose_name_leads_here_reads_nothing(site: str) -> None:
    assert httpx.get(site, trust_env=False).status_code == 200
    assert httpx.get(site, headers={"host": "evil.example"}, trust_env=False).status_code == 400


def test_the_page_may_load_nothing_from_elsewhere(visit: Visit) -> None:
    fetched = visit().page.evaluate("fetch('https://example.org').then(() => 'came', () => 'refused')")
    assert fetched == "refused"


def test_two_people_see_each_their_own_conversation(visit: Visit) -> None:
    one, other = visit(), visit()
    one.ask(QUESTION)
    other.ask("What is an attention sink?")
    one.ask("and how much with 8 bits?")
    assert one.page.locator(".fn-question").all_inner_texts() == [QUESTION, "and how much with 8 bits?"]
    assert other.page.locator(".fn-question").all_inner_texts() == ["What is an attention sink?"]
