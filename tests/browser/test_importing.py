"""Papers come and go while people ask, and the page says what there is."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from rag import Paper
from rag.testing import invented_papers, write_jsonl
from tests.browser.conftest import Visit, Visitor, footnote_ui, page_served

QUESTIONS = (
    ("By how much does GaLore reduce the memory that optimizer states need?", "up to 65.5 percent"),
    ("What is an attention sink?", "attention sinks"),
)
NEW = [replace(paper, abstract=paper.abstract.split(". ")[0]) for paper in invented_papers(500, seed=9)]
_IMPORTED = 300_000  # milliseconds; a machine may be slow, and the papers are embedded meanwhile


@pytest.fixture
def own_site(browser: Browser, sample_copy: Callable[[], Path]) -> Iterator[str]:
    """A page on a copy that may be changed."""
    with page_served(*footnote_ui(sample_copy())) as address:
        yield address


@pytest.fixture
def empty_site(browser: Browser, tmp_path: Path) -> Iterator[str]:
    with page_served(*footnote_ui(tmp_path / "lib")) as address:
        yield address


def drop(visitor: Visitor, file: Path) -> Locator:
    """Drop a file under Collection; returns the pane."""
    visitor.open("Collection")
    pane = visitor.page.locator("[role=tabpanel]:visible")
    pane.locator("#fn-drop input[type=file]").set_input_files(file)
    return pane


def test_two_people_are_answered_while_five_hundred_papers_come_in(
    visit: Visit, own_site: str, tmp_path: Path
) -> None:
    people, importer = [visit(own_site), visit(own_site)], visit(own_site)
    pane = drop(importer, write_jsonl(tmp_path / "new.jsonl", NEW))
    report = pane.get_by_text("500 added")
    meanwhile = 0
    while not report.count():
        for person, (question, _) in zip(people, QUESTIONS, strict=True):
            person.begin(question)
        for person, (_, answer) in zip(people, QUESTIONS, strict=True):
            expect(person.whole().locator(".fn-answer")).to_contain_text(answer)
            meanwhile += not report.count()
        expect(pane.get_by_role("alert")).to_have_count(0)
    assert meanwhile
    for person, paper in zip(people, (NEW[3], NEW[-1]), strict=True):
        found = person.ask(f"What does “{paper.title}” find?").locator(".fn-evidence")
        expect(found).to_contain_text(paper.title)


def test_what_stands_there_follows_what_comes_in(visit: Visit, empty_site: str, tmp_path: Path) -> None:
    visitor = visit(empty_site)
    expect(visitor.page.locator(".fn-welcome")).to_contain_text("holds no papers yet")
    paper = Paper("GaLore: Training by Projection", "Memory falls by 65 percent.", ("Jiawei Zhao",), 2024)
    pane = drop(visitor, write_jsonl(tmp_path / "one.jsonl", [paper]))
    expect(pane.get_by_label("Import", exact=True)).to_contain_text("1 added", timeout=_IMPORTED)
    expect(visitor.page.locator(".fn-header")).to_contain_text("1 paper")
    visitor.open("Ask")
    expect(visitor.page.locator(".fn-example")).to_have_text("What is GaLore, and what does it achieve?")
    visitor.page.get_by_role("button", name="Filters").click()
    visitor.page.get_by_label("Author").click()
    expect(visitor.page.get_by_role("option", name="Jiawei Zhao")).to_be_visible()


def test_a_paper_that_was_removed_is_counted_nowhere(visit: Visit, own_site: str) -> None:
    visitor = visit(own_site)
    visitor.open("Collection")
    pane = visitor.page.locator("[role=tabpanel]:visible")
    pane.locator(".fn-row").first.get_by_role("button", name="Remove").click()
    pane.get_by_role("button", name="Remove", exact=True).click()
    expect(pane).to_contain_text("Removed: ")
    expect(visitor.page.locator(".fn-header")).to_contain_text("54 papers")
    expect(pane).to_contain_text("54 papers with an abstract")
    expect(pane.locator("svg.fn-map circle")).to_have_count(54)


def test_a_query_that_was_not_sent_is_not_leafed_through(visit: Visit) -> None:
    visitor = visit()
    visitor.open("Collection")
    pane = visitor.page.locator("[role=tabpanel]:visible")
    expect(pane.locator(".fn-row")).to_have_count(20)
    pane.get_by_label("Search the papers").fill("GaLore")
    pane.get_by_role("button", name="Next").click()
    expect(pane).to_contain_text("21–40")
    titles = pane.locator(".fn-title").all_inner_texts()
    pane.get_by_label("Search the papers").fill("")
    pane.get_by_label("Search the papers").press("Enter")
    expect(pane).to_contain_text("1–20")
    pane.get_by_role("button", name="Next").click()
    expect(pane).to_contain_text("21–40")
    assert pane.locator(".fn-title").all_inner_texts() == titles
