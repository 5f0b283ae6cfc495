"""Whoever asks the system for less motion gets none."""

import pytest

from tests.browser.conftest import Visit

QUESTION = "By how much does GaLore reduce the memory that optimizer states need?"
NOTE_SCROLLS = """
window.scrolls = [];
for (const name of ["scrollIntoView", "scrollBy"]) {
  const scroll = Element.prototype[name];
  Element.prototype[name] = function (how) { window.scrolls.push(how.behavior); scroll.call(this, how); };
}
"""
MOVING = """() => [...document.querySelectorAll(".fn-flash, .fn-pulse")]
  .map((element) => getComputedStyle(element).animationName)"""


@pytest.mark.parametrize(
    ("wish", "scrolling", "moving"),
    [("reduce", {"auto"}, {"none"}), ("no-preference", {"smooth"}, {"fn-glow", "fn-flash"})],
)
def test_a_marker_leads_to_its_words_with_motion_or_without(
    visit: Visit, wish: str, scrolling: set[str], moving: set[str]
) -> None:
    visitor = visit(reduced_motion=wish)
    visitor.page.evaluate(NOTE_SCROLLS)
    turn = visitor.ask(QUESTION)
    turn.locator("a.fn-marker").last.click()
    assert set(visitor.page.evaluate(MOVING)) == moving
    assert set(visitor.page.evaluate("window.scrolls")) == scrolling
