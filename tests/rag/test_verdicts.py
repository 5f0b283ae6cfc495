"""The rules by which a sentence is judged, one by one."""

import pytest

from rag import Library, Paper
from rag.verdicts.additions import added
from rag.verdicts.claims import read_claims
from rag.verdicts.contrast import sides_exchanged
from rag.verdicts.direction import contradiction
from rag.verdicts.exchange import exchanged
from rag.verdicts.form import foreign_links, invented_quotes
from rag.verdicts.hedging import overclaims
from rag.verdicts.numbers import figures, foreign_numbers
from rag.verdicts.polarity import Pointer, pointers
from rag.verdicts.quantities import read
from rag.verdicts.reader import Reader

SAID = Paper(
    "Foo-2: Faster Bars",
    "Foo-2 has 175 billion parameters, runs two to four times faster than Bar-7B and loses 41.2 percent less "
    "energy. It needs 24 GB and nearly four and a half hours on eight A100 GPUs. Three cumulative stages cut "
    "memory to one fifth, by a factor of 10,000 in all, in INT8. About half of its 1,500 layers are pruned "
    "every tenth step, after hundreds of warm-up steps.",
    year=2023,
)
STEMS = "an is the of to on in and with by it for a that are as at".split()


def terms(text: str) -> list[str]:
    """A plain stand-in for the index's stems: lower-case words without endings."""
    words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
    return [
        word.removesuffix("s").removesuffix("ing").removesuffix("ed").removesuffix("e")
        for word in words
        if word not in STEMS
    ]


def pointing(text: str) -> list[Pointer]:
    return pointers(text, terms)


def weights(text: str) -> dict[str, float]:
    return dict.fromkeys(terms(text), 2.0)


@pytest.mark.parametrize(
    "sentence",
    [
        "It has 175B parameters.",
        "It has 175 000 million".replace("175 000 million", "175 billion") + " weights.",
        "It is 2–4x faster.",
        "It is between two and four times as fast.",
        "It loses 41.2% less energy.",
        "It fits into 24GB.",
        "It takes almost 4.5 hours on 8 A100s.",
        "Memory shrinks to 20 percent.",
        "Memory shrinks 5-fold.",
        "In total 10k times less.",
        "It works in 8-bit precision.",
        "Some 50% of the 1.5k layers go.",
        "It works in W8A8.",
        "In 2023 it was new.",
        "It beats Bar-7B, a model of 7B parameters.",
        "All 3 stages matter.",
        "The layers are pruned on every tenth step.",
        "It was found by one group.",
        "Two techniques and three remedies are named.",
        "Over a third of the memory is saved, well over half of it.",
        "The second stage comes first (1).",
        "It takes about 270 minutes.",
        "It loses roughly 41% less energy.",
    ],
)
def test_a_number_written_another_way_is_the_same_number(sentence: str) -> None:
    assert foreign_numbers(sentence, figures([SAID])) == []


@pytest.mark.parametrize(
    ("sentence", "strange"),
    [
        ("It has 17.5 billion parameters.", "17.5 billion"),
        ("It has 175 million parameters.", "175 million"),
        ("It is 2–6x faster.", "6x"),
        ("It loses 42.1% less energy.", "42.1%"),
        ("It needs 24 MB.", "24 MB"),
        ("It takes 4.5 days.", "4.5 days"),
        ("It runs on sixteen GPUs.", "sixteen"),
        ("It works in four stages.", "four"),
        ("It is pruned every second step.", "every second"),
        ("It is pruned every twentieth step.", "every twentieth"),
        ("Memory shrinks to a fiftieth.", "a fiftieth"),
        ("It starts after thousands of steps.", "thousands"),
        ("In 2019 it was new.", "2019"),
        ("It is called Foo-3.", "Foo-3"),
        ("It runs on H100s.", "H100"),
        ("It works in INT4.", "INT4"),
        ("It trains on 24 languages.", "24"),
        ("It loses roughly 43% less energy.", "43%"),
        ("It takes 4.5 minutes.", "4.5 minutes"),
    ],
)
def test_a_number_that_stands_nowhere_is_named(sentence: str, strange: str) -> None:
    assert foreign_numbers(sentence, figures([SAID])) == [strange]


def test_a_range_gives_both_its_numbers_the_unit() -> None:
    said = [(q.value, q.unit) for q in read("50–73 %, 3 to 5 billion, 3- or 4-bit")[0]]
    assert said == [(50, "percent"), (73, "percent"), (3e9, ""), (5e9, ""), (3, "bit"), (4, "bit")]


