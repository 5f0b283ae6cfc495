"""What the panes beside the chat show of papers, conversations and runs: all of it, and only as text."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from rag import Activity, Assistant, Library, Paper
from rag.testing import hash_library, invented_papers, write_jsonl
from tests.ui.payloads import PAYLOADS
from ui.browse import PAGE, Leaf, papers_html
from ui.collection import charts_html, map_html
from ui.evaluation import runs_html
from ui.history import list_html

PAPERS = invented_papers(45)
HARMLESS = set(
    "section h2 h3 p ul li div span button a bdi details summary strong form input time table thead tbody "
    "tr th td svg g rect circle text title polyline code br progress".split()
)


def page(said: str) -> html.HtmlElement:
    """What is shown, after a look at every tag, attribute and link of it."""
    (shown,) = (each for each in html.fragments_fromstring(said.strip()) if not isinstance(each, str))
    for element in shown.iter(tag=html.etree.Element):
        assert element.tag in HARMLESS
        assert not [name for name in element.attrib if name.startswith("on")]
        assert re.match(r"https?://", element.get("href", "https://"))
        assert re.fullmatch(r"(width: [\d.]+%)?", element.get("style", ""))
    return shown


def text_of(shown: html.HtmlElement) -> str:
    return " ".join(shown.text_content().split())


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("panes")
    made = hash_library(folder / "lib")
    made.ingest(write_jsonl(folder / "papers.jsonl", [*PAPERS, Paper("No abstract", "", year=1900)]))
    return made


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A paper a payload, which stands in each of its fields."""
    folder = tmp_path_factory.mktemp("hostile")
    made = hash_library(folder / "lib")
    papers = (
        Paper(f"{text} {n}", f"{text} word{n} more{n}.", (text,), 2000, text, text, (text,))
        for n, text in enumerate(PAYLOADS)
    )
    file = folder / "papers.jsonl"
    write_jsonl(file, papers)
    made.ingest(file)
    return made


# Collection


def test_counts_are_shown_by_year_and_source(library: Library) -> None:
    shown = page(charts_html(library))
    years = {paper.year for paper in PAPERS}
    assert f"{len(PAPERS)} papers with an abstract" in text_of(shown)
    assert "papers.jsonl45" in text_of(shown)
    assert str(library.path.parent) not in text_of(shown)
    assert len(shown.findall(".//svg/rect")) == max(years) - min(years) + 1  # type: ignore[operator, type-var]


def test_every_paper_is_a_dot_that_asks_about_it(library: Library) -> None:
    shown = page(map_html(library))
    dots = shown.findall(".//circle")
    assert {dot.findtext("title") for dot in dots} == {paper.title for paper in PAPERS}
    assert all(dot.findtext("title") in dot.get("data-ask") for dot in dots)
    assert all(0 < float(dot.get("cx")) < 1000 and 0 < float(dot.get("cy")) < 640 for dot in dots)


def test_each_corner_has_a_name_that_keys_reach_and_no_two_lie_upon_each_other(library: Library) -> None:
    shown = page(map_html(library))
    corners = shown.findall(".//g[@role='button']")
    assert all(corner.get("tabindex") == "0" and corner.get("aria-label") for corner in corners)
    assert [button.get("data-ask") for button in shown.findall(".//li/button")] == [
        corner.get("data-ask") for corner in corners
    ]
    places = [(float(text.get("x")), float(text.get("y"))) for text in shown.findall(".//g/text")]
    apart = (abs(a[1] - b[1]) >= 26 or abs(a[0] - b[0]) > 50 for a in places for b in places if a is not b)
    assert all(apart)


def test_an_empty_library_has_panes_too() -> None:
    library = hash_library("empty")
    assert "0 papers" in text_of(page(charts_html(library)))
    assert "no papers to draw yet" in text_of(page(map_html(library)))
    assert "Nothing here yet" in text_of(page(papers_html(library, Leaf())))
    assert "holds no abstracts" in text_of(page(papers_html(library, Leaf("okapi"))))


def test_papers_are_leafed_through_to_the_last(library: Library) -> None:
    seen: list[str] = []
    for start in (0, PAGE, 2 * PAGE):
        shown = page(papers_html(library, Leaf(start=start)))
        seen += [title.text_content() for title in shown.find_class("fn-title")]
        buttons = {button.text_content(): button.get("data-id") for button in shown.findall("./p/button")}
        assert ("Next" in buttons, "Previous" in buttons) == (start < 2 * PAGE, start > 0)
    assert seen == [*(paper.title for paper in PAPERS), "No abstract"]


def test_where_the_last_page_has_become_empty_the_one_before_is_shown(library: Library) -> None:
    shown = page(papers_html(library, Leaf(start=3 * PAGE)))
    assert shown.find_class("fn-title")[-1].text_content() == "No abstract"
    assert [button.text_content() for button in shown.findall("./p/button")] == ["Previous"]


def test_a_search_shows_the_nearest_first(library: Library) -> None:
    shown = page(papers_html(library, Leaf(PAPERS[7].title)))
    assert shown.find_class("fn-title")[0].text_content() == PAPERS[7].title


def test_a_paper_is_only_removed_when_that_was_confirmed(library: Library) -> None:
    paper = next(library.papers())
    before = page(papers_html(library, Leaf()))
    assert {button.get("data-act") for button in before.findall(".//li//button")} == {"ask remove", None}
    asked = page(papers_html(library, Leaf(removing=paper.paper_id)))
    (remove,) = asked.findall(".//button[@data-act='remove']")
    assert remove.get("data-id") == paper.paper_id


