"""The model tier: what an encoder and a cross-encoder make of answers, and how well they can tell."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from eval.asking import ask_all
from eval.collection import Collection
from eval.oracle import oracle
from eval.questions import Question
from eval.scoring import Scored, score_all
from eval.support.card import card, measured, similarity_cases, support_cases
from eval.support.models import support_model
from eval.support.scores import with_support
from rag import FootnoteError, Library, SupportModel
from tests.rag.cross_encoders import tiny_cross_encoder

KINDS = {"another paper", "same paper", "denied", "other numbers"}


class Exact:
    """A model that finds a claim borne out by a text that holds it, and not otherwise; it counts."""

    name, revision = "exact", "1"

    def __init__(self) -> None:
        self.asked = 0

    def support(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        self.asked += len(pairs)
        return [float(claim in text) for text, claim in pairs]


class Knowing:
    """A model that knows which pairs are right, but does not mind digits."""

    name, revision = "knowing", "1"

    def support(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        right = {*support_cases().right, *similarity_cases().right}
        digits = str.maketrans("1234567890", "0123456789")
        return [float(pair in right or (pair[0], pair[1].translate(digits)) in right) for pair in pairs]


@pytest.fixture(scope="module")
def scored(
    fixture_library: Library, fixture_questions: Sequence[Question], collection: Collection
) -> list[Scored]:
    """The oracle's answers to two questions, a failure, a question that nothing answers, and a refusal."""
    asked = [*fixture_questions[:3], fixture_questions[-1], fixture_questions[3]]
    lines = [each.line for each in ask_all(asked, oracle(asked, fixture_library))]
    lines[2] = {"id": asked[2].id, "error": "ValueError: too hard"}
    lines[4] = {"id": asked[4].id, "text": "", "abstained": True}
    return score_all(asked, lines, collection)


def outcomes(scored: Sequence[Scored], column: str) -> list[float | None]:
    return [each.outcomes[column].value for each in scored]


def test_sentences_that_their_evidence_bears_out_count(scored: list[Scored], collection: Collection) -> None:
    found = with_support(scored, Exact(), 0.5, collection)
    assert outcomes(found, "model_support") == [1.0, 1.0, 0.0, None, 0.0]


def test_a_claim_without_evidence_counts_against_the_answer(
    scored: list[Scored], collection: Collection
) -> None:
    said = scored[0].said
    bare = replace(said.statements[0], cites=(), evidence=())
    found = with_support(
        [replace(scored[0], said=replace(said, statements=(*said.statements, bare)))],
        Exact(), 0.5, collection,
    )  # fmt: skip
    assert outcomes(found, "model_support") == [0.5]


def test_answers_are_held_against_the_reference_and_silence_is_not_like_it(
    scored: list[Scored], collection: Collection, fixture_library: Library
) -> None:
    model = support_model("encoder", fixture_library)
    found = outcomes(with_support(scored, model, 0.5, collection), "model_similarity")
    assert (found[2:], all(0.1 < (value or 0) <= 1 for value in found[:2])) == ([0.0, None, 0.0], True)


def test_a_card_tells_what_a_model_can_tell_apart_and_what_it_cannot() -> None:
    found = measured(Knowing())
    assert found["support"].keys() == KINDS
    for name in ("another paper", "same paper", "denied"):
        assert found["support"][name]["auroc"] == 1.0
    assert found["support"]["other numbers"]["auroc"] == 0.5
    assert found["similarity"]["other numbers"]["auroc"] == 0.5
    for figures in (found["support"], found["similarity"]):
        for figure in figures.values():
            assert figure["ci95"][0] <= figure["auroc"] <= figure["ci95"][1]
            assert figure["n"] > 60
    assert found["bar"] == 1.0


def test_cases_are_wrong_in_the_way_they_say() -> None:
    cases = support_cases()
    assert cases.wrong.keys() == KINDS
    for name, pairs in cases.wrong.items():
        assert len(pairs) == len(cases.right)
        for wrong, (text, claim) in zip(pairs, cases.right, strict=True):
            assert wrong != (text, claim)
            if wrong:
                assert (wrong[0] == text) == (name in ("denied", "other numbers"))


def test_a_card_is_measured_once_for_a_models_weights() -> None:
    model = Exact()
    first = card(model)
    asked = model.asked
    assert (card(model), model.asked) == (first, asked)
    model.revision = "2"
    card(model)
    assert model.asked == 2 * asked


@pytest.fixture(scope="module")
def entailment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_cross_encoder(
        tmp_path_factory.mktemp("entailment"), labels=("contradiction", "entailment", "neutral")
    )


def test_a_cross_encoder_gives_the_probability_of_entailment(entailment: Path) -> None:
    from sentence_transformers import CrossEncoder
    from torch import nn

    model = support_model(str(entailment), None)  # type: ignore[arg-type] # which only an encoder needs
    pairs = [("reduces memory of the optimizer", "memory"), ("memory", "reduces memory of the optimizer")]
    own = CrossEncoder(str(entailment), device="cpu").predict(pairs, activation_fn=nn.Softmax(dim=-1))
    assert model.support(pairs) == pytest.approx([row[1] for row in own], abs=1e-5)
    assert model.support([]) == []


def test_one_made_for_reranking_gives_its_score_of_claim_and_text(tmp_path: Path) -> None:
    from sentence_transformers import CrossEncoder
    from torch import nn

    folder = tiny_cross_encoder(tmp_path / "reranker")
    (score,) = support_model(str(folder), None).support([("the text", "memory")])  # type: ignore[arg-type]
    own = CrossEncoder(str(folder), device="cpu").predict(
        [("memory", "the text")], activation_fn=nn.Sigmoid()
    )
    assert score == pytest.approx(float(own[0]), abs=1e-5)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda folder: folder / "nowhere", "no such folder"),
        (lambda folder: tiny_cross_encoder(folder, labels=("good", "bad", "ugly")), "none is entailment"),
    ],
)
def test_what_is_no_support_model_is_refused_in_one_line(
    made: Callable[[Path], Path], said: str, tmp_path: Path
) -> None:
    with pytest.raises(FootnoteError, match=said) as refused:
        support_model(str(made(tmp_path / "model")), None)  # type: ignore[arg-type]
    assert "support model" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_encoder_is_the_librarys_own(fixture_library: Library) -> None:
    model: SupportModel = support_model("encoder", fixture_library)
    same, other = model.support([("reeds hum", "reeds hum"), ("reeds hum", "moons")])
    assert same == pytest.approx(1.0, abs=1e-5)
    assert 0 <= other < same
    assert (model.name, model.revision) == ("encoder hash", "1")
