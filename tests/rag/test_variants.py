"""A library as it might be: a copy that says something else, papers left out, sources in another order."""

from dataclasses import replace
from pathlib import Path

import pytest

from rag import Assistant, FootnoteError, Library
from rag.testing import ScriptedChatModel, hash_library, invented_papers, write_jsonl


@pytest.fixture
def library(tmp_path: Path) -> Library:
    papers = hash_library(tmp_path / "lib")
    papers.ingest(write_jsonl(tmp_path / "papers.jsonl", invented_papers(30)))
    return papers


def test_a_copy_says_what_it_is_given_and_the_library_stays_as_it_was(
    library: Library, tmp_path: Path
) -> None:
    before, [first, *_] = library.fingerprint(), library.papers()
    edited = replace(first, abstract="Zebrafish swim at 31 degrees. Nothing else is said of them here.")
    (tmp_path / "copy").mkdir()
    copy = library.copy(tmp_path / "copy", [edited])
    assert copy.search("zebrafish swim", k=1)[0].paper == replace(edited, sources=first.sources)
    assert len(copy) == len(library) == 30
    assert library.fingerprint() == before
    assert all(hit.paper.abstract != edited.abstract for hit in library.search("zebrafish swim"))


def test_a_paper_of_another_id_stands_beside_the_others(library: Library, tmp_path: Path) -> None:
    [first, *_] = library.papers()
    (tmp_path / "copy").mkdir()
    twin = replace(first, first_id="", title=f"{first.title} again", identifiers={})
    copy = library.copy(tmp_path / "copy", [twin])
    assert {hit.paper.paper_id for hit in copy.search(first.abstract, k=2)} == {
        first.paper_id,
        twin.paper_id,
    }


def test_only_what_is_new_is_embedded(library: Library, tmp_path: Path) -> None:
    [first, *_] = library.papers()
    (tmp_path / "copy").mkdir()
    copy = library.copy(tmp_path / "copy", [replace(first, abstract="Something quite different.")])
    assert copy.seconds["chroma copy"] > 0  # written from a copy, not anew
    assert copy.info()["index_faults"] == {}


def test_a_question_may_keep_to_papers_or_leave_some_out(library: Library) -> None:
    [first, second, *_] = library.papers()
    kept = library.search(first.abstract, among=[first.paper_id, second.paper_id])
    assert {hit.paper.paper_id for hit in kept} == {first.paper_id, second.paper_id}
    left = library.search(first.abstract, k=30, without=first.paper_id)
    assert (len(left), left.within) == (29, 29)
    assert first.paper_id not in {hit.paper.paper_id for hit in left}
    nothing = library.search(first.abstract, among="doi:10.1/none")
    assert (list(nothing), nothing.excluded) == ([], {"no_year": 0})
    assert "passes the filter among “doi:10.1/none”" in nothing.reason


def test_an_answer_may_draw_on_given_papers_in_a_given_order(library: Library) -> None:
    hits = library.search("ba de fi", k=3)
    model = ScriptedChatModel("I have read them all.")
    answer = Assistant(library, llm=model).answer_from("ba de fi", hits[::-1])
    assert [hit.paper for hit in answer.hits] == [hit.paper for hit in hits[::-1]]
    assert [hit.rank for hit in answer.hits] == [1, 2, 3]
    asked = model.asked[0][-1].content
    places = [asked.index(hit.paper.title) for hit in hits]
    assert places == sorted(places, reverse=True)
    with pytest.raises(FootnoteError, match="0 papers"):
        Assistant(library).answer_from("ba de fi", [])


def test_one_assistant_serves_several_libraries(library: Library, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    copy = library.copy(tmp_path / "copy")
    assistant = Assistant(library, llm=ScriptedChatModel("One.", "Two."))
    texts = [each.ask("ba de fi", force=True).text for each in (assistant, assistant.over(copy))]
    assert texts == ["One.", "Two."]
    assert assistant.library is library


def test_info_tells_of_a_damaged_index(library: Library) -> None:
    [data] = (library.path / "indexes").glob("chroma-*/*/data_level0.bin")
    data.write_bytes(data.read_bytes()[:100])
    for memory in (library.path / "indexes").glob("*/digests.json"):
        memory.unlink()
    assert library.info()["index_faults"] == {"chroma": "is missing or damaged"}
