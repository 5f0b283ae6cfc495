"""`footnote eval compare` and `gate`: what may be said of two runs, and what may not."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

Footnote = Callable[..., Run]

N = 140
RUN = {"command": "eval answers", "dataset": "dev", "data": "d", "corpus": "c", "harness": "h", "config": {}}
GOOD = {
    "truthfulness": 1.0,
    "nugget_recall": 0.75,
    "gold_citation_recall": 1.0,
    "evidence_hit@3": 1.0,
    "invented_ids": 0.0,
    "over_refusal_rate": 0.0,
}
BROKEN = {
    "truthfulness": -1.0,
    "nugget_recall": 0.0,
    "gold_citation_recall": 0.0,
    "evidence_hit@3": 0.0,
    "invented_ids": 1.0,
    "over_refusal_rate": 1.0,
}


def run(
    name: str,
    *,
    broken: range = range(0),
    n: int = N,
    good: dict[str, float] = GOOD,
    described: dict[str, object] | None = None,
) -> Path:
    """A folder as `--out` makes it, in which some answers are broken and every third was never right."""
    never = {"truthfulness": -1.0} if "truthfulness" in good else {}
    folder = Path(name)
    folder.mkdir()
    (folder / "run.json").write_text(json.dumps({**RUN, **(described or {})}))
    lines: list[dict[str, Any]] = [
        {
            "id": f"q{i}",
            "cause": "crash" if i in broken else "right",
            "failed": "no answer" if i in broken else None,
            "scores": BROKEN if i in broken else good | (never if i % 3 == 2 else {}),
            "parts": {},
            "errors": [],
        }
        for i in range(n)
    ]
    (folder / "scores.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return folder


def change(folder: Path, line: int, **changes: Any) -> None:
    path = folder / "scores.jsonl"
    lines = [json.loads(text) for text in path.read_text().splitlines()]
    lines[line] |= changes
    path.write_text("".join(f"{json.dumps(each)}\n" for each in lines))


def gate(footnote: Footnote, a: Path, b: Path, *more: str) -> tuple[int, dict[str, Any]]:
    done = footnote("eval", "gate", a, b, *more, "--json")
    assert done.out, done.err
    return done.code, json.loads(done.out)


def test_a_run_passes_beside_itself_with_a_difference_of_exactly_nothing(footnote: Footnote) -> None:
    code, found = gate(footnote, run("a"), run("b"))
    assert (code, found["verdict"]) == (0, "PASS")
    for metric in found["metrics"].values():
        assert (metric["difference"], metric["ci95"], metric["p"]) == (0.0, [0.0, 0.0], 1.0)
        assert metric["detectable"] > 0


@pytest.mark.parametrize("n", [50, 140])
def test_one_answer_of_many_is_no_regression(footnote: Footnote, n: int) -> None:
    code, found = gate(footnote, run("a", n=n), run("b", n=n, broken=range(3, 4)))
    assert code in (0, 4)
    assert found["verdict"] != "REGRESSED"


def test_every_tenth_answer_broken_is_a_regression(footnote: Footnote) -> None:
    code, found = gate(footnote, run("a"), run("b", broken=range(0, N, 10)))
    assert (code, found["verdict"]) == (1, "REGRESSED")
    assert found["metrics"]["gold_citation_recall"]["losses"] == 14


def test_so_is_every_answer_broken_and_the_way_back_is_none(footnote: Footnote) -> None:
    a, b = run("a"), run("b", broken=range(N))
    assert gate(footnote, a, b)[0] == 1
    assert gate(footnote, b, a)[0] == 0


def test_what_cannot_be_told_says_how_many_more_questions_might(footnote: Footnote) -> None:
    code, found = gate(footnote, run("a", n=60), run("b", n=60, broken=range(0, 60, 15)))
    assert (code, found["verdict"]) == (4, "INCONCLUSIVE")
    assert all(m["more"] > 0 for m in found["metrics"].values() if m["verdict"] == "INCONCLUSIVE")


def test_a_wider_margin_lets_it_pass(footnote: Footnote) -> None:
    a, b = run("a"), run("b", broken=range(0, N, 50))
    strict = gate(footnote, a, b)[1]["metrics"]["gold_citation_recall"]
    loose = gate(footnote, a, b, "--margin", "gold_citation_recall=0.2")[1]["metrics"]["gold_citation_recall"]
    assert (strict["verdict"], loose["verdict"]) == ("INCONCLUSIVE", "PASS")


def test_a_margin_names_a_further_metric(footnote: Footnote) -> None:
    _, found = gate(
        footnote, run("a"), run("b", broken=range(0, N, 10)), "--margin", "over_refusal_rate=0.01"
    )
    refusals = found["metrics"]["over_refusal_rate"]
    assert refusals["lower_is_better"]
    assert refusals["difference"] == pytest.approx(0.1)
    assert refusals["verdict"] == "REGRESSED"


@pytest.mark.parametrize("margin", ["truthfulness", "truthfulness=much", "truthfulness=-1", "beauty=0.1"])
def test_a_margin_that_means_nothing_is_refused(footnote: Footnote, margin: str) -> None:
    refused = footnote("eval", "gate", run("a"), run("b"), "--margin", margin)
    assert (refused.code, refused.out) == (2, "")
    assert f"--margin {margin.partition('=')[0]}" in refused.err


def test_one_invented_citation_more_is_a_regression(footnote: Footnote) -> None:
    a, b = run("a"), run("b")
    change(b, 7, parts={"invented_ids": [1, 3]})
    code, found = gate(footnote, a, b)
    assert (code, found["faults"]["invented_ids"]) == (1, {"verdict": "REGRESSED", "a": 0, "b": 1})
    assert gate(footnote, b, a)[0] == 0


@pytest.mark.parametrize("what", ["data", "corpus", "harness"])
def test_runs_that_measured_other_things_are_not_compared(footnote: Footnote, what: str) -> None:
    a, b = run("a"), run("b", described={what: "other"})
    for command in ("compare", "gate"):
        refused = footnote("eval", command, a, b)
        assert (refused.code, refused.out) == (2, "")
        assert "cannot be compared: the second has" in refused.err


def test_other_settings_are_what_one_compares(footnote: Footnote) -> None:
    assert gate(footnote, run("a"), run("b", described={"config": {"k": 3}}))[0] == 0


def test_a_folder_of_something_else_is_refused(footnote: Footnote, tmp_path: Path) -> None:
    (tmp_path / "else").mkdir()
    refused = footnote("eval", "compare", run("a"), "else")
    assert refused.code == 2
    assert "no run.json there" in refused.err


def test_metrics_that_do_not_apply_are_paired_with_themselves_only(footnote: Footnote) -> None:
    a, b = run("a"), run("b")
    for folder in (a, b):
        change(folder, 0, scores={**GOOD, "nugget_recall": None})
    assert gate(footnote, a, b)[1]["metrics"]["nugget_recall"]["n"] == N - 1


def test_what_a_judge_could_not_say_widens_the_interval(footnote: Footnote) -> None:
    a, b = run("a"), run("b")
    change(b, 0, scores={**GOOD, "nugget_recall": None}, errors=["nugget_recall"])
    found = gate(footnote, a, b)[1]["metrics"]["nugget_recall"]
    assert found["n_error"] == 1
    assert found["ci95"][0] < 0 < found["ci95"][1]


def test_people_see_both_runs_and_who_fared_otherwise(footnote: Footnote) -> None:
    shown = footnote("eval", "compare", run("a"), run("b", broken=range(0, N, 10)))
    assert shown.code == 0
    assert "0:126:14" in shown.out
    assert "14 × right → crash: q0, q10" in shown.out


def test_two_runs_of_retrieval_are_compared_by_their_own_metrics(footnote: Footnote) -> None:
    a, b = (
        run(name, good={"nDCG@10": 0.5, "recall@10": 1.0}, described={"command": "eval retrieval"})
        for name in ("a", "b")
    )
    code, found = gate(footnote, a, b)
    assert (code, list(found["metrics"])) == (0, ["nDCG@10", "recall@10", "failed"])


def test_figures_of_whole_runs_are_compared_and_may_be_gated(footnote: Footnote) -> None:
    a, b = run("a"), run("b")
    row = {"answerable": True, "correct": True, "abstained": False, "confidence": 0.9, "failed": False}
    for folder, often in ((a, 0), (b, 3)):
        for i in range(N):
            wrong = often and i % often == 0
            change(folder, i, row={**row, "correct": not wrong, "confidence": 0.9 + 0.05 * bool(wrong)})
    aurc = json.loads(footnote("eval", "compare", a, b, "--json").out)["metrics"]["aurc"]
    assert (aurc["a"], aurc["lower_is_better"], aurc["wins"]) == (0.0, True, None)
    assert aurc["difference"] == aurc["b"] > 0.5
    shown = footnote("eval", "compare", a, b).out
    assert "aurc ↓" in shown
    assert "coverage_at_5_risk ↓" not in shown
    code, found = gate(footnote, a, b, "--margin", "aurc=0.05")
    assert (code, found["metrics"]["aurc"]["verdict"]) == (1, "REGRESSED")
    assert gate(footnote, b, a, "--margin", "aurc=0.05")[0] == 0


def test_what_two_models_judged_is_not_compared(footnote: Footnote) -> None:
    good = {**GOOD, "judge_support": 1.0}
    a, b, c = (
        run(name, good=good, described={"instruments": {"judge_support": judge}})
        for name, judge in (("a", "one"), ("b", "other"), ("c", "one"))
    )
    found = json.loads(footnote("eval", "compare", a, b, "--json").out)
    assert found["not_compared"] == ["judge_support"]
    assert "judge_support" not in found["metrics"]
    assert "judge_support" in json.loads(footnote("eval", "compare", a, c, "--json").out)["metrics"]
    refused = footnote("eval", "gate", a, b, "--margin", "judge_support=0.1")
    assert refused.code == 2


def test_one_question_decides_nothing(footnote: Footnote) -> None:
    code, found = gate(footnote, run("a", n=1), run("b", n=1))
    assert (code, found["verdict"]) == (4, "INCONCLUSIVE")
    recall = found["metrics"]["gold_citation_recall"]
    assert (recall["ci95"], recall["detectable"], recall["more"]) == ([-1.0, 1.0], None, 3)


def test_equal_small_losses_of_a_few_questions_are_not_yet_a_regression(footnote: Footnote) -> None:
    a, b = (
        run(name, n=12, good={"gold_citation_recall": score}) for name, score in (("a", 1.0), ("b", 0.96))
    )
    code, found = gate(footnote, a, b)
    recall = found["metrics"]["gold_citation_recall"]
    assert (code, recall["verdict"]) == (4, "INCONCLUSIVE")
    assert recall["ci95"][0] < -0.04 < recall["ci95"][1]
    assert recall["more"] == 63  # at 75 the interval lies below 0


@pytest.mark.parametrize(("lowest", "code"), [(0.69, 2), (0.7, 0)])
def test_a_model_that_cannot_tell_does_not_gate(footnote: Footnote, lowest: float, code: int) -> None:
    good = {**GOOD, "model_support": 1.0}
    a, b = (run(name, good=good, described={"instruments": {"model_support": "m"}}) for name in ("a", "b"))
    card = {"model": "m", "support": {"same paper": {"auroc": 0.98}, "denied": {"auroc": lowest}}}
    for folder in (a, b):
        (folder / "report.json").write_text(json.dumps({"support_model": card}))
    found = footnote("eval", "gate", a, b, "--margin", "model_support=0.1")
    assert found.code == code, found.err
    if code:
        assert "--margin model_support: m tells right from “denied” at an AUROC of 0.69" in found.err
