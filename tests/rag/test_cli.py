"""The command, as it is typed: what it prints, how it ends, and what it does with what it cannot use."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rag import Library
from rag.store.locking import writer_lock
from rag.testing import sample_papers, write_jsonl
from tests.conftest import Run

Footnote = Callable[..., Run]

PAPER = {
    "id", "title", "authors", "year", "venue", "url", "record_url", "keywords", "identifiers", "sources",
    "abstract",
}  # fmt: skip
HIT = {"rank", "score", "scores", "paper", "chunk"}
QUESTION = "By how much does GaLore reduce optimizer memory?"
FAR_OFF = "Which dyes did the weavers of the Bayeux tapestry use?"


@pytest.fixture
def sample(sample_library: Library) -> Path:
    return sample_library.path


def refusal(run: Run, code: int = 2) -> str:
    """The one line that a command that failed printed."""
    assert (run.code, run.out) == (code, "")
    (line,) = run.err.splitlines()
    assert line.startswith("footnote: ")
    return line


# What the commands do


def test_demo_answers_from_the_sample_and_says_where_to_go_next(footnote: Footnote) -> None:
    shown = footnote("demo")
    assert shown.code == 0
    assert "65.5 percent" in shown.out
    assert "[1] GaLore: Memory-Efficient LLM Training by Gradient Low-Rank Projection" in shown.out
    assert "Where to go next" in shown.out
    assert "ingest YOUR-FILE" in shown.out


def test_a_demo_library_that_cannot_be_opened_is_made_again(footnote: Footnote) -> None:
    footnote("demo")
    Path("user-data/footnote/demo/library.db").write_bytes(b"of another version, say")
    shown = footnote("demo")
    assert (shown.code, "65.5 percent" in shown.out) == (0, True)


def test_ask_prints_the_quoted_sentences_and_exactly_the_cited_sources(
    footnote: Footnote, sample: Path
) -> None:
    answer = json.loads(footnote("--library", sample, "ask", QUESTION, "--json").out)
    shown = footnote("--library", sample, "ask", QUESTION)
    assert shown.code == 0
    body, sources = " ".join(shown.out.split()).split(" Sources ")
    for sentence in answer["sentences"]:
        assert f"“{sentence['text']}” [{sentence['citations'][0]}]" in body
    for hit in answer["hits"]:
        is_cited = hit["paper"] in [citation["paper"] for citation in answer["citations"]]
        assert (hit["paper"]["title"] in sources) == is_cited


def test_ask_json_keeps_the_contract(footnote: Footnote, sample: Path) -> None:
    answer = json.loads(footnote("ask", QUESTION, "--library", sample, "--json").out)
    assert set(answer) == {
        "question", "query", "text", "abstained", "abstention", "reason", "confidence", "sentences",
        "citations", "hits", "model", "usage", "seconds", "to_open", "forced", "notes", "excluded", "k",
        "filters",
    }  # fmt: skip
    assert (answer["question"], answer["abstained"], answer["abstention"]) == (QUESTION, False, None)
    said = {
        "text", "marked_text", "marks", "after", "verdict", "code", "reason", "citations", "evidence",
    }  # fmt: skip
    assert all(set(s) == said for s in answer["sentences"])
    assert all(set(hit) == HIT and set(hit["paper"]) == PAPER for hit in answer["hits"])
    assert all(set(hit["chunk"]) == {"id", "text", "start", "end"} for hit in answer["hits"])
    assert "arxiv:2403.03507" in [citation["paper"]["id"] for citation in answer["citations"]]
    for citation in answer["citations"]:
        assert set(citation) == {"marker", "paper", "evidence", "verdict", "reason"}
        for evidence in citation["evidence"]:
            assert citation["paper"]["abstract"][evidence["start"] : evidence["end"]] == evidence["quote"]
    assert answer["seconds"]["total"] > 0


def test_ask_says_that_the_collection_does_not_tell(footnote: Footnote, sample: Path) -> None:
    shown = footnote("--library", sample, "ask", FAR_OFF)
    assert shown.code == 0
    assert shown.out.startswith("No answer: ")
    assert "Nearest papers:" in shown.out
    said = json.loads(footnote("--library", sample, "--json", "ask", FAR_OFF).out)
    assert (said["abstained"], said["abstention"]) == (True, "not_in_collection")
    assert said["reason"]
    assert said["hits"]
    assert (said["sentences"], said["citations"]) == ([], [])


def test_search_ranks_and_keeps_the_contract(footnote: Footnote, sample: Path) -> None:
    run = footnote("search", "gradient low-rank projection", "-k", 3, "--library", sample, "--json")
    found = json.loads(run.out)
    assert set(found) == {"query", "hits", "within", "excluded", "reason", "seconds"}
    assert (found["excluded"], found["within"], found["reason"]) == ({"no_year": 0}, None, "")
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3]
    assert found["hits"][0]["paper"]["id"] == "arxiv:2403.03507"
    assert {"dense", "lexical"} <= set(found["hits"][0]["scores"])
    assert "GaLore" in footnote("search", "gradient projection", "--library", sample).out


def test_ingest_reports_and_info_agrees(footnote: Footnote) -> None:
    papers = sample_papers()[:6]
    write_jsonl("papers.jsonl", [*papers, papers[0]])
    with Path("papers.jsonl").open("a") as file:
        file.write('{"title": "Lost", "abstract": \n')
    run = footnote("ingest", "papers.jsonl", "--library", "lib", "--json")
    report = json.loads(run.out)
    assert run.code == 0
    assert {
        "added", "updated", "unchanged", "duplicates", "merged", "without_abstract", "rejected", "warnings",
        "papers", "chunks", "seconds",
    } <= set(report)  # fmt: skip
    assert (report["added"], report["duplicates"], report["papers"]) == (6, 1, 6)
    (rejected,) = report["rejected"]
    assert (Path(rejected["source"]).name, rejected["line"]) == ("papers.jsonl", 8)
    again = footnote("ingest", "papers.jsonl", "--library", "lib")
    assert "6 unchanged" in again.out
    assert "papers.jsonl:8: " in again.out
    info = json.loads(footnote("info", "--library", "lib", "--json").out)
    assert (info["papers"], info["chunks"]) == (6, report["chunks"])
    assert "all-MiniLM-L6-v2" in footnote("info", "--library", "lib").out


def test_ingest_shows_plain_lines_where_there_is_no_terminal(footnote: Footnote) -> None:
    write_jsonl("papers.jsonl", sample_papers()[:3])
    assert "3 of 3 records" in footnote("ingest", "papers.jsonl", "--library", "lib").err


def test_remove_takes_out_all_or_none(footnote: Footnote) -> None:
    write_jsonl("papers.jsonl", sample_papers()[:4])
    footnote("ingest", "papers.jsonl", "--library", "lib")
    ids = [paper.paper_id for paper in sample_papers()[:2]]
    assert "arxiv:0000.00000" in refusal(footnote("remove", ids[0], "arxiv:0000.00000", "--library", "lib"))
    assert json.loads(footnote("info", "--library", "lib", "--json").out)["papers"] == 4
    assert footnote("remove", *ids, ids[1], "--library", "lib").out.count(ids[1]) == 1
    assert json.loads(footnote("info", "--library", "lib", "--json").out)["papers"] == 2


def test_reindex_writes_both_indexes_anew(footnote: Footnote) -> None:
    write_jsonl("papers.jsonl", sample_papers()[:4])
    footnote("ingest", "papers.jsonl", "--library", "lib")
    before = footnote("search", "memory", "--library", "lib", "--json")
    folders = set(Path("lib/indexes").iterdir())
    assert footnote("reindex", "--library", "lib").code == 0
    assert not folders & set(Path("lib/indexes").iterdir())
    after = footnote("search", "memory", "--library", "lib", "--json")
    assert json.loads(after.out)["hits"] == json.loads(before.out)["hits"]


def test_library_of_the_environment_is_used_and_the_option_wins(
    footnote: Footnote, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTE_LIBRARY", str(sample))
    assert json.loads(footnote("info", "--json").out)["path"] == str(sample)
    assert "nowhere" in refusal(footnote("--library", "nowhere", "info"))
    assert "elsewhere" in refusal(footnote("--library", "nowhere", "info", "--library", "elsewhere"))


def test_library_named_in_a_dotenv_file_is_used(footnote: Footnote, sample: Path) -> None:
    Path(".env").write_text(f"FOOTNOTE_LIBRARY={sample}\n")
    assert json.loads(footnote("info", "--json").out)["path"] == str(sample)


def test_info_names_variables_that_are_no_setting(
    footnote: Footnote, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTE_TOPK", "3")
    Path(".env").write_text("FOOTNOTE_MODEL=x\n")
    assert json.loads(footnote("info", "--library", sample, "--json").out)["unknown_settings"] == [
        "FOOTNOTE_MODEL", "FOOTNOTE_TOPK",
    ]  # fmt: skip
    assert "FOOTNOTE_TOPK" in footnote("info", "--library", sample).out


# What it does with what it cannot use


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["aks", "x"], "did you mean “ask”?"),
        (["frobnicate"], "choose from demo, ingest"),
        (["ask"], "QUESTION"),
        (["ask", "x", "--frob"], "--frob"),
        (["search", "x", "-k", "0"], "-k"),
        (["search", "x", "-k", "many"], "-k"),
        (["ingest"], "PATH"),
        (["ingest", "nowhere.txt"], "nowhere.txt"),
        (["ingest", "there.txt", "--format", "docx"], "listing"),
        (["ask", "x"], "no library there yet"),
        (["search", "x"], "no library there yet"),
        (["info"], "no library there yet"),
        (["remove", "doi:10.1/x"], "no library there yet"),
        (["reindex"], "no library there yet"),
    ],
)  # fmt: skip
def test_what_is_mistyped_or_missing_gets_one_line(footnote: Footnote, typed: list[str], said: str) -> None:
    Path("there.txt").write_text("A Title\nSome text.")
    assert said in refusal(footnote(*typed, "--library", "lib"))


@pytest.mark.parametrize(
    "question", ["", "  \n ", "?!… —", "\x00\x1b\x07", "\u202e\u2066\u200f", "word " * 10_000]
)
def test_questions_that_are_none_get_one_line(footnote: Footnote, sample: Path, question: str) -> None:
    assert len(refusal(footnote("ask", question, "--library", sample))) < 200
    assert len(refusal(footnote("search", question, "--library", sample, "--json"))) < 200


@pytest.mark.parametrize("question", ["AND (OR", '"galore', "title:x^2 -[a TO b]~", "/.*/", "\\", "*"])
def test_search_syntax_means_nothing(footnote: Footnote, sample: Path, question: str) -> None:
    run = footnote("search", f"{question} memory", "--library", sample)
    assert (run.code, run.err) == (0, "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FOOTNOTE_TOP_K", "many"),
        ("FOOTNOTE_TOP_K", "0"),
        ("FOOTNOTE_LLM", "oracle/9"),
        ("FOOTNOTE_ENCODER", "no/such"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    footnote: Footnote, sample: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    line = refusal(footnote("ask", QUESTION, "--library", sample))
    assert name in line
    assert value in line


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "a.txt"), (b"\x00\x01\x02\xff" * 400, "a.txt"), (b"\n \n", "a.csv"), (b"{", "a.json")],
)
def test_a_file_without_papers_gets_one_line_with_its_name(
    footnote: Footnote, content: bytes, name: str
) -> None:
    Path(name).write_bytes(content)
    assert name in refusal(footnote("ingest", name, "--library", "lib"))


def test_a_folder_without_readable_files_gets_one_line(footnote: Footnote) -> None:
    Path("empty/.hidden").mkdir(parents=True)
    assert "empty" in refusal(footnote("ingest", "empty", "--library", "lib"))


def test_a_library_that_is_a_file_gets_one_line(footnote: Footnote) -> None:
    write_jsonl("papers.jsonl", sample_papers()[:1])
    assert "this is a file" in refusal(footnote("ingest", "papers.jsonl", "--library", "papers.jsonl"))
    assert Path("papers.jsonl").read_bytes().startswith(b"{")


@pytest.mark.parametrize(
    "content", [b"not a database, whatever its name" * 200, b"SQLite format 3\x00" + b"\x07" * 5000]
)
def test_a_library_that_is_no_database_gets_one_line_and_is_left_alone(
    footnote: Footnote, content: bytes
) -> None:
    Path("lib").mkdir()
    Path("lib/library.db").write_bytes(content)
    assert "library.db" in refusal(footnote("ask", "x", "--library", "lib"))
    assert Path("lib/library.db").read_bytes() == content


def test_a_library_of_a_newer_schema_gets_one_line(footnote: Footnote) -> None:
    write_jsonl("papers.jsonl", sample_papers()[:1])
    footnote("ingest", "papers.jsonl", "--library", "lib")
    with sqlite3.connect("lib/library.db") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    for command in (["ask", "x"], ["ingest", "papers.jsonl"], ["info"], ["reindex"]):
        line = refusal(footnote(*command, "--library", "lib"))
        assert "99" in line
        assert "newer" in line


def test_a_library_of_an_older_schema_gets_one_line(footnote: Footnote) -> None:
    write_jsonl("papers.jsonl", sample_papers()[:1])
    footnote("ingest", "papers.jsonl", "--library", "lib")
    with sqlite3.connect("lib/library.db") as db:
        db.execute("PRAGMA user_version = 2")
        db.execute("UPDATE manifest SET value = '2' WHERE key = 'schema_version'")
    db.close()
    for command in (["ask", "x"], ["ingest", "papers.jsonl"], ["info"]):
        line = refusal(footnote(*command, "--library", "lib"))
        assert "made by an older Footnote" in line
        assert "ingest your files into a new folder" in line


def test_a_second_writer_gets_one_line_and_readers_go_on(footnote: Footnote, sample: Path) -> None:
    write_jsonl("papers.jsonl", sample_papers()[:1])
    with writer_lock(sample, "a long ingest"):
        assert "a long ingest" in refusal(footnote("ingest", "papers.jsonl", "--library", sample), code=3)
        assert footnote("ask", QUESTION, "--library", sample).code == 0


def test_a_library_made_with_another_encoder_names_the_way_out(footnote: Footnote, tmp_path: Path) -> None:
    from rag.testing import hash_library

    write_jsonl("papers.jsonl", sample_papers()[:3])
    library = hash_library(tmp_path / "lib")
    library.ingest("papers.jsonl")
    library.close()
    for command in (["ask", QUESTION], ["ingest", "papers.jsonl"]):
        line = refusal(footnote(*command, "--library", tmp_path / "lib"))
        assert "hash" in line
        assert "all-MiniLM-L6-v2" in line
        assert "reindex" in line
    assert json.loads(footnote("info", "--library", tmp_path / "lib", "--json").out)["papers"] == 3
    assert "3 papers embedded again" in footnote("reindex", "--library", tmp_path / "lib").out
    assert footnote("ask", QUESTION, "--library", tmp_path / "lib").code == 0


def test_a_library_damaged_inside_is_named_as_such(footnote: Footnote) -> None:
    write_jsonl("papers.jsonl", sample_papers()[:20])
    footnote("ingest", "papers.jsonl", "--library", "lib")
    with sqlite3.connect("lib/library.db") as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    database = bytearray(Path("lib/library.db").read_bytes())
    database[8192:] = b"\x07" * (len(database) - 8192)
    Path("lib/library.db").write_bytes(database)
    assert "damaged" in refusal(footnote("ask", QUESTION, "--library", "lib"))


@pytest.mark.parametrize(
    "said",
    [
        "UPDATE manifest SET value = '{}' WHERE key = 'recipe'",
        "UPDATE manifest SET value = 'x' WHERE key = 'schema_version'",
    ],
)
def test_a_manifest_that_makes_no_sense_is_damage(footnote: Footnote, said: str) -> None:
    write_jsonl("papers.jsonl", sample_papers()[:1])
    footnote("ingest", "papers.jsonl", "--library", "lib")
    with sqlite3.connect("lib/library.db") as db:
        db.execute(said)
    db.close()
    assert "damaged" in refusal(footnote("ask", QUESTION, "--library", "lib"))


def test_names_are_shown_as_they_are_but_for_what_a_terminal_would_obey(footnote: Footnote) -> None:
    name = "[bold]x[bold] \x1b[31mred.jsonl"
    write_jsonl(name, sample_papers()[:1])
    shown = footnote("ingest", name, "--library", "lib [/x] é")
    assert shown.code == 0
    info = footnote("info", "--library", "lib [/x] é")
    assert "[bold]x[bold] [31mred.jsonl" in info.out
    assert "\x1b" not in info.out
    assert "\x1b" not in refusal(footnote("ingest", "\x1b[31mnot there", "--library", "lib"))


def test_bytes_that_are_no_text_are_no_traceback(footnote: Footnote, sample: Path) -> None:
    stray = os.fsdecode(b"memory \xff")
    assert json.loads(footnote("ask", stray, "--library", sample, "--json").out)["hits"]
    assert footnote("search", stray, "--library", sample).code == 0
    refusal(footnote("remove", stray, "--library", sample))
    refusal(footnote("ingest", ".", "--library", stray))


# Runs commands one after another in one process: most of a cold one's time is loading the encoder.
RUN_EACH = """
import sys
from rag.cli import main
for command in sys.argv[1:]:
    sys.argv = ["footnote", *command.split("|")]
    try:
        main()
    except SystemExit as ended:
        assert not ended.code, command
    print("=====", flush=True)
