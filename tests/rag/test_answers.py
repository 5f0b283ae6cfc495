"""An answer is sentences of the papers it cites, word for word, or a plain line that there is none."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache

import pytest

from rag import Answer, Assistant, Library, Paper, Settings
from rag.chunking import sentences
from rag.errors import InputError
from rag.extractive.answer import PER_PAPER, SENTENCES
from rag.testing import hash_library, invented_papers, write_jsonl
from rag.types import reference

Ask = Callable[[str], Answer]

# Questions on the sample collection, and a paper that tells.
ANSWERABLE = {
    "What is an attention sink?": "arxiv:2309.17453",
    "Which terms does BitFit update?": "arxiv:2106.10199",
    "By how much does GaLore reduce the memory that optimizer states need?": "arxiv:2403.03507",
    "How does FlashAttention avoid writing the attention matrix to slow memory?": "arxiv:2205.14135",
    "How many experts does Mixtral 8x7B use for each token?": "arxiv:2401.04088",
    "How does SmoothQuant deal with outliers in activations?": "arxiv:2211.10438",
    "How does GPipe split a mini-batch into micro-batches?": "arxiv:1811.06965",
    "What does Lion remember of the gradients compared with Adam?": "arxiv:2302.06675",
    "How often may training data be repeated before it loses its value?": "arxiv:2305.16264",
    "How do grouped-query attention and multi-query attention differ?": "arxiv:2305.13245",
    "How is a student trained on the soft probabilities of its teacher?": "arxiv:1503.02531",
}
FAR = [
    "Which plants were used to dye wool for medieval tapestries?",
    "How many eggs do emperor penguins lay in a breeding season?",
    "How long should sourdough bread dough rise before baking?",
    "What caused the fall of the Western Roman Empire?",
    "Which antibiotics work against tuberculosis in children?",
]
PLAIN = "What is an attention sink?"


@pytest.fixture(scope="module")
def ask(sample_library: Library) -> Ask:
    """Ask the sample collection, each question once."""
    assistant = Assistant(sample_library, Settings(top_k=8))
    return lru_cache(lambda question: assistant.ask(question))


@pytest.fixture(scope="module")
def answers(ask: Ask) -> list[Answer]:
    return [ask(question) for question in ANSWERABLE]


def asked_of(papers: list[Paper], question: str) -> Answer:
    library = hash_library("lib")
    library.ingest(write_jsonl("papers.jsonl", papers))
    return Assistant(library).ask(question)


def crowd() -> list[Paper]:
    """Three papers of six sentences that all speak of the same three animals, the first at least length,
    among others that do not.
    """
    words = [f"{'abcdefghij'[n // 10]}{'uvwxyzklmn'[n % 10]}le" for n in range(90)]
    spoken = [f"Okapis quagga zebras {' '.join(words[n : n + 5])}." for n in range(0, 90, 5)]
    first = Paper("Okapis quagga zebras", " ".join(" ".join(text.split()[:5]) + "." for text in spoken[::3]))
    others = [Paper(f"Herd {name}", " ".join(spoken[n::3])) for n, name in ((1, "alpha"), (2, "omega"))]
    return [first, *others, *invented_papers(20)]


def places(answer: Answer) -> list[tuple[str, int]]:
    """The paper and place of each sentence, in order, by its evidence."""
    papers = {citation.marker: citation.paper for citation in answer.citations}
    return [
        (papers[s.citations[0]].paper_id, papers[s.citations[0]].abstract.index(s.text))
        for s in answer.sentences
    ]


def check(answer: Answer) -> None:
    """What holds of any answer that is made of the abstracts' own sentences."""
    papers = {citation.marker: citation.paper for citation in answer.citations}
    assert answer.sentences
    for sentence in answer.sentences:
        assert (sentence.verdict, len(sentence.citations)) == ("supported", 1)
        paper = papers[sentence.citations[0]]
        starts, ends = zip(*sentences(paper.abstract), strict=True)
        start = paper.abstract.index(sentence.text)
        assert start in starts
        assert start + len(sentence.text) in ends
    for citation in answer.citations:
        assert citation.verdict == "supported"
        assert [evidence.quote for evidence in citation.evidence] == [
            sentence.text for sentence in answer.sentences if sentence.citations == (citation.marker,)
        ]
        for evidence in citation.evidence:
            assert evidence.paper_id == citation.paper.paper_id
            assert citation.paper.abstract[evidence.start : evidence.end] == evidence.quote


