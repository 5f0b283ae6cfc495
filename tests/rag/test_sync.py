"""`--sync` takes out what its files no longer hold, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from rag.sync import Gone
from rag.testing import hash_library, invented_papers, write_jsonl

PAPERS = invented_papers(12)


def test_papers_that_left_their_file_are_removed_only_when_synced() -> None:
    library = hash_library("lib")
    library.ingest(write_jsonl("a.jsonl", PAPERS))
    assert library.ingest(write_jsonl("a.jsonl", PAPERS[:10])).removed == 0
    report = library.ingest("a.jsonl", sync=True)
    assert (report.removed, report.papers) == (2, 10)
    assert PAPERS[11].paper_id not in {hit.paper.paper_id for hit in library.search(PAPERS[11].title)}


def test_a_paper_that_another_file_holds_stays() -> None:
    library = hash_library("lib")
    library.ingest(write_jsonl("a.jsonl", PAPERS), write_jsonl("b.jsonl", PAPERS[:1]))
    report = library.ingest(write_jsonl("a.jsonl", PAPERS[1:]), sync=True)
    assert (report.removed, report.papers) == (0, 12)
    assert [Path(source).name for source in library.paper(PAPERS[0].paper_id).sources] == ["b.jsonl"]


def test_of_what_a_paper_says_goes_what_only_the_synced_file_said() -> None:
    longer = replace(PAPERS[0], abstract=f"{PAPERS[0].abstract} Zebras graze upon quasars.")
    library = hash_library("lib")
    library.ingest(write_jsonl("a.jsonl", [longer, *PAPERS[1:]]), write_jsonl("b.jsonl", PAPERS[:1]))
    library.ingest(write_jsonl("a.jsonl", PAPERS[1:]), sync=True)
    assert library.paper(PAPERS[0].paper_id).abstract == PAPERS[0].abstract


def test_a_file_deleted_from_a_synced_folder_takes_its_papers_along() -> None:
    Path("in").mkdir()
    library = hash_library("lib")
    library.ingest(write_jsonl("in/a.jsonl", PAPERS[:4]), write_jsonl("in/b.jsonl", PAPERS[4:8]))
    library.ingest(write_jsonl("elsewhere.jsonl", PAPERS[8:]))
    Path("in/a.jsonl").unlink()
    report = library.ingest("in", sync=True)
    assert (report.removed, report.papers) == (4, 8)


def test_nothing_is_removed_where_the_answer_is_no() -> None:
    asked: list[Gone] = []

    def no(gone: Gone) -> bool:
        asked.append(gone)
        return False

    library = hash_library("lib")
    library.ingest(write_jsonl("a.jsonl", PAPERS))
    report = library.ingest(write_jsonl("a.jsonl", PAPERS[:9]), sync=no)
    assert (report.removed, report.papers, len(asked[0].papers)) == (0, 12, 3)


def test_nobody_is_asked_where_nothing_is_gone() -> None:
    library = hash_library("lib")
    file = write_jsonl("a.jsonl", PAPERS)
    library.ingest(file)
    assert library.ingest(file, sync=lambda _: pytest.fail("asked")).removed == 0


def test_a_file_that_could_not_be_read_whole_loses_nothing() -> None:
    library = hash_library("lib")
    file = write_jsonl("a.jsonl", PAPERS)
    library.ingest(file)
    text = file.read_text()
    file.write_text(text[: len(text) // 2])
    report = library.ingest(file, sync=True)
    assert (report.removed, report.papers) == (0, 12)
