"""`footnote eval lint`: what is wrong with a question file is told with its line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eval.lint import lint
from rag import FootnoteError, Library, Paper
from rag.testing import hash_library, write_jsonl
from tests.conftest import Run
from tests.eval.conftest import QUESTIONS

GULLS = "Herring gulls were counted at noon on the old pier of Vellin. There were 41 of them in May."
PAPERS = [
    Paper("Gulls on the pier", GULLS, ("Ann Ode",), 2001),
    Paper("Gulls on the pier, a reprint", GULLS, ("Ann Ode",), 2002),
    Paper("Tides", "Tides at the pier rise by 3 m twice a day and fall as far.", ("Bo Ey",), 2003),
]
GOOD = {
    "id": "a",
    "type": "single",
    "question": "By how much does the sea go up there?",
    "gold_ids": ["Tides"],
    "gold_quotes": [{"id": "Tides", "quote": "Tides at the pier rise by 3 m"}],
    "must_contain": ["3 m"],
}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    papers = hash_library(tmp_path / "lib")
    papers.ingest(write_jsonl(tmp_path / "papers.jsonl", PAPERS))
    return papers


def written(*questions: dict[str, Any]) -> Path:
    path = Path("questions.jsonl")
    path.write_text("".join(f"{json.dumps(question)}\n" for question in questions), encoding="utf-8")
    return path


def kinds(found: dict[str, Any], line: int) -> set[str]:
    return {finding["kind"] for finding in found["findings"] if finding["line"] == line}


def test_a_sound_question_has_no_finding(library: Library) -> None:
    found = lint(written(GOOD), library)
    assert (found["findings"], found["n"]) == ([], 1)


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"type": "riddle"}, "unknown-type"),
        ({"gold_ids": [], "gold_quotes": []}, "no-gold"),
        ({"type": "unanswerable"}, "gold-of-unanswerable"),
        ({"gold_ids": ["Tides", "Ebbs"]}, "missing-gold"),
        ({"gold_ids": ["Tides", "Gulls on the pier"]}, "gold-twin"),
        ({"gold_quotes": [{"id": "Tides", "quote": "Tides fall by 3 m"}]}, "quote-not-found"),
        ({"must_contain": ["4 m"]}, "unsaid-fact"),
        ({"question": "Does the sea go up by 3 m there?"}, "answer-in-question"),
        ({"must_contain": []}, "unjudgeable"),
        ({"without": ["Ebbs"]}, "missing-gold"),
        ({"question": "Is it so that tides at the pier rise by that much?"}, "leak"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(library: Library, changed: dict[str, Any], kind: str) -> None:
    found = lint(written({**GOOD, "id": "0", "question": "How high is high water?"}, GOOD | changed), library)
    assert (kinds(found, 1), kinds(found, 2)) == (set(), {kind})


def test_a_title_of_several_papers_names_none(tmp_path: Path) -> None:
    library = hash_library(tmp_path / "lib")
    twice = [PAPERS[2], Paper("Tides", "A novel of three sisters.", ("Cy Day",), 1950)]
    library.ingest(write_jsonl(tmp_path / "papers.jsonl", twice))
    found = lint(
        written(GOOD | {"gold_ids": ["Tides", library.search("novel", k=1)[0].paper.paper_id]}), library
    )
    assert "ambiguous-gold" in kinds(found, 1)


def test_the_same_question_twice_is_told_at_the_second(library: Library) -> None:
    found = lint(
        written(GOOD, GOOD | {"id": "b", "question": "by how much does the sea go up, there"}), library
    )
    assert (kinds(found, 1), kinds(found, 2)) == (set(), {"duplicate"})


def test_a_library_of_other_papers_is_refused(library: Library) -> None:
    with pytest.raises(FootnoteError, match="none of its 1 gold papers"):
        lint(written(GOOD | {"gold_ids": ["Ebbs"]}), library)


def test_exit_codes_are_those_of_a_gate(footnote: Callable[..., Run]) -> None:
    clean, dirty = footnote("eval", "lint", written(GOOD)), footnote("eval", "lint", QUESTIONS, "--json")
    assert (clean.code, "nothing to mend" in clean.out, "not looked up" in clean.out) == (0, True, True)
    assert set(json.loads(dirty.out)) == {"dataset", "n", "findings", "counts", "overlap", "library"}
    bad = footnote("eval", "lint", written(GOOD | {"type": "riddle"}))
    assert (bad.code, bad.out.splitlines()[0]) == (
        1,
        "questions.jsonl:1: unknown-type: “riddle” is none of single, multi, unanswerable",
    )
    Path("questions.jsonl").write_text("{not json", encoding="utf-8")
    assert footnote("eval", "lint", "questions.jsonl").code == 2
