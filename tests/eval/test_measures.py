"""Ranked lists → scores, with the ways in which a ruler flatters a system closed."""

import math

import pytest

from eval.measures import METRICS, scores
from rag import FootnoteError

QRELS = {"q1": {"a": 3, "b": 1, "c": 0}, "q2": {"d": 1}}


def test_gains_are_graded_and_discounted_by_rank() -> None:
    found = scores({"q1": ["b", "x", "a"]}, QRELS)["nDCG@10"]["q1"]
    assert found == pytest.approx((1 + 3 / math.log2(4)) / (3 + 1 / math.log2(3)))


def test_recall_is_of_all_that_is_relevant() -> None:
    found = scores({"q1": ["c", "b"], "q2": ["d"]}, QRELS)
    assert found["recall@5"] == {"q1": 0.5, "q2": 1.0}


def test_a_query_of_which_nothing_was_found_counts_as_zero() -> None:
    found = scores({"q1": ["a"]}, QRELS)
    assert set(found) == set(METRICS)
    assert all(found[name]["q2"] == 0.0 for name in METRICS)
    assert all(value == 0.0 for of_metric in scores({}, QRELS).values() for value in of_metric.values())


def test_a_document_listed_twice_counts_once() -> None:
    twice = scores({"q1": ["a", "a", "b"], "q2": ["d", "d"]}, QRELS)
    assert twice == scores({"q1": ["a", "b"], "q2": ["d"]}, QRELS)
    assert twice["AP@100"]["q1"] == 1.0


@pytest.mark.parametrize("other", ["0", "zzz"])
def test_the_order_alone_decides_whatever_the_ids(other: str) -> None:
    assert scores({"q2": [other, "d"]}, QRELS)["RR@10"]["q2"] == 0.5


def test_a_query_that_nobody_judged_is_refused() -> None:
    with pytest.raises(FootnoteError, match="a query q9, which nobody judged"):
        scores({"q9": ["a"]}, QRELS)


def test_a_query_to_which_nothing_is_relevant_is_refused() -> None:
    with pytest.raises(FootnoteError, match="nothing is relevant to query q3"):
        scores({}, {"q3": {"a": 0}})
