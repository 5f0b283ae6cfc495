"""Figures of a run as a whole, beside scikit-learn's where it has them."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score, roc_auc_score

from eval.metrics.whole_run import WHOLE, Row, whole_run
from eval.whole_pairs import whole_pair

RANDOM = np.random.default_rng(3)


def row(answerable: bool, correct: bool, confidence: float, **more: object) -> Row:
    return Row(answerable, correct, confidence < 0.5, confidence, failed=False, **more)  # type: ignore[arg-type]


ROWS = [row(bool(n % 3), bool(n % 3) and n % 2 == 0, round(float(RANDOM.random()), 1)) for n in range(90)]


def mean(rows: list[Row], name: str) -> float:
    found: float = whole_run(rows)[name]["mean"]
    return found


def test_they_are_what_scikit_learn_says() -> None:
    could, sure = [r.answerable for r in ROWS], [r.confidence for r in ROWS]
    assert mean(ROWS, "abstention_auroc") == pytest.approx(roc_auc_score(could, sure))
    left = [not r.abstained for r in ROWS]
    assert mean(ROWS, "balanced_accuracy") == pytest.approx(balanced_accuracy_score(could, left))


def test_labels_are_scored_as_scikit_learn_does() -> None:
    labels = ["yes", "no", "maybe", "yes", "no", "yes"] * 5
    said = ["yes", "no", "yes", "no", "", "yes"] * 5
    rows = [row(True, a == b, 0.9, label=a, said=b) for a, b in zip(labels, said, strict=True)]
    expected = f1_score(labels, said, average="macro", labels=["yes", "no", "maybe"], zero_division=0)
    assert mean(rows, "macro_f1") == pytest.approx(expected)


def test_each_has_an_interval_around_it_and_the_number_of_questions() -> None:
    for name, found in whole_run(ROWS).items():
        if name != "macro_f1":
            assert found["ci95"][0] <= found["mean"] <= found["ci95"][1], name
            assert found["n"] == len(ROWS)


def test_what_the_questions_do_not_allow_is_none() -> None:
    found = whole_run([row(True, True, 0.9)] * 5)
    assert (found["abstention_auroc"]["mean"], found["abstention_auroc"]["n"]) == (None, 0)
    assert found["macro_f1"]["mean"] is None


def test_the_order_of_confidence_decides_the_risk() -> None:
    good = [row(True, True, 0.9)] * 8 + [row(True, False, 0.1)] * 2
    bad = [row(True, True, 0.1)] * 8 + [row(True, False, 0.9)] * 2
    assert mean(good, "aurc") < mean(bad, "aurc")
    assert (mean(good, "coverage_at_5_risk"), mean(bad, "coverage_at_5_risk")) == (0.8, 0.0)


def test_equally_sure_answers_are_in_no_order() -> None:
    tied = [row(True, n < 5, 0.7) for n in range(10)]
    assert mean(tied, "aurc") == mean(tied[::-1], "aurc") == 0.5
    assert mean(tied, "coverage_at_5_risk") == 0.0


def test_what_nobody_can_judge_counts_neither_as_right_nor_as_wrong() -> None:
    unjudged = Row(True, True, False, 0.9, failed=False, judged=False)
    for name in ("aurc", "coverage_at_5_risk"):
        assert whole_run([unjudged] * 5)[name]["mean"] is None
        assert whole_run([*ROWS, *[unjudged] * 5])[name] == whole_run(ROWS)[name]


def test_confidence_that_comes_true_is_calibrated() -> None:
    true = [row(n % 10 < 7, False, 0.7) for n in range(100)]
    assert mean(true, "ece") == pytest.approx(0.0, abs=1e-9)
    assert mean([row(True, False, 0.2)] * 50, "ece") == pytest.approx(0.8)


def test_calibration_does_not_hang_on_the_order_of_the_questions() -> None:
    mixed = [row(n % 10 < 7, False, 0.7) for n in range(100)]
    parted = sorted(mixed, key=lambda r: r.answerable)
    for rows in (mixed, parted):
        found = whole_run(rows)["ece"]
        assert (found["mean"], found["ci95"]) == (pytest.approx(0.0), pytest.approx([0.0, 0.03]))


def test_a_failure_beside_an_overconfident_answer_does_not_mend_calibration() -> None:
    sure = [row(False, False, 1.0)] * 15
    failed = [Row(True, False, False, 0.0, failed=True)] * 5
    assert mean([*sure, *failed], "ece") == 1.0


def test_few_questions_leave_even_a_perfect_figure_an_interval_with_a_width() -> None:
    few = [row(True, True, 0.9, label="yes", said="yes")] * 3 + [row(False, True, 0.1)] * 2
    for name, found in whole_run(few).items():
        low, high = found["ci95"]
        assert 0.0 <= low <= found["mean"] <= high <= 1.0, name
        assert high - low > 0.2, name


def test_failing_is_never_a_good_decision() -> None:
    sound = [row(True, True, 0.9)] * 5 + [row(False, False, 0.1)] * 5
    failed = [Row(True, False, False, 0.0, failed=True)] * 5 + [
        Row(False, False, False, 1.0, failed=True)
    ] * 5
    for name, best in (("balanced_accuracy", 1.0), ("abstention_auroc", 1.0)):
        assert (mean(sound, name), mean(failed, name)) == (best, 0.0)


def test_figures_of_two_runs_are_compared_with_an_interval() -> None:
    def rows(sure: float) -> list[Row]:
        return [row(i % 3 > 0, i % 3 == 1, sure) for i in range(60)]

    for name, whole in WHOLE.items():
        same = whole_pair(whole, rows(0.7), rows(0.7))
        if name == "macro_f1":
            assert same is None  # a set without labels
        else:
            assert same
            assert (same.difference, same.ci95, same.p) == (0.0, (0.0, 0.0), 1.0)
            assert same.detectable
            assert 0 < same.detectable < 1
    worse = whole_pair(WHOLE["ece"], rows(0.7), rows(0.1))
    assert worse
    assert worse.ci95[1] < 0  # more is worse, and turned so that it is below 0
