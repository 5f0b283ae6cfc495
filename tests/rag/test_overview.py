"""What an import shows and writes, and a collection at a glance."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rag.testing import hash_library, invented_papers, write_jsonl

Footnote = Callable[..., object]
PAPERS = [replace(paper, identifiers={}) for paper in invented_papers(30)]


def ingest(footnote: Footnote, *options: object, file: object = "a.jsonl") -> tuple[int, str, str]:
    run = footnote("--library", "lib", "ingest", file, *options)
    return run.code, run.out, run.err  # type: ignore[attr-defined]


def write_odd_records() -> None:
    odd = [
        {"title": "No abstract <b>here</b>", "year": 2020},
        {"title": "A short one & more", "abstract": "Too short to say much.", "year": 2021},
        {"year": 2020},
    ]
    Path("a.jsonl").write_text("".join(f"{json.dumps(record)}\n" for record in odd))


def test_the_report_is_short_on_the_terminal_and_whole_in_a_json_file(footnote: Footnote) -> None:
    write_odd_records()
    code, out, err = ingest(footnote, "--report", "health.json")
    assert code == 0
    assert "without an abstract (kept, not searched), as " in out
    assert "health.json" in err
    report = json.loads(Path("health.json").read_text())
    assert (report["records"], len(report["rejected"])) == (2, 1)
    (finding,) = report["health"]["no_abstract"]["first"]
    assert (finding["line"], finding["title"]) == (1, "No abstract here")
    assert finding["source"].endswith("/a.jsonl")


def test_the_report_as_a_page_names_every_record_and_escapes_it(footnote: Footnote) -> None:
    write_odd_records()
    ingest(footnote, "--report", "health.html")
    page = Path("health.html").read_text()
    assert page.startswith("<!DOCTYPE html>")
    assert "a.jsonl:2" in page
    assert "A short one &amp; more" in page


def test_findings_beyond_the_first_few_are_in_the_file(footnote: Footnote) -> None:
    write_jsonl("a.jsonl", PAPERS)
    _, out, _ = ingest(footnote, "--json", "--report", "health.json")
    shown, written = json.loads(out)["health"], json.loads(Path("health.json").read_text())["health"]
    assert (shown["no_identifier"]["count"], len(shown["no_identifier"]["first"])) == (30, 5)
    assert len(written["no_identifier"]["first"]) == 30


@pytest.mark.parametrize("path", ["health.txt", "nowhere/health.json", "."])
def test_a_report_that_cannot_be_written_is_refused_before_anything_is_read(
    footnote: Footnote, path: str
) -> None:
    write_jsonl("a.jsonl", PAPERS)
    code, _, err = ingest(footnote, "--report", path)
    assert (code, err.count("\n")) == (2, 1)
    assert path in err
    assert not Path("lib").exists()


def test_a_column_of_another_name_is_named_and_can_be_mapped(footnote: Footnote) -> None:
    Path("a.csv").write_text('Heading,Blurb\n"A title of some words","An abstract of several words."\n')
    code, _, err = ingest(footnote, file="a.csv")
    assert code == 2
    assert "Heading, Blurb" in err
    assert "--map abstract=COLUMN" in err
    code, _, _ = ingest(footnote, "--map", "abstract=Blurb", "--map", "title=Heading", file="a.csv")
    assert code == 0
    (paper,) = (hit.paper for hit in searched("several words"))
    assert (paper.title, paper.abstract) == ("A title of some words", "An abstract of several words.")


@pytest.mark.parametrize("said", ["abstract", "abstract=", "summary=Blurb", "abstract=A --map abstract=B"])
def test_a_mapping_that_makes_no_sense_gets_one_line(footnote: Footnote, said: str) -> None:
    write_jsonl("a.jsonl", PAPERS)
    code, _, err = ingest(footnote, "--map", *said.split())
    assert (code, err.count("\n")) == (2, 1)
    assert f"--map {said.split()[-1]}" in err


def test_a_mapping_is_said_not_to_apply_to_formats_with_their_own_names(footnote: Footnote) -> None:
    Path("a.bib").write_text("@article{a, title={A title of some words}, abstract={An abstract.}}")
    code, out, _ = ingest(footnote, "--map", "abstract=Summary", file="a.bib")
    assert code == 0
    assert "--map is for tables and JSON; this is BibTeX" in out


def test_sync_says_how_many_papers_are_gone(footnote: Footnote) -> None:
    write_jsonl("a.jsonl", PAPERS)
    ingest(footnote)
    write_jsonl("a.jsonl", PAPERS[:28])
    _, out, err = ingest(footnote, "--sync")
    assert "2 papers are no longer in these files" in err
    assert "2 removed" in out


@pytest.mark.parametrize(("answer", "left"), [(b"n\n", 30), (b"y\n", 28)])
def test_sync_asks_on_a_terminal(answer: bytes, left: int) -> None:
    write_jsonl("a.jsonl", PAPERS)
    hash_library("lib").ingest("a.jsonl")
    write_jsonl("a.jsonl", PAPERS[:28])
    code = (
        "from rag.testing import hash_library; from rag.commands.shell import may_remove;"
        "hash_library('lib').ingest('a.jsonl', sync=may_remove)"
    )
    here, there = pty.openpty()
    os.write(here, answer)
    subprocess.run([sys.executable, "-c", code], stdin=there, stderr=there, check=True)
    assert b"Remove them?" in os.read(here, 10_000)
    assert len(hash_library("lib")) == left


def test_info_draws_years_and_sources(footnote: Footnote) -> None:
    write_jsonl("a.jsonl", [replace(paper, year=2019 + n // 20) for n, paper in enumerate(PAPERS)])
    ingest(footnote)
    shown = footnote("--library", "lib", "info").out  # type: ignore[attr-defined]
    rows = {row.split()[0]: row for row in shown.splitlines() if row.strip()}
    assert rows["2019"].count("█") == 2 * rows["2020"].count("█") > 0
    assert "a.jsonl" in shown
    assert "footnote-rag" in shown


def searched(query: str) -> list:  # type: ignore[type-arg]
    from rag import Library

    return Library.open("lib").search(query)
