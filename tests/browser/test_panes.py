"""What a reader does beside asking, in a real browser: history, collection, models side by side, runs."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, expect

from rag.testing import invented_papers, write_jsonl
from tests.browser.conftest import Visit, Visitor, footnote_ui, page_served

QUESTION = "By how much does GaLore reduce the memory that optimizer states need?"
NEW = invented_papers(70, seed=9)


@pytest.fixture(scope="module")
def own_site(
    browser: Browser, sample_copy: Callable[[], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A page that takes in files of one megabyte, on a copy that may be changed."""
    runs = tmp_path_factory.mktemp("runs")
    kept_run(runs / "first", 0.25)
    with page_served(*footnote_ui(sample_copy(), "--max-upload", "1", "--runs", str(runs))) as address:
        yield address


def kept_run(folder: Path, truthfulness: float) -> None:
    folder.mkdir(parents=True)
    said = {
        "dataset": "dev",
        "n": 20,
        "metrics": {"truthfulness": {"mean": truthfulness, "ci95": [0.1, 0.9]}},
    }
    (folder / "report.json").write_text(json.dumps(said), encoding="utf-8")


def opened(visitor: Visitor, name: str) -> Locator:
    """The panel of a tab."""
    visitor.page.get_by_role("tab", name=name).click()
    return visitor.page.locator("[role=tabpanel]:visible")


def ask_and_keep(visitor: Visitor) -> Locator:
    """Ask, and wait until the history has it; returns the pane of the history."""
    visitor.ask(QUESTION)
    pane = opened(visitor, "History")
    expect(pane.locator(".fn-row")).to_have_count(1)
    return pane


def test_a_conversation_survives_a_reload_and_goes_on(visit: Visit) -> None:
    ask_and_keep(visitor := visit())
    visitor.page.reload()
    opened(visitor, "History").get_by_role("button", name=QUESTION).first.click()
    expect(visitor.turn).to_contain_text("up to 65.5 percent")
    assert "Understood as" in visitor.ask("What does it measure?").inner_text()
    assert opened(visitor, "History").locator(".fn-row").count() == 1
    expect(visitor.page.locator(".fn-row")).to_contain_text("2 answers")


def test_a_conversation_survives_a_restart_of_the_server(
    visit: Visit, sample_copy: Callable[[], Path]
) -> None:
    library = sample_copy()
    with page_served(*footnote_ui(library)) as address:
        ask_and_keep(visitor := visit(address))
        visitor.page.goto("about:blank")
    with page_served(*footnote_ui(library, "--port", address.strip("/").rpartition(":")[2])):
        visitor.page.goto(address)
        opened(visitor, "History").get_by_role("button", name=QUESTION).first.click()
        expect(visitor.turn).to_contain_text("up to 65.5 percent")
        visitor.page.goto("about:blank")


def test_turns_stand_in_the_order_asked_as_the_reader_left_them(visit: Visit) -> None:
    visitor = visit()
    visitor.ask(QUESTION).get_by_role("button", name="Not good").click()
    visitor.turn.get_by_label("A note on this answer").fill("half a no")
    visitor.ask(" ")  # nothing that can be answered: it will not be shown among the earlier ones
    visitor.ask("What is an attention sink?")
    turns = visitor.page.locator(".fn-turn")
    assert turns.locator("h2").all_inner_texts() == [QUESTION, "What is an attention sink?"]
    first = turns.first
    expect(first.get_by_role("button", name="Not good")).to_have_attribute("aria-pressed", "true")
    expect(first.get_by_label("A note on this answer")).to_have_value("half a no")
    first.get_by_role("button", name="Source 1").first.click()
    assert first.locator(".fn-lit").count()
    assert turns.locator("[role=status]").count() == 1


