"""What goes in is counted rightly, survives whatever stops it, and is never stored twice."""

import os
import random
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rag import Library, Paper
from rag.errors import EncoderError, InputError, LibraryBusyError
from rag.ingest.ingest import Progress
from rag.interfaces import PaperEmbedder
from rag.store.locking import writer_lock
from rag.testing import hash_library, invented_papers, write_jsonl

# Ingests FILE into LIBRARY with the hash embedder and says how far it is, for tests that kill it.
CHILD = """
import sys
from rag.testing import hash_library
library = hash_library(sys.argv[1])
report = library.ingest(sys.argv[2], progress=lambda p: print(p.done, flush=True))
print("done", report.papers, flush=True)
"""


def child(library: Path, file: Path, before: Callable[[], None] | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, str(library), str(file)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=before
    )


def found(library: Library, queries: list[str]) -> list[list[str]]:
    """What is stored decides; an index's graph, and so its last places, differ by the order of writing."""
    return [[hit.paper.paper_id for hit in library.search(query, exact=True)] for query in queries]


def first_found(library: Library, queries: list[str]) -> list[str]:
    """The first place by the indexes."""
    return [library.search(query, 1)[0].paper.paper_id for query in queries]


def test_first_and_second_time_are_counted() -> None:
    papers = invented_papers(150)
    file = write_jsonl("a.jsonl", [*papers, *papers[:20]])
    library = hash_library("lib")
    first = library.ingest(file)
    assert (first.added, first.unchanged, first.duplicates, first.papers) == (150, 0, 20, 150)
    again = library.ingest(file)
    assert (again.added, again.unchanged, again.duplicates, again.papers) == (0, 150, 20, 150)
    assert first.chunks == again.chunks > 300


def test_nothing_is_embedded_the_second_time() -> None:
    file = write_jsonl("a.jsonl", invented_papers(70))
    hash_library("lib").ingest(file)
    library = hash_library("lib")
    library._writer.embedder = lambda: pytest.fail("an unchanged paper was embedded")
    assert library.ingest(file).unchanged == 70


def test_what_another_file_has_brought_is_not_embedded_again() -> None:
    papers = invented_papers(130)
    library = hash_library("lib")
    library.ingest(write_jsonl("a.jsonl", papers))
    library._writer.embedder = lambda: pytest.fail("a known paper was embedded")
    assert library.ingest(write_jsonl("b.jsonl", papers)).papers == 130


def test_an_encoder_that_fails_says_so_and_what_was_stored_stays() -> None:
    library = hash_library("lib")
    embedder, calls = library._writer.embedder, iter(range(9))

    def fail_at_the_second_batch() -> PaperEmbedder:
        if next(calls) == 1:
            raise EncoderError("the weights are gone")
        return embedder()

    library._writer.embedder = fail_at_the_second_batch
    with pytest.raises(EncoderError, match="the weights are gone"):
        library.ingest(write_jsonl("a.jsonl", invented_papers(150)))
    assert len(library) == 64


def test_a_repeated_paper_remembers_every_file_it_came_from() -> None:
    paper = invented_papers(1)[0]
    files = [write_jsonl(name, [paper]) for name in ("a.jsonl", "b.jsonl")]
    library = hash_library("lib")
    assert library.ingest(*files).duplicates == 1
    assert library.ingest(files[1]).unchanged == 1
    assert [Path(name).name for name in library.paper(paper.paper_id).sources] == ["a.jsonl", "b.jsonl"]


def test_a_changed_record_replaces_what_its_file_said_before() -> None:
    paper, *others = invented_papers(30)
    file = write_jsonl("a.jsonl", [paper, *others])
    library = hash_library("lib")
    library.ingest(file)
    changed = replace(paper, abstract="Zebras graze upon quasars. Nothing else is known.")
    write_jsonl(file, [changed, *others])
    report = library.ingest(file)
    assert (report.added, report.updated, report.unchanged, report.papers) == (0, 1, 29, 30)
    assert library.search("zebras graze quasars")[0].paper.abstract == changed.abstract
    assert paper.abstract[:30] not in {hit.chunk.text[:30] for hit in library.search(paper.abstract, 30)}


def test_another_file_adds_to_a_paper_and_the_fuller_text_stays() -> None:
    paper = replace(invented_papers(1)[0], identifiers={"doi": "10.1000/x"})
    short = replace(paper, abstract="Cut off.", venue="A Journal", title="Another Title")
    library = hash_library("lib")
    library.ingest(write_jsonl("a.jsonl", [paper]))
    report = library.ingest(write_jsonl("b.jsonl", [short]))
    assert (report.merged, report.updated, report.papers) == (1, 0, 1)
    merged = library.paper("doi:10.1000/x")
    assert (merged.abstract, merged.venue, merged.title) == (paper.abstract, "A Journal", paper.title)
    assert library.ingest("a.jsonl", "b.jsonl").unchanged == 1


