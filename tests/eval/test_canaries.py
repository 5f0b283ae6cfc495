"""Systems that are known to be bad: no ruler may rank them above a good one."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from eval.blindness import Seen, composite, matrix, score_systems
from eval.canaries import CANARIES
from eval.metrics import METRICS
from eval.metrics.whole_run import WHOLE
from eval.oracle import oracle
from eval.questions import Question, read_questions
from eval.scoring import Scored
from rag import Assistant, Library
from tests.eval.conftest import FIXTURE

PAGE = Path(__file__).resolve().parents[2] / "docs" / "evaluation.md"
Systems = Mapping[str, Sequence[Scored]]


@pytest.fixture(scope="module")
def beside_the_oracle(fixture_library: Library, fixture_questions: Sequence[Question]) -> Systems:
    return score_systems(fixture_questions, oracle(fixture_questions, fixture_library), fixture_library)


@pytest.fixture(scope="module")
def beside_footnote(fixture_library: Library, fixture_questions: Sequence[Question]) -> Systems:
    return score_systems(fixture_questions, Assistant(fixture_library).ask, fixture_library)


@pytest.fixture(scope="module")
def seen(beside_the_oracle: Systems, fixture_library: Library) -> dict[str, dict[str, Seen]]:
    labelled = read_questions(FIXTURE / "labels.jsonl")
    of_labels = score_systems(labelled, oracle(labelled, fixture_library), fixture_library)
    return matrix(beside_the_oracle, of_labels)


@pytest.mark.parametrize("name", [canary.name for canary in CANARIES])
def test_every_bad_system_ranks_below_a_good_one(
    beside_the_oracle: Systems, beside_footnote: Systems, fixture_questions: Sequence[Question], name: str
) -> None:
    for systems in (beside_the_oracle, beside_footnote):
        good, bad = (composite(fixture_questions, systems[each]) for each in ("real", name))
        assert bad < good


@pytest.mark.parametrize("name", [canary.name for canary in CANARIES])
def test_every_bad_system_is_caught_by_a_metric(seen: dict[str, dict[str, Seen]], name: str) -> None:
    assert "caught" in {of_metric[name] for of_metric in seen.values()}


def test_no_metric_is_fooled_by_any(seen: dict[str, dict[str, Seen]]) -> None:
    fooled = [(name, bad) for name, of in seen.items() for bad, what in of.items() if what == "fooled"]
    assert fooled == []


def test_what_the_documentation_says_of_blindness_is_so(seen: dict[str, dict[str, Seen]]) -> None:
    rows = re.findall(r"^\| `(\S+)` \|((?: [●·] \|)+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    told = {name: cells.replace("|", "").split() for name, cells in rows}
    assert told == {name: ["●" if s == "caught" else "·" for s in of.values()] for name, of in seen.items()}
    assert (METRICS.keys() | WHOLE.keys()) - seen.keys() == {"words"}


def test_the_documentation_says_what_is_wrong_with_each_bad_system() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [canary.name for canary in CANARIES if f"* `{canary.name}`: {canary.what}\n" not in page] == []


def test_the_means_that_the_documentation_ranks_systems_by_are_so(
    beside_the_oracle: Systems, fixture_questions: Sequence[Question]
) -> None:
    row = r"^\| mean of all \(the oracle: (\S+)\) \|((?: \S+ \|)+)$"
    [(of_oracle, cells)] = re.findall(row, PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    told = [of_oracle, *cells.replace("|", "").split()]
    assert told == [f"{composite(fixture_questions, of):.2f}" for of in beside_the_oracle.values()]
