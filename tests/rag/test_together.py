"""Several people and several models at one library in one process."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from rag import Answer, Assistant, Library, Paper, landscape_of
from rag.errors import LibraryBusyError
from rag.export.references import cite_keys
from rag.testing import HashEmbedder, ScriptedChatModel, hash_library, invented_papers, write_jsonl

FIRST, LATER = invented_papers(60, seed=1), invented_papers(500, seed=2)


@pytest.fixture
def library() -> Library:
    made = hash_library("lib")
    made.ingest(write_jsonl("first.jsonl", FIRST))
    return made


def test_questions_are_answered_while_papers_come_in(library: Library) -> None:
    file, done = write_jsonl("later.jsonl", LATER), Event()

    def ask_on(start: int) -> list[tuple[str, Answer]]:
        assistant, answers = Assistant(library), list[tuple[str, Answer]]()
        while not done.is_set() or not answers:
            title = FIRST[(start + len(answers)) % len(FIRST)].title
            answers.append((title, assistant.ask(title, force=True)))
        return answers

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask_on, start) for start in (0, 30)]
        report = pool.submit(library.ingest, file)
        report.add_done_callback(lambda _: done.set())
        answered = [pair for each in asking for pair in each.result()]
    assert report.result().added == len(LATER)
    assert all(answer.hits[0].paper.title == title for title, answer in answered)
    assert all(library.search(paper.title, 1)[0].paper.title == paper.title for paper in LATER[::25])


def test_a_second_import_at_once_is_told_who_is_writing(library: Library) -> None:
    refused: list[str] = []

    def meanwhile(_: object) -> None:
        if not refused:
            with pytest.raises(LibraryBusyError) as raised:
                library.ingest("later.jsonl")
            refused.append(str(raised.value))

    library.ingest(write_jsonl("later.jsonl", LATER[:70]), progress=meanwhile)
    assert "ingesting papers" in refused[0]


def test_a_draft_is_checked_though_papers_are_taken_out_meanwhile(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = library.papers
    found, cited, *_ = papers()
    _, key, *_ = cite_keys(papers())

    def after_the_search() -> Iterator[Paper]:
        library.remove([found.paper_id])
        yield from papers()
        library.remove([cited.paper_id])

    monkeypatch.setattr(library, "papers", after_the_search)
    [claim] = Assistant(library).check(f"{found.abstract.split('.')[0]} [@{key}].")
    assert (claim.own, claim.unknown, claim.supporting) == ((), (f"@{key}",), ())


def test_a_map_is_drawn_though_papers_are_taken_out_meanwhile(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = library.searchable.every_whole()
    library.remove(read[0][:2])
    monkeypatch.setattr(library.searchable, "every_whole", lambda: read)
    assert {point.paper_id for point in landscape_of(library).points} == set(read[0][2:])
    library.remove(read[0][2:])
    assert landscape_of(library).points == ()


def test_two_models_at_one_library_share_its_encoder() -> None:
    made: list[str] = []

    class Counted(HashEmbedder):
        def __init__(self) -> None:
            made.append("encoder")
            super().__init__()

    library = Library.open("lib", embedder=Counted())
    library.ingest(write_jsonl("first.jsonl", FIRST))
    models = [ScriptedChatModel(f"Model {n} says nothing.") for n in range(2)]
    answers = [Assistant(library, llm=model).ask(FIRST[0].title, force=True) for model in models]
    assert [answer.text for answer in answers] == ["Model 0 says nothing.", "Model 1 says nothing."]
    assert made == ["encoder"]


def test_the_packaged_encoder_is_loaded_once_for_all(sample_library: Library) -> None:
    other = Library.open(sample_library.path, encoder="minilm")
    for library in (sample_library, other):
        assert Assistant(library).ask("What is an attention sink?").citations
    assert other.retriever._embedder() is sample_library.retriever._embedder()
