"""A library measures on its own papers how close it must come to a question before it answers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rag import Library
from rag.abstention.calibration import Calibration, calibrated, calibration_from
from rag.store.database import Database
from rag.testing import hash_library, invented_papers, write_jsonl


def measured(library: Library) -> dict[str, Any] | None:
    found = library.info()["calibration"]
    assert found is None or isinstance(found, dict)
    return found


def library_of(count: int, seed: int = 1) -> Library:
    library = hash_library("lib")
    library.ingest(write_jsonl(f"{seed}.jsonl", invented_papers(count, seed)))
    return library


def test_an_ingest_leaves_a_measure_that_stays() -> None:
    library = library_of(60)
    found = measured(library)
    assert found is not None
    assert found["papers"] == 60
    assert 0 < found["probes"] <= 100
    assert found["answered"] > found["refused"] >= 0
    library.close()
    assert measured(hash_library("lib")) == found


def test_the_measure_does_not_hang_on_the_order_in_which_papers_came() -> None:
    papers = invented_papers(60)
    for name, order in (("one", papers), ("two", papers[::-1])):
        hash_library(name).ingest(write_jsonl(f"{name}.jsonl", order))
    assert measured(hash_library("one")) == measured(hash_library("two"))


def test_it_is_measured_anew_when_the_library_has_grown_by_a_fifth() -> None:
    library = library_of(60)
    library.ingest(write_jsonl("few.jsonl", invented_papers(5, seed=2)))
    assert (measured(library) or {})["papers"] == 60
    library.ingest(write_jsonl("more.jsonl", invented_papers(20, seed=3)))
    assert (measured(library) or {})["papers"] == 85


def test_a_handful_of_papers_is_not_measured() -> None:
    library = library_of(5)
    assert measured(library) is None
    assert library.retriever.calibration == Calibration()


def test_a_library_without_a_measure_or_with_a_strange_one_is_served(sample_library: Library) -> None:
    library = library_of(30)
    database = Database(Path("lib"))
    with database.transaction() as db:
        db.execute("UPDATE manifest SET value = '[1]' WHERE key LIKE 'calibration %'")
    assert measured(library) is None
    assert library.retriever.calibration == Calibration()


def test_the_bar_lies_between_probes_with_and_without_their_paper() -> None:
    near = calibrated([1.6] * 40, [1.0] * 40, sampled=40, papers=500)
    far = calibrated([1.2] * 40, [0.6] * 40, sampled=40, papers=500)
    assert far.bar < near.bar < 1.6
    few = calibrated([1.6] * 2, [1.0] * 2, sampled=2, papers=10)
    assert abs(few.bar - Calibration().bar) < abs(near.bar - Calibration().bar)
    assert calibration_from(near.packed()) == near


def test_info_says_how_it_was_measured(footnote: Callable[..., Any]) -> None:
    sample = Path(__file__).resolve().parents[2] / "rag" / "sample" / "papers.jsonl"
    assert footnote("--library", "lib", "ingest", sample).code == 0
    said = footnote("--library", "lib", "info").out
    assert "80 probes" in said
