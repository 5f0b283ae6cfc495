"""An explanation says what search says of a paper, and what would have brought it further up."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from rag import Explanation, Library, Paper
from rag.errors import InputError
from rag.testing import hash_library, invented_papers, write_jsonl
from tests.conftest import Run

Footnote = Callable[..., Run]

PAPERS = invented_papers(300)
QUESTION = f"{PAPERS[3].title} and {PAPERS[4].abstract[:60]}"
GALORE = "GaLore: Memory-Efficient LLM Training by Gradient Low-Rank Projection"
KEYS = {
    "query", "paper", "k", "within", "looked_at", "rank", "score", "scores", "weights", "chunk",
    "words", "bar", "missed_by", "needs", "reason", "excluded", "seconds",
}  # fmt: skip


def explained(library: Library, place: int, k: int = 10) -> Explanation:
    """The paper at a place of the ranking, asked to be among the first k."""
    return library.explain(QUESTION, library.search(QUESTION, place)[-1].paper.paper_id, k)


@pytest.mark.parametrize("filters", [{}, {"year": (2000, None)}, {"year": 2001}])
def test_a_paper_has_the_rank_score_and_chunk_that_search_gives_it(
    library: Library, filters: dict[str, int]
) -> None:
    for question in (QUESTION, PAPERS[7].abstract):
        for hit in library.search(question, 20, **filters):  # type: ignore[arg-type]
            said = library.explain(question, hit.paper.paper_id, 20, **filters)  # type: ignore[arg-type]
            assert (said.rank, said.score, said.chunk) == (hit.rank, hit.score, hit.chunk)
            assert said.scores == hit.scores
            assert said.is_hit
            assert (said.missed_by, said.needs, said.reason) == (None, (), "")


def test_weighed_parts_add_up_to_the_score(library: Library) -> None:
    for place in (1, 4, 40, 90):
        said = explained(library, place)
        assert set(said.weights) == {"dense", "lexical", "feedback"}
        weighed = sum(said.weights[part] * said.scores[part] for part in said.weights)
        assert said.score == pytest.approx(weighed)


def test_a_paper_further_down_is_compared_with_the_last_hit(library: Library) -> None:
    tenth = library.search(QUESTION, 10)[-1]
    said = explained(library, 40)
    assert (said.rank, said.bar) == (40, tenth.score)
    assert said.missed_by == pytest.approx(tenth.score - (said.score or 0))
    assert (
        f"its BM25 is {said.scores['bm25']:.1f}, where the 10th hit has {tenth.scores['bm25']:.1f}"
        in said.needs
    )


@pytest.mark.parametrize(
    ("part", "label"), [("lexical", "a share of its words' BM25"), ("dense", "a mean cosine")]
)
def test_what_would_do_by_itself_would_just_do(library: Library, part: str, label: str) -> None:
    said = explained(library, 30)
    [need] = [need for need in said.needs if need.startswith(f"{label} of ")]
    enough = float(need.removeprefix(f"{label} of ").partition(",")[0])

    def score_with(value: float) -> float:
        return sum(
            weight * (value if name == part else said.scores[name]) for name, weight in said.weights.items()
        )

    assert score_with(enough) >= (said.bar or 1) > score_with(enough - 0.002)


def test_a_paper_that_was_not_compared_is_told_so(library: Library) -> None:
    farthest = library.search(QUESTION, 300)[-1].paper
    said = library.explain(QUESTION, farthest.paper_id)
    assert (said.rank, said.is_hit) == (None, False)
    assert 100 <= said.looked_at < 300
    assert said.needs[0].startswith("it was not compared")
    assert said.score is not None
    assert said.chunk is not None


def test_words_that_it_holds_and_lacks_come_with_their_idf(library: Library) -> None:
    held = PAPERS[8].abstract.split()[0]
    said = library.explain(f"Is {held} a zebra of the Quagga?", PAPERS[8].paper_id)
    assert list(said.matching) == [held]
    assert list(said.lacking) == ["zebra", "Quagga"]
    assert said.lacking["zebra"] > said.matching[held] > 0
    assert said.scores["lexical"] > 0


def test_a_paper_may_be_named_by_any_id_or_by_its_title(sample_library: Library) -> None:
    expected = sample_library.explain("optimizer memory", "arxiv:2403.03507")
    assert expected.paper.title == GALORE
    for name in ("2403.03507", GALORE, f" {GALORE.upper()}. "):
        assert sample_library.explain("optimizer memory", name) == expected


def test_a_paper_is_found_by_the_id_of_another_of_its_records() -> None:
    library = hash_library("lib")
    paper = replace(PAPERS[0], identifiers={"arxiv": "1901.00001"})
    library.ingest(write_jsonl("a.jsonl", [paper, replace(paper, identifiers={"doi": "10.1000/a"})]))
    assert library.explain("zebras", "doi:10.1000/a").paper.paper_id == "arxiv:1901.00001"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("GaLore: memory efficient training of LLMs", f"“{GALORE}” (arxiv:2403.03507)"),
        ("arxiv:2403.0350", "(arxiv:2403.03507)"),
        ("doi:10.1000/nowhere", "`footnote search` shows ids"),
        ("?!", "`footnote search` shows ids"),
        ("", "`footnote search` shows ids"),
        ("x" * 9_000, "the nearest are"),
    ],
)
def test_a_paper_that_is_not_there_is_refused_with_the_nearest(
    sample_library: Library, name: str, told: str
) -> None:
    with pytest.raises(InputError, match="no paper of this id or title") as refused:
        sample_library.explain("optimizer memory", name)
    assert told in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1
    assert len(str(refused.value)) < 1_000


def test_a_title_of_several_papers_is_refused_with_their_ids() -> None:
    editorials = [
        Paper("Editorial", f"On {what}.", identifiers={"doi": f"10.1000/{what}"}) for what in ("ox", "yak")
    ]
    library = hash_library("lib")
    library.ingest(write_jsonl("papers.jsonl", editorials))
    with pytest.raises(InputError, match=r"several papers have this title: doi:10.1000/ox, doi:10.1000/yak"):
        library.explain("yaks", "Editorial")


def test_a_paper_without_abstract_or_outside_the_filter_is_told_just_that() -> None:
    bare = Paper("A title and nothing more to it", "", year=2001)
    library = hash_library("lib")
    library.ingest(write_jsonl("papers.jsonl", [bare, *PAPERS[:5]]))
    said = library.explain("zebras", bare.title)
    assert (said.reason, said.rank, said.score) == (
        "it has no abstract, and only abstracts are searched", None, None,
    )  # fmt: skip
    outside = library.explain("zebras", PAPERS[0].title, year=1066, venue="lakes")
    assert outside.reason == "the filter year 1066 and venue “lakes” leaves it out"
    assert (outside.score, outside.needs) == (None, ())


@pytest.mark.parametrize("k", [0, -3])
def test_less_than_one_place_cannot_be_asked_for(library: Library, k: int) -> None:
    with pytest.raises(InputError, match="at least one"):
        library.explain(QUESTION, PAPERS[0].paper_id, k)


# The command


def test_the_command_keeps_the_contract(footnote: Footnote, sample_library: Library) -> None:
    command = [
        "explain",
        "memory of the optimizer",
        GALORE,
        "-k",
        3,
        "--json",
        "--library",
        sample_library.path,
    ]
    said = json.loads(footnote(*command).out)
    assert set(said) == KEYS
    assert said["paper"]["id"] == "arxiv:2403.03507"
    assert said["rank"] == next(
        hit.rank for hit in sample_library.search("memory of the optimizer", 99) if hit.paper.title == GALORE
    )
    assert set(said["words"]) == {"matching", "lacking"}
    assert said["chunk"]["text"] in said["paper"]["abstract"]
    left_out = json.loads(footnote(*command, "--year", ":2000").out)
    assert (set(left_out), left_out["score"], left_out["chunk"]) == (KEYS, None, None)
    assert "year :2000" in left_out["reason"]


def test_the_command_shows_place_parts_words_and_needs(footnote: Footnote, sample_library: Library) -> None:
    last = sample_library.search("pruning of weights", 30)[-1].paper
    shown = footnote("explain", "pruning of weights", last.paper_id, "--library", sample_library.path).out
    for part in (
        last.title,
        "place 30 of",
        "dense",
        "lexical",
        "not in it: ",
        "To be among the first 10",
        "10th",
    ):
        assert part in shown
    best = sample_library.search("pruning of weights", 1)[0].paper
    shown = footnote("explain", "pruning of weights", best.title, "--library", sample_library.path).out
    assert "place 1 of" in shown
    assert "To be among" not in shown


def test_the_command_refuses_an_unknown_paper_in_one_line(
    footnote: Footnote, sample_library: Library
) -> None:
    run = footnote("explain", "memory", "GaLore, was it?", "--library", sample_library.path)
    assert (run.code, run.out) == (2, "")
    [line] = run.err.splitlines()
    assert GALORE in line