def test_a_conversation_that_is_opened_or_begun_replaces_all_that_was_shown(visit: Visit) -> None:
    visitor = visit()
    visitor.ask(QUESTION)
    visitor.ask("What is an attention sink?")
    opened(visitor, "History").get_by_role("button", name="New conversation").click()
    expect(visitor.page.locator(".fn-turn")).to_have_count(0)
    visitor.asked = 0
    visitor.ask(QUESTION)
    expect(visitor.page.locator(".fn-turn")).to_have_count(1)
    for _ in range(2):
        pane = opened(visitor, "History")
        expect(pane.locator(".fn-row")).to_have_count(2)
        pane.locator(".fn-open").last.click()
        expect(visitor.page.locator(".fn-turn h2")).to_have_text([QUESTION, "What is an attention sink?"])
        visitor.asked = 2
        visitor.ask(" ")
        expect(visitor.page.locator(".fn-turn")).to_have_count(3)


def test_a_vote_and_a_note_are_there_when_the_conversation_is_opened_again(visit: Visit) -> None:
    ask_and_keep(visitor := visit())
    opened(visitor, "Ask")
    turn = visitor.turn
    turn.get_by_role("button", name="Not good").click()
    expect(visitor.page.locator("#fn-said")).to_contain_text("Noted")
    turn.get_by_label("A note on this answer").fill("too short")
    turn.get_by_role("button", name="Save note").click()
    expect(visitor.page.locator("#fn-said")).to_contain_text("Noted")
    visitor.page.reload()
    opened(visitor, "History").locator(".fn-open").click()
    expect(visitor.turn.get_by_role("button", name="Not good")).to_have_attribute("aria-pressed", "true")
    expect(visitor.turn.get_by_label("A note on this answer")).to_have_value("too short")


def test_a_conversation_is_renamed_and_deleted_by_keyboard(visit: Visit) -> None:
    ask_and_keep(visitor := visit())
    visitor.page.reload()
    pane = opened(visitor, "History")
    pane.get_by_role("button", name="Rename").press("Enter")
    box = pane.get_by_label("New title")
    expect(box).to_be_focused()
    box.fill("On memory")
    box.press("Enter")
    expect(pane.locator(".fn-open")).to_have_text("On memory")
    pane.get_by_role("button", name="Delete On memory").press("Enter")
    expect(pane.get_by_role("button", name="Keep")).to_be_focused()
    pane.get_by_role("button", name="Delete", exact=True).press("Enter")
    expect(pane).to_contain_text("None yet")


def test_a_whole_conversation_is_saved(visit: Visit) -> None:
    visitor = visit()
    visitor.ask(QUESTION)
    visitor.ask("What is an attention sink?")
    pane = opened(visitor, "History")
    with visitor.page.expect_download() as download:
        pane.get_by_role("button", name="Save").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert text.index("GaLore") < text.index("What is an attention sink?")
    assert text.count("**References**") == 2


def test_one_browser_does_not_see_the_history_of_another(visit: Visit) -> None:
    visit().ask(QUESTION)
    expect(opened(visit(), "History")).to_contain_text("None yet")


def test_a_name_on_the_map_asks_about_that_corner(visit: Visit) -> None:
    visitor = visit()
    corner = opened(visitor, "Collection").locator("svg.fn-map g[role=button]").first
    corner.press(" ")
    turn = visitor.whole()
    expect(turn.locator("h2")).to_contain_text("What is known about")
    assert turn.locator(".fn-source").count()


def test_a_dot_on_the_map_asks_about_its_paper(visit: Visit) -> None:
    visitor = visit()
    dot = opened(visitor, "Collection").locator("svg.fn-map circle", has_text="GaLore")
    dot.first.dispatch_event("click")
    assert "GaLore" in visitor.whole().locator(".fn-source").first.inner_text()


