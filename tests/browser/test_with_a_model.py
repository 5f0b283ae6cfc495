"""Prose by a model as a reader sees it come, stop, and break off; the model is a server on loopback."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visit, footnote_ui, page_served
from tests.rag.model_servers import ModelServer, Reply, Request, Script, openai_reply, serving

QUESTION = "By how much does GaLore reduce the memory that optimizer states need?"
FIRST = "Memory for optimizer states falls by up to 65.5 percent"


def writes(*sentences: str, **how: object) -> Script:
    """A reply of these sentences word by word; `{1}` in them is the key of the first source."""

    def script(request: Request) -> Reply:
        key = re.findall(r"\b([a-z]+)1\b", str(request.messages[-1]["content"]))[0]
        text = " ".join(sentences)
        words = re.findall(r"\S+\s*", re.sub(r"\{(\d)\}", rf"[{key}\1]", text))
        return openai_reply(*words, **how)  # type: ignore[arg-type]

    return script


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    """Its `replies` are set by each test."""
    with serving(Reply()) as server:
        yield server


@pytest.fixture(scope="module")
def prose(browser: Browser, sample_copy: Callable[[], Path], model: ModelServer) -> Iterator[str]:
    """Address of a page whose answers that model writes."""
    command, _ = footnote_ui(sample_copy(), "--llm", "openai-like/scripted")
    with page_served(command, {"FOOTNOTE_LLM_BASE_URL": f"{model.url}/v1"}) as address:
        yield address


def test_sentences_that_no_abstract_bears_out_are_marked_with_the_reason(
    visit: Visit, prose: str, model: ModelServer
) -> None:
    model.replies = [writes(f"{FIRST} {{1}}.", "It saves 95 percent {1}.", "Many groups use it.")]
    turn = visit(prose).ask(QUESTION)
    assert turn.locator(".fn-tag").all_inner_texts() == ["unsupported", "uncited"]
    reason = turn.locator(".fn-reason").first
    expect(reason).to_be_hidden()
    turn.locator(".fn-tag").first.focus()
    expect(reason).to_be_visible()
    expect(reason).to_contain_text("95 percent")
    assert turn.locator(".fn-tag").first.get_attribute("aria-describedby") == reason.get_attribute("id")


def test_text_is_shown_while_it_is_written_and_nothing_above_it_moves(
    visit: Visit, prose: str, model: ModelServer
) -> None:
    model.replies = [writes(f"{FIRST} {{1}}.", *["It is a method {1}."] * 12, pause=0.05)]
    visitor = visit(prose)
    visitor.begin(QUESTION)
    expect(visitor.turn.locator(".fn-answer")).to_contain_text("65.5")
    expect(visitor.turn.locator(".fn-evidence")).to_contain_text("Papers found")
    begun = visitor.turn.locator(".fn-answer").inner_text()
    visitor.page.wait_for_timeout(500)  # for the page to have come to rest under the new question
    places = (visitor.turn.locator(".fn-question"), visitor.turn.locator(".fn-answer p").first)
    before = [place.bounding_box() for place in places]
    turn = visitor.whole()
    assert len(turn.locator(".fn-answer").inner_text()) > len(begun)
    assert [(box["x"], box["y"]) for box in before if box] == [
        (box["x"], box["y"]) for place in places if (box := place.bounding_box())
    ]


@pytest.mark.parametrize("how", [{"pause": 0.1, "endless": True}, {"hang": 60}], ids=["writing", "hanging"])
def test_the_stop_button_keeps_what_came_and_frees_the_model(
    visit: Visit, prose: str, model: ModelServer, how: dict[str, object]
) -> None:
    model.left.clear()
    model.replies = [writes(f"{FIRST} {{1}}.", done=False, **how)]
    visitor = visit(prose)
    visitor.begin(QUESTION)
    expect(visitor.turn.locator(".fn-answer")).to_contain_text("65.5")
    visitor.page.get_by_role("button", name="Stop").click()
    turn = visitor.whole()
    expect(turn).to_contain_text("Stopped: what came before was not checked")
    expect(turn.locator(".fn-answer")).to_contain_text("65.5")
    assert model.left.wait(10)
    expect(visitor.box).to_be_focused()
    model.replies = [writes(f"{FIRST} {{1}}.")]
    expect(visitor.ask("What is an attention sink?").locator(".fn-answer")).to_be_visible()
    expect(visitor.page.locator(".fn-turn")).to_have_count(2)


def test_while_an_answer_is_written_what_is_opened_stays_open_and_what_is_typed_stays(
    visit: Visit, prose: str, model: ModelServer
) -> None:
    model.replies = [writes(f"{FIRST} {{1}}.", pause=0.1, endless=True, done=False)]
    visitor = visit(prose)
    visitor.begin(QUESTION)
    expect(visitor.turn.locator(".fn-answer")).to_contain_text("65.5")
    visitor.turn.get_by_text("Why it was found").first.click()
    visitor.begin("And then?")
    expect(visitor.page.locator("#fn-said")).to_contain_text("An answer is being written")
    written = len(visitor.turn.locator(".fn-answer").inner_text())
    visitor.page.wait_for_function(
        f"document.querySelector('#fn-live .fn-answer').innerText.length > {written + 100}"
    )
    expect(visitor.turn.locator("dl").first).to_be_visible()
    expect(visitor.box).to_have_value("And then?")
    visitor.page.get_by_role("button", name="Stop").click()


def test_a_conversation_begun_while_an_answer_is_written_has_nothing_of_it(
    visit: Visit, prose: str, model: ModelServer
) -> None:
    model.left.clear()
    model.replies = [writes(f"{FIRST} {{1}}.", pause=0.1, endless=True, done=False)]
    visitor = visit(prose)
    visitor.begin(QUESTION)
    expect(visitor.turn.locator(".fn-answer")).to_contain_text("65.5")
    visitor.open("History")
    visitor.page.get_by_role("button", name="New conversation").click()
    assert model.left.wait(10)
    expect(visitor.page.locator(".fn-turn")).to_have_count(0)
    model.replies = [writes(f"{FIRST} {{1}}.")]
    visitor.ask("What is an attention sink?")
    expect(visitor.page.locator(".fn-turn")).to_have_count(1)


def test_stop_in_compare_ends_the_side_that_is_still_written(
    visit: Visit, prose: str, model: ModelServer
) -> None:
    model.left.clear()
    model.replies = [writes(f"{FIRST} {{1}}.", pause=0.1, endless=True, done=False)]
    visitor = visit(prose)
    visitor.open("Compare")
    pane = visitor.page.locator("#fn-compare")
    pane.get_by_label("Question").fill(QUESTION)
    pane.get_by_role("button", name="Compare").click()
    expect(pane.locator("#c1 .fn-answer")).to_contain_text("65.5")
    expect(pane.locator("#c0 .fn-source").first).to_be_visible()
    pane.get_by_role("button", name="Stop").click()
    expect(pane.locator("#c1")).to_contain_text("Stopped: what came before was not checked")
    expect(pane.locator("#c0 .fn-answer")).to_contain_text("65.5")
    assert model.left.wait(10)


def test_a_model_that_dies_leaves_what_it_wrote_with_the_reason_and_the_sources(
    visit: Visit, prose: str, model: ModelServer
) -> None:
    model.replies = [writes(f"{FIRST} {{1}}.", "And then", done=False, cut=True)]
    turn = visit(prose).ask(QUESTION)
    expect(turn.get_by_role("alert")).to_contain_text("openai-like/scripted")
    expect(turn.locator(".fn-answer")).to_contain_text("65.5")
    expect(turn.locator(".fn-source").first).to_contain_text("GaLore")


def test_a_tab_that_is_closed_ends_the_models_work(visit: Visit, prose: str, model: ModelServer) -> None:
    model.left.clear()
    model.replies = [writes(f"{FIRST} {{1}}.", pause=0.1, endless=True, done=False)]
    visitor = visit(prose)
    visitor.begin(QUESTION)
    expect(visitor.turn.locator(".fn-answer")).to_contain_text("65.5")
    visitor.page.close()
    assert model.left.wait(20)
    model.replies = [writes(f"{FIRST} {{1}}.")]
    expect(visit(prose).ask(QUESTION).locator(".fn-source")).to_have_count(1)
