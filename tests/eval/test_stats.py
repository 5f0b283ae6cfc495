"""How sure one can be of a figure."""

import numpy as np
import pytest

from eval.stats import mean_interval, mean_ratio, ratio, sign_flip

RANDOM = np.random.default_rng(1)
SCORES = RANDOM.random(80)
WORSE = SCORES * RANDOM.uniform(0.7, 1.0, 80)


def test_an_interval_holds_the_mean_and_is_the_same_every_time() -> None:
    low, high = mean_interval(SCORES.tolist())
    assert low < SCORES.mean() < high
    assert (low, high) == mean_interval(SCORES.tolist())


def test_more_queries_make_it_narrower() -> None:
    few, many = mean_interval(SCORES[:20].tolist()), mean_interval(SCORES.tolist())
    assert few[1] - few[0] > many[1] - many[0]


def test_a_perfect_score_is_not_a_certain_one() -> None:
    low, high = mean_interval([1.0] * 20)
    assert low == pytest.approx(0.839, abs=0.001)
    assert high == 1.0


@pytest.mark.parametrize("values", [[0.4], [0.4, 0.4], [0.4, 0.6]])
def test_few_or_equal_values_still_have_one(values: list[float]) -> None:
    low, high = mean_interval(values)
    assert 0 <= low <= np.mean(values) <= high <= 1


def test_a_system_is_as_good_as_itself() -> None:
    itself = ratio(SCORES.tolist(), SCORES.tolist())
    assert itself
    assert (itself.value, itself.ci95) == (1.0, (1.0, 1.0))
    assert sign_flip(SCORES.tolist(), SCORES.tolist()) == 1.0


def test_a_better_one_on_every_query_is_surely_better() -> None:
    found = ratio(SCORES.tolist(), WORSE.tolist())
    assert found
    assert found.value == pytest.approx(SCORES.mean() / WORSE.mean())
    assert found.ci95
    assert 1 < found.ci95[0] < found.value < found.ci95[1]
    assert sign_flip(SCORES.tolist(), WORSE.tolist()) < 0.01


def test_one_lucky_query_is_no_proof() -> None:
    lucky = [*WORSE[:-1], WORSE[-1] + 0.3]
    assert sign_flip(lucky, WORSE.tolist()) > 0.5


def test_of_nothing_there_is_no_ratio() -> None:
    assert ratio([0.5, 0.5], [0.0, 0.0]) is None


def test_of_one_query_no_interval_follows_for_a_ratio_or_a_mean_of_ratios() -> None:
    one, many = ratio([0.9], [0.6]), ratio(SCORES.tolist(), WORSE.tolist())
    assert one
    assert many
    assert one.value == pytest.approx(1.5)
    assert one.ci95 is None
    assert mean_ratio([one, many]).ci95 is None


def test_sets_count_the_same_however_many_queries_they_have() -> None:
    small, large = ratio([1.0, 0.6], [0.5, 0.3]), ratio(SCORES.tolist(), SCORES.tolist())
    assert small
    assert large
    mean = mean_ratio([small, large])
    assert mean.value == pytest.approx(1.5)
    assert mean.ci95
    assert mean.ci95[0] <= 1.5 <= mean.ci95[1]
