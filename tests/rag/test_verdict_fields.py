"""What abstracts of medicine and engineering taught the rules: units, bounds, null findings, agreement."""

import pytest

from rag import Paper
from rag.verdicts.bounds import bound_turned
from rag.verdicts.direction import contradiction
from rag.verdicts.exchange import misplaced
from rag.verdicts.hedging import overclaims
from rag.verdicts.nulls import null_denied
from rag.verdicts.numbers import figures, foreign_numbers
from tests.rag.test_verdicts import pointing, terms, weights

TRIAL = Paper(
    "A trial of zumab",
    "Three hundred twenty-one adults took 0.8 micrograms at 8 .5 °C; one in five stopped, 65.5 percent got "
    "well. It rose by 0.5 points over two orders of magnitude, every tenth step, at 96.8 kPa.",
)


def tells_change(text: str) -> bool:
    return any(p.key in {"amount", "quality", "number", "level"} and p.sign for p in pointing(text))


@pytest.mark.parametrize(
    "sentence",
    [
        "Of the adults, 321 took it.",
        "They took 0.8 µg each.",
        "They took 800 ng each.",
        "They took it at 8.5 degrees Celsius.",
        "Of all, 20% stopped.",
        "About 66% got well.",
        "Over 65% got well.",
        "It rose by 0.5 points.",
        "It rose over two factors of ten.",
        "It rose once every ten steps.",
        "ZeRO rose at 96.8 kilopascals.",
        "It rose at 96.8 kPa every ten steps, not every 96.8 kPa.",
    ],
)
def test_a_number_in_another_unit_or_wording_is_the_same_number(sentence: str) -> None:
    assert foreign_numbers(sentence, figures([TRIAL])) == []


@pytest.mark.parametrize(
    ("sentence", "strange"),
    [
        ("They took 0.8 milligrams each.", "0.8 milligrams"),
        ("It rose at 96.8 Pa.", "96.8 Pa"),
        ("Of all, two in five stopped.", "two in five"),
        ("More than 66% got well.", "66%"),
        ("Nearly 65% got well.", "65%"),
        ("About 67.2% got well.", "67.2%"),
        ("It rose every 20 steps.", "every 20"),
        ("It rose every three days.", "three days"),
        ("Of the adults, 312 took it.", "312"),
        ("It rose at 96.8 M.", "96.8"),
    ],
)
def test_a_number_of_another_size_is_named(sentence: str, strange: str) -> None:
    assert foreign_numbers(sentence, figures([TRIAL])) == [strange]


@pytest.mark.parametrize(
    ("said", "sentence", "turned"),
    [
        ("Edges prevail above 20 mm.", "Edges prevail below 20 mm.", ("below 20 mm", "above 20 mm")),
        ("It pays below minus 6 °C.", "It pays at more than 6 °C.", ("more than 6 °C", "below minus 6 °C")),
        ("Edges prevail above 20 mm.", "Edges prevail if not below 20 mm.", None),
        ("It takes less than 5 minutes.", "It takes no longer than 5 minutes.", None),
        ("It needs at least 10 samples.", "It fails with fewer than 10 samples.", None),
        ("Death was rarer and lower below 65 years.", "Death was higher above 65 years.", None),
        ("Significance was set at p < 0.05.", "The effect of zumab was weak (p > 0.05).", None),
        ("Edges prevail above 20 mm.", "Edges prevail over 20 mm, blisters under 20 mm.", None),
        ("Adults over 65 years were asked.", "Adults older than 65 years were asked.", None),
    ],
)
def test_a_bound_on_the_other_side_of_its_number_is_seen(
    said: str, sentence: str, turned: tuple[str, str] | None
) -> None:
    assert bound_turned(sentence, [said]) == turned