def test_records_without_abstract_are_kept_and_not_searched_and_without_title_taken() -> None:
    bare = Paper("Only a Title Here", "")
    untitled = Paper("", "An abstract alone about walruses. It has no title.")
    library = hash_library("lib")
    report = library.ingest(write_jsonl("a.jsonl", [bare, untitled, *invented_papers(3)]))
    assert (report.added, report.without_abstract, report.papers) == (5, 1, 4)
    assert library.paper(bare.paper_id).title == "Only a Title Here"
    hits = library.search("only a title here", 10)
    assert bare.paper_id not in {hit.paper.paper_id for hit in hits}
    assert library.search("walruses")[0].paper.paper_id == untitled.paper_id


def test_overlong_fields_are_taken_with_a_warning() -> None:
    long = Paper("Title " * 200, "Abstract words. " * 1_300)
    report = hash_library("lib").ingest(write_jsonl("a.jsonl", [long]))
    assert report.papers == 1
    assert [warning.reason.split()[1] for warning in report.warnings] == ["title", "abstract"]


def test_one_bad_file_does_not_stop_the_others() -> None:
    good = write_jsonl("good.jsonl", invented_papers(3))
    Path("bad.jsonl").write_bytes(b"\x00\x01")
    report = hash_library("lib").ingest("bad.jsonl", good)
    assert report.papers == 3
    assert [(Path(p.source).name, p.line) for p in report.rejected] == [("bad.jsonl", None)]


def test_when_nothing_can_be_used_that_is_an_error() -> None:
    library = hash_library("lib")
    Path("empty.txt").write_text("")
    with pytest.raises(InputError, match=r"empty.txt: the file is empty"):
        library.ingest("empty.txt")
    with pytest.raises(InputError, match="holds no abstracts yet"):
        library.search("anything")


def test_ctrl_c_stops_after_a_committed_batch_and_the_rest_goes_in_later() -> None:
    file = write_jsonl("a.jsonl", invented_papers(200))
    library = hash_library("lib")

    def press_ctrl_c(progress: Progress) -> None:
        if progress.done == 128:
            raise KeyboardInterrupt

    report = library.ingest(file, progress=press_ctrl_c)
    assert (report.interrupted, report.papers) == (True, 128)
    assert len(library.search("anything at all", 200)) == 128
    assert hash_library("lib").ingest(file).papers == 200


def test_removed_papers_are_found_no_more() -> None:
    papers = invented_papers(20)
    library = hash_library("lib")
    library.ingest(write_jsonl("a.jsonl", papers))
    with pytest.raises(InputError, match="doi:none"):
        library.remove([papers[0].paper_id, "doi:none"])
    assert library.search(papers[0].title)[0].paper.title == papers[0].title
    library.remove([papers[0].paper_id])
    assert len(library) == 19
    assert papers[0].paper_id not in {hit.paper.paper_id for hit in library.search(papers[0].title, 20)}


def test_killed_at_any_moment_it_ends_the_same() -> None:
    papers = invented_papers(700)
    file = write_jsonl("a.jsonl", papers)
    undisturbed = hash_library("whole")
    undisturbed.ingest(file)
    queries = [paper.title for paper in papers[::70]]
    expected = found(undisturbed, queries)
    rng = random.Random(5)
    for attempt in range(5):
        # Progress is said 12 times; after the last the indexes are written.
        moment, delay = rng.randint(1, 12), rng.random() * 0.1
        with child(Path("killed"), file) as process:
            assert process.stdout is not None
            for _ in range(moment):
                process.stdout.readline()
            try:
                process.wait(delay)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        library = hash_library("killed")
        assert len(library) % 64 == 0 or len(library) == 700
        assert library.ingest(file).papers == 700
        assert found(library, queries) == expected
        assert first_found(library, queries) == [ids[0] for ids in expected]
        library.close()
        for leftover in Path("killed").rglob("*"):
            if leftover.is_file() and attempt < 4:
                leftover.unlink()


def test_after_a_kill_searching_alone_brings_the_indexes_in_step(capsys: pytest.CaptureFixture[str]) -> None:
    file = write_jsonl("a.jsonl", invented_papers(600))
    with child(Path("lib"), file) as process:
        assert process.stdout is not None
        for _ in range(6):
            process.stdout.readline()
        process.kill()
    library = hash_library("lib")
    committed = len(library)
    assert committed >= 320
    assert len(library.search("anything", 600)) == committed
    assert "bringing it in step" in capsys.readouterr().err


