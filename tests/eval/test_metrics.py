"""Each metric on an answer made for it: what it sees, and what must not fool it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from eval.asking import ask_all
from eval.causes import cause
from eval.collection import Collection
from eval.metrics import METRICS
from eval.metrics.whole_run import WHOLE
from eval.oracle import oracle
from eval.questions import Nugget, Question
from eval.reading import Said, read_answer
from eval.scoring import report, score_all
from rag import Assistant, Evidence, Library, answer_json
from tests.eval.answered import (
    ABSTAINED,
    ASKED,
    CRASHED,
    EMPTY,
    FAR,
    ONE,
    RIGHT,
    THIN,
    THREE,
    TONE,
    TWO,
    UNANSWERABLE,
    said,
)  # fmt: skip

GUESSES = {"words", "misattribution", "nugget_recall", "nugget_recall_strict", "nugget_recall_vital"}


def value(metric: str, answer: Said, collection: Collection, question: Question = ASKED) -> float | None:
    return METRICS[metric].of(question, answer, collection).value


def test_an_oracle_has_the_best_score_of_every_metric_that_is_no_guess(
    fixture_library: Library, collection: Collection, fixture_questions: Sequence[Question]
) -> None:
    ask = oracle(fixture_questions, fixture_library)
    scored = score_all(fixture_questions, (each.line for each in ask_all(fixture_questions, ask)), collection)
    for name in METRICS.keys() - GUESSES:
        outcomes = [each.outcomes[name] for each in scored]
        best = 0.0 if METRICS[name].scale.lower_is_better else 1.0
        assert {outcome.value for outcome in outcomes} <= {best, None}, name
    assert {each.cause for each in scored} == {"right", "right-refusal"}
    whole = report("oracle", scored, 54)["metrics"]
    best_of = {name: 0.0 if figure.scale.lower_is_better else 1.0 for name, figure in WHOLE.items()}
    assert {name: whole[name]["mean"] for name in WHOLE} == best_of | {"macro_f1": None}


@pytest.mark.parametrize("failed", [EMPTY, CRASHED])
def test_what_fails_has_the_worst_score_of_every_metric(failed: Said, collection: Collection) -> None:
    for metric in METRICS.values():
        for question in (ASKED, UNANSWERABLE):
            outcome = metric.of(question, failed, collection)
            assert outcome.status == "na" or outcome.value == metric.scale.worst, metric.name


@pytest.mark.parametrize(
    "text",
    [
        "The pan was tuned by 77 crabs [2].",
        "Crabs [9].",
        "It is “not so at all, says nobody” [1]. It never was.",
        "No.",
        "It began 35 minutes after sunset. " * 9,
    ],
)
def test_an_empty_answer_beats_no_wrong_one(text: str, collection: Collection) -> None:
    wrong = said(text)
    for name, metric in METRICS.items():
        if name != "words" and metric.applies(ASKED):
            sign = -1 if metric.scale.lower_is_better else 1
            empty, other = (sign * (value(name, each, collection) or 0.0) for each in (EMPTY, wrong))
            assert empty <= other, name


def test_what_applies_is_decided_by_the_question_alone(collection: Collection) -> None:
    answers = [RIGHT, ABSTAINED, EMPTY, CRASHED, said("No [9].")]
    for question in (ASKED, UNANSWERABLE, replace(ASKED, nuggets=(Nugget("okay", vital=False),))):
        for metric in METRICS.values():
            statuses = {metric.of(question, answer, collection).status for answer in answers}
            assert len(statuses) == 1, metric.name
    no_vital = replace(ASKED, nuggets=(Nugget("it lasted 11 minutes", vital=False),))
    assert METRICS["nugget_recall_vital"].of(no_vital, RIGHT, collection).status == "na"


def test_a_citation_of_nothing_costs_precision_and_coverage_and_is_counted(collection: Collection) -> None:
    invented = said("The tone began 34 minutes after sunset [99]. It lasted 11 minutes [1].")
    fine = said("The tone began 34 minutes after sunset [1]. It lasted 11 minutes [1].")
    for name in ("gold_citation_precision", "citation_coverage"):
        assert (value(name, fine, collection), value(name, invented, collection)) == (1.0, 0.5)
    outcome = METRICS["invented_ids"].of(ASKED, invented, collection)
    assert (outcome.value, outcome.num, outcome.den) == (0.5, 1, 2)
    again = said("It hums [99]. It lasted 11 minutes [1]. It hums again, and again [99]. It lasted [1].")
    assert value("invented_ids", again, collection) == 0.5


def test_a_paper_that_is_nowhere_is_invented_and_one_that_was_not_shown_is_not_shown(
    collection: Collection,
) -> None:
    nowhere, unseen = said("It hums [1].", ["doi:10.5555/no"]), said("It hums [1].", [FAR])
    assert (value("invented_ids", nowhere, collection), value("not_shown_ids", nowhere, collection)) == (
        1.0,
        0.0,
    )
    assert (value("invented_ids", unseen, collection), value("not_shown_ids", unseen, collection)) == (
        0.0,
        1.0,
    )
    assert value("citation_coverage", unseen, collection) == 0.0


@pytest.mark.parametrize("marked", ["hums [1, 2].", "hums [1][2].", "hums [1-2].", "hums. [1] [2]"])
def test_markers_mean_the_same_however_they_are_set(marked: str, collection: Collection) -> None:
    answer = said(f"The whole pan {marked} And the moon has nothing to do with it.")
    assert [statement.cites for statement in answer.statements] == [(ONE, TWO), ()]
    assert value("gold_citation_precision", answer, collection) == 0.5


def test_the_sentences_of_an_answer_say_what_they_cite_whatever_brackets_they_quote() -> None:
    sentence = {"text": "It hums, as [12] found.", "citations": [1], "code": ""}
    answer = said("It hums, as [12] found. [1]", sentences=[sentence])
    assert [(s.cites, s.unknown) for s in answer.statements] == [((ONE,), ())]
    unknown = said("It hums.", sentences=[{"text": "It hums.", "citations": [], "code": "unknown_key"}])
    assert unknown.unknown == 1


@pytest.mark.parametrize(("start", "end", "hit"), [(0, 40, 1.0), (0, 0, 0.0), (5, 5, 0.0)])
def test_evidence_that_says_nothing_hits_nothing(
    start: int, end: int, hit: float, collection: Collection
) -> None:
    paper = collection.paper(ONE)
    assert paper
    place = paper.abstract.find(TONE) + start
    shown = Evidence(ONE, paper.abstract[place : place + end - start], place, place + end - start)
    assert value("evidence_hit@1", replace(RIGHT, evidence=(shown,)), collection) == hit


def test_quotations_are_looked_up_in_the_paper_cited(collection: Collection) -> None:
    quote = "lasted 11 minutes, with a median dominant frequency"
    assert value("quote_fidelity", said(f"It “{quote}” [1]."), collection) == 1.0
    assert value("quote_fidelity", said(f"It “{quote}” [2]."), collection) == 0.0
    assert value("quote_fidelity", said("It “lasted 12 minutes, with a median” [1]."), collection) == 0.0
    assert value("quote_fidelity", said("It hums [1]."), collection) == 1.0


def test_evidence_must_stand_where_it_says(collection: Collection) -> None:
    wrong = [{"paper_id": ONE, "quote": TONE, "start": 3, "end": 9}]
    answer = said("It hums [1].", sentences=[{"text": "It hums.", "citations": [1], "evidence": wrong}])
    assert value("quote_fidelity", answer, collection) == 0.0


def test_numbers_are_looked_up_in_the_papers_their_sentence_cites(collection: Collection) -> None:
    text = "It began after 34 minutes at 212 Hz [{}]. It lasted 12 minutes [1]."
    assert value("number_fidelity", said(text.format(1)), collection) == pytest.approx(2 / 3)
    assert value("number_fidelity", said(text.format(2)), collection) == 0.0
    assert METRICS["number_fidelity"].of(ASKED, said(text.format(1)), collection).why == "12"


def test_a_number_of_the_question_is_nobodys_invention(collection: Collection) -> None:
    asked = replace(ASKED, question="Which of the 536 papers say when the tone began?")
    answer = said("Of the 536 papers one says that it began 34 minutes after sunset [1].")
    assert value("number_fidelity", answer, collection, asked) == 1.0
    assert value("truthfulness", answer, collection, asked) == 1.0
    assert value("truthfulness", answer, collection) == -1.0


def test_an_uncited_number_may_be_right_and_an_invented_one_is_not(collection: Collection) -> None:
    uncited, wrong = said("It began 34 minutes after sunset."), said("It began 34 minutes, at 999 Hz.")
    assert value("number_fidelity", uncited, collection) == 0.0  # nothing is cited that holds it
    assert cause(ASKED, uncited, collection) == "right-uncited"
    assert value("truthfulness", wrong, collection) == -1.0
    nowhere = said("It began 34 minutes after sunset [9].")
    assert value("truthfulness", nowhere, collection) == -1.0


def test_a_no_that_the_abstract_does_not_say_is_seen(collection: Collection) -> None:
    assert value("negation_fidelity", said(f"It is not so that {TONE} [1]"), collection) == 0.0
    assert value("negation_fidelity", said(f"{TONE} [1]"), collection) == 1.0


def test_a_sentence_that_fits_another_paper_shown_is_misattributed(collection: Collection) -> None:
    assert value("misattribution", said(f"{THIN} [2]"), collection) == 0.0
    assert value("misattribution", said(f"{THIN} [1]"), collection) == 1.0


def test_nuggets_are_held_in_their_words_or_an_aliases_or_partly(collection: Collection) -> None:
    def recalls(text: str) -> list[float | None]:
        names = ("nugget_recall", "nugget_recall_strict")
        return [value(name, said(text), collection) for name in names]

    assert recalls("It lasted 11 minutes and began 34 min after dusk [1].") == [1.0, 1.0]
    assert recalls("The tone of the evening began some 34 minutes after the sunset [1].") == [0.25, 0.0]
    assert recalls("The tone of the evening began some 35 minutes after the sunset [1].") == [0.0, 0.0]


def test_facts_count_in_any_of_their_wordings(collection: Collection) -> None:
    either = replace(ASKED, must_contain=(("34 min", "half past"), ("212 Hz",)))
    assert value("must_contain", said("At half past six [1]."), collection, either) == 0.5


def test_labels_are_read_from_the_beginning(collection: Collection) -> None:
    asked = replace(ASKED, label="no")
    for text, right in (("No, it rose [1].", 1.0), ("Nobody knows [1].", 0.0), ("Yes. No [1].", 0.0),
                        ("No one knows [1].", 0.0), ("No-one knows [1].", 0.0)):  # fmt: skip
        assert value("label_accuracy", said(text), collection, asked) == right


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It began 34 minutes after sunset [1].", 1.0),
        ("It began 35 minutes after sunset [1].", -1.0),
        ("It began 34 minutes after sunset, at 999 Hz [1].", -1.0),
    ],
)
def test_an_answer_is_true_when_it_holds_the_facts_and_no_foreign_number(
    text: str, expected: float, collection: Collection
) -> None:
    assert value("truthfulness", said(text), collection) == expected


def test_without_demanded_words_half_the_nuggets_will_do(collection: Collection) -> None:
    asked = replace(ASKED, must_contain=())
    assert value("truthfulness", said("It lasted 11 minutes [1]."), collection, asked) == 1.0
    assert value("truthfulness", said("It hums [1]."), collection, asked) == -1.0


def test_abstaining_is_right_where_nothing_answers_and_no_more_than_nothing_elsewhere(
    collection: Collection,
) -> None:
    with_citation = said("The abstracts do not tell; the nearest is [1].", abstained=True)
    for answer in (ABSTAINED, with_citation):
        assert value("truthfulness", answer, collection, UNANSWERABLE) == 1.0
        assert value("truthfulness", answer, collection) == 0.0
        assert value("false_answer_rate", answer, collection, UNANSWERABLE) == 0.0
        assert value("over_refusal_rate", answer, collection) == 1.0
    assert value("truthfulness", RIGHT, collection, UNANSWERABLE) == -1.0


def test_metadata_must_be_as_stored(fixture_library: Library, collection: Collection) -> None:
    line = answer_json(
        Assistant(fixture_library).ask("When does the tone of the salt pan begin after sunset?")
    )
    assert value("metadata_fidelity", read_answer(line), collection) == 1.0
    line["citations"][0]["paper"]["year"] = 1066
    share = 1 - 1 / len(line["citations"])
    assert value("metadata_fidelity", read_answer(line), collection) == pytest.approx(share)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (CRASHED, "crash"),
        (RIGHT, "right"),
        (said("It began 34 minutes after sunset [1].", [THREE]), "retrieved-not-cited"),
        (said("It began."), "retrieved-not-cited"),
        (said("It began.", shown=[TWO]), "not-retrieved"),
        (ABSTAINED, "over-refusal"),
        (said("It hums [1]."), "cited-not-used"),
        (said("It lasted 11 minutes [1]."), "used-wrong"),
    ],
)
def test_a_question_fails_for_one_cause(answer: Said, expected: str, collection: Collection) -> None:
    assert cause(ASKED, answer, collection) == expected


def test_causes_of_questions_without_an_answer_or_a_paper(collection: Collection) -> None:
    assert cause(UNANSWERABLE, ABSTAINED, collection) == "right-refusal"
    assert cause(UNANSWERABLE, RIGHT, collection) == "false-answer"
    assert (
        cause(replace(ASKED, gold_ids=("doi:10.5555/no",)), said("It hums."), collection)
        == "not-in-collection"
    )
    assert cause(replace(ASKED, must_contain=(), nuggets=()), RIGHT, collection) == "cited-unjudged"
    uncited = replace(ASKED, must_contain=(("pan",),))
    assert cause(uncited, said("The pan hums."), collection) == "right-uncited"
