"""A passport holds all that an answer rests on, no more, and tells when asked again what has changed."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag import Assistant, Library, Paper, Settings
from rag.errors import InputError
from rag.export.passport import passport, read_passport
from rag.export.replay import Replay, replay
from rag.testing import ScriptedChatModel, hash_library, invented_papers, write_jsonl
from tests.conftest import Run

Footnote = Callable[..., Run]

QUESTION = "By how much does GaLore reduce optimizer memory?"
PAPERS = invented_papers(40)


@pytest.fixture
def made() -> Library:
    library = hash_library("lib")
    library.ingest(write_jsonl("papers.jsonl", PAPERS))
    return library


def asked(library: Library, settings: Settings | None = None, **arguments: Any) -> dict[str, Any]:
    settings = settings or Settings()
    return passport(Assistant(library, settings).ask(PAPERS[3].title, **arguments), library, settings)


def kept(said: object) -> Path:
    file = Path("passport.json")
    file.write_text(said if isinstance(said, str) else json.dumps(said), encoding="utf-8")
    return file


def replayed(library: Library, said: object, settings: Settings | None = None) -> Replay:
    return replay(read_passport(kept(said)), library, settings or Settings())


# What it holds


def test_it_holds_what_the_answer_rests_on(made: Library) -> None:
    settings = Settings(top_k=5)
    answer = Assistant(made, settings).ask(PAPERS[3].title, year=(1990, None), author="Ann")
    said = passport(answer, made, settings)
    assert (said["footnote_passport"], said["k"], said["forced"]) == (1, 5, False)
    assert said["filters"] == {
        "year": [1990, None], "source": [], "author": ["Ann"], "venue": [], "keyword": [], "among": [],
        "without": [],
    }  # fmt: skip
    assert [(hit["paper_id"], hit["score"], hit["scores"]) for hit in said["ranking"]] == [
        (hit.paper.paper_id, hit.score, dict(hit.scores)) for hit in answer.hits
    ]
    assert [sentence["verdict"] for sentence in said["sentences"]] == ["supported"] * len(answer.sentences)
    for cited in said["citations"]:
        for evidence in cited["evidence"]:
            abstract = made.paper(cited["paper_id"]).abstract
            assert abstract[evidence["start"] : evidence["end"]] == evidence["quote"]
    assert said["encoder"] == {"name": "hash", "revision": "1", "dimension": 64, "pooling": "sum"}
    assert (said["library"]["name"], said["library"]["papers"]) == ("lib", 40)
    assert {"footnote", "python", "chromadb", "tantivy", "onnxruntime"} <= said["versions"].keys()
    assert said["time"].endswith("+00:00")


def test_it_holds_no_secret_and_no_path_of_the_machine(made: Library) -> None:
    settings = Settings(llm="openai-like/m", llm_base_url="http://inside.example/v1", llm_api_key="sk-1")  # type: ignore[arg-type]
    here = str(Path.cwd())
    for source in (f"{here}/papers.jsonl", f"{here}/none.bib"):
        answer = Assistant(made, Settings()).ask(PAPERS[3].title, source=source)
        answer = replace(answer, model=f"huggingface/{here}/models/tiny")
        text = json.dumps(passport(answer, made, settings))
        assert here not in text
        assert not [secret for secret in ("sk-1", "inside.example") if secret in text]
        assert '"huggingface/tiny"' in text


def test_the_fingerprint_is_that_of_the_papers_whatever_their_order(made: Library) -> None:
    shuffled = random.Random(1).sample(PAPERS, len(PAPERS))
    other = hash_library("other")
    other.ingest(write_jsonl("b.jsonl", shuffled[:9]))
    other.ingest(write_jsonl("a.jsonl", shuffled[9:]))
    assert other.fingerprint() == made.fingerprint()
    other.ingest(write_jsonl("a.jsonl", [replace(shuffled[10], venue="Lakes")]))
    assert other.fingerprint() != made.fingerprint()


# Asked again


def test_on_an_unchanged_library_the_answer_is_the_same(made: Library) -> None:
    for arguments in ({}, {"k": 2}, {"year": (2000, None)}, {"force": True}, {"source": "papers.jsonl"}):
        again = replayed(made, asked(made, **arguments))
        assert (again.identical, dict(again.differences), again.versions) == (True, {}, ())


def test_a_question_left_open_is_left_open_for_the_same_reason(made: Library) -> None:
    assert replayed(made, asked(made, author="Nobody")).identical


def test_what_was_answered_in_spite_of_doubt_is_so_again(made: Library) -> None:
    answer = Assistant(made).ask("What do quaggas dream of at night?", force=True)
    assert answer.forced
    assert replayed(made, passport(answer, made, Settings())).identical


def test_after_an_ingest_it_says_what_is_new_and_what_moved(made: Library) -> None:
    said = asked(made)
    newer = Paper(
        PAPERS[3].title.upper(), f"{PAPERS[3].title} is new. It is so.", authors=("Bo Wu",), year=1950
    )
    made.ingest(write_jsonl("more.jsonl", [newer]))
    again = replayed(made, said)
    assert not again.identical
    assert again.differences["library"] == ("40 papers → 41",)
    assert any(
        line.startswith("new at place") and newer.title in line for line in again.differences["ranking"]
    )
    assert any(line.startswith("place ") for line in again.differences["ranking"])
    assert any(line.startswith("+ ") and "is new" in line for line in again.differences["sentences"])


def test_papers_that_went_or_changed_are_named(made: Library) -> None:
    said = asked(made)
    first, second = (made.paper(hit["paper_id"]) for hit in said["ranking"][:2])
    changed = replace(second, venue="Elsewhere", first_id="")
    rest = [paper for paper in PAPERS if paper.paper_id not in (first.paper_id, second.paper_id)]
    made.ingest(write_jsonl("papers.jsonl", [changed, *rest]), sync=True)
    again = replayed(made, said)
    assert f"gone: “{first.title}” ({first.paper_id})" in again.differences["library"]
    assert f"changed: “{second.title}” ({second.paper_id})" in again.differences["library"]
    assert any("no longer found, was at place 1" in line for line in again.differences["ranking"])
    assert any(line.startswith("- ") for line in again.differences["sentences"])
    assert any(line.startswith("confidence: ") for line in again.differences["outcome"])


def test_verdicts_evidence_and_sources_that_differ_are_told(made: Library) -> None:
    said = asked(made)
    said["sentences"][0] |= {"verdict": "weak", "reason": "says too little"}
    said["citations"][0] |= {"paper_id": "doi:10.1/other", "title": "Another"}
    lines = replayed(made, said).differences["sentences"]
    assert any(line.startswith("weak (says too little) → supported") for line in lines)
    assert any(line.startswith("[1] “Another” (doi:10.1/other) → ") for line in lines)


def test_rounding_is_no_difference_and_more_is(made: Library) -> None:
    said = asked(made)
    said["confidence"] += 4e-7
    said["ranking"][0]["scores"]["dense"] -= 4e-7
    assert replayed(made, said).identical
    said["ranking"][0]["scores"]["dense"] -= 4e-5
    assert list(replayed(made, said).differences) == ["ranking"]


def test_other_versions_and_times_are_told_and_are_no_difference(made: Library) -> None:
    said = asked(made)
    said["time"] = "2001-01-01T00:00:00+00:00"
    said["versions"]["chromadb"] = "0.1"
    again = replayed(made, said)
    assert again.identical
    assert [line.split(" → ")[0] for line in again.versions] == ["chromadb 0.1"]


def test_another_model_or_encoder_is_told(made: Library) -> None:
    model = ScriptedChatModel("I cannot say.")
    answer = Assistant(made, llm=model).ask(PAPERS[3].title)
    said = passport(answer, made, Settings())
    said["encoder"] |= {"revision": "2"}
    again = replayed(made, said)
    assert any(
        line.startswith(f"model: {model.name} → extractive") for line in again.differences["made with"]
    )
    assert any(
        line.startswith("encoder: hash (64 dimensions, revision 2)")
        for line in again.differences["made with"]
    )


def test_a_follow_up_is_asked_as_the_full_question_it_was_rewritten_to(made: Library) -> None:
    answer = Assistant(made).ask(PAPERS[3].title)
    said = passport(replace(answer, question="And that?"), made, Settings())
    assert replayed(made, said).identical


# The file


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("", "not an answer's passport"),
        ("{", "not an answer's passport"),
        ("[" * 100_000, "not an answer's passport"),
        ("\x00\xff", "not an answer's passport"),
        ([1], "not an answer's passport"),
        ({"question": "Why?"}, "not an answer's passport"),
        ({"footnote_passport": "x"}, "not an answer's passport"),
        ({"footnote_passport": 2}, "a newer Footnote (version 2, this one reads 1); upgrade"),
        ({"footnote_passport": 0}, "an older Footnote (version 0, this one reads 1); ask again"),
        ({"footnote_passport": 1}, "damaged (time: Field required)"),
    ],
    ids=range(10),
)
def test_what_is_no_passport_is_refused_in_one_line(footnote: Footnote, said: object, why: str) -> None:
    refused = footnote("replay", kept(said))
    assert (refused.code, refused.out) == (2, "")
    assert why in refused.err
    assert len(refused.err.splitlines()) == 1


@pytest.mark.parametrize(
    "damage",
    [
        {"confidence": "high"},
        {"ranking": [{"rank": 1}]},
        {"sentences": None},
        {"filters": {"year": "2020"}},
        {"k": 0},
        {"filters": {"year": [2020, 2001]}},
        {"query": ""},
    ],
    ids=range(7),
)
def test_a_damaged_passport_is_refused(made: Library, damage: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        replayed(made, asked(made) | damage)


def test_a_passport_of_a_later_patch_may_hold_more(made: Library) -> None:
    assert replayed(made, asked(made) | {"mood": "good"}).identical


def test_replay_says_that_the_answer_is_the_same(footnote: Footnote, sample_library: Library) -> None:
    footnote("--library", sample_library.path, "ask", QUESTION, "--export", "passport", "galore.json")
    again = footnote("--library", sample_library.path, "replay", "galore.json")
    assert (again.code, again.out.splitlines()[-1]) == (0, "The same answer.")
    said = json.loads(footnote("--library", sample_library.path, "replay", "galore.json", "--json").out)
    assert (said["identical"], said["differences"], said["versions"]) == (True, {}, [])
    assert said["answer"]["query"] == QUESTION


def test_replay_shows_differences_and_nothing_a_terminal_obeys(
    footnote: Footnote, sample_copy: Callable[[], Path]
) -> None:
    library = sample_copy()
    footnote("--library", library, "ask", QUESTION, "--export", "passport", "galore.json")
    said = json.loads(Path("galore.json").read_text(encoding="utf-8"))
    said["sentences"][0]["text"] = "It \x1b[31mis\x1b[0m red."
    assert footnote("--library", library, "remove", "arxiv:2403.03507").code == 0
    again = footnote("--library", library, "replay", kept(said))
    assert again.code == 0
    shown = again.out.splitlines()
    assert "Not the same answer:" in shown
    assert [line for line in shown if line in ("Library", "Ranking", "Sentences", "Outcome")]
    assert "    55 papers → 54" in shown
    assert "\x1b" not in again.out
