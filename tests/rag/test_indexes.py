"""The indexes are never trusted blindly: whatever happens to their files, the answers stay right."""

import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from rag import Library, Paper
from rag.errors import LibraryError
from rag.testing import HashEmbedder, hash_library, invented_papers, write_jsonl

PAPERS = invented_papers(120)


@pytest.fixture
def library() -> Library:
    made = hash_library("lib")
    made.ingest(write_jsonl("a.jsonl", PAPERS))
    made.close()
    return made


def reopened() -> Library:
    """The library as another process would open it, and one that cannot embed papers again."""
    library = hash_library("lib")
    embedder = library._writer.embedder()
    embedder.embed_regions = lambda *_: pytest.fail("a paper was embedded again")  # type: ignore[method-assign]
    return library


def answers(library: Library) -> list[list[tuple[str, float]]]:
    return [[(h.paper.paper_id, round(h.score, 6)) for h in library.search(p.title)] for p in PAPERS[::10]]


def delete(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()


def truncate(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("r+b") as stream:
                stream.truncate(path.stat().st_size // 2)


def fill_with_noise(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            size = path.stat().st_size
            path.write_bytes(bytes((i * 7919) % 251 for i in range(size)))


def flip_one_byte_of_each_file(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and path.stat().st_size:
            content = bytearray(path.read_bytes())
            content[len(content) // 2] ^= 0xFF
            path.write_bytes(content)


@pytest.mark.parametrize("names", [("chroma",), ("tantivy",), ("chroma", "tantivy")])
@pytest.mark.parametrize("damage", [delete, truncate, fill_with_noise, flip_one_byte_of_each_file])
def test_a_damaged_index_is_rebuilt_without_embedding_and_said_so(
    library: Library,
    damage: Callable[[Path], None],
    names: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = answers(reopened())
    for folder in Path("lib/indexes").iterdir():
        if folder.name.split("-")[0] in names:
            damage(folder)
    capsys.readouterr()
    assert answers(reopened()) == before
    said = capsys.readouterr().err
    assert said.count("rebuilding it, nothing is embedded again") == 1
    assert answers(reopened()) == before
    assert capsys.readouterr().err == ""


def test_all_indexes_deleted_at_once_are_rebuilt(library: Library) -> None:
    before = answers(reopened())
    delete(Path("lib/indexes"))
    assert answers(reopened()) == before


def test_an_index_deleted_while_it_is_open_is_rebuilt(library: Library) -> None:
    opened = reopened()
    before = answers(opened)
    delete(Path("lib/indexes"))
    assert answers(opened) == before
    assert answers(reopened()) == before


def test_searching_leaves_no_trace_that_looks_like_damage(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        answers(reopened())
    assert capsys.readouterr().err == ""


def test_indexes_brought_in_step_answer_like_ones_built_anew() -> None:
    grown = hash_library("grown")
    grown.ingest(write_jsonl("a.jsonl", PAPERS[:60]))
    grown.ingest(write_jsonl("b.jsonl", PAPERS[40:]))
    grown.remove([PAPERS[3].paper_id, PAPERS[70].paper_id])
    before = answers(grown)
    grown.reindex()
    after = answers(grown)
    # Word statistics count what was removed until the index is written anew, so scores may differ a little.
    for hits_before, hits_after in zip(before, after, strict=True):
        score_before, last = dict(hits_before), hits_before[-1][1]
        for paper_id, score in hits_after:
            assert score == pytest.approx(score_before.get(paper_id, last), abs=0.02)
    assert PAPERS[3].paper_id not in {paper_id for hits in before for paper_id, _ in hits}


def test_words_count_after_a_removal_as_if_the_papers_had_never_been_there() -> None:
    zebras = [
        replace(paper, title=f"Zebras {n}", abstract=f"Zebras graze. {paper.abstract}")
        for n, paper in enumerate(invented_papers(60, seed=3))
    ]
    made = hash_library("lib")
    made.ingest(write_jsonl("papers.jsonl", [*zebras, *invented_papers(40)]))
    made.remove(paper.paper_id for paper in zebras[2:])
    words = "grazing zebras"
    removed = {hit.paper.paper_id: hit.score for hit in made.search(words, 42)}
    share, rare = made.search(words, 1)[0].scores["lexical"], made.retriever.idf(words)
    made.reindex()
    assert made.retriever.idf(words) == rare
    assert 0 < share == pytest.approx(made.search(words, 1)[0].scores["lexical"], abs=0.02)
    assert removed == pytest.approx(
        {hit.paper.paper_id: hit.score for hit in made.search(words, 42)}, abs=0.01
    )


def test_only_published_indexes_stay_on_disk(library: Library) -> None:
    hash_library("lib").ingest(write_jsonl("b.jsonl", invented_papers(5, seed=9)))
    assert sorted(p.name.split("-")[0] for p in Path("lib/indexes").iterdir()) == ["chroma", "tantivy"]


def test_an_open_library_sees_what_another_process_ingests(library: Library) -> None:
    opened = reopened()
    wombats = Paper("Wombats of the Deep", "Wombats dive for xylophones. They seldom find any.")
    assert "Wombats" not in opened.search("wombats dive for xylophones")[0].paper.title
    file = write_jsonl("new.jsonl", [wombats])
    code = "import sys; from rag.testing import hash_library; hash_library(sys.argv[1]).ingest(sys.argv[2])"
    subprocess.run([sys.executable, "-c", code, "lib", file], check=True)
    assert opened.search("wombats dive for xylophones")[0].paper.title == wombats.title


@pytest.mark.parametrize(
    "change", ["DELETE FROM migrations", "DELETE FROM tenants", "DROP TABLE collection_metadata"]
)
def test_a_chroma_database_that_lost_its_own_books_is_rebuilt(library: Library, change: str) -> None:
    before = answers(hash_library("lib"))
    [database] = Path("lib/indexes").glob("chroma-*/chroma.sqlite3")
    with sqlite3.connect(database) as db:
        db.execute(change)
    db.close()
    assert answers(reopened()) == before


def test_damage_in_what_only_chroma_s_writing_reads_does_no_harm(library: Library) -> None:
    before = answers(reopened())
    [database] = Path("lib/indexes").glob("chroma-*/chroma.sqlite3")
    content = bytearray(database.read_bytes())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)  # rows and keys of chunk ids
    database.write_bytes(content)
    assert answers(reopened()) == before
    again = hash_library("lib")
    again.remove([PAPERS[0].paper_id])
    again.ingest(write_jsonl("b.jsonl", [PAPERS[0]]))
    assert [hits[0][0] for hits in answers(again)] == [hits[0][0] for hits in before]


@contextmanager
def full_disk() -> Iterator[None]:
    """No file can grow, that of pytest's own report included; what is there can be read."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_reader_that_cannot_write_searches_what_was_indexed_before(library: Library) -> None:
    told: list[str] = []
    other = Library.open("lib", embedder=HashEmbedder(), notify=told.append)
    gone = other.search(PAPERS[0].title, 1)[0].paper
    other._store.remove(other._store.rows([gone.paper_id]).values())  # as a writer killed here leaves it
    with full_disk():
        first = [other.search(paper.title, 1)[0].paper.title for paper in PAPERS[1:4]]
        found = other.search(gone.title)
    assert first == [paper.title for paper in PAPERS[1:4]]
    assert gone not in [hit.paper for hit in found]
    assert len([line for line in told if "could not be written" in line]) == 1


def test_a_library_that_cannot_be_written_says_that_searches_need_it(library: Library) -> None:
    Path("lib/library.db-wal").mkdir()  # which SQLite then cannot make
    with pytest.raises(LibraryError, match=r"library\.db: cannot be written .* a search needs that, too"):
        hash_library("lib")


def test_a_copied_library_answers_without_a_rebuild(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    before = answers(library)
    shutil.copytree("lib", "copied")
    assert answers(hash_library("copied")) == before
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("change", ["add", "change", "remove", "all three"])
def test_chroma_saves_all_that_came_where_the_check_covers_it(library: Library, change: str) -> None:
    added, changed, removed = invented_papers(9, seed=2), PAPERS[5:40], PAPERS[50:53]
    if change in ("add", "all three"):
        library.ingest(write_jsonl("added.jsonl", added))
    if change in ("change", "all three"):
        library.ingest(
            write_jsonl("a.jsonl", [*PAPERS[:5], *(replace(p, abstract="New. " * 9) for p in changed)])
        )
    if change in ("remove", "all three"):
        library.remove([paper.paper_id for paper in removed])
    [database] = Path("lib/indexes").glob("chroma-*/chroma.sqlite3")
    with sqlite3.connect(database) as db:
        [[waiting]] = db.execute("SELECT count(*) FROM embeddings_queue")
    db.close()
    assert waiting <= 1  # it always keeps the last one there, too


@pytest.mark.parametrize("share", [2, 3, 20])
def test_a_filter_finds_the_best_that_pass_it_in_either_index(library: Library, share: int) -> None:
    indexes = hash_library("lib")._indexes
    within = {paper.paper_id for paper in PAPERS[::share]}
    vector = HashEmbedder().embed_queries([PAPERS[7].title])[0]
    near = indexes.nearest_papers(vector, 10_000)
    passing = [found for found in near if found[0] in within]
    found = indexes.nearest_papers(vector, 5, within)
    assert scores(found) == scores(passing[: len(found)])  # it may give up
    matching = indexes.matching_papers(PAPERS[7].abstract, 10_000)
    passing = [found for found in matching if found[0] in within]
    assert scores(indexes.matching_papers(PAPERS[7].abstract, 5, within)) == scores(passing[:5])


def scores(found: list[tuple[str, float]]) -> list[float]:
    return [round(score, 5) for _, score in found]


def test_the_vector_index_recalls_what_an_exact_search_finds(library: Library) -> None:
    assert hash_library("lib").recall([paper.title for paper in PAPERS[:20]]) == pytest.approx(1, abs=0.02)