@pytest.mark.parametrize(("question", "paper_id"), ANSWERABLE.items())
def test_a_question_the_collection_answers_is_answered_from_the_right_paper(
    ask: Ask, question: str, paper_id: str
) -> None:
    answer = ask(question)
    assert not answer.abstained
    assert paper_id in {citation.paper.paper_id for citation in answer.citations}


def test_every_sentence_is_cited_and_every_quote_exact(answers: list[Answer]) -> None:
    for answer in answers:
        check(answer)


def test_cited_papers_are_hits_and_as_the_library_has_them(
    answers: list[Answer], sample_library: Library
) -> None:
    for answer in answers:
        for citation in answer.citations:
            assert citation.paper in [hit.paper for hit in answer.hits]
            assert citation.paper == sample_library.paper(citation.paper.paper_id)


def test_markers_count_up_by_first_use_and_all_are_used(answers: list[Answer]) -> None:
    for answer in answers:
        used = list(dict.fromkeys(marker for sentence in answer.sentences for marker in sentence.citations))
        assert used == [citation.marker for citation in answer.citations] == list(range(1, len(used) + 1))
    assert max(len(answer.citations) for answer in answers) > 1


def test_what_is_printed_lists_exactly_the_papers_cited(answers: list[Answer]) -> None:
    for answer in answers:
        text, _, sources = str(answer).partition("\n\n")
        assert text == answer.text
        assert all(f"“{s.text}” [{s.citations[0]}]" in text for s in answer.sentences)
        assert len(text.splitlines()) == len(answer.citations)
        assert sources.splitlines() == [f"[{c.marker}] {reference(c.paper)}" for c in answer.citations]


def test_no_sentence_is_repeated(answers: list[Answer]) -> None:
    for answer in answers:
        assert len({sentence.text for sentence in answer.sentences}) == len(answer.sentences)


@pytest.mark.parametrize(
    "again",
    [
        "Zebras sleep standing when lions hunt near rivers during long dry winters.",
        "Zebras sleep standing while lions hunt near rivers in long, dry and cold winters.",
    ],
)
def test_what_two_papers_say_alike_is_said_once(again: str) -> None:
    said = "Zebras sleep standing when lions hunt near rivers during long dry winters."
    first = Paper("On Zebras", f"{said} Bafflegab and gobbledygook end this.")
    second = Paper("On Lions", f"Balderdash comes before the rest. {again}")
    answer = asked_of([first, second, *invented_papers(20)], said)
    check(answer)
    assert {hit.paper.title for hit in answer.hits[:2]} == {"On Zebras", "On Lions"}
    assert sum("Zebras sleep standing" in sentence.text for sentence in answer.sentences) == 1


def test_an_answer_takes_a_few_sentences_and_fewer_of_each_paper() -> None:
    answer = asked_of(crowd(), "okapis quagga zebras")
    check(answer)
    assert len(answer.sentences) == SENTENCES == 5
    assert Counter(paper_id for paper_id, _ in places(answer)).most_common(1)[0][1] == PER_PAPER == 3


def test_sentences_of_a_paper_stay_together_and_follow_its_order_after_the_first(
    answers: list[Answer],
) -> None:
    for answer in [asked_of(crowd(), "okapis quagga zebras"), *answers]:
        of_paper: dict[str, list[int]] = {}
        for paper_id, place in places(answer):
            of_paper.setdefault(paper_id, []).append(place)
        assert [p for p, found in of_paper.items() for _ in found] == [p for p, _ in places(answer)]
        assert all(found[1:] == sorted(found[1:]) for found in of_paper.values())


def test_the_sentence_that_says_most_comes_first() -> None:
    best = "Zebras, quaggas, okapis, wombats and yaks graze upon xylophones."
    other = "Zebras, quaggas, okapis, wombats and yaks graze upon pianos."
    paper = Paper(
        "Savanna", f"{other} {best} Nobody saw this. It was dark in the woods. Rain fell all night."
    )
    answer = asked_of(
        [paper, *invented_papers(20)], "Do zebras, quaggas, okapis, wombats and yaks graze upon xylophones?"
    )
    assert answer.sentences[0].text == best


@pytest.mark.parametrize("question", FAR)
def test_a_question_far_from_the_collection_is_left_unanswered(
    ask: Ask, sample_library: Library, question: str
) -> None:
    answer = ask(question)
    assert (answer.abstained, answer.abstention) == (True, "not_in_collection")
    assert (answer.sentences, answer.citations) == ((), ())
    assert str(answer) == answer.text == answer.reason != ""
    nearest = sample_library.search(question, 8)
    assert [hit.paper.paper_id for hit in answer.hits] == [hit.paper.paper_id for hit in nearest]


