"""What is said the other way round: by a synonym of the opposite, by exchanged parts, by a number's place."""

import pytest

from rag.verdicts.contrast import sides_exchanged
from rag.verdicts.direction import contradiction
from rag.verdicts.exchange import misplaced, names_exchanged
from rag.verdicts.frames import frames
from rag.verdicts.hedging import overclaims
from rag.verdicts.numbers import figures, foreign_numbers
from rag.verdicts.poles import poles_exchanged
from rag.verdicts.reader import rooted
from tests.rag.test_verdicts import SAID, pointing, terms, weights


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("The outliers are essential to the forecast.", "The outliers hardly matter to the forecast."),
        ("The output collapses without the first rows.", "The output is unharmed without the first rows."),
        ("The small model matches Okapi on tests.", "The small model fails to reach Okapi on tests."),
        ("The buffer is dropped at each restart.", "It holds on to the buffer at each restart."),
        ("The shared rows are always on.", "The shared rows are switched on only when called."),
        ("The update is the same whatever the order.", "The update depends on the order."),
        ("Total work is constant with finer rows.", "Total work rises with finer rows."),
        ("Rows are compressed with almost no loss of accuracy.", "Compressing rows costs a lot of accuracy."),
        ("Recalling details is a weakness of it.", "It is strong at recalling details."),
        ("The policy is compatible with pruning.", "The policy cannot be used together with pruning."),
        ("Training ends before the loss is flat.", "Training goes on until the loss is flat."),
        ("Lemur falls a little short of Okapi.", "Lemur does better than Okapi."),
    ],
)
def test_a_synonym_of_the_opposite_is_seen(said: str, sentence: str) -> None:
    assert contradiction(sentence, [said], weights(sentence), pointing)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("Another domain does little harm to it.", "It suffers little from another domain."),
        ("It runs with negligible loss of accuracy.", "Accuracy loss is negligible."),
        ("Random rows do worse than biases.", "Biases do better than an equal number of random rows."),
        ("Either stage adds to the final score.", "Removing either stage lowers the final score."),
        ("The cost per row does not grow.", "The cost per row is constant."),
        (
            "There is little sign of experts choosing by topic.",
            "Experts were hardly found to choose by topic.",
        ),
    ],
)
def test_the_same_in_other_words_is_no_contradiction(said: str, sentence: str) -> None:
    assert contradiction(sentence, [said], weights(sentence), pointing) == ""


def test_what_earlier_work_needs_may_be_denied_of_the_papers_own() -> None:
    said, sentence = "Guessing asks for a separate draft model.", "No separate draft model is needed."
    assert contradiction(sentence, [said], weights(sentence), pointing)
    assert contradiction(sentence, [said], weights(sentence), pointing, background=[said]) == ""


@pytest.mark.parametrize(
    ("said", "sentence", "are_exchanged"),
    [
        ("It trains the heads on a frozen trunk.", "It trains the trunk and leaves the heads frozen.", True),
        ("It trains the heads on a frozen trunk.", "The trunk stays frozen, the heads are trained.", False),
        ("Weights are easy to store in bytes, activations are not.",
         "Activations are easy to store in bytes, weights are not.", True),
        ("It sums up rows and columns of it.", "Rows and columns of it are summed up.", False),
    ],
)  # fmt: skip
def test_two_things_that_changed_their_ends_of_a_scale_are_seen(
    said: str, sentence: str, are_exchanged: bool
) -> None:
    assert bool(poles_exchanged(pointing(sentence), pointing(said), weights(sentence))) is are_exchanged


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("Guessing is replaced by sorting.", "It gives up sorting in favour of guessing."),
        ("Tuning by hand is followed by ranking.", "Ranking is followed by tuning by hand."),
        ("It adds rows without adding cost.", "It adds cost without adding rows."),
        ("Width is determined by depth.", "Depth depends on width."),
        ("It moves from rows to columns.", "It moves from columns to rows."),
    ],
)
def test_parts_that_changed_places_in_a_frame_are_seen(said: str, sentence: str) -> None:
    assert sides_exchanged(sentence, [said], weights(sentence), terms)
    assert not sides_exchanged(said, [said], weights(said), terms)


def test_a_frame_names_its_parts_however_it_is_worded() -> None:
    texts = ["It replaces rows with columns", "Columns instead of rows", "Rows give way to columns"]
    parts = [next(frames(text)) for text in texts]
    assert {frame.kind for frame in parts} == {"instead"}
    assert all("olumns" in frame.first and "ows" in frame.second for frame in parts)


def test_a_number_in_the_place_of_another_is_seen() -> None:
    said = [
        "Scaled up, it performs as well as the Okapi baseline with 40 percent of its compute.",
        "First tests are in line with Quagga for 28 percent.",
    ]
    wrong = "It performs as well as the Okapi baseline with only 28 percent of its compute."
    right = wrong.replace("28", "40")
    assert misplaced(wrong, said, weights(wrong), terms) == ("28 percent", "40 percent")
    assert misplaced(right, said, weights(right), terms) is None


def test_names_with_digits_that_changed_places_are_seen() -> None:
    said = ["Okapi-1 trains heads only.", "Okapi-2 tunes heads and trunk jointly."]
    turned = "Okapi-2 trains heads only, whereas Okapi-1 tunes heads and trunk jointly."
    right = "Okapi-1 trains heads only, whereas Okapi-2 tunes heads and trunk jointly."
    assert names_exchanged(turned, said, weights(turned), terms) == ("Okapi-2", "Okapi-1")
    assert names_exchanged(right, said, weights(right), terms) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "Of the layers the two are even.",
        "It was run three times.",
        "It is of use in zero-shot tests.",
    ],
)
def test_a_number_word_that_only_refers_is_no_foreign_number(sentence: str) -> None:
    assert foreign_numbers(sentence, figures([SAID])) == []


def test_all_of_one_thing_claims_no_more_than_the_thing() -> None:
    said = "Tuning the model in full is costly."
    assert overclaims("Tuning all of Okapi is costly.", [said], said, terms) == ""
    assert overclaims("Tuning all models is costly.", [said], said, terms)


def test_words_derived_from_one_another_have_one_root() -> None:
    assert rooted(["sparsif", "sparsifi", "model"]) == ["spars", "spars", "model"]
