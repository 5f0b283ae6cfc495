"""Whoever asks the system for less motion gets none."""

import pytest

from tests.browser.conftest import Visit

QUESTION = "By how much does GaLore reduce the memory that optimizer states need?"
FOLLOWED = """(marker) => {
  const scrolls = [];
  for (const name of ["scrollIntoView", "scrollBy"]) {
    const scroll = Element.prototype[name];
    Element.prototype[name] = function (how) { scrolls.push(how?.behavior); return scroll.call(this, how); };
  }
  marker.click();
  const flashing = [...document.querySelectorAll(".fn-flash")];
  return { scrolls, moving: flashing.map((element) => getComputedStyle(element).animationName).sort() };
}"""


@pytest.mark.parametrize(
    ("wish", "scrolling", "moving"),
    [("reduce", "auto", ["none", "none"]), ("no-preference", "smooth", ["fn-flash", "fn-glow"])],
)
def test_a_marker_leads_to_its_words_with_motion_or_without(
    visit: Visit, wish: str, scrolling: str, moving: list[str]
) -> None:
    marker = visit(reduced_motion=wish).ask(QUESTION).locator("a.fn-marker").last
    seen = marker.evaluate(FOLLOWED)
    assert set(seen["scrolls"]) == {scrolling}
    assert seen["moving"] == moving
