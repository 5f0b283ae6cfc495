"""`footnote eval answers`, as it is typed."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

import pytest

from eval import answers
from eval.asking import ask_all
from eval.metrics.columns import COLUMNS
from eval.questions import Question
from rag import Answer, Assistant, Library, ModelError
from rag.testing import ScriptedChatModel
from tests.conftest import Run
from tests.eval.conftest import QUESTIONS
from tests.eval.judges import but, is_probe, obedient, well
from tests.rag.model_servers import Script, openai_reply, serving

Footnote = Callable[..., Run]
REPORTING = {"posthog", "sentry_sdk", "mixpanel", "analytics", "segment", "ragas", "deepeval", "langfuse"}
KEPT = {"run.json", "answers.jsonl", "scores.jsonl", "report.json", "manifest.json"}


def evaluated(footnote: Footnote, library: Path, *more: object) -> dict[str, Any]:
    run = footnote("--library", library, "eval", "answers", QUESTIONS, "--limit", 8, *more, "--json")
    assert run.code == 0, run.err
    found: dict[str, Any] = json.loads(run.out)
    return found


def test_every_figure_has_an_interval_and_the_number_of_questions(footnote: Footnote, encoded: Path) -> None:
    found = evaluated(footnote, encoded)
    assert (found["dataset"], found["n"], found["papers"]) == ("questions", 8, 12)
    for name, figure in found["metrics"].items():
        if figure["n"]:
            assert figure["ci95"][0] <= figure["mean"] <= figure["ci95"][1], name
    promised = """
        evidence_hit@1 evidence_hit@3 evidence_hit@5 evidence_recall@5 quote_fidelity invented_ids
        citation_coverage gold_citation_precision gold_citation_recall number_fidelity nugget_recall
        must_contain
        over_refusal_rate false_answer_rate abstention_auroc truthfulness
    """.split()
    assert set(promised) <= set(found["metrics"])
    assert sum(found["causes"].values()) == 8


def test_two_runs_give_the_same_bytes_but_for_the_manifest(footnote: Footnote, encoded: Path) -> None:
    for out in ("one", "two"):
        evaluated(footnote, encoded, "--out", out)
    assert {path.name for path in Path("one").iterdir()} == KEPT
    for name in KEPT - {"manifest.json"}:
        assert Path("one", name).read_bytes() == Path("two", name).read_bytes(), name


def test_people_get_a_table_and_the_causes(footnote: Footnote, encoded: Path) -> None:
    shown = footnote("--library", encoded, "eval", "answers", QUESTIONS, "--limit", 4)
    assert "questions: 4 questions, 4 answerable, 12 papers" in shown.out
    assert "truthfulness" in shown.out
    assert "right " in shown.out


def test_a_run_that_was_broken_off_goes_on_where_it_stopped(footnote: Footnote, encoded: Path) -> None:
    whole = evaluated(footnote, encoded, "--out", "whole")
    evaluated(footnote, encoded, "--out", "broken")
    lines = Path("broken/answers.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    Path("broken/answers.jsonl").write_text("".join(lines[:3]) + lines[3][:50], encoding="utf-8")
    asked: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Assistant, "ask", _noted(asked, Assistant.ask))
        assert evaluated(footnote, encoded, "--out", "broken") == whole
    assert len(asked) == 5
    assert Path("broken/answers.jsonl").read_bytes() == Path("whole/answers.jsonl").read_bytes()


def test_failures_at_the_end_are_asked_again(footnote: Footnote, encoded: Path) -> None:
    """They may be those of a server that went away."""
    evaluated(footnote, encoded, "--out", "run")
    lines = Path("run/answers.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    lost = [json.dumps({"id": json.loads(line)["id"], "error": "gone"}) + "\n" for line in lines]
    Path("run/answers.jsonl").write_text("".join([lost[0], *lines[1:6], *lost[6:]]), encoding="utf-8")
    found = evaluated(footnote, encoded, "--out", "run")
    assert [failure["id"] for failure in found["failures"]] == ["fx001"]


@pytest.mark.parametrize(
    ("more", "what"), [(("-k", 3), "other settings"), (("--limit", 2), "other questions")]
)
def test_a_folder_with_another_run_is_refused(
    footnote: Footnote, encoded: Path, more: tuple[object, ...], what: str
) -> None:
    evaluated(footnote, encoded, "--out", "run")
    command = ("--library", encoded, "eval", "answers", QUESTIONS, "--limit", 8, "--out", "run", *more)
    refused = footnote(*command)
    assert refused.code == 2
    assert f"run: holds a run with {what}" in refused.err


def test_an_answer_that_was_taken_out_is_asked_again_in_its_place(footnote: Footnote, encoded: Path) -> None:
    whole = evaluated(footnote, encoded, "--out", "run")
    path = Path("run/answers.jsonl")
    kept = path.read_bytes()
    lines = kept.splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], *lines[3:]]))
    assert evaluated(footnote, encoded, "--out", "run") == whole
    assert path.read_bytes() == kept


@pytest.mark.parametrize("cut", [b'{"id": "fx009", "text": "10 \xe2\x82', b"", b"\n"])
def test_a_file_cut_anywhere_is_gone_on_with(footnote: Footnote, encoded: Path, cut: bytes) -> None:
    evaluated(footnote, encoded, "--out", "run")
    kept = Path("run/answers.jsonl").read_bytes()
    first = kept[: kept.index(b"\n")]
    Path("run/answers.jsonl").write_bytes(first + (b"\n" + cut if cut.strip() else cut))
    Path("run/manifest.json").write_bytes(b'{"by_question": {"fx0')
    evaluated(footnote, encoded, "--out", "run")
    assert Path("run/answers.jsonl").read_bytes() == kept


def test_a_line_that_was_spoilt_is_named_and_nothing_is_lost(footnote: Footnote, encoded: Path) -> None:
    evaluated(footnote, encoded, "--out", "run")
    lines = Path("run/answers.jsonl").read_bytes().splitlines(keepends=True)
    spoilt = b"".join([lines[0], b"[1]\n", *lines[2:]])
    Path("run/answers.jsonl").write_bytes(spoilt)
    command = ("--library", encoded, "eval", "answers", QUESTIONS, "--limit", 8, "--out", "run")
    run = footnote(*command)
    assert (run.code, "answers.jsonl:2: not a JSON object" in run.err) == (2, True)
    assert Path("run/answers.jsonl").read_bytes() == spoilt


def test_a_run_that_is_refused_its_judge_stays_what_it_was(
    footnote: Footnote, encoded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluated(footnote, encoded, "--out", "run")
    kept = {path.name: path.read_bytes() for path in Path("run").iterdir()}
    monkeypatch.setenv("FOOTNOTE_LLM_BASE_URL", "http://127.0.0.1:9")
    command = ("--library", encoded, "eval", "answers", QUESTIONS, "--limit", 8, "--out", "run")
    assert footnote(*command, "--judge", "openai-like/judge", "--judge-calls", 1).code == 2
    assert kept == {name: Path("run", name).read_bytes() for name in kept}


def test_a_question_with_half_a_character_is_asked_and_kept(footnote: Footnote, encoded: Path) -> None:
    gold = json.loads(QUESTIONS.read_text(encoding="utf-8").partition("\n")[0])
    Path("q.jsonl").write_text(json.dumps(gold | {"question": f"{gold['question']} \ud800"}))
    command = ("--library", encoded, "eval", "answers", "q.jsonl", "--out", "run", "--json")
    first, again = footnote(*command), footnote(*command)
    assert (first.code, again.out) == (0, first.out)


def test_ctrl_c_keeps_what_was_answered(footnote: Footnote, encoded: Path) -> None:
    def interrupted(self: Assistant, question: str, **_: object) -> Answer:
        if "blister" in question:  # the second question
            raise KeyboardInterrupt
        return _real(self, question)

    _real = Assistant.ask
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Assistant, "ask", interrupted)
        run = footnote("--library", encoded, "eval", "answers", QUESTIONS, "--limit", 8, "--out", "run")
    assert (run.code, run.out) == (130, "")
    assert "the same command goes on" in run.err
    assert len(Path("run/answers.jsonl").read_text(encoding="utf-8").splitlines()) == 1
    assert evaluated(footnote, encoded, "--out", "run")["n"] == 8


def test_a_library_without_any_of_the_gold_papers_is_refused(footnote: Footnote, encoded: Path) -> None:
    elsewhere = {"id": "a", "question": "Who hums?", "gold_ids": ["doi:10.5555/elsewhere"]}
    Path("others.jsonl").write_text(json.dumps(elsewhere))
    refused = footnote("--library", encoded, "eval", "answers", "others.jsonl")
    assert refused.code == 2
    assert "gold papers is in" in refused.err


def test_a_model_that_is_not_there_is_no_bad_answer(footnote: Footnote, encoded: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOOTNOTE_LLM_BASE_URL", url)
        run = footnote(
            "--library", encoded, "eval", "answers", QUESTIONS, "--llm", "ollama/none", "--out", "run"
        )
    assert (run.code, run.out) == (3, "")
    assert Path("run/answers.jsonl").read_text() == ""


ALONE = """
import socket, sys
def refused(*_):
    raise AssertionError("a socket was opened")
