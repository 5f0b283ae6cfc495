"""`footnote bench`, run for real on a few papers; what it measures is not looked at, only that it does."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from eval.bench.machine import settings
from eval.bench.tables import show
from rag.testing import sample_papers, write_jsonl
from tests.conftest import Run

Footnote = Callable[..., Run]
Json = dict[str, Any]

PAPERS = sample_papers()[:12]
SYSTEMS = ["footnote", "llamaindex", "bm25"]
COMMAND = [sys.executable, "-P", "-c", "from rag.cli import main; main()", "bench"]
SPREAD = {"median", "min", "max"}

needs_extra = pytest.mark.skipif(find_spec("bm25s") is None, reason="pip install 'footnote-rag[bench]'")


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    """No settings; the cache is that of the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("FOOTNOTE_")}


def write_beir(folder: Path) -> Path:
    """The papers, each wanted by a query that is its title."""
    (folder / "qrels").mkdir(parents=True)
    documents = ({"_id": f"d{n}", "title": p.title, "text": p.abstract} for n, p in enumerate(PAPERS))
    (folder / "corpus.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in documents))
    queries = ({"_id": f"q{n}", "text": p.title} for n, p in enumerate(PAPERS))
    (folder / "queries.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in queries))
    (folder / "qrels" / "test.tsv").write_text("".join(f"q{n}\td{n}\t1\n" for n in range(len(PAPERS))))
    return folder


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Path:
    """What a run on a BEIR folder kept; its report went to stdout, too."""
    folder = tmp_path_factory.mktemp("bench")
    arguments = ["--beir", str(write_beir(folder / "runs")), "--repeat", "1", "--systems", "llamaindex,bm25"]
    run = subprocess.run(
        [*COMMAND, *arguments, "--limit", "4", "--out", "out", "--json"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == json.loads((folder / "out" / "report.json").read_text())
    return folder / "out"


@pytest.fixture
def report(kept: Path) -> Json:
    found: Json = json.loads((kept / "report.json").read_text())
    return found


@needs_extra
def test_all_systems_are_measured_on_the_same_papers(report: Json) -> None:
    tiny = report["collections"]["runs"]
    assert tiny["papers"] == 8  # four that were asked for, and four others
    assert list(tiny["systems"]) == SYSTEMS
    for figures in tiny["systems"].values():
        assert all(figures[name]["median"] > 0 for name in figures if name != "metrics")
        assert figures["metrics"]["nDCG@10"]["n"] == 4
        assert figures["metrics"]["recall@100"]["mean"] == 1.0
    assert tiny["index_recall@10"] == 1.0


@needs_extra
def test_cold_starts_are_measured_beside_a_minimal_script(report: Json) -> None:
    assert list(report["cold"]) == ["footnote ask", "footnote search", "minimal LlamaIndex script"]
    assert all(each["peak_bytes"]["median"] > 50_000_000 for each in report["cold"].values())


@needs_extra
def test_ratios_are_ours_over_theirs(report: Json) -> None:
    systems, ratios = report["collections"]["runs"]["systems"], report["ratios"]
    rates = [systems[name]["papers_per_second"]["median"] for name in ("footnote", "llamaindex")]
    assert ratios["papers_per_second"]["llamaindex"]["median"] == pytest.approx(rates[0] / rates[1])
    assert set(ratios["cold_seconds"]["footnote ask"]) == SPREAD
    assert ratios["nDCG@10"]["collections"]["runs"]["value"] == pytest.approx(
        systems["footnote"]["metrics"]["nDCG@10"]["mean"]
        / systems["llamaindex"]["metrics"]["nDCG@10"]["mean"]
    )
    assert ratios["nDCG@10"]["mean"] is None  # they are all but perfect, and would tell nothing


def test_settings_are_reported_wherever_they_stand_and_keys_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_LLM_API_KEY", "secret")
    Path(".env").write_text("FOOTNOTE_TOP_K=5\nFOOTNOTE_LLM_API_KEY=secret\n")
    assert settings() == {"FOOTNOTE_TOP_K": "5"}


@needs_extra
def test_it_says_what_it_was_measured_on(report: Json) -> None:
    assert report["machine"]["cores"] >= 1
    assert all(report["versions"][name] for name in ("footnote-rag", "chromadb", "llama-index-core", "bm25s"))
    assert report["precision"] in {"fp32", "bf16"}
    assert report["failed"] == []


@needs_extra
def test_every_measurement_and_a_picture_are_kept(kept: Path) -> None:
    kinds = [json.loads(line)["kind"] for line in (kept / "results.jsonl").read_text().splitlines()]
    assert kinds == ["system"] * 3 + ["cold"] * 3
    assert (kept / "bench.png").read_bytes().startswith(b"\x89PNG")
    assert {path.name for path in (kept / "runs").iterdir()} == {f"runs-{name}.trec" for name in SYSTEMS}


@needs_extra
def test_people_get_tables(report: Json) -> None:
    console = Console(file=StringIO(), width=140)
    show(report, console)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    for said in (
        "runs: 8 papers",
        "LlamaIndex default",
        "minimal LlamaIndex script",
        "runs: BM25",
        "32 other",
    ):
        assert said in shown


@needs_extra
def test_results_of_another_run_are_not_overwritten(footnote: Footnote, kept: Path) -> None:
    refused = footnote("bench", "--scale", "10", "--out", kept)
    assert (refused.code, refused.out) == (2, "")
    assert "holds the results of another run" in refused.err


@needs_extra
def test_what_was_measured_before_ctrl_c_is_reported(tmp_path: Path, environment: dict[str, str]) -> None:
    papers = write_jsonl(tmp_path / "papers.jsonl", PAPERS)
    arguments = [*COMMAND, str(papers), "--systems", "bm25", "--repeat", "100", "--out", "out"]
    with subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, text=True) as process:
        results = tmp_path / "out" / "results.jsonl"
        while not (results.exists() and results.read_text()) and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        shown, _ = process.communicate()
    assert process.returncode == 130
    assert "papers: 12 papers" in shown
    assert (
        "footnote"
        in json.loads((tmp_path / "out" / "report.json").read_text())["collections"]["papers"]["systems"]
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "nothing to measure"),
        (["--scale", "1000,many"], "write numbers of papers"),
        (["--scale", "0"], "at least one paper"),
        (
            ["--systems", "footnote,txtai", "--scale", "10"],
            "no system txtai; choose from footnote, llamaindex",
        ),
        (["--questions", "q.jsonl"], "--questions are about the papers at PATH"),
        (["--beir", "empty"], "queries.jsonl: cannot be read"),
        (["--library", "lib", "--scale", "10"], "libraries of its own"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_one_line(
    footnote: Footnote, arguments: list[str], said: str
) -> None:
    Path("q.jsonl").touch()
    Path("empty").mkdir()
    refused = footnote("bench", *arguments)
    assert (refused.code, refused.out) == (2, "")
    (line,) = refused.err.splitlines()
    assert said in line


def test_a_missing_extra_is_named_with_the_command(
    footnote: Footnote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "bm25s", None)
    refused = footnote("bench", write_jsonl("papers.jsonl", PAPERS), "--systems", "bm25")
    assert refused.code == 2
    assert refused.err == (
        "footnote: bm25s is not installed; get it with `pip install 'footnote-rag[bench]'`\n"
    )