# History


def test_conversations_are_listed_with_what_can_be_done_with_them(library: Library) -> None:
    activity = Activity(library)
    conversation, _ = activity.keep("ann", Assistant(library).ask(PAPERS[0].title))
    shown = page(list_html(activity, "ann"))
    assert f"{PAPERS[0].title} 1 answer" in text_of(shown)
    assert {button.get("data-act") for button in shown.iter("button")} == {
        "open", "save", "ask rename", "ask delete", "ask delete all"
    }  # fmt: skip
    asked = page(list_html(activity, "ann", "ask delete", conversation))
    assert [b.get("data-act") for b in asked.findall(".//li//button")] == ["delete", "list"]
    assert "None yet" in text_of(page(list_html(activity, "bob")))


def test_a_history_that_cannot_be_read_is_told(library: Library, tmp_path: Path) -> None:
    activity = Activity(library)
    activity.path = tmp_path / "gone" / "activity.db"
    assert "the history cannot be used" in text_of(page(list_html(activity, "ann")))


# Evaluation


def kept_run(name: str, finished: str, truthfulness: float, **report: Any) -> None:
    folder = Path("runs") / name
    folder.mkdir(parents=True)
    metrics = {
        "truthfulness": {"mean": truthfulness, "ci95": [0.1, 0.9], "n": 20},
        "label_accuracy": {"mean": None, "ci95": None, "n": 0},
        "words": {"mean": 90.5, "ci95": [80, 99], "n": 20},
    }
    run = {"command": "eval answers", "config": {"llm": "none"}}
    said = {"dataset": "dev", "n": 20, "metrics": metrics, "run": run, **report}
    (folder / "report.json").write_text(json.dumps(said), encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps({"finished": finished}), encoding="utf-8")


def test_runs_of_the_same_questions_stand_together_with_their_trend() -> None:
    kept_run("later", "2026-02-01T10:00:00+00:00", 0.5)
    kept_run("first", "2026-01-01T10:00:00+00:00", 0.25)
    kept_run("other", "2026-01-01T10:00:00+00:00", 0.3, dataset="<b>else</b>")
    shown = page(runs_html(Path("runs")))
    assert [title.text_content() for title in shown.iter("h3")] == [
        "eval answers: <b>else</b>", "eval answers: dev"
    ]  # fmt: skip
    assert [b.text_content() for b in shown.iter("button")] == ["other", "later", "first"]
    (trend,) = shown.find_class("fn-trend")
    assert trend.get("aria-label").split() == ["truthfulness:", "0.250", "0.500"]
    assert "0.500 0.100–0.900" in text_of(shown).replace("0.5000", "0.500 0")


def test_a_run_that_is_opened_shows_every_figure_it_has() -> None:
    kept_run("one", "2026-01-01T10:00:00+00:00", 0.25)
    shown = page(runs_html(Path("runs"), "one"))
    assert [row.findtext("th") for row in shown.findall(".//table/tr") or shown.findall(".//tr")[1:]] == [
        "truthfulness", "words"
    ]  # fmt: skip


@pytest.mark.parametrize("said", ["{", "[]", '{"metrics": 3}', '{"metrics": {"x": 1}}', '{"n": 1}'])
def test_a_report_that_cannot_be_read_is_told_and_the_rest_is_shown(said: str) -> None:
    kept_run("good", "2026-01-01T10:00:00+00:00", 0.25)
    broken = Path("runs/broken/report.json")
    broken.parent.mkdir()
    broken.write_text(said, encoding="utf-8")
    shown = text_of(page(runs_html(Path("runs"))))
    assert ("broken: its report cannot be read" in shown) == (said != '{"n": 1}')
    assert "good" in shown


def test_of_many_runs_the_newest_are_shown() -> None:
    for number in range(202):
        kept_run(f"run{999 - number}", "2026-01-01T10:00:00+00:00", 0.25)
        os.utime(f"runs/run{999 - number}/report.json", (number, number))
    shown = text_of(page(runs_html(Path("runs"))))
    assert "run798" in shown
    assert "run999" not in shown


def test_half_an_interval_is_left_out_and_the_rest_is_shown() -> None:
    kept_run(
        "half", "2026-01-01T10:00:00+00:00", 0.25, metrics={"nDCG@10": {"mean": 0.5, "ci95": [0.1, None]}}
    )
    shown = text_of(page(runs_html(Path("runs"))))
    assert "0.500" in shown
    assert "0.100" not in shown


def test_without_a_folder_it_says_how_to_give_one() -> None:
    assert "footnote ui --runs" in text_of(page(runs_html(None)))


# Hostile texts


def test_hostile_papers_are_text_on_every_pane(hostile: Library) -> None:
    page(charts_html(hostile))
    page(map_html(hostile))
    for start in range(0, len(hostile), PAGE):
        page(papers_html(hostile, Leaf(start=start)))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_titles_queries_and_names_are_text(hostile: Library, payload: str) -> None:
    activity = Activity(hostile)
    title = f"so {payload}"
    conversation, _ = activity.keep("ann", Assistant(hostile).ask("word1 more1", force=True))
    activity.rename("ann", conversation, title)
    for asked in ("", "ask rename", "ask delete"):
        page(list_html(activity, "ann", asked, conversation, problem=payload))
    page(papers_html(hostile, Leaf("word2", removing=payload), told=payload))
    activity.delete_all("ann")