def test_two_numbers_that_changed_places_are_seen() -> None:
    said = "Decoding is 2.71 times faster and takes 3.55 times less memory."
    right = "Decoding runs 2.71x faster and takes 3.55x less memory."
    swapped = "Decoding runs 3.55x faster and takes 2.71x less memory."
    turned = "It takes 3.55x less memory, and decoding is 2.71x faster."
    assert exchanged(swapped, [said], weights(swapped), terms) == ("3.55x", "2.71x")
    assert exchanged(right, [said], weights(right), terms) is None
    assert exchanged(turned, [said], weights(turned), terms) is None


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("It is 40 % smaller and 60 % faster.", "It is 60 % smaller and 40 % faster."),
        ("Four times as many fit, and throughput grows 2 to 3 times.",
         "Throughput grows four times, and 2 to 3 times as many fit."),
    ],
)  # fmt: skip
def test_numbers_that_changed_places_are_seen_in_shares_and_ranges(said: str, sentence: str) -> None:
    assert exchanged(sentence, [said], weights(sentence), terms)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("Memory for the optimizer falls by a third.", "Memory for the optimizer rises by a third."),
        ("Wide models train faster on small data.", "Wide models train slower on small data."),
        ("The method needs no calibration data.", "The method needs calibration data."),
        ("The outliers are essential to prediction.", "The outliers are not essential to prediction."),
        ("The cost does not grow with the context.", "The cost grows with the context."),
        ("Okapi outperforms Quagga on speed tests.", "Okapi underperforms Quagga on speed tests."),
        ("Okapi outperforms Quagga on speed tests.", "Quagga outperforms Okapi on speed tests."),
        ("Pruning leaves the output unchanged.", "Pruning changes the output."),
        ("The student performs on a level with the teacher.", "The student performs worse than the teacher."),
        ("The pruned model is cheaper to serve.", "The pruned model is more expensive to serve."),
        ("Training works without labels.", "Training works only with labels."),
        ("The other weights keep their values.", "The other weights are updated."),
        ("The output follows the rules of the game.", "The output deviates from the rules of the game."),
        ("No retraining of the layers is needed.", "The layers call for retraining."),
        ("The weights can be merged after training.", "The weights cannot be merged after training."),
        ("The student fits on a phone.", "The student is unable to fit on a phone."),
        ("The head is compatible with pruning.", "The head conflicts with pruning."),
        ("The estimate of the slope is unreliable.", "The estimate of the slope is reliable."),
        ("Okapi needs twice as many steps.", "Quagga takes twice as many steps as Okapi."),
        ("Earlier systems were slower by far.", "Okapi was slower than earlier systems by far."),
        ("There is little evidence of bias in the data.", "There is bias in the data."),
        ("Passes over the data are worth less and less.", "Passes over the data are worth more and more."),
    ],
)  # fmt: skip
def test_what_points_the_other_way_is_seen(said: str, sentence: str) -> None:
    assert contradiction(sentence, [said], weights(sentence), pointing)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("Okapi outperforms Quagga on speed tests.", "Quagga lags behind Okapi on speed tests."),
        ("Larger models prune better than smaller ones.", "Small models prune worse than big ones."),
        ("Larger networks learn more from each example.", "Smaller networks learn less from each example."),
        ("The method needs no calibration data.", "The method works without calibration data."),
        ("The cost does not grow with the context.", "The cost stays the same as the context grows."),
        ("The pruned model is cheaper to serve.", "The pruned model is less expensive to serve."),
        ("The output is not changed by pruning.", "Pruning leaves the output unchanged."),
        ("Memory grows linearly instead of quadratically.", "Memory grows linearly, not quadratically."),
        ("It works only after layers are reordered.", "It does not work until layers are reordered."),
        ("The student does as well as the teacher.", "The student does not fall behind the teacher."),
        ("Memory falls by a third, not only at first.", "Memory is cut by a third, and not just at first."),
        ("Okapi outscored Quagga on speed tests.", "Quagga was outscored on speed tests by Okapi."),
        ("All examples of a class were missing.", "There was no example of a class."),
        ("Many methods assume that attention is sparse.", "Okapi does not assume that attention is sparse."),
        ("No retraining of the layers is needed.", "The layers never have to be retrained."),
        ("No calibration or tuning is required.", "It needs neither calibration nor tuning."),
        ("There is little evidence of bias in the data.", "There is hardly any sign of bias in the data."),
        ("Weights are easy to store.", "Activations are harder to store than weights."),
        ("Keys are kept from vanishing.", "Keys do not vanish."),
        ("Okapi needs twice as many steps.", "Okapi needs twice as many steps as Quagga."),
    ],
)  # fmt: skip
def test_the_same_turned_round_with_its_words_is_no_contradiction(said: str, sentence: str) -> None:
    assert contradiction(sentence, [said], weights(sentence), pointing) == ""


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("The drug may lower blood pressure in adults.", "The drug lowers blood pressure in adults."),
        ("Memory falls by up to 65 percent.", "Memory falls by 65 percent."),
        ("Across most benchmarks it wins.", "It wins on every benchmark."),
        ("Depth has only a weak influence on loss.", "Depth has no influence on loss."),
        ("Coffee is associated with long life.", "Coffee causes long life."),
        ("The greedy choice is near optimal.", "The greedy choice is optimal."),
        ("Fine-tuning recovers part of the gap.", "Fine-tuning eliminates the gap."),
        ("The result holds in our experiments.", "The result is proven to hold."),
    ],
)
def test_what_is_said_with_reserve_is_not_said_flatly(said: str, sentence: str) -> None:
    assert overclaims(sentence, [said], said, terms)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("The drug may lower blood pressure in adults.", "The drug might lower blood pressure in adults."),
        ("Memory falls by up to 65 percent.", "Memory falls by as much as 65 percent."),
        ("Memory falls by up to 65 percent.", "Memory falls by at most 65%."),
        ("Gains appear in all languages tested.", "All languages tested gain."),
        ("No retraining is needed.", "It works without any retraining."),
        ("We prove a bound on regret.", "A bound on regret is proven."),
        ("The effect disappears without warmup.", "Leaving out warmup eliminates the effect."),
    ],
)
def test_a_reserve_that_is_kept_is_no_overclaim(said: str, sentence: str) -> None:
    assert overclaims(sentence, [said], said, terms) == ""


