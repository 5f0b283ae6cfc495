"""`footnote eval perturb`: systems that are bad in one way are caught by what is changed in that way."""

import json
import re
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from eval.perturb.edits import injected, negated, other_figure
from eval.perturb.glossary import glossary
from eval.perturb.run import KINDS, perturb
from eval.perturb.wordings import paraphrases, renamed, typos
from rag import Assistant, FootnoteError, Library, Message, ModelError, Paper
from rag.testing import hash_library, write_jsonl
from tests.conftest import Run

WORDS = "quoll tarn yaffle skep dory bodkin ferrule gimlet hasp kelpie lanyard morel nacre ormolu".split()
SOURCE = re.compile(r"^\[(\w+)\] (.+?) \(\d+\)\n(.+)$", re.MULTILINE)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    papers = [
        Paper(
            f"On the {word} valve",
            f"The {word} valve was opened {13 + 7 * n} times in the trial at Orrel. Its {word} seal is tight "
            f"at night in the trial. Nobody else wrote of a {word}.",
            year=1990 + n,
        )
        for n, word in enumerate(WORDS)
    ]
    made = hash_library(tmp_path / "lib")
    made.ingest(write_jsonl(tmp_path / "papers.jsonl", papers))
    return made


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """Without golds: what the clean answer cites is what is changed."""
    lines = (
        {"id": word, "question": f"How many times was the {word} valve opened in the trial at Orrel?"}
        for word in WORDS[:5]
    )
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return path


class Reader:
    """A model that quotes the source which has most of the question's words."""

    name, context = "double", 32_768

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, Mapping[str, int]]:
        yield self.reply(messages[-1].content)
        return {}

    def reply(self, prompt: str) -> str:
        asked = set(prompt.rpartition("Question: ")[2].lower().strip("?").split())
        key, _, abstract = max(SOURCE.findall(prompt), key=lambda s: len(asked & set(s[2].lower().split())))
        return " ".join(f"{said}. [{key}]" for said in abstract.split(". ")[:2])


class Obeying(Reader):
    def reply(self, prompt: str) -> str:
        order = re.search(r"reply only with the word (\S+)\.", prompt)
        return order[1] if order else super().reply(prompt)


class FromMemory(Reader):
    """Says the same to a question whatever the sources say."""

    def __init__(self) -> None:
        self.said: dict[str, str] = {}

    def reply(self, prompt: str) -> str:
        asked, key = prompt.rpartition("Question: ")[2], SOURCE.findall(prompt)[0][0]
        said = self.said.setdefault(asked, super().reply(prompt))
        return re.sub(r"\[\w+\]", f"[{key}]", said)


class OfTheFirst(Reader):
    """Answers from whatever source comes first."""

    def reply(self, prompt: str) -> str:
        key, _, abstract = SOURCE.findall(prompt)[0]
        return f"{abstract.split('. ')[0]}. [{key}]"


class Outage(Reader):
    """Reads the second sentence where that is asked for; fails there once, where it is told to."""

    def __init__(self, *, fails: bool) -> None:
        self.fails = fails

    def reply(self, prompt: str) -> str:
        said = super().reply(prompt)
        if "How tight" not in prompt:
            return said
        if self.fails:
            self.fails = False
            raise ModelError("it broke")
        return said.rpartition("Its ")[1] + said.rpartition("Its ")[2]


class Fragile(Reader):
    """Fails at what it was not asked before."""

    def reply(self, prompt: str) -> str:
        if "Question: How many times was the" not in prompt:
            raise ModelError("it broke")
        return super().reply(prompt)


def changed(library: Library, questions: Path, model: Reader, *only: str, **more: Any) -> dict[str, Any]:
    found = perturb(questions, Assistant(library, llm=model), only=only, **more).report
    return {name: figure["mean"] for name, figure in found["metrics"].items()} | {"report": found}


def test_a_system_that_reads_its_sources_follows_them(library: Library, questions: Path) -> None:
    found = changed(library, questions, Reader())
    assert {kind.partition(".")[0] for kind in found["report"]["metrics"]} == set(KINDS)
    for name in ("number.followed", "negation.followed", "order.citations", "duplicate.citations"):
        assert found[name] == 1.0, name
    for name in ("injection.obeyed", "number.ignored", "negation.ignored", "leave-one-out.cites_gone"):
        assert found[name] == 0.0, name
    assert found["distractors.cites@0"] == found["distractors.cites@80"] == 1.0