"""


@pytest.mark.parametrize("encoding", ["ascii", "utf-8:strict"])
def test_any_terminal_can_print_an_answer(sample: Path, encoding: str) -> None:
    ask = f"--library|{sample}|ask|{QUESTION} \udcff"
    run = subprocess.run(
        [sys.executable, "-c", RUN_EACH, ask, f"{ask}|--json"],
        env={**os.environ, "PYTHONIOENCODING": encoding}, capture_output=True,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, b"")
    shown, as_json, _ = run.stdout.split(b"=====\n")
    assert b"65.5 percent" in shown
    for citation in json.loads(as_json)["citations"]:
        for evidence in citation["evidence"]:
            assert evidence["quote"] in citation["paper"]["abstract"]


def test_a_library_setting_is_expanded_and_must_say_something(
    footnote: Footnote, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FOOTNOTE_LIBRARY", "~/papers")
    assert str(tmp_path / "home" / "papers") in refusal(footnote("info"))
    assert "empty" in refusal(footnote("--library", "", "info"))
    monkeypatch.setenv("FOOTNOTE_LIBRARY", "")
    assert "FOOTNOTE_LIBRARY" in refusal(footnote("info"))


def test_a_dotenv_file_that_is_no_text_is_named(footnote: Footnote) -> None:
    Path(".env").write_bytes(b"FOOTNOTE_TOP_K=\xff\xfe")
    assert ".env" in refusal(footnote("info"))


@pytest.mark.parametrize("option", [[], ["--json"]])
def test_a_reader_that_stops_early_is_no_error(sample: Path, option: list[str]) -> None:
    command = [sys.executable, "-c", "from rag.cli import main; main()", "info", "--library", str(sample)]
    with subprocess.Popen([*command, *option], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_help_teaches_each_command_by_an_example(footnote: Footnote) -> None:
    overview = footnote("--help")
    assert footnote().out == overview.out
    for command in ("demo", "ingest", "search", "ask", "explain", "info", "remove", "reindex"):
        assert command in overview.out
        shown = footnote(command, "--help")
        assert shown.code == 0
        assert "footnote " in shown.out.split("\n\n", 1)[1]
