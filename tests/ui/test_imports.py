"""Papers come in from the page, and whoever dropped the file is told what came of it."""

import asyncio
from pathlib import Path

import pytest

from rag import Library
from rag.testing import hash_library, invented_papers, write_jsonl
from ui.imports import FOLDER, _taking_in

PAPERS = invented_papers(130)


@pytest.fixture
def library() -> Library:
    return hash_library("lib")


def dropped(library: Library, *files: Path) -> list[str]:
    """What is told, from the first sign of life to the report."""

    async def all_told() -> list[str]:
        return [told async for told in _taking_in(library)([str(file) for file in files])]

    return asyncio.run(all_told())


def uploaded(name: str, text: str) -> Path:
    """As Gradio lays a file down: in a folder of its own."""
    file = Path(f"gradio-{len(list(Path().iterdir()))}") / name
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    return file


def papers(name: str, count: int = 3) -> Path:
    file = uploaded(name, "")
    return write_jsonl(file, PAPERS[:count])


def test_a_file_comes_in_and_the_report_says_so(library: Library) -> None:
    told = dropped(library, papers("mine.jsonl", 130))
    assert "You can go on asking meanwhile" in told[0]
    assert "<strong>130 added</strong>" in told[-1]
    assert "without a DOI, arXiv id or PMID" in told[-1]
    assert len(library) == 130


def test_nothing_of_the_file_stays_behind(library: Library) -> None:
    file = papers("mine.jsonl")
    dropped(library, file)
    assert not file.exists()
    assert not (library.path / FOLDER).exists()


def test_the_same_file_again_takes_the_place_of_what_it_said(library: Library) -> None:
    dropped(library, papers("mine.jsonl"))
    assert "3 unchanged" in dropped(library, papers("mine.jsonl"))[-1]
    assert {source for paper in library.papers() for source in paper.sources} == {
        str((library.path / FOLDER / "mine.jsonl").resolve())
    }


def test_a_file_that_is_no_list_of_papers_is_refused_in_one_line(library: Library) -> None:
    told = dropped(library, uploaded("photo.png", "\x89PNG\x00\x01\x02 not a list"))[-1]
    assert 'role="alert"' in told
    assert "photo.png" in told
    assert str(library.path.resolve()) not in told
    assert "Traceback" not in told


def test_the_good_file_of_two_comes_in_and_the_other_is_named(library: Library) -> None:
    told = dropped(library, papers("good.jsonl"), uploaded("bad.bib", "@article{x, title = "))[-1]
    assert "<strong>3 added</strong>" in told
    assert "bad.bib" in told


def test_of_two_files_with_one_name_neither_is_taken_in_and_that_is_told(library: Library) -> None:
    files = papers("refs.jsonl", 1), papers("refs.jsonl", 2), papers("other.jsonl")
    told = dropped(library, *files)[-1]
    assert "refs.jsonl: two files have this name; rename one" in told
    assert not any(file.exists() for file in files)
    assert list(library.papers()) == []


def test_the_very_same_file_twice_is_one(library: Library) -> None:
    file = papers("mine.jsonl")
    assert "<strong>3 added</strong>" in dropped(library, file, file)[-1]


def test_a_second_import_at_once_is_asked_to_wait(library: Library) -> None:
    take_in = _taking_in(library)
    first, second = papers("one.jsonl", 130), papers("two.jsonl")

    async def both() -> tuple[str, str]:
        running = take_in([str(first)])
        await anext(running)
        [refused] = [told async for told in take_in([str(second)])]
        return refused, [told async for told in running][-1]

    refused, report = asyncio.run(both())
    assert "being taken in already" in refused
    assert "130 added" in report
    assert not second.exists()


def test_who_closes_the_tab_does_not_end_the_import(library: Library) -> None:
    take_in = _taking_in(library)

    async def closed() -> None:
        running = take_in([str(papers("mine.jsonl", 130))])
        await anext(running)
        await running.aclose()  # type: ignore[attr-defined]

    asyncio.run(closed())
    assert len(library) == 130


def test_a_name_is_shown_as_text(library: Library) -> None:
    told = dropped(library, uploaded("<img src=x onerror=alert(1)>.bib", "nothing at all"))[-1]
    assert "<img" not in told
