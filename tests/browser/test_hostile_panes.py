"""Scripts, markup and styles in papers, titles and names are text on the panes beside the chat, too."""

from playwright.sync_api import expect

from tests.browser.conftest import Visit, Visitor, harm_seen
from tests.browser.hostile_page import SAYS, papers
from tests.ui.payloads import TEXTS

OURS = (
    "section, h2, h3, p, ul, li, div, span, button, a, bdi, details, summary, strong, time, br, progress, "
    "table, thead, tbody, tr, th, td, form[data-act], input[name], svg[class^=fn-], svg :is(g, rect, circle, "
    "text, title, polyline)"
)
HARM = f"""() => {{
  const isOurs = (e) => e.matches('{OURS}') &&
    [...e.attributes].every((a) => !a.name.startsWith('on') && a.name !== 'popover') &&
    /^(width: [\\d.]+%;?)?$/.test(e.getAttribute('style') ?? '') &&
    /^https?:/.test(e.getAttribute('href') ?? 'https:');
  const seen = [...document.querySelectorAll('.fn-panel *')];
  return {{
    run: window.pwned ?? null,
    parts: seen.filter((e) => !isOurs(e)).map((e) => e.outerHTML.slice(0, 200)),
    header: getComputedStyle(document.querySelector('.fn-header h1')).display,
    color: getComputedStyle(document.body).color,
    tooWide: document.documentElement.scrollWidth > innerWidth,
  }};
}}"""


def calm_visitor(visit: Visit, address: str) -> tuple[Visitor, dict[str, object]]:
    visitor = visit(address)
    return visitor, harm_seen(visitor.page, HARM)


def test_hostile_papers_are_text_on_the_charts_and_the_map(visit: Visit, hostile: str) -> None:
    visitor, calm = calm_visitor(visit, hostile)
    visitor.open("Collection")
    drawn = visitor.page.locator("svg.fn-map")
    expect(drawn.locator("circle")).to_have_count(len(papers()))
    assert any("<svg><script href=" in title for title in drawn.locator("title").all_text_contents())
    assert harm_seen(visitor.page, HARM) == calm
    drawn.locator("g[role=button]").first.press("Enter")
    visitor.whole()
    assert harm_seen(visitor.page, HARM) == calm


def test_hostile_papers_are_text_in_the_list_of_papers(visit: Visit, hostile: str) -> None:
    visitor, calm = calm_visitor(visit, hostile)
    visitor.open("Collection")
    pane = visitor.page.locator("[role=tabpanel]:visible")
    for start in range(1, len(papers()), 20):
        expect(pane.get_by_label("Papers", exact=True)).to_contain_text(f"{start}–")
        for summary in pane.locator(".fn-row summary").all():
            summary.click()
        pane.locator(".fn-row").get_by_role("button", name="Remove").first.click()
        expect(pane.get_by_role("button", name="Keep")).to_be_visible()
        assert harm_seen(visitor.page, HARM) == calm
        if pane.get_by_role("button", name="Next").count():
            pane.get_by_role("button", name="Next").click()
    pane.get_by_label("Search the papers").fill(" ".join(TEXTS)[:3_000])
    pane.get_by_label("Search the papers").press("Enter")
    expect(pane.locator(".fn-row").first).to_be_visible()
    assert harm_seen(visitor.page, HARM) == calm


def test_hostile_questions_and_names_are_text_in_the_history(visit: Visit, hostile: str) -> None:
    visitor, calm = calm_visitor(visit, hostile)
    visitor.ask(f"{SAYS} {' '.join(TEXTS[::2])}")
    visitor.open("History")
    pane = visitor.page.locator("[role=tabpanel]:visible")
    expect(pane.locator(".fn-open")).to_contain_text(SAYS)
    assert harm_seen(visitor.page, HARM) == calm
    for name in (
        "<img src=x onerror=alert(1)>",
        '" autofocus onfocus="window.pwned=1',
        "</form><script>alert(1)",
    ):
        pane.get_by_role("button", name="Rename").click()
        pane.get_by_label("New title").fill(name)
        pane.get_by_label("New title").press("Enter")
        expect(pane.locator(".fn-open")).to_have_text(name)
        pane.get_by_role("button", name=f"Delete {name}").click()
        assert harm_seen(visitor.page, HARM) == calm
        pane.get_by_role("button", name="Keep").click()