def test_asked_again_it_answers_the_same(ask: Ask, sample_library: Library) -> None:
    again = Assistant(sample_library, Settings(top_k=8))
    for question in [*list(ANSWERABLE)[:2], FAR[0]]:
        assert replace(again.ask(question), seconds={}) == replace(ask(question), seconds={})


def test_one_paper_allowed_is_one_paper_cited(ask: Ask, sample_library: Library) -> None:
    question = next(question for question in ANSWERABLE if len(ask(question).citations) > 1)
    answer = Assistant(sample_library).ask(question, k=1)
    check(answer)
    assert [citation.paper for citation in answer.citations] == [hit.paper for hit in answer.hits]
    assert answer.hits == ask(question).hits[:1]


@pytest.mark.parametrize("k", [0, -1, -100])
def test_an_answer_from_no_paper_is_refused(sample_library: Library, k: int) -> None:
    with pytest.raises(InputError, match="at least one"):
        Assistant(sample_library).ask(PLAIN, k=k)


def test_as_many_papers_are_looked_at_as_the_settings_say(sample_library: Library) -> None:
    assert len(Assistant(sample_library, Settings(top_k=3)).ask(PLAIN).hits) == 3


@pytest.mark.parametrize(
    "paper",
    [
        Paper("On Zebras", "Zebras sleep standing."),
        Paper("", "Zebras sleep standing. They dream little."),
        Paper("Zebras", "Zebras"),
        Paper("", "1"),
    ],
)
def test_a_library_of_one_small_paper_serves(paper: Paper) -> None:
    library = hash_library("lib")
    library.ingest(write_jsonl("papers.jsonl", [paper]))
    assistant = Assistant(library)
    asked = [
        assistant.ask(question) for question in ("zebras", "1", "What is it?", "Wie schläft 斑馬?", "x" * 99)
    ]
    for answer in asked:
        assert len(answer.hits) == 1
        if answer.abstained:
            assert answer.reason
        else:
            check(answer)
    assert not all(answer.abstained for answer in asked)


@pytest.mark.parametrize(
    "question",
    [
        PLAIN.upper(),
        PLAIN.lower(),
        f"  {PLAIN}\n\n",
        "What\tis an   attention\nsink?",
        "\u202eWhat is \u2066an attention\u200f sink?\u202c",
        "What is an atten\u00adtion sink?\x00",
    ],
)
def test_how_a_question_is_typed_does_not_change_its_answer(ask: Ask, question: str) -> None:
    typed, plain = ask(question), ask(PLAIN)
    assert typed.text == plain.text
    assert [hit.paper.paper_id for hit in typed.hits] == [hit.paper.paper_id for hit in plain.hits]
    assert typed.question == question


@pytest.mark.parametrize("question", ["", " \t\n", "?!… —", "\x00\x07\x1b", "\u202e\u200f", "why " * 12_500])
def test_what_is_no_question_is_refused_in_one_line(ask: Ask, question: str) -> None:
    with pytest.raises(InputError, match="the question") as refused:
        ask(question)
    assert len(str(refused.value).splitlines()) == 1
    assert len(str(refused.value)) < 200


def test_seconds_are_told_by_stage(ask: Ask) -> None:
    answered, left = dict(ask(PLAIN).seconds), dict(ask(FAR[0]).seconds)
    assert set(answered) == {"total", "rewrite", "search", "assess", "answer", "verify"}
    assert set(left) == {"total", "rewrite", "search", "assess"}
    for seconds in (answered, left):
        total = seconds.pop("total")
        assert 0 < sum(seconds.values()) <= total
        assert min(seconds.values()) >= 0


def test_threads_that_ask_at_once_get_the_answers_they_would_get_alone(
    ask: Ask, sample_library: Library
) -> None:
    questions = [*list(ANSWERABLE)[:4], *FAR[:2]]
    assistant = Assistant(sample_library, Settings(top_k=8))
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(assistant.ask, questions * 3))
    for answer in together:
        alone = ask(answer.question)
        assert (answer.text, answer.citations) == (alone.text, alone.citations)
        assert [hit.paper.paper_id for hit in answer.hits] == [hit.paper.paper_id for hit in alone.hits]
