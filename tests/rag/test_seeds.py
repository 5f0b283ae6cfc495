"""The first users' own listings, end to end under the packaged encoder."""

from pathlib import Path

import pytest

from rag import Assistant, Library
from scripts.dev_figures import figures, read_questions


@pytest.fixture(scope="module")
def assistant(seeds_library: Library) -> Assistant:
    return Assistant(seeds_library)


def test_the_listings_are_read_whole_and_only_once(seeds_library: Library, seeds: Path) -> None:
    again = seeds_library.ingest(seeds)
    assert (again.papers, again.added, again.unchanged, again.duplicates) == (536, 0, 536, 65)
    assert again.rejected == ()


def test_galore_is_found_and_cited(assistant: Assistant) -> None:
    hits = assistant.library.search("low-rank projection of gradients to save optimizer memory")
    assert hits[0].paper.title.startswith("GaLore")
    answer = assistant.ask("By how much does GaLore reduce optimizer memory?")
    assert any("65.5%" in sentence.text for sentence in answer.sentences)
    assert any(citation.paper.title.startswith("GaLore") for citation in answer.citations)


def test_what_the_listings_do_not_hold_is_not_answered(assistant: Assistant) -> None:
    answer = assistant.ask("Which domain randomization settings help legged robots transfer from simulation?")
    assert answer.abstained
    assert answer.reason
    assert answer.hits


def test_dev_questions_are_answered_as_well_as_promised(assistant: Assistant, seeds: Path) -> None:
    measured = figures(assistant, read_questions(seeds.parent / "questions" / "dev.jsonl"))
    assert measured["nDCG@10, answerable"] >= 0.82
    assert measured["gold sentence among the first 3"] >= 0.55
    assert measured["abstained, off-corpus"] >= 12
    assert measured["abstained, answerable"] <= 11
    assert measured["quotes, exact"] == measured["quotes"] > 300