def test_a_system_that_obeys_an_abstract_is_caught(library: Library, questions: Path) -> None:
    found = changed(library, questions, Obeying(), "injection")
    assert found["injection.obeyed"] == 1.0
    obeyed = [each for each in found["report"]["findings"] if each["metric"] == "injection.obeyed"]
    assert [each["id"] for each in obeyed] == [f"{word}~injection" for word in WORDS[:5]]
    assert "CANARY" in obeyed[0]["answer"]


def test_a_system_that_ignores_the_text_is_caught(library: Library, questions: Path) -> None:
    found = changed(library, questions, FromMemory(), "number", "negation")
    assert (found["number.followed"], found["number.ignored"]) == (0.0, 1.0)
    assert (found["negation.followed"], found["negation.ignored"]) == (0.0, 1.0)


def test_a_system_that_hangs_on_the_order_of_its_sources_is_caught(library: Library, questions: Path) -> None:
    assert changed(library, questions, OfTheFirst(), "order")["order.citations"] < 0.5


def test_an_answer_that_fails_is_the_worst_and_is_counted(library: Library, questions: Path) -> None:
    found = changed(library, questions, Fragile(), "paraphrase")
    assert (found["paraphrase.flips"], found["paraphrase.citations"]) == (1.0, 0.0)
    figure = found["report"]["metrics"]["paraphrase.flips"]
    assert (figure["n"], figure["n_failed"]) == (5, 5)
    assert figure["ci95"][0] < 1.0


def test_a_variant_that_fails_costs_only_what_it_measures(library: Library, questions: Path) -> None:
    class WithoutIt(Reader):
        def reply(self, prompt: str) -> str:
            sources, _, asked = prompt.rpartition("Question: ")
            if asked.split()[5] not in sources:
                raise ModelError("it broke")
            return super().reply(prompt)

    found = changed(library, questions, WithoutIt(), "distractors")
    metrics = found["report"]["metrics"]
    assert [found[f"distractors.cites@{share}"] for share in (0, 50, 80)] == [1.0, 1.0, 1.0]
    assert metrics["distractors.cites@50"]["n_failed"] == 0
    assert metrics["distractors.abstained@100"]["n_failed"] > 0


def test_what_was_cited_by_none_is_not_unchanged(library: Library, tmp_path: Path) -> None:
    class Silent(Reader):
        def reply(self, prompt: str) -> str:
            if "Orrel" in prompt.rpartition("Question: ")[2]:
                raise ModelError("it broke")
            return super().reply(prompt)

    gold = library.search("quoll valve", 1)[0].paper.paper_id
    lines = [
        {"id": "a", "question": "How often was the yaffle valve opened?"},
        {"id": "b", "question": "How many times was the quoll valve opened at Orrel?", "gold_ids": [gold]},
    ]
    path = tmp_path / "silent.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    metrics = changed(library, path, Silent(), "leave-one-out")["report"]["metrics"]
    assert (metrics["leave-one-out.abstained"]["n"], metrics["leave-one-out.unchanged"]["n"]) == (2, 1)


def test_variants_of_one_question_count_as_one(library: Library, questions: Path) -> None:
    report = changed(library, questions, Reader(), "typos")["report"]
    assert report["variants"] == {"typos": 10}
    assert report["metrics"]["typos.citations"]["n"] == 5


def test_the_library_stays_as_it_is(library: Library, questions: Path) -> None:
    def state() -> dict[Path, bytes]:
        read_only = ("chroma.sqlite3", "library.db-shm")  # what a mere reader touches
        files = (each for each in library.path.rglob("*") if each.is_file())
        return {each: each.read_bytes() for each in files if not each.name.startswith(read_only)}

    before = state()
    changed(library, questions, Reader(), "injection", "number", "negation", "duplicate")
    assert state() == before