def test_papers_that_are_dropped_come_in_while_a_question_is_answered(
    visit: Visit, own_site: str, tmp_path: Path
) -> None:
    asker, importer = visit(own_site), visit(own_site)
    pane = opened(importer, "Collection")
    pane.locator("#fn-drop input[type=file]").set_input_files(write_jsonl(tmp_path / "new.jsonl", NEW))
    expect(asker.ask(QUESTION).locator(".fn-answer")).to_contain_text("up to 65.5 percent")
    expect(pane.get_by_label("Import", exact=True)).to_contain_text("70 added", timeout=60_000)
    expect(importer.page.locator(".fn-header")).to_contain_text("125 papers")
    pane.get_by_label("Search the papers").fill(NEW[3].title)
    pane.get_by_label("Search the papers").press("Enter")
    expect(pane.locator(".fn-row").first).to_contain_text(NEW[3].title)
    assert NEW[3].title in asker.ask(f"What does “{NEW[3].title}” find?").locator(".fn-evidence").inner_text()


def test_a_file_that_holds_no_text_is_told(visit: Visit, own_site: str, tmp_path: Path) -> None:
    (wrong := tmp_path / "photo.png").write_bytes(b"\x89PNG\x00\x01")
    pane = opened(visit(own_site), "Collection")
    pane.locator("#fn-drop input[type=file]").set_input_files(wrong)
    expect(pane.get_by_role("alert")).to_contain_text("photo.png: this is a binary file")


def test_a_file_that_is_too_large_is_told(visit: Visit, own_site: str, tmp_path: Path) -> None:
    (large := tmp_path / "large.bib").write_text("x" * 1_200_000, encoding="utf-8")
    pane = opened(visitor := visit(own_site), "Collection")
    pane.locator("#fn-drop input[type=file]").set_input_files(large)
    expect(visitor.page.locator(".toast-body")).to_contain_text("exceed the maximum allowed size")


def test_a_paper_is_removed_once_that_is_confirmed(visit: Visit, own_site: str) -> None:
    pane = opened(visit(own_site), "Collection")
    first = pane.locator(".fn-row").first
    title = first.locator(".fn-title").inner_text()
    first.get_by_role("button", name="Remove").click()
    expect(pane.get_by_role("button", name="Keep")).to_be_focused()
    pane.get_by_role("button", name="Remove", exact=True).click()
    expect(pane).to_contain_text(f"Removed: {title}")
    expect(pane.locator(".fn-row").first).not_to_contain_text(title)


def test_the_same_question_is_answered_twice_side_by_side(visit: Visit) -> None:
    visitor = visit()
    pane = opened(visitor, "Compare")
    pane.get_by_label("Question").fill(QUESTION)
    pane.get_by_role("button", name="Compare").click()
    expect(pane).to_contain_text("cited by both")
    assert pane.locator("h2.fn-side").all_inner_texts() == [
        "The abstracts’ own sentences, from 8 papers", "The abstracts’ own sentences, from 16 papers"
    ]  # fmt: skip
    assert pane.locator(".fn-turn").count() == 2
    assert pane.locator(".fn-feedback").count() == 0


def test_a_run_is_opened_and_shows_its_figures(visit: Visit, own_site: str) -> None:
    pane = opened(visit(own_site), "Evaluation")
    pane.get_by_role("button", name="first").click()
    expect(pane.get_by_role("table")).to_contain_text("0.100–0.900")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_scan_finds_no_serious_fault_of_access_on_any_pane(
    visit: Visit, own_site: str, scheme: str
) -> None:
    visitor = visit(own_site, color_scheme=scheme)
    visitor.ask(QUESTION)
    for name in ("History", "Collection", "Compare", "Evaluation"):
        pane = opened(visitor, name)
        expect(pane).to_be_visible()
        if name == "Collection":
            pane.locator("svg.fn-map circle").first.wait_for()
        found = Axe().run(visitor.page).response["violations"]
        assert [
            (name, each["id"], each["nodes"][0]["target"])
            for each in found
            if each["impact"] in ("serious", "critical")
        ] == []
