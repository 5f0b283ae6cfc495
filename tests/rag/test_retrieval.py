"""Search finds what comparing with every paper would find, and says what each score is made of."""

import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag import Hit, Library, Paper
from rag.encoding.embedding import Spans
from rag.errors import InputError
from rag.testing import hash_library, invented_papers, write_jsonl

PAPERS = invented_papers(300)
QUERIES = [
    *(paper.title for paper in PAPERS[::50]),
    *(" ".join(paper.abstract.split()[9:16]) for paper in PAPERS[20::50]),
    f"{PAPERS[3].abstract.split()[0]} {PAPERS[4].abstract.split()[0]}",
]

# Ingests FILE into LIBRARY with the hash embedder.
INGEST = "import sys; from rag.testing import hash_library; hash_library(sys.argv[1]).ingest(sys.argv[2])"
# Prints the hits of the queries it is given as JSON.
SEARCH = """
import json, sys
from rag.testing import hash_library
library = hash_library(sys.argv[1])
queries = json.loads(sys.argv[2])
print(json.dumps([[(h.chunk.chunk_id, h.score) for h in library.search(query)] for query in queries]))
"""


def made_of(*papers: Paper, name: str = "lib") -> Library:
    made = hash_library(name)
    made.ingest(write_jsonl(f"{name}.jsonl", papers))
    return made


def ids(hits: list[Hit]) -> list[str]:
    return [hit.paper.paper_id for hit in hits]


def scores(hits: list[Hit]) -> list[tuple[str, float]]:
    return [(hit.chunk.chunk_id, hit.score) for hit in hits]


def chunks_of(library: Library, paper_id: str) -> Spans:
    [(_, _, chunks)] = library._store.searchable.chunks([paper_id])
    return chunks


def compare_with_every_paper(
    library: Library, query: str, papers: Sequence[Paper] = PAPERS
) -> list[tuple[str, float]]:
    """Every paper, best first, with its score as it is defined, computed for all papers at once. A paper's
    meaning is the mean of two cosines, of its whole and of its best window; its words the share of
    attainable BM25 that it has. The question is moved towards the best paper, then the best fifty scores
    towards the mean of their five nearest. Ties go by the cosines, then by id.
    """
    [vector] = library.retriever.embed([query])
    ids = sorted(paper.paper_id for paper in papers)
    chunks = [chunks_of(library, paper_id).vectors for paper_id in ids]
    bm25 = dict(library._indexes.matching_papers(query, len(library)))
    most = 2.2 * sum(library.retriever.idf(query).values())
    words = np.array([0.7 * bm25.get(paper_id, 0.0) / (most or 1.0) for paper_id in ids])

    def meaning(question: NDArray[np.float32]) -> NDArray[np.float64]:
        cosines = [list(vectors @ question) for vectors in chunks]
        return np.array([(whole + max(windows, default=whole)) / 2 for whole, *windows in cosines])

    if not papers:
        return []
    first = meaning(vector) + words
    moved = vector + 0.2 * chunks[first.argmax()][0]
    total = meaning(moved / np.linalg.norm(moved)) + words
    best = sorted(range(len(ids)), key=lambda i: -total[i])[:50]
    smoothed = total.copy()
    for one in best:
        likeness = {other: chunks[one][0] @ chunks[other][0] for other in best if other != one}
        nearest = sorted(likeness, key=lambda other: -likeness[other])[:5]
        if nearest:
            smoothed[one] = 0.8 * total[one] + 0.2 * total[nearest].mean()
    total = smoothed
    scores = dict(zip(ids, np.clip(total / 1.7, 0, 1).round(9), strict=True))
    dense = dict(zip(ids, meaning(vector), strict=True))
    return sorted(scores.items(), key=lambda item: (-item[1], -dense[item[0]], item[0]))


@pytest.mark.parametrize("query", QUERIES)
def test_hits_are_those_that_comparing_with_every_paper_gives(library: Library, query: str) -> None:
    expected = compare_with_every_paper(library, query)[:20]
    hits = library.search(query, 20)
    assert ids(hits) == [name for name, _ in expected]
    assert [hit.score for hit in hits] == pytest.approx([total for _, total in expected], abs=1e-6)


