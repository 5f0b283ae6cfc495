"""Measurements → report, on figures made up."""

from typing import Any

import pytest

from eval.bench.stages import series
from eval.bench.summary import summarised

Record = dict[str, Any]


def system(name: str, collection: str, *, seconds: float, scores: list[float] | None = None) -> Record:
    by_query = {str(n): score for n, score in enumerate(scores or [])}
    metrics = dict.fromkeys(("nDCG@10", "recall@10", "recall@100"), by_query)
    return {
        "kind": "system", "collection": collection, "system": name, "repeat": 1, "papers": 100,
        "ingest_seconds": seconds, "ingest_cpu_seconds": seconds, "process_seconds": seconds + 5,
        "peak_bytes": 1, "disk_bytes": 1, "warm_ms": {"p50": 10, "p95": 20},
        **({"precision": "bf16", "index_recall@10": 1.0} if name == "footnote" else {}),
        **({"scores": metrics, "failures": {}} if by_query else {}),
    }  # fmt: skip


def test_ratios_are_of_medians_and_their_range_is_of_turns() -> None:
    turns = zip((1.0, 2.0, 4.0), (4.0, 4.0, 4.0), strict=True)
    records = [
        record
        for ours, theirs in turns
        for record in (system("footnote", "a", seconds=ours), system("llamaindex", "a", seconds=theirs))
    ]
    found = summarised(records)
    assert found["collections"]["a"]["systems"]["footnote"]["papers_per_second"] == {
        "median": 50, "min": 25, "max": 100,
    }  # fmt: skip
    assert found["ratios"]["papers_per_second"]["llamaindex"] == {"median": 2, "min": 1, "max": 4}


def test_a_saturated_set_is_reported_and_not_averaged() -> None:
    records = [
        system("footnote", "open", seconds=1, scores=[0.8, 0.6]),
        system("llamaindex", "open", seconds=1, scores=[0.5, 0.5]),
        system("bm25", "open", seconds=1, scores=[0.9, 0.6]),
        system("footnote", "full", seconds=1, scores=[1.0, 1.0]),
        system("llamaindex", "full", seconds=1, scores=[0.96, 1.0]),
    ]
    quality = summarised(records)["ratios"]["nDCG@10"]
    assert quality["mean_over"] == ["open"]
    assert quality["mean"]["value"] == pytest.approx(1.4)
    assert quality["collections"]["full"]["value"] == pytest.approx(1 / 0.98)
    assert quality["collections"]["open"]["ahead_of_best_peer"] == pytest.approx(-0.05)


def test_what_failed_is_reported_beside_what_did_not() -> None:
    failure = {
        "kind": "system",
        "collection": "a",
        "system": "llamaindex",
        "repeat": 1,
        "failed": "no memory",
    }
    found = summarised([system("footnote", "a", seconds=1), failure])
    assert list(found["collections"]["a"]["systems"]) == ["footnote"]
    assert found["failed"] == [failure]


def test_stages_become_one_row_each_over_the_sizes() -> None:
    sizes = [_scale(10), _scale(100)]
    found = {each.label: each.values for each in series(sizes)}
    assert found["ingest: embed, s"] == [0.1, 1.0]
    assert found["search where 1 % pass: p95, ms"] == [2, 2]
    assert found["recall@10 of the vector index"] == [0.99, 0.99]


def _scale(papers: int) -> Record:
    step = {"seconds": papers / 10, "peak_bytes": 10**8}
    return {
        "papers": papers,
        "ingest": {**step, "stages": {"embed": papers / 100}, "bytes": {"store": 10**6, "indexes": 10**6}},
        "first open": step,
        "open": step,
        "add": step,
        "search": {
            **step,
            "ms": {"all": {"p50": 1, "p95": 2}, "1 %": {"p50": 1, "p95": 2}},
            "recall@10": 0.99,
        },
    }