@pytest.mark.parametrize(
    ("said", "sentence", "is_denied"),
    [
        ("Walking had no measurable effect on the tone.", "Walking lowered the tone.", True),
        ("Pain scores did not differ with zumab.", "Pain scores fell with zumab.", True),
        ("Fever fell, but pain scores with zumab were unchanged.", "Pain scores fell with zumab.", True),
        ("Pain scores fell with zumab, but sleep did not improve.", "Pain scores fell with zumab.", False),
        ("Pain scores did not differ with zumab.", "With zumab pain scores did not fall.", False),
        ("Pain scores did not differ with zumab.", "Zumab was given against pain.", False),
        ("Zumab lowered pain with no effect on sleep.", "Zumab lowered pain.", False),
        ("Unlike placebo, which had no effect on pain, zumab reduced it.", "Zumab reduced pain.", False),
        ("Zumab did not only lower pain but improved sleep.", "Zumab lowered pain.", False),
        ("Accuracy does not drop until the weights go.", "Accuracy drops once the weights go.", False),
    ],
)
def test_a_change_where_the_abstract_finds_none_is_seen(said: str, sentence: str, is_denied: bool) -> None:
    assert bool(null_denied(sentence, [said], weights(sentence), terms, tells_change)) is is_denied


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("Results show good agreement with theory.", "Results show poor agreement with theory."),
        ("Contrary to theory, cooling helps.", "In agreement with theory, cooling helps."),
        ("The sight was very good through the tube.", "The sight was very poor through the tube."),
        ("It takes a large number of parameters.", "It takes a small number of parameters."),
        ("All four had significant effects on speed.", "Neither width nor angle had an effect on speed."),
        ("Near the wall the disturbances are small.", "Near the wall the disturbances are large."),
        ("The constraints have a dominant effect on the path.",
         "The constraints have hardly any effect on the path."),
        ("The jet gave a slight fall in drag and a reduction in lift.",
         "The jet gave an increase in lift and a slight fall in drag."),
        ("This model is seen to fit better than an exponential function.",
         "An exponential function is seen to fit better than a power function."),
        ("Two hands delivered greater volume than by one hand.",
         "One hand delivered greater volume than by two hands."),
    ],
)  # fmt: skip
def test_what_points_the_other_way_in_another_field_is_seen(said: str, sentence: str) -> None:
    assert contradiction(sentence, [said], weights(sentence), pointing)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("All four had significant effects on speed.", "None of the four was without an effect on speed."),
        ("It works unless the dose is large.", "It works provided the dose is not large."),
        ("Heat must be negligible there.", "Heat can be neglected there."),
        ("It trades time for room.", "It saves room at the cost of time."),
        ("Zumab kept prices from changing.", "Prices did not change with zumab."),
        ("It runs at minus 12 °C instead of minus 18 °C.", "It runs at minus 12 °C rather than minus 18 °C."),
    ],
)
def test_the_same_in_the_words_of_another_field_is_no_contradiction(said: str, sentence: str) -> None:
    assert contradiction(sentence, [said], weights(sentence), pointing) == ""


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("Up to four rounds, repeats are almost as good as new data.",
         "Repeats are just as good as new data."),
        ("Near the wall it is nearly equal to theory.", "Near the wall it is exactly equal to theory."),
        ("Shade lowered the incidence of mould in two sites.", "Shade prevents mould."),
        ("The decline follows the water table (r = 0.83).", "The water table caused the decline."),
        ("Humid and cool go together, so the earlier result may be a coincidence.",
         "The earlier result was a coincidence."),
        ("An infrasonic part of the song remains unproven.", "The song has an infrasonic part."),
    ],
)  # fmt: skip
def test_a_reserve_of_another_field_is_not_dropped(said: str, sentence: str) -> None:
    assert overclaims(sentence, [said], said, terms)


def test_numbers_listed_respectively_are_in_the_place_of_none() -> None:
    said = [
        "Rates of death, organ failure and infection in the cohort were 20%, 40%, and 45%, respectively.",
        "Multiple organ failure developed in 43% of men.",
    ]
    sentence = "In the cohort 40% developed multiple organ failure."
    assert misplaced(sentence, said, weights(sentence), terms) is None