def test_a_second_writer_is_told_who_the_first_is() -> None:
    library = hash_library("lib")
    file = write_jsonl("a.jsonl", invented_papers(3))
    with (
        writer_lock(Path("lib"), "testing"),
        pytest.raises(LibraryBusyError, match=rf"process {os.getpid()}.*testing"),
    ):
        library.ingest(file)
    assert library.ingest(file).papers == 3


def test_a_full_disk_is_one_line_and_loses_nothing_committed() -> None:
    first, second = (
        write_jsonl("a.jsonl", invented_papers(100)),
        write_jsonl("b.jsonl", invented_papers(1_000, seed=2)),
    )
    hash_library("lib").ingest(first)

    def limit_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    with child(Path("lib"), second, limit_files) as process:
        _, errors = process.communicate()
    assert process.returncode != 0
    assert "StorageError" in errors.strip().splitlines()[-1]
    library = hash_library("lib")
    assert len(library) >= 100
    assert library.ingest(second).papers == 1_100


def test_ctrl_c_while_a_batch_is_embedded_counts_only_what_is_stored() -> None:
    library = hash_library("lib")
    embed, calls = library._writer.embedder, iter(range(9))

    def press_ctrl_c() -> PaperEmbedder:
        if next(calls) == 1:  # of one a batch
            raise KeyboardInterrupt
        return embed()

    library._writer.embedder = press_ctrl_c
    report = library.ingest(write_jsonl("a.jsonl", invented_papers(150)))
    assert report.interrupted
    assert (report.added, report.papers) == (64, 64)


def test_what_a_source_takes_back_is_found_no_more() -> None:
    paper = invented_papers(1)[0]
    longer = replace(paper, abstract=f"{paper.abstract} Zebras graze upon quasars.")
    library = hash_library("lib")
    library.ingest(write_jsonl("a.jsonl", [paper]), write_jsonl("b.jsonl", [paper]))
    assert library.ingest(write_jsonl("a.jsonl", [longer])).updated == 1
    assert library.paper(paper.paper_id).abstract == longer.abstract
    assert library.ingest(write_jsonl("a.jsonl", [paper])).updated == 1
    assert library.paper(paper.paper_id).abstract == paper.abstract


def test_a_file_is_the_same_however_its_path_is_typed() -> None:
    paper = invented_papers(1)[0]
    library = hash_library("lib")
    library.ingest(write_jsonl("a.jsonl", [paper]))
    write_jsonl("a.jsonl", [replace(paper, abstract="Much shorter now.")])
    assert library.ingest(Path("a.jsonl").resolve()).updated == 1
    assert library.paper(paper.paper_id).abstract == "Much shorter now."


def test_any_identifier_of_a_paper_leads_to_it() -> None:
    paper = replace(invented_papers(1)[0], identifiers={"arxiv": "2101.00001"})
    published = replace(paper, identifiers={"doi": "10.1000/x", "arxiv": "2101.00001"})
    library = hash_library("lib")
    library.ingest(write_jsonl("a.jsonl", [paper]))
    report = library.ingest(write_jsonl("b.jsonl", [published]))
    assert (report.merged, report.papers) == (1, 1)
    assert library.paper("doi:10.1000/x") == library.paper("arxiv:2101.00001")
    assert library.paper("doi:10.1000/x").paper_id == "arxiv:2101.00001"
    both = [replace(paper, identifiers={"doi": "10.1000/x"}), paper]
    assert (library.ingest(write_jsonl("c.jsonl", both)).duplicates, len(library)) == (1, 1)
    library.remove(["doi:10.1000/x", "arxiv:2101.00001"])
    assert len(library) == 0


def test_a_name_that_is_no_utf8_does_not_stop_the_others() -> None:
    Path("in").mkdir()
    first, second = invented_papers(2)
    write_jsonl("in/a.jsonl", [first])
    write_jsonl(os.fsdecode(b"in/\xff\xfe.jsonl"), [second])
    library = hash_library("lib")
    assert library.ingest("in").papers == 2
    assert library.paper(second.paper_id).sources[0].endswith("/\ufffd\ufffd.jsonl")


def test_two_processes_may_make_a_library_at_once() -> None:
    file = write_jsonl("a.jsonl", invented_papers(1))
    opened = "import sys; from rag.testing import hash_library; hash_library(sys.argv[1])"
    processes = [subprocess.Popen([sys.executable, "-c", opened, "lib"]) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert hash_library("lib").ingest(file).papers == 1
