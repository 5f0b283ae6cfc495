"""`footnote ask` with a model, and `footnote check`: what is printed, and the exit code."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag import Library
from tests.conftest import Run
from tests.rag.model_servers import Reply, Request, error_reply, openai_reply, serving

Footnote = Callable[..., Run]

QUESTION = "By how much does GaLore reduce the memory that optimizer states need?"
RIGHT = "GaLore cuts the memory for optimizer states by up to 65.5 percent"


@pytest.fixture
def ask(footnote: Footnote, sample_library: Library, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """Ask the sample collection through a server that gives these replies."""

    def run(*replies: object, options: tuple[str, ...] = ()) -> Run:
        with serving(*replies) as server:  # type: ignore[arg-type]
            monkeypatch.setenv("FOOTNOTE_LLM_BASE_URL", server.url + "/v1")
            monkeypatch.setenv("FOOTNOTE_LLM_TIMEOUT", "20")
            return footnote(
                "--library", sample_library.path, "ask", QUESTION, "--llm", "openai-like/tiny", *options
            )

    return run


def citing(template: str, **how: Any) -> Callable[[Request], Reply]:
    """A reply in which `<key>` is the key of the first source."""

    def reply(request: Request) -> Reply:
        key = re.findall(r"^\[(\w+)\] ", request.messages[-1]["content"], re.MULTILINE)[0]
        return openai_reply(*re.findall(r".{1,5}", template.replace("<key>", f"[{key}]")), **how)

    return reply


def test_prose_is_printed_with_its_sources_and_what_is_not_proven(ask: Callable[..., Run]) -> None:
    run = ask(citing(f"{RIGHT} <key>. It was found by zebras <key>."))
    assert run.code == 0
    assert f"{RIGHT} [1]. It was found by zebras [1]." in run.out
    assert "Not proven\n    “It was found by zebras.”\n    unsupported: " in run.out
    assert "[1] GaLore" in run.out


def test_as_json_it_is_one_object_with_verdicts_and_usage(ask: Callable[..., Run]) -> None:
    run = ask(citing(f"{RIGHT} <key>."), options=("--json",))
    answer = json.loads(run.out)
    assert (run.code, answer["model"], answer["text"]) == (0, "openai-like/tiny", f"{RIGHT} [1].")
    assert answer["sentences"][0]["verdict"] == answer["citations"][0]["verdict"] == "supported"
    assert answer["usage"]["completion_tokens"] > 0


@pytest.mark.parametrize(
    "reply",
    [error_reply(401), error_reply(404), openai_reply(""), Reply([b"<html>no</html>"], kind="text/html")],
    ids=["401", "404", "empty", "a web page"],
)
def test_where_no_answer_comes_the_papers_are_shown_and_one_line_says_why(
    reply: Reply, ask: Callable[..., Run]
) -> None:
    run = ask(reply)
    assert run.code == 3
    assert "Papers found" in run.out
    assert "GaLore" in run.out
    assert "openai-like/tiny" in run.err
    assert len(run.err.strip().splitlines()) == 1


def test_of_an_answer_that_breaks_off_what_came_is_shown(ask: Callable[..., Run]) -> None:
    run = ask(citing(f"{RIGHT} <key>. And", cut=True, done=False))
    assert run.code == 3
    assert f"{RIGHT} [1]." in run.out
    assert "Papers found" in run.out
    assert run.err.strip()


def test_as_json_a_failure_still_is_one_object_with_the_papers(ask: Callable[..., Run]) -> None:
    run = ask(error_reply(401), options=("--json",))
    answer = json.loads(run.out)
    assert run.code == 3
    assert len(answer["hits"]) == 8
    assert answer["error"] == run.err.strip().removeprefix("footnote: ")


DRAFT = f"""\
# Introduction

{RIGHT} [@zhao2024]. LoRA keeps the
pre-trained weights fixed. On GPT-3 the number of trained parameters
drops by a factor of roughly 500 with LoRA.

