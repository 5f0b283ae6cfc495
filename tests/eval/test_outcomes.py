"""What fails never helps a score, and what is not known is said."""

import pytest

from eval.outcomes import NOT_APPLICABLE, Outcome, Scale, judge_failed, share, summary

RIGHT, WRONG = Outcome(1.0), Outcome(0.0)


def test_a_mean_is_over_what_applies_with_an_interval_and_the_counts_beside() -> None:
    found = summary([RIGHT, RIGHT, WRONG, NOT_APPLICABLE], Scale(), n_failed=1)
    low, high = found.pop("ci95")
    assert low < 2 / 3 < high
    assert found == {"mean": pytest.approx(2 / 3), "n": 3, "n_failed": 1, "n_na": 1, "n_error": 0}


def test_a_metric_that_applies_to_nothing_has_no_mean_and_no_interval() -> None:
    found = summary([NOT_APPLICABLE] * 4, Scale(), n_failed=0)
    assert (found["mean"], found["ci95"], found["n"], found["n_na"]) == (None, None, 0, 4)


def test_judge_errors_leave_the_mean_and_widen_its_bounds_and_interval() -> None:
    sure = summary([RIGHT, WRONG] * 10, Scale(), n_failed=0)
    found = summary([RIGHT, WRONG] * 10 + [judge_failed("no JSON")] * 5, Scale(), n_failed=0)
    assert (found["mean"], found["n"], found["n_error"]) == (0.5, 25, 5)
    assert found["bounds"] == [10 / 25, 15 / 25]
    assert found["ci95"][0] < sure["ci95"][0]
    assert found["ci95"][1] > sure["ci95"][1]


def test_where_every_judgement_failed_anything_is_possible() -> None:
    found = summary([judge_failed("no JSON")] * 3, Scale(), n_failed=0)
    assert (found["mean"], found["bounds"]) == (None, [0.0, 1.0])
    assert found["ci95"] == [0.0, 1.0]


def test_an_interval_keeps_to_its_scale() -> None:
    low, high = Scale(-1.0, 1.0).interval([-1.0] * 20)
    assert low == -1.0
    assert -1.0 < high < 0.0


def test_the_worst_is_the_low_end_or_the_high_end() -> None:
    assert Scale().worst == 0.0
    assert Scale(lower_is_better=True).worst == 1.0
    assert Scale(-1.0, 1.0).worst == -1.0


def test_shares_are_summed_and_a_share_of_nothing_is_what_it_was_said_to_be() -> None:
    assert share(0, 0, of_none=1.0).value == 1.0
    found = summary([share(1, 2, of_none=0.0), share(3, 3, of_none=0.0)], Scale(), n_failed=0)
    assert (found["mean"], found["total"]) == (0.75, {"num": 4, "den": 5})
