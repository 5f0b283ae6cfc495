"""Two systems on the same questions."""

import numpy as np
import pytest
from scipy import stats

from eval.pairs import Pair, benjamini_hochberg, holm
from eval.stats import mean_interval


def pair(ours: list[float], theirs: list[float]) -> Pair:
    a, b = np.array(ours), np.array(theirs)
    return Pair(a, b, b - a, b - a)


def test_equal_runs_differ_by_exactly_nothing() -> None:
    same = pair([0.1, 0.7, 1.0] * 4, [0.1, 0.7, 1.0] * 4)
    assert (same.difference, same.ci95, same.p) == (0.0, (0.0, 0.0), 1.0)
    assert same.wins_ties_losses == (0, 12, 0)
    assert same.detectable


def test_a_few_equal_losses_are_not_sure_to_go_on() -> None:
    low, high = pair([1.0] * 12, [0.96] * 12).ci95
    assert low < -0.04 < high
    low, high = pair([1.0] * 140, [0.96] * 140).ci95
    assert low < -0.04 < high < 0


def test_what_one_question_says_may_be_otherwise_for_all_others() -> None:
    one = pair([1.0], [1.0])
    assert (one.ci95, one.detectable) == ((-1.0, 1.0), None)


def test_won_and_lost_questions_are_tested_exactly() -> None:
    lost = pair([1.0] * 60, [0.0] * 9 + [1.0] * 51)
    assert lost.test == "McNemar"
    assert lost.p == pytest.approx(2 * 0.5**9)
    assert lost.ci95[1] < 0


def test_graded_scores_are_tested_by_permutation() -> None:
    better = pair([0.1, 0.2, 0.3, 0.4] * 10, [0.2, 0.4, 0.5, 0.45] * 10)
    assert better.test == "sign flip"
    assert better.p < 0.01


def test_the_smallest_difference_to_be_seen_is_that_of_the_textbook() -> None:
    """n = 100, and one question of ten on which the systems disagree: 0.088."""
    ten = pair([0.0] * 95 + [1.0] * 5, [0.0] * 90 + [1.0] * 5 + [0.0] * 5)
    assert ten.detectable == pytest.approx(0.088, abs=0.002)


def test_what_was_not_judged_widens_the_interval() -> None:
    a, b = np.array([0.0, 1.0] * 20), np.array([0.0, 1.0] * 20)
    unsure = Pair(a, b, np.append(b - a, [-1.0] * 4), np.append(b - a, [1.0] * 4), 4)
    assert unsure.ci95[0] < 0 < unsure.ci95[1]


def test_families_are_adjusted() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == benjamini_hochberg([]) == []
    assert benjamini_hochberg([0.01, 0.04]) == pytest.approx([0.02, 0.04])


@pytest.mark.parametrize("p", [0.5, 0.9, 0.97])
@pytest.mark.parametrize("n", [50, 100, 140, 200])
def test_intervals_of_rates_hold_the_truth_as_often_as_they_say(p: float, n: int) -> None:
    """By the exact binomial sum over all that can come of n questions."""
    covered = 0.0
    for right in range(n + 1):
        low, high = mean_interval([1.0] * right + [0.0] * (n - right))
        covered += float(stats.binom.pmf(right, n, p)) * (low <= p <= high)
    assert covered >= 0.93