Emperor penguins breed on the Antarctic ice in winter. Is that so in every single year?
"""


def test_a_draft_is_checked_claim_by_claim(footnote: Footnote, sample_library: Library) -> None:
    Path("draft.md").write_text(DRAFT, encoding="utf-8")
    run = footnote("--library", sample_library.path, "check", "draft.md", "--json")
    checked = json.loads(run.out)
    found = [(claim["line"], claim["status"], claim["lacks_citation"]) for claim in checked["claims"]]
    assert run.code == 0
    assert found == [
        (3, "supported", False),
        (3, "supported", True),
        (4, "disagrees", False),
        (7, "not_found", False),
    ]
    assert checked["claims"][0]["cited"] == ["[@zhao2024]"]
    assert checked["claims"][1]["supporting"][0]["key"] == "hu2021lora"
    assert checked["claims"][2]["disagreeing"][0]["code"] == "number"
    for claim in checked["claims"]:
        for support in (*claim["supporting"], *claim["disagreeing"]):
            for evidence in support["evidence"]:
                abstract = support["paper"]["abstract"]
                assert abstract[evidence["start"] : evidence["end"]] == evidence["quote"]


def test_what_a_draft_lacks_is_said_in_words(footnote: Footnote, sample_library: Library) -> None:
    Path("draft.md").write_text(DRAFT, encoding="utf-8")
    run = footnote("--library", sample_library.path, "check", "draft.md")
    assert "draft.md:3  supported" in run.out
    assert "lacks a citation: [@hu2021lora]" in run.out
    assert "draft.md:4  in disagreement" in run.out
    assert "4 claims: 2 supported, 1 in disagreement, 1 not in this library; 1 of them could cite" in run.out


def test_a_draft_in_latex_is_read_as_text(footnote: Footnote, sample_library: Library) -> None:
    claim = RIGHT.replace(" percent", r"\%") + r"~\cite{zhao}. % so they say"
    Path("draft.tex").write_text(
        f"\\documentclass{{article}}\n\n\\section{{LoRA}}\n{claim}\n", encoding="utf-8"
    )
    run = footnote("--library", sample_library.path, "check", "draft.tex", "--json")
    [found] = json.loads(run.out)["claims"]
    assert (found["line"], found["status"], found["cited"]) == (4, "supported", ["[@zhao]"])


def test_what_a_draft_cites_itself_is_judged_and_unknown_keys_are_named(
    footnote: Footnote, sample_library: Library
) -> None:
    Path("draft.md").write_text(
        "Memory for optimizer states does not fall with GaLore [@zhao2024galore]. LoRA keeps the pre-trained "
        "weights fixed (Hu et al., 2021). LoRA keeps the pre-trained weights fixed [@nobody2020].\n",
        encoding="utf-8",
    )
    run = footnote("--library", sample_library.path, "check", "draft.md", "--json")
    claims = json.loads(run.out)["claims"]
    own = [
        [(each["key"], each["verdict"], each["code"]) for each in claim["own_citations"]] for claim in claims
    ]
    assert own == [
        [("zhao2024galore", "unsupported", "direction")],
        [("hu2021lora", "supported", "matches")],
        [],
    ]
    assert [claim["unknown_keys"] for claim in claims] == [[], [], ["@nobody2020"]]
    assert claims[0]["status"] == "disagrees"
    shown = footnote("--library", sample_library.path, "check", "draft.md").out
    assert "cites [@zhao2024galore]: unsupported" in shown
    assert "No paper of this library: @nobody2020" in shown


def test_of_text_without_full_stops_only_the_beginning_is_looked_at(
    footnote: Footnote, sample_library: Library
) -> None:
    Path("draft.md").write_text("GaLore compresses the gradient and so on and on " * 900, encoding="utf-8")
    run = footnote("--library", sample_library.path, "check", "draft.md", "--json")
    assert [claim["cut"] for claim in json.loads(run.out)["claims"]] == [True]


def test_items_of_a_list_are_claims_of_their_own_and_code_is_none(
    footnote: Footnote, sample_library: Library
) -> None:
    Path("draft.md").write_text(
        f"Two things are known:\n1. {RIGHT}.\n2. LoRA keeps the pre-trained weights fixed.\n\n"
        "```\nLoRA reduces memory by 99 percent here\n```\n",
        encoding="utf-8",
    )
    run = footnote("--library", sample_library.path, "check", "draft.md", "--json")
    found = [(claim["line"], claim["status"]) for claim in json.loads(run.out)["claims"]]
    assert found == [(2, "supported"), (3, "supported")]


def test_an_export_never_goes_into_a_library(footnote: Footnote, sample_library: Library) -> None:
    database = sample_library.path / "library.db"
    before = database.read_bytes()
    run = footnote("--library", sample_library.path, "ask", QUESTION, "--export", "bibtex", database)
    assert run.code == 2
    assert "folder of a library" in run.err
    assert database.read_bytes() == before


@pytest.mark.parametrize("text", ["", "# Title\n\nWhy?\n"])
def test_a_draft_that_claims_nothing_is_said_to(
    text: str, footnote: Footnote, sample_library: Library
) -> None:
    Path("draft.md").write_text(text, encoding="utf-8")
    run = footnote("--library", sample_library.path, "check", "draft.md")
    assert (run.code, run.out.strip()) == (0, "No sentence claims anything.")


def test_a_draft_that_is_no_text_is_refused_in_one_line(footnote: Footnote, sample_library: Library) -> None:
    Path("draft.pdf").write_bytes(b"%PDF-1.7\xff\xfe\x00")
    run = footnote("--library", sample_library.path, "check", "draft.pdf")
    assert run.code == 2
    assert "not UTF-8 text" in run.err