def test_a_paper_is_found_once_and_ranks_count_down_the_scores(library: Library) -> None:
    for query in QUERIES:
        hits = library.search(query, 50)
        assert len(set(ids(hits))) == 50
        assert [hit.rank for hit in hits] == list(range(1, 51))
        assert all(0 <= hit.score <= 1 for hit in hits)
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_the_chunk_of_a_hit_is_its_nearest_window_word_for_word(library: Library) -> None:
    for query in QUERIES:
        [vector] = library.retriever.embed([query])
        for hit in library.search(query):
            chunks = chunks_of(library, hit.paper.paper_id)
            cosines = [float(cosine) for cosine in chunks.vectors @ vector]
            position = cosines.index(max(cosines[1:]))
            assert hit.chunk.chunk_id == f"{hit.paper.paper_id}#{position}"
            assert (hit.chunk.start, hit.chunk.end) == chunks.spans[position]
            assert hit.paper.abstract[hit.chunk.start : hit.chunk.end] == hit.chunk.text != ""
            assert hit.scores["window"] == pytest.approx(cosines[position])
            assert hit.scores["whole"] == pytest.approx(cosines[0])


def test_a_score_comes_with_its_parts(library: Library) -> None:
    bm25 = dict(library._indexes.matching_papers(PAPERS[0].title, 300))
    hits = library.search(PAPERS[0].title, 100)
    for hit in hits:
        parts = hit.scores
        assert set(parts) == {"dense", "lexical", "feedback", "whole", "window", "bm25"}
        assert parts["dense"] == pytest.approx((parts["whole"] + parts["window"]) / 2)
        assert parts["bm25"] == pytest.approx(bm25.get(hit.paper.paper_id, 0.0))
        assert hit.score == pytest.approx((parts["dense"] + 0.7 * parts["lexical"] + parts["feedback"]) / 1.7)
    assert 0.5 < hits[0].scores["lexical"] <= 1  # it holds all the words, in its title


def test_an_abstract_too_short_for_windows_is_shown_whole() -> None:
    [hit] = made_of(Paper("On Zebras", "Zebras sleep standing. They dream little.")).search("zebras")
    assert (hit.chunk.position, hit.chunk.text) == (0, hit.paper.abstract)
    assert hit.scores["window"] == hit.scores["whole"]


@pytest.mark.parametrize(
    ("query", "paper_id"),
    [
        ("KIVI", "arxiv:2402.02750"),
        ("Guanaco", "arxiv:2305.14314"),
        ("FAVOR+", "arxiv:2009.14794"),
        ("vLLM", "arxiv:2309.06180"),
        ("StreamingLLM", "arxiv:2309.17453"),
        ("what is phi-1 about", "arxiv:2306.11644"),
    ],
)
def test_a_name_that_one_paper_alone_holds_finds_it(
    sample_library: Library, query: str, paper_id: str
) -> None:
    assert ids(sample_library.search(query, 1)) == [paper_id]


@pytest.mark.parametrize("k", [1, 299, 300, 301, 5_000])
def test_as_many_papers_are_found_as_asked_for_and_there_are(library: Library, k: int) -> None:
    hits = library.search(PAPERS[5].abstract[:200], k)
    assert len(hits) == min(k, 300)
    assert hits[0].paper.paper_id == PAPERS[5].paper_id


@pytest.mark.parametrize("k", [0, -1])
def test_less_than_one_paper_cannot_be_asked_for(library: Library, k: int) -> None:
    with pytest.raises(InputError, match="at least one"):
        library.search("anything", k)


def test_papers_that_match_equally_come_in_the_order_of_their_ids() -> None:
    copies = [
        Paper("On Zebras", "Zebras sleep standing.", identifiers={"doi": f"10.1000/{name}"})
        for name in "dbeac"
    ]
    library = made_of(*copies, *invented_papers(20))
    hits = library.search("sleep of zebras", 5)
    assert ids(hits) == [f"doi:10.1000/{name}" for name in "abcde"]
    assert len({hit.score for hit in hits}) == 1
    assert ids(library.search("sleep of zebras", 2)) == ["doi:10.1000/a", "doi:10.1000/b"]


@pytest.mark.parametrize(
    "decorated",
    [
        '"{a} {b}"',
        "+{a} -{b}",
        "{a} AND NOT {b}",
        "{a} OR ({b}",
        "{a}* {b}~ ^ [ ]",
        "{a}:{b}",
        "[{a} TO {b}]",
        "{{{a} {b}}}",
        "/{a}/ \\{b}\\",
        "<{a}> '{b}' ; -- %",
    ],
)
def test_characters_of_query_languages_mean_nothing(library: Library, decorated: str) -> None:
    a, b = PAPERS[7].abstract.split()[:2]
    assert scores(library.search(decorated.format(a=a, b=b))) == scores(library.search(f"{a} {b}"))


@pytest.mark.parametrize(
    "query", ['AND "x" (y* z~ : ^ [ ]', "text:*", "((((((x", "x^999999999", "id:[* TO *]"]
)
def test_broken_query_syntax_finds_papers_as_any_words_do(library: Library, query: str) -> None:
    assert len(library.search(query)) == 10


