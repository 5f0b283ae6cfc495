"""`--sync` takes out what its files no longer hold, and nothing else."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from rag.ingest.sync import Gone
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


def test_a_folder_is_synced_however_its_name_is_spelt() -> None:
    folder = Path("my  pape\u0301rs")
    folder.mkdir()
    library = hash_library("lib")
    library.ingest(write_jsonl(folder / "a.jsonl", PAPERS))
    write_jsonl(folder / "a.jsonl", PAPERS[:9])
    assert library.ingest(folder, sync=True).removed == 3


def test_what_stands_in_a_folder_that_cannot_be_looked_into_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("in/sub").mkdir(parents=True)
    library = hash_library("lib")
    library.ingest(write_jsonl("in/a.jsonl", PAPERS[:6]), write_jsonl("in/sub/b.jsonl", PAPERS[6:]))
    scan = os.scandir

    def refuse(path: str) -> object:  # as the system does for anybody but root
        if str(path).endswith("/sub"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert library.ingest("in", sync=True).removed == 0


def test_a_record_that_is_of_no_use_does_not_stop_the_sync() -> None:
    library = hash_library("lib")
    file = write_jsonl("a.jsonl", PAPERS)
    library.ingest(file)
    write_jsonl("a.jsonl", PAPERS[:10])
    file.write_text(file.read_text() + '{"year": 2020}\n')
    report = library.ingest(file, sync=True)
    assert (len(report.rejected), report.removed) == (1, 2)


def test_that_a_file_was_not_synced_is_said() -> None:
    library = hash_library("lib")
    file = write_jsonl("a.jsonl", PAPERS)
    library.ingest(file)
    file.write_text(file.read_text()[:3_000])
    report = library.ingest(file, sync=True)
    assert any("nothing that it held before was removed" in warning.reason for warning in report.warnings)


def test_an_overlong_abstract_does_not_stop_the_sync() -> None:
    library = hash_library("lib")
    long = replace(PAPERS[0], abstract="Reeds calm the waves of a lake. " * 700)
    library.ingest(write_jsonl("a.jsonl", [long, *PAPERS[1:]]))
    report = library.ingest(write_jsonl("a.jsonl", [long, *PAPERS[1:10]]), sync=True)
    assert (len(report.warnings), report.removed) == (1, 2)
