"""The report of a run: what a reader of the page sees, and that nothing in it can run or call home."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from eval.asking import ask_all
from eval.collection import Collection
from eval.folders import described
from eval.lines import Json, read_lines, write_json, write_lines
from eval.questions import Question
from eval.report import write_report
from eval.scoring import report, score_all, score_line
from rag import Assistant, FootnoteError, Library
from tests.conftest import Run

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
Change = Callable[[list[Json]], None]


@pytest.fixture(scope="session")
def asked(fixture_questions: list[Question]) -> list[Question]:
    """The first and the last questions of the fixture; nothing answers the last."""
    return [*fixture_questions[:8], *fixture_questions[-4:]]


@pytest.fixture(scope="session")
def said(fixture_library: Library, asked: list[Question]) -> list[Json]:
    """Their answers, as lines of answers.jsonl."""
    ask = partial(Assistant(fixture_library).ask, k=8)
    return [each.line for each in ask_all(asked, ask)]


@pytest.fixture
def kept(
    fixture_library: Library, asked: list[Question], collection: Collection, said: list[Json]
) -> Callable[..., Path]:
    """Keep a run as `eval answers --out` does, the answers changed beforehand: `kept("name", change)`."""

    def keep(name: str, change: Change = lambda _: None) -> Path:
        answers, folder = json.loads(json.dumps(said)), Path(name)
        change(answers)
        run = described("eval answers", "fixture", "", fixture_library, {"llm": "none"})
        scored = score_all(asked, answers, collection)
        folder.mkdir()
        write_json(folder / "run.json", run)
        write_lines(folder / "answers.jsonl", answers)
        write_lines(folder / "scores.jsonl", map(score_line, scored))
        found = report("fixture", scored, len(fixture_library)) | {"missing_golds": [], "run": run}
        write_json(folder / "report.json", found)
        return folder

    return keep


def page_of(run: Path, against: Path | None = None) -> Any:
    write_report(Path("page.html"), run, against)
    return html.parse("page.html").getroot()


def card(page: Any, name: str) -> Any:
    return page.get_element_by_id(f"q-{name}")


def spoil(answers: list[Json]) -> None:
    """The first fails, the second is hostile."""
    answers[0] = {"id": answers[0]["id"], "question": answers[0]["question"], "error": HOSTILE}
    answers[1]["sentences"][0] |= {"text": HOSTILE, "marked_text": HOSTILE, "verdict": "unsupported"}
    answers[1]["citations"][0]["paper"] |= {"title": HOSTILE, "abstract": HOSTILE}
    answers[1]["hits"][0]["paper"] |= {"title": HOSTILE, "abstract": HOSTILE}


def test_every_question_has_its_answer_sources_and_scores(
    kept: Callable[..., Path], said: list[Json]
) -> None:
    page = page_of(kept("run"))
    for line in said:
        shown = card(page, line["id"]).text_content()
        assert line["question"] in shown
        for sentence in line["sentences"]:
            assert sentence["marked_text"] in shown
            assert sentence["reason"] in shown
        for hit in line["hits"]:
            assert hit["paper"]["title"] in shown
        assert "truthfulness" in shown


def test_gold_papers_are_marked_where_they_were_retrieved(
    kept: Callable[..., Path], said: list[Json], asked: list[Question], collection: Collection
) -> None:
    page = page_of(kept("run"))
    marked = 0
    for line, question in zip(said, asked, strict=True):
        hits = card(page, line["id"]).xpath(".//ol[@class='hits']/li/details/summary")
        golds = {paper.paper_id for name in question.gold_ids if (paper := collection.named(name))}
        is_gold = [bool(hit.xpath("span[contains(@class, 'gold')]")) for hit in hits]
        assert is_gold == [hit["paper"]["id"] in golds for hit in line["hits"]]
        marked += sum(is_gold)
    assert marked > 4


def test_evidence_is_marked_where_it_stands_in_the_abstract(
    kept: Callable[..., Path], said: list[Json]
) -> None:
    page = page_of(kept("run"))
    papers = json.loads(page.get_element_by_id("papers").text)
    line = next(line for line in said if line["citations"])
    quote = card(page, line["id"]).xpath(".//blockquote")[0]
    abstract = papers[int(quote.get("data-paper"))]["abstract"]
    assert abstract == line["citations"][0]["paper"]["abstract"]
    marked = " ".join(
        abstract[int(start) : int(end)] for start, end in re.findall(r"(\d+)-(\d+)", quote.get("data-spans"))
    )
    assert line["citations"][0]["evidence"][0]["quote"] in marked


def test_evidence_that_does_not_stand_in_the_abstract_is_called_so(kept: Callable[..., Path]) -> None:
    def forge(answers: list[Json]) -> None:
        answers[1]["citations"][0]["evidence"] = [
            {"paper_id": "x", "quote": "as forged", "start": 0, "end": 9}
        ]

    page = page_of(kept("run", forge))
    assert "Not in the abstract: “as forged”" in card(page, "fx002").text_content()


def test_a_folder_that_lacks_something_is_refused_in_one_line(
    kept: Callable[..., Path], footnote: Callable[..., Run]
) -> None:
    unanswered = kept("unanswered")
    lines = Path(unanswered, "answers.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    Path(unanswered, "answers.jsonl").write_text("".join(lines[1:]), encoding="utf-8")
    Path(kept("undescribed"), "run.json").write_text("{}", encoding="utf-8")
    Path(kept("bottomless"), "run.json").write_text("[" * 100_000, encoding="utf-8")
    for name, said in (
        ("unanswered", "answers.jsonl: no answer to fx001"),
        ("undescribed", "run.json: no “command”"),
        ("bottomless", "run.json: not valid JSON"),
    ):
        run = footnote("eval", "report", name, "page.html")
        assert (run.code, run.err.count("\n"), said in run.err) == (2, 1, True), run.err


def test_each_abstract_stands_in_the_page_once(kept: Callable[..., Path], said: list[Json]) -> None:
    page_of(kept("run"))
    text = Path("page.html").read_text(encoding="utf-8")
    whole = json.dumps(said[0]["hits"][0]["paper"]["abstract"], ensure_ascii=False)[1:60]
    assert text.count(whole) == 1
    papers = json.loads(html.fromstring(text).get_element_by_id("papers").text)
    assert len({paper["abstract"] for paper in papers}) == len(papers)
    assert len(text.encode()) < 500_000


def test_nothing_that_models_or_abstracts_say_can_run(kept: Callable[..., Path]) -> None:
    page = page_of(kept("run", spoil))
    assert len(page.xpath("//script")) == 2
    assert not page.xpath("//img | //@onerror")
    assert HOSTILE in card(page, "fx001").text_content()
    assert HOSTILE in card(page, "fx002").text_content()
    assert any(paper["title"] == HOSTILE for paper in json.loads(page.get_element_by_id("papers").text))


def test_the_page_asks_no_host_for_anything(kept: Callable[..., Path]) -> None:
    page = page_of(kept("run"))
    assert all(link.startswith("#") for link in page.xpath("//@src | //@href | //@action"))
    assert not page.xpath("//link | //iframe | //object | //embed")
    assert "default-src 'none'" in page.xpath("//meta[@http-equiv]/@content")[0]
    assert not re.search(r"url\(|@import|fetch\(", "".join(page.xpath("//style/text() | //script[2]/text()")))


def test_the_same_run_gives_the_same_bytes(kept: Callable[..., Path]) -> None:
    one, two = kept("one"), kept("two")
    for ending in ("html", "md", "json"):
        write_report(Path(f"one.{ending}"), one)
        write_report(Path(f"two.{ending}"), two)
        assert Path(f"one.{ending}").read_bytes() == Path(f"two.{ending}").read_bytes()


def test_slices_come_with_the_worst_lower_bound_first(kept: Callable[..., Path]) -> None:
    write_report(Path("page.md"), kept("run"))
    slices = Path("page.md").read_text(encoding="utf-8").partition("## Slices")[2].partition("## Causes")[0]
    for table in slices.split("| `")[1:]:
        bounds = [float(low) for low in re.findall(r"\| (-?[\d.]+) to ", table)]
        assert len(bounds) > 1
        assert bounds == sorted(bounds)


def test_failures_are_counted_beside_each_figure(kept: Callable[..., Path]) -> None:
    page = page_of(kept("run", spoil))
    row = page.xpath("//table[1]/tr[td[starts-with(text(), 'truthfulness')]]")[0]
    assert [cell.text_content() for cell in row.xpath("td")][3:5] == ["12", "1"]
    assert "1 failed" in page.text_content()


def test_two_runs_show_the_verdict_and_what_became_of_each_question(kept: Callable[..., Path]) -> None:
    def forget(answers: list[Json]) -> None:
        answers[:8] = [
            {"id": line["id"], "question": line["question"], "error": "gone"} for line in answers[:8]
        ]

    page = page_of(kept("worse", forget), kept("run"))
    assert page.xpath("//p/b[@class='REGRESSED']")
    assert card(page, "fx001").get("data-changed") == "yes"
    assert card(page, "fx093").get("data-changed") == ""
    ribbons = [title.text for title in page.xpath("//*[@class='flow']//title")]
    assert sum(int(title.split(" ×")[0]) for title in ribbons) == 12
    assert "#q-fx001" in page.xpath("//td/a/@href")


def test_the_same_run_twice_changes_nothing(kept: Callable[..., Path]) -> None:
    run = kept("run")
    page = page_of(run, run)
    assert page.xpath("//p/b[@class='PASS']")
    assert "No question changed its cause." in page.text_content()


def test_markdown_takes_questions_as_text(kept: Callable[..., Path], asked: list[Question]) -> None:
    run = kept("run")
    lines = [line for _, line in read_lines(run / "scores.jsonl")]
    write_lines(run / "scores.jsonl", [lines[0] | {"question": "a|b\n<b>[c](d)"}, *lines[1:]])
    write_report(Path("page.md"), run)
    text = Path("page.md").read_text(encoding="utf-8")
    assert r"| fx001 | a\|b \<b\>\[c\](d) |" in text
    assert len(re.findall(r"^\| fx\d+ \|", text, re.MULTILINE)) == len(asked)


def test_what_models_say_comes_with_how_well_they_can_tell(kept: Callable[..., Path]) -> None:
    run = kept("run")
    found = json.loads((run / "report.json").read_text(encoding="utf-8"))
    poor = {"denied": {"auroc": 0.55, "ci95": [0.5, 0.6], "n": 69}}
    found["metrics"]["judge_support"] = found["metrics"]["citation_coverage"]
    found["support_model"] = {"model": HOSTILE, "support": poor, "similarity": {}}
    found["judge"] = {
        "model": "ollama/judge", "items": 40, "votes": 2, "errors": 1, "tasks": 20, "flip_rate": 0.125,
        "withheld": {"judge_nuggets": "of a contradiction it said “support”"},
    }  # fmt: skip
    write_json(run / "report.json", found)
    page = page_of(run)
    [row] = page.xpath("//tr[@class='short'][contains(., 'denied')]")
    assert "0.550" in row.text_content()
    text = " ".join(page.text_content().split())
    assert "judged 40 items, each 2 times and contradicted itself on 12.5 %; 1 of 20 cases" in text
    assert "judge_nuggets is withheld: of a contradiction it said “support”." in text
    assert HOSTILE in page.text_content()
    assert len(page.xpath("//script")) == 2
    write_report(Path("page.md"), run)
    told = Path("page.md").read_text(encoding="utf-8")
    assert "denied 0.550 (0.500 to 0.600, n = 69)" in told
    assert "is withheld:** of a contradiction" in told


def test_the_command_makes_a_page_of_a_folder(
    footnote: Callable[..., Run], kept: Callable[..., Path]
) -> None:
    run = kept("run")
    assert "The report is in page.html." in footnote("eval", "report", run, "page.html").out
    assert footnote("eval", "report", run, "page.json", "--json").code == 0
    assert Path("page.json").read_bytes() == (run / "report.json").read_bytes()


def test_answers_are_reported_without_a_folder(footnote: Callable[..., Run], encoded: Path) -> None:
    title = "The blister resonator model of crustsong"
    question = {"id": "a", "question": f"What is said of {title}?", "gold_ids": [title]}
    write_lines(Path("questions.jsonl"), [question])
    run = footnote("--library", encoded, "eval", "answers", "questions.jsonl", "--report", "r.html")
    assert run.code == 0, run.err
    assert title in html.parse("r.html").getroot().text_content()


@pytest.mark.parametrize("name", ["page.pdf", "nowhere/page.html"])
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_asked(
    footnote: Callable[..., Run], encoded: Path, name: str
) -> None:
    Path("questions.jsonl").write_text("not even read")
    run = footnote("--library", encoded, "eval", "answers", "questions.jsonl", "--report", name)
    assert run.code == 2
    assert run.err.startswith(f"footnote: {name}: ")


def test_a_run_of_another_command_is_refused(kept: Callable[..., Path]) -> None:
    run = kept("run")
    write_json(run / "run.json", {"command": "eval retrieval"})
    with pytest.raises(FootnoteError, match="a report shows one of `eval answers`"):
        write_report(Path("page.html"), run)


def test_a_browser_opens_it_at_a_question_and_marks_the_evidence(
    kept: Callable[..., Path], said: list[Json], tmp_path: Path
) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        pytest.skip("no Chromium on this machine")
    line = next(line for line in said if line["citations"])
    page_of(kept("run"))
    options = (
        "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-sync --dump-dom"
    )
    address = f"{(tmp_path / 'page.html').as_uri()}#q-{line['id']}"
    command = [chromium, *options.split(), f"--user-data-dir={tmp_path / 'profile'}", address]
    seen = subprocess.run(command, capture_output=True, timeout=120, check=True).stdout.decode()
    opened = card(html.fromstring(seen), line["id"])
    assert opened.get("open") is not None
    assert line["citations"][0]["evidence"][0]["quote"] in " ".join(opened.xpath(".//mark/text()"))