@pytest.mark.parametrize("papers", [[], [Paper("Only a Title", ""), Paper("And Another", "")]])
def test_a_library_without_abstracts_says_so_in_one_line(papers: list[Paper]) -> None:
    library = made_of(*papers) if papers else hash_library("lib")
    with pytest.raises(InputError, match="holds no abstracts yet") as refused:
        library.search("only a title")
    assert "\n" not in str(refused.value)


def test_a_paper_without_title_is_found() -> None:
    untitled = Paper(
        "", "Walruses play chess in winter. They mostly lose. Nobody knows why. It is cold there."
    )
    [hit, *_] = made_of(untitled, *invented_papers(30)).search("walruses and chess")
    assert (hit.paper.title, hit.paper.abstract) == ("", untitled.abstract)
    assert hit.chunk.text.startswith("Walruses")


def test_removed_papers_are_in_no_search_and_the_others_in_all() -> None:
    papers = PAPERS[:150]
    library = made_of(*papers)
    library.search(papers[0].title)
    gone, kept = papers[::2] + papers[1:21:2], papers[21::2]
    library.remove(paper.paper_id for paper in gone)
    for opened in (library, hash_library("lib")):
        for query in (gone[0].title, gone[40].abstract, kept[0].title):
            assert set(ids(opened.search(query, 150))) == {paper.paper_id for paper in kept}


def test_another_process_finds_the_same(library: Library) -> None:
    command = [sys.executable, "-c", SEARCH, str(library.path), json.dumps(QUERIES[::3])]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    expected = [scores(library.search(query)) for query in QUERIES[::3]]
    assert json.loads(said) == [[list(pair) for pair in hits] for hits in expected]


def test_a_library_opened_again_finds_the_same(library: Library) -> None:
    again = hash_library(library.path)
    for query in QUERIES:
        assert again.search(query) == library.search(query)
    again.close()


def test_an_open_library_finds_what_another_process_changes_and_adds() -> None:
    first, *others = PAPERS[:40]
    opened = made_of(first, *others)
    assert opened.search(first.abstract)[0].paper.abstract == first.abstract
    changed = replace(first, abstract="Zebras graze upon quasars.")
    added = Paper("Wombats of the Deep", "Wombats dive for xylophones.")
    file = write_jsonl("lib.jsonl", [changed, added, *others])
    subprocess.run([sys.executable, "-c", INGEST, "lib", file], check=True, cwd=Path.cwd())
    assert opened.search("zebras graze upon quasars")[0].paper.abstract == changed.abstract
    assert opened.search("wombats dive for xylophones")[0].paper.title == added.title
    found = opened.search(first.abstract, 100)
    assert len(found) == 41
    assert first.abstract not in {hit.paper.abstract for hit in found}


def test_searches_while_papers_come_and_go_find_those_that_are_there() -> None:
    library = made_of(*PAPERS[:40])
    question = PAPERS[5].title
    [vector] = library.retriever.embed([question])
    file, first = Path("lib.jsonl"), [paper.paper_id for paper in PAPERS[:20]]

    def come_and_go() -> None:
        writer = hash_library("lib")
        for _ in range(3):
            writer.remove(first)
            writer.ingest(file)
        writer.close()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(come_and_go)
        while not writing.done():
            hits = library.retriever.search(question, vector, 40)
            assert all(hit.paper.abstract[hit.chunk.start : hit.chunk.end] == hit.chunk.text for hit in hits)
            assert len(hits) >= 20
            assert len(library.retriever.sentences(hit.paper for hit in hits)) == len(hits)
    writing.result()


def test_a_paper_taken_out_after_it_was_found_has_no_sentence_near_anything() -> None:
    library = made_of(*PAPERS[:30])
    gone, kept = PAPERS[:2]
    library.remove([gone.paper_id])
    of_gone, of_kept = library.retriever.sentences([gone, kept])
    assert list(of_gone.spans) == [(0, len(gone.abstract))]
    assert not of_gone.vectors.any()
    assert len(of_kept.spans) > 1


@pytest.mark.parametrize("query", ["CO2 uptake", "CO₂ uptake"])
def test_raised_and_lowered_figures_are_found_as_people_type_them(query: str) -> None:
    library = made_of(
        *PAPERS[:30], Paper("Gas exchange", "Kelp takes up CO<sub>2</sub> in spring, the uptake.")
    )
    best = library.search(query)[0]
    assert "CO₂" in best.paper.abstract
    assert best.scores == library.search("CO2 uptake")[0].scores
