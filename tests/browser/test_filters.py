"""The boxes that say which papers an answer may draw on, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from rag import Library, Paper
from rag.testing import write_jsonl
from tests.browser.conftest import Visit, Visitor, footnote_ui, page_served

QUESTION = "How does the method save memory?"


def paper(name: str, author: str, venue: str, keyword: str) -> Paper:
    abstract = f"The method {name} saves memory. It keeps a projection of its {keyword}."
    return Paper(f"{name}: a method", abstract, (author,), 2020, venue, keywords=(keyword,))


ONE = [paper("AbLo", "Ann Lee", "ICML", "optimizers"), paper("BeMo", "Bo Li", "NeurIPS", "optimizers")]
OTHER = [
    paper("CoNu", "Ann Lee", "NeurIPS", "attention"),
    paper("DiPo", "Cy Ma", "NeurIPS", "attention"),
    paper("EkRu", "Cy Ma", "ICML", "attention"),
]


@pytest.fixture(scope="module")
def filed(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page on five papers of two files."""
    folder = tmp_path_factory.mktemp("filed")
    with_files = Library.open(folder / "lib", encoder="minilm")
    with_files.ingest(write_jsonl(folder / "one.jsonl", ONE), write_jsonl(folder / "other.jsonl", OTHER))
    with_files.close()
    with page_served(*footnote_ui(folder / "lib", "--llm", "none")) as address:
        yield address


def choose(visitor: Visitor, box: str, value: str) -> None:
    visitor.page.get_by_label(box).click()
    visitor.page.get_by_role("option", name=value).click()
    visitor.page.keyboard.press("Escape")


def looked_at(visitor: Visitor) -> set[str]:
    """First words of the papers, cited or not."""
    titles = visitor.turn.locator(".fn-evidence .fn-title").all_text_contents()
    return {title.strip()[:4] for title in titles}


def test_answers_keep_to_a_file_an_author_a_venue_and_a_keyword(visit: Visit, filed: str) -> None:
    visitor = visit(filed)
    drawer = visitor.page.get_by_role("button", name="Filters")
    drawer.click()
    choose(visitor, "Keyword", "attention")
    expect(drawer).to_contain_text("3 of 5 papers")
    choose(visitor, "Venue", "NeurIPS")
    expect(drawer).to_contain_text("2 of 5 papers")
    visitor.ask(QUESTION)
    assert looked_at(visitor) == {"CoNu", "DiPo"}
    choose(visitor, "Author", "Ann Lee")
    choose(visitor, "Source file", "other.jsonl")
    expect(drawer).to_contain_text("1 of 5 papers")
    turn = visitor.ask("How does CoNu save memory?")
    assert looked_at(visitor) == {"CoNu"}
    kept_to = "source other.jsonl and author Ann Lee and venue NeurIPS and keyword attention (1 paper"
    expect(turn).to_contain_text(kept_to)


def test_an_answer_draws_on_as_many_papers_as_was_said(visit: Visit, filed: str) -> None:
    usual, visitor = visit(filed), visit(filed)
    usual.ask(QUESTION)
    assert len(looked_at(usual)) == 5
    visitor.page.get_by_role("button", name="Filters").click()
    visitor.page.wait_for_timeout(500)  # for the boxes to have been filled with what they open with
    visitor.page.get_by_label("Papers to draw on").fill("2")
    visitor.ask(QUESTION)
    assert len(looked_at(visitor)) == 2


def test_an_example_is_asked_of_all_papers(visit: Visit, filed: str) -> None:
    visitor = visit(filed)
    drawer = visitor.page.get_by_role("button", name="Filters")
    drawer.click()
    choose(visitor, "Author", "Cy Ma")
    expect(drawer).to_contain_text("2 of 5 papers")
    drawer.click()
    visitor.page.locator(".fn-example", has_text="AbLo").click()
    visitor.whole()
    assert "AbLo" in looked_at(visitor)