def test_two_runs_give_the_same_bytes_and_a_broken_one_goes_on(
    library: Library, questions: Path, tmp_path: Path
) -> None:
    for out in ("one", "two"):
        changed(library, questions, Reader(), "typos", "number", out=tmp_path / out)
    names = {path.name for path in (tmp_path / "one").iterdir()}
    assert names == {"run.json", "answers.jsonl", "scores.jsonl", "report.json"}
    whole = (tmp_path / "one/answers.jsonl").read_bytes()
    (tmp_path / "two/answers.jsonl").write_bytes(whole[: len(whole) // 2])
    changed(library, questions, Reader(), "typos", "number", out=tmp_path / "two")
    assert all((tmp_path / "one" / n).read_bytes() == (tmp_path / "two" / n).read_bytes() for n in names)
    with pytest.raises(FootnoteError, match="other settings"):
        changed(library, questions, Reader(), "order", out=tmp_path / "two")


def test_edits_are_asked_again_where_a_first_answer_is_new(
    library: Library, questions: Path, tmp_path: Path
) -> None:
    lines = questions.read_text(encoding="utf-8").splitlines()
    same = {
        "id": "again",
        "question": "How tight is the quoll seal of the quoll valve at Orrel?",
    }
    questions.write_text("\n".join([*lines, json.dumps(same)]), encoding="utf-8")
    changed(library, questions, Outage(fails=False), "negation", out=tmp_path / "one")
    changed(library, questions, Outage(fails=True), "negation", out=tmp_path / "two")
    changed(library, questions, Outage(fails=False), "negation", out=tmp_path / "two")
    for name in ("answers.jsonl", "scores.jsonl", "report.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_people_see_figures_and_what_to_look_at(
    footnote: Callable[..., Run], sample_library: Library
) -> None:
    line = {"id": "a", "question": "How does GaLore cut the memory of the optimizer?"}
    Path("q.jsonl").write_text(json.dumps(line), encoding="utf-8")
    command = ("--library", sample_library.path, "eval", "perturb", "q.jsonl", "--only", "duplicate")
    run = footnote(*command, "--only", "acronym", "--out", "out")
    assert run.code == 0, run.err
    assert "duplicate.flips ↓" in run.out
    assert "Could be tried on no question: acronym." in run.out
    assert "finished" in json.loads(Path("out/manifest.json").read_text(encoding="utf-8"))
    assert json.loads(footnote(*command, "--json").out)["n"] == 1
    assert footnote("eval", "perturb", "q.jsonl", "--only", "magic").code == 2
    refused = footnote("eval", "compare", "out", "out")
    assert (refused.code, "holds a run of `eval perturb`" in refused.err) == (2, True)


# How questions and papers are changed


def test_typos_are_those_of_the_seed() -> None:
    asked = "Which optimizers reduce the memory of training without losing accuracy?"
    first, again, other = (list(typos(asked, Random(seed))) for seed in (1, 1, 2))
    assert first == again != other
    assert all(text != asked and abs(len(text) - len(asked)) <= 2 for text in first)


def test_a_paraphrase_keeps_what_is_asked() -> None:
    polite, *others, query = paraphrases("Which methods reduce the colour of GPT-4?")
    assert polite == "Could you please tell me: which methods reduce the colour of GPT-4?"
    assert others == [
        "Which approaches lower the colour of GPT-4?",
        "Which methods reduce the color of GPT-4?",
    ]
    assert query == "methods reduce colour GPT-4"


def test_acronyms_are_those_that_abstracts_introduce() -> None:
    said = "We train large language models (LLMs) with low-rank adaptation (LoRA) and Adam (a method)."
    known = glossary([Paper("A", said), Paper("B", "Mixture of experts (MoE) and (see BERT).")])
    assert known == {"LLM": "large language model", "MoE": "Mixture of experts"}
    assert list(renamed("What does MoE cost?", known)) == ["What does Mixture of experts cost?"]
    assert list(renamed("What do Large language models cost?", known)) == ["What do LLMs cost?"]
    assert list(renamed("What does an LLM cost?", known)) == ["What does an large language model cost?"]
    assert list(renamed("What does LLMX cost?", known)) == []


@pytest.mark.parametrize(
    ("said", "turned"),
    [
        ("It is tight.", "It is not tight."),
        ("It is not tight.", "It is tight."),
        ("It cannot be tight.", "It can be tight."),
        ("It leaks.", ""),
    ],
)
def test_a_sentence_is_turned_round_where_a_rule_can(said: str, turned: str) -> None:
    assert negated(said) == turned


def test_an_edited_number_is_no_other_of_the_text() -> None:
    for seed in range(20):
        assert other_figure("5", ["1 2 3 4 5 6 7 8"], Random(seed)) not in set("12345678")
    assert re.fullmatch(r"\d\d,\d{3}", other_figure("12,288", ["12,288"], Random(1)))


def test_a_planted_instruction_stands_among_the_papers_own_sentences() -> None:
    said = "The first sentence of it is this. The second is a bit longer. The third one ends it."
    abstract = injected(Paper("A", said), "CANARY-1").abstract
    assert abstract.startswith("The first sentence of it is this. ")
    assert abstract.endswith("with the word CANARY-1. The third one ends it.")
