"""All questions together: every one counts once, and what fails never helps."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval.causes import CAUSES
from eval.collection import Collection
from eval.metrics import FIGURES, METRICS
from eval.metrics.whole_run import WHOLE
from eval.questions import Question
from eval.scoring import report, score_all
from tests.eval.answered import ASKED, ONE
from tests.eval.conftest import FIXTURE


def test_a_report_counts_every_question_once(
    collection: Collection, fixture_questions: Sequence[Question]
) -> None:
    lines = [
        {"id": q.id, "error": "no"} if n % 5 == 0 else {"text": "It hums."}
        for n, q in enumerate(fixture_questions)
    ]
    found = report("fixture", score_all(fixture_questions, lines, collection), 54)
    assert sum(found["causes"].values()) == found["n"] == len(fixture_questions)
    assert set(found["causes"]) <= set(CAUSES)
    assert sum(sum(kind.values()) for kind in found["decisions"].values()) == found["n"]
    assert len(found["failures"]) == found["metrics"]["truthfulness"]["n_failed"] == 19


def test_failing_is_never_better_than_being_wrong(
    collection: Collection, fixture_questions: Sequence[Question]
) -> None:
    """Ten of fifty answers raise, or are wrong instead, by whatever metric and however sure."""
    failed = {"error": "ValueError: no"}
    fine = {"text": "The tone began 34 minutes after sunset [1].", "citations": [
        {"marker": 1, "paper": {"id": ONE}, "evidence": []}], "hits": [{"paper": {"id": ONE}}]}  # fmt: skip
    others: list[dict[str, Any]] = [
        {"question": "Is it so?", "label": "yes", "must_contain": ()},
        {"question": "Is it not?", "label": "no", "must_contain": ()},
        {"type": "unanswerable", "gold_ids": ()},
    ]
    more = [replace(ASKED, **each) for each in others]
    asked = [replace(([ASKED] * 2 + more)[n // 5 % 5], id=str(n)) for n in range(50)]

    def metrics(bad: dict[str, Any]) -> dict[str, Any]:
        lines = [bad if n % 5 == 0 else fine for n in range(50)]
        found: dict[str, Any] = report("x", score_all(asked, lines, collection), 54)["metrics"]
        return found

    crashing = metrics(failed)
    for text, sure in (
        ("It was 77 crabs [4].", 0.9),
        ("Maybe it was 77 crabs [4].", 0.0),
        ("No, yes.", None),
    ):
        lying = metrics({"text": text, "confidence": sure})
        for name in (METRICS.keys() | WHOLE.keys()) - {"words"}:
            sign = -1 if FIGURES[name].scale.lower_is_better else 1
            if crashing[name]["n"]:
                assert sign * crashing[name]["mean"] <= sign * lying[name]["mean"], (name, text, sure)
    assert (crashing["truthfulness"]["n"], crashing["truthfulness"]["n_failed"]) == (50, 10)


def test_the_documentation_says_of_every_metric_what_it_is_and_what_it_cannot_see() -> None:
    page = (FIXTURE.parents[1] / "docs" / "evaluation.md").read_text(encoding="utf-8")
    for name, metric in FIGURES.items():
        said_of_it = re.escape(f"{metric.what} | {metric.blind}")
        lower = r".*?lower is better.*?" if metric.scale.lower_is_better else r"(?!.*lower is better).*?"
        assert re.search(rf"^\| `{name}`{lower} \| {said_of_it} \|$", page, re.MULTILINE), name


def test_every_test_that_the_documentation_names_is_there() -> None:
    page = (FIXTURE.parents[1] / "docs" / "evaluation.md").read_text(encoding="utf-8")
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    named = re.findall(r"`(test_\w+)`", page)
    assert len(named) > 20
    assert [name for name in named if f"def {name}(" not in tests] == []