socket.socket.connect = socket.getaddrinfo = refused
from rag.cli import main
library = sys.argv[1]
for command in ("answers q.jsonl --out answers --report page.html", "retrieval q.jsonl --out retrieval",
                "perturb q.jsonl --only typos --only number --out perturb", "health --sample 3 --out health",
                "lint q.jsonl", "questions --out made.jsonl -n 3"):
    sys.argv = ["footnote", "--library", library, "eval", *command.split()]
    try:
        main()
    except SystemExit as ended:
        assert ended.code in (0, 1, None), command  # 1: a finding
print(*sorted({name.partition(".")[0] for name in sys.modules} & REPORTING), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def alone(encoded: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, str]]:
    """What every command makes of one question where no socket opens, in two processes that put sets in
    different orders: a folder each, and what was said on stderr.
    """
    plain = {name: value for name, value in os.environ.items() if not name.startswith("FOOTNOTE_")}
    done = []
    for seed in ("1", "2"):
        folder = tmp_path_factory.mktemp("alone")
        question = QUESTIONS.read_text(encoding="utf-8").partition("\n")[0]
        (folder / "q.jsonl").write_text(question, encoding="utf-8")
        code = ALONE.replace("REPORTING", repr(REPORTING))
        run = subprocess.run(
            [sys.executable, "-c", code, encoded], cwd=folder, env={**plain, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        done.append((folder, run.stderr.strip()))
    return done


def test_without_a_network_all_is_done_and_nothing_that_reports_home_is_loaded(
    alone: list[tuple[Path, str]],
) -> None:
    folder, said = alone[0]
    assert said == ""
    made = {path.name for path in folder.iterdir()}
    assert {"answers", "retrieval", "perturb", "health", "made.jsonl", "page.html"} <= made


def test_what_is_kept_does_not_hang_on_the_order_of_sets(alone: list[tuple[Path, str]]) -> None:
    (one, _), (other, _) = alone
    names = [path.relative_to(one) for path in one.rglob("*") if path.is_file()]
    assert len(names) > 15
    for name in names:
        assert name.name == "manifest.json" or (one / name).read_bytes() == (other / name).read_bytes(), name


def test_answers_come_in_the_order_of_the_questions_however_many_are_asked_at_once() -> None:
    busy, most, lock = 0, 0, Lock()

    def ask(question: str) -> Answer:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        time.sleep(0.02 * (question == "0"))
        with lock:
            busy -= 1
        return Answer(question, question, (), (), (), 0.5)

    asked = list(ask_all([Question(str(n), str(n)) for n in range(12)], ask, at_once=4))
    assert [each.line["id"] for each in asked] == [str(n) for n in range(12)]
    assert most > 1


def test_a_system_that_raises_has_an_answer_that_says_so() -> None:
    def ask(question: str) -> Answer:
        raise ModelError("no model") if question == "1" else ValueError("too hard")

    asked = list(ask_all([Question("a", "0"), Question("b", "1")], ask))
    assert [each.line["error"] for each in asked] == ["ValueError: too hard", "ModelError: no model"]
    assert [isinstance(each.error, ModelError) for each in asked] == [False, True]


def test_a_model_writes_the_answers_that_are_scored(fixture_library: Library) -> None:
    assistant = Assistant(fixture_library, llm=ScriptedChatModel("It began 34 minutes after sunset."))
    question = Question("a", "When did the tone begin at Orrel Pan?")
    [asked] = ask_all([question], partial(assistant.ask, force=True))
    assert asked.line["text"] == "It began 34 minutes after sunset."
    assert "seconds" not in asked.line
    assert asked.seconds["total"] > 0


def test_the_fixture_is_scored_in_full(fixture_library: Library) -> None:
    found = answers.evaluate(QUESTIONS, fixture_library).report
    assert (found["n"], found["answerable"], found["failures"]) == (93, 69, [])
    for name in ("invented_ids", "not_shown_ids"):
        assert found["metrics"][name]["mean"] == 0.0
    for name in ("quote_fidelity", "metadata_fidelity", "number_fidelity"):
        assert found["metrics"][name]["mean"] == 1.0


def test_a_judge_adds_columns_and_is_asked_once(
    footnote: Footnote, encoded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judging = ("--judge", "openai-like/judge", "--support-model", "encoder", "--out", "run")
    with serving(well) as server:
        monkeypatch.setenv("FOOTNOTE_LLM_BASE_URL", server.url)
        found = evaluated(footnote, encoded, *judging)
        asked = len(server.requests)
    assert set(COLUMNS) <= set(found["metrics"])
    assert found["judge"]["errors"] == 0
    assert found["support_model"]["support"]["denied"]["auroc"] < 0.7
    assert json.loads(Path("run/manifest.json").read_text())["judge_calls"] == asked
    kept = {name: Path("run", name).read_bytes() for name in (*KEPT - {"manifest.json"}, "judge.jsonl")}
    assert evaluated(footnote, encoded, *judging) == found  # the server is gone
    assert kept == {name: Path("run", name).read_bytes() for name in kept}


@pytest.mark.parametrize(
    ("judge", "more", "code", "said"),
    [
        (
            well,
            ("--judge-calls", 9),
            2,
            r"--judge-calls 9: judging these answers takes \d+ calls, about \d+ tokens",
        ),
        (obedient, (), 3, "judge_nuggets is withheld: of an instruction hidden in the text"),
        (but(well, lambda r: None if is_probe(r) else openai_reply("?")), (), 3, "gave no verdict in 4 of 4"),
    ],
)
def test_a_judge_that_is_too_dear_or_not_to_be_believed_is_said_so(
    footnote: Footnote, encoded: Path, monkeypatch: pytest.MonkeyPatch,
    judge: Script, more: tuple[object, ...], code: int, said: str,
) -> None:  # fmt: skip
    with serving(judge) as server:
        monkeypatch.setenv("FOOTNOTE_LLM_BASE_URL", server.url)
        asking = ("--library", encoded, "eval", "answers", QUESTIONS, "--limit", 2, "--json")
        run = footnote(*asking, "--judge", "openai-like/judge", *more)
    assert run.code == code
    assert re.search(said, run.err)
    assert bool(run.out) == (code == 3)  # the figures that need no judge are there


def test_a_judge_that_is_no_model_is_refused_before_anything_is_asked(
    footnote: Footnote, encoded: Path
) -> None:
    asking = ("--library", encoded, "eval", "answers", QUESTIONS, "--out", "run")
    for option, named in (("--judge", "none"), ("--judge", "gpt"), ("--support-model", "./nowhere")):
        refused = footnote(*asking, option, named)
        assert (refused.code, refused.out, Path("run").exists()) == (2, "", False)
        assert named in refused.err


def _noted(asked: list[str], ask: Callable[..., Answer]) -> Callable[..., Answer]:
    def noting(self: Assistant, question: str, **options: object) -> Answer:
        asked.append(question)
        return ask(self, question, **options)

    return noting
