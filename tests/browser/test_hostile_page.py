"""Papers, a model and questions full of scripts, markup and styles: all of it is text to the browser."""

import pytest

from tests.browser.conftest import Visit, harm_seen
from tests.browser.hostile_page import SAYS
from tests.ui.payloads import TEXTS

_HARMFUL = (
    "script, style, iframe, img, svg, object, embed, link, meta, base, form:not(.fn-feedback), "
    "input:not(.fn-feedback *), video, audio, math, [style], [popover], a[href^=javascript], a[href^=data]"
)
HARM = f"""() => {{
  const box = document.querySelector('#fn-question').getBoundingClientRect();
  const onTop = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return {{
    run: window.pwned ?? null,
    parts: [...document.querySelectorAll('.fn-turn *')].filter((e) => e.matches('{_HARMFUL}') ||
      [...e.attributes].some((a) => a.name.startsWith('on'))).map((e) => e.outerHTML.slice(0, 200)),
    header: getComputedStyle(document.querySelector('.fn-header h1')).display,
    color: getComputedStyle(document.body).color,
    tooWide: document.documentElement.scrollWidth > innerWidth,
    coversQuestion: !onTop.closest('#fn-composer'),
  }};
}}"""


def test_hostile_papers_and_a_hostile_model_are_text(visit: Visit, hostile: str) -> None:
    visitor = visit(hostile)
    calm = harm_seen(visitor.page, HARM)
    visitor.page.get_by_role("button", name="Filters").click()
    visitor.page.get_by_label("Papers to draw on").fill("100")
    visitor.page.get_by_role("button", name="Filters").click()
    turn = visitor.ask(SAYS)
    if turn.get_by_role("button", name="Answer anyway").count():
        turn.get_by_role("button", name="Answer anyway").click()
        turn = visitor.whole()
    assert turn.locator(".fn-source").count() >= 60
    assert "<script>alert(1)</script>" in turn.locator(".fn-answer").inner_text()
    assert "${alert(1)}" in turn.locator(".fn-sources").inner_text()
    assert harm_seen(visitor.page, HARM) == {**calm, "parts": []}
    for control in (turn.locator("a.fn-marker").last, turn.locator(".fn-number").last):
        control.click()
    assert harm_seen(visitor.page, HARM) == {**calm, "parts": []}


@pytest.mark.parametrize("half", [0, 1])
def test_hostile_questions_are_text(visit: Visit, hostile: str, half: int) -> None:
    visitor = visit(hostile, viewport={"width": 390, "height": 844})
    calm = harm_seen(visitor.page, HARM)
    question = f"Why? {' '.join(TEXTS[half::2])}"
    turn = visitor.ask(question)
    assert "alert(1)" in turn.locator(".fn-question").inner_text()
    assert harm_seen(visitor.page, HARM) == {**calm, "parts": []}


def test_fifty_kilobytes_in_the_question_leave_the_page_in_order(visit: Visit, hostile: str) -> None:
    visitor = visit(hostile)
    calm = harm_seen(visitor.page, HARM)
    turn = visitor.ask("<b>\u202e" * 10_000)
    assert "the limit is 4000" in turn.get_by_role("alert").inner_text()
    assert "cut here" in turn.locator(".fn-question").inner_text()
    assert harm_seen(visitor.page, HARM) == {**calm, "parts": []}