@pytest.mark.parametrize(
    ("said", "sentence", "are_exchanged"),
    [
        ("Keys are kept, while values are quantized.", "Values are kept, whereas keys are quantized.", True),
        ("Keys are kept, while values are quantized.", "Values are quantized, whereas keys are kept.", False),
        ("It adds layers without adding cost.", "It adds cost without adding layers.", True),
        ("It adds layers without adding cost.", "It puts in layers rather than cost.", False),
        ("It looks at tokens rather than words.", "It looks at words instead of tokens.", True),
        ("Keys go by column and values by row.", "Keys go by row and values by column.", True),
        ("Keys go by column and values by row.", "Values go by row and keys by column.", False),
        ("It saves memory at the price of time.", "It saves time at the cost of memory.", True),
        ("It cares for speed and not for size.", "Size matters more than speed.", True),
    ],
)
def test_sides_that_changed_places_are_seen(said: str, sentence: str, are_exchanged: bool) -> None:
    assert sides_exchanged(sentence, [said], weights(sentence), terms) is are_exchanged


@pytest.mark.parametrize(
    ("sentence", "lacking"),
    [
        ("GaLore projects each gradient into a small subspace.", []),
        ("In GaLore, gradients get compressed by projecting them into a subspace, the authors report.", []),
        ("GaLore projects each gradient into a small subspace, written in Triton.", ["Triton"]),
        ("GaLore projects each gradient into a small subspace and ships with rotary embeddings.",
         ["ships", "rotary", "embeddings"]),
        ("Zhao and others project each gradient into a small subspace.", []),
    ],
)  # fmt: skip
def test_a_detail_that_the_abstract_has_not_is_named(
    sentence: str, lacking: list[str], sample_library: Library
) -> None:
    retriever = sample_library.retriever
    paper = next(paper for paper in sample_library.papers() if paper.title.startswith("GaLore"))
    [claim] = read_claims([sentence], retriever)
    evidence = [sentence for sentence in paper.abstract.split(". ") if "subspace" in sentence]
    said = f"{paper.text} {' '.join(paper.authors)}"
    assert added(claim, said, evidence, Reader(retriever.terms, retriever.embed)) == lacking


def test_quotations_are_compared_word_for_word_whatever_the_quotes() -> None:
    assert invented_quotes('They say "foo-2 has 175 billion" and “two words”.', [SAID]) == []
    assert invented_quotes("They say “foo-2 has 176 billion”.", [SAID]) == ["foo-2 has 176 billion"]


def test_links_of_a_cited_paper_are_its_own() -> None:
    paper = Paper("T", "A.", ("Eva Meyer",), 2020, identifiers={"doi": "10.5555/ab", "arxiv": "2403.03507"})
    own = "See https://doi.org/10.5555/ab, arXiv:2403.03507v2 and arxiv.org/abs/2403.03507 (Meyer, 2020)."
    assert foreign_links(own, [paper]) == []
    assert foreign_links("See arXiv:2403.03508 and doi:10.6666/x.", [paper]) == [
        "arXiv:2403.03508",
        "doi:10.6666/x",
    ]
