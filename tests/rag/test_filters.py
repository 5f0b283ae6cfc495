"""A filter leaves out what it says and nothing else, and what is left is ranked as if it were alone."""

import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rag import Assistant, Hit, Library, Paper
from rag.errors import InputError
from rag.retrieval.filters import FilterArguments, Filters, Year
from rag.testing import hash_library, invented_papers, write_jsonl
from rag.words import letters
from tests.conftest import Run
from tests.rag.test_retrieval import chunks_of, compare_with_every_paper, ids

Footnote = Callable[..., Run]

AUTHORS = ["Jiawei Zhao", "Zhao, Li", "Zhaoyang Li", "José Núñez", "Ann van den Berg", "Bo Holm"]
VENUES = ["Journal of Lakes", "Lakes", "ICML 2024", "Nature"]
KEYWORDS = ["reeds", "open water", "Water", "cs.CL", "C++"]
FILTERS: dict[str, list[str]] = {
    "author": ["zhao", "li", "zhao li", "nunez", "berg", "holm bo"],
    "venue": ["lakes", "journal of lakes", "icml", "nature"],
    "keyword": ["water", "open water", "reeds", "cs.cl", "c++", "common"],
    "source": ["most", "few.jsonl", "f*", "lists/*"],
}
NAMED = {"most": ["most"], "few.jsonl": ["few"], "f*": ["few"], "lists/*": ["most", "few"]}
QUERIES = ["sofatri and lugo", *(paper.title for paper in invented_papers(600)[7:600:140])]


def varied_papers(count: int) -> list[Paper]:
    """Papers of all years and none, with authors, venues and keywords or without; some in three copies."""
    rng = random.Random(7)
    papers: list[Paper] = []
    for n, paper in enumerate(invented_papers(count)):
        papers.append(
            replace(
                papers[-1] if n % 40 in (1, 2) else paper,
                identifiers={"doi": f"10.1000/{n * 7919 % count:04}"},
                year=None if rng.random() < 0.05 else rng.randint(1990, 2025),
                authors=tuple(rng.sample(AUTHORS, rng.randint(0, 3))),
                venue=rng.choice([*VENUES, ""]),
                keywords=(*rng.sample(KEYWORDS, rng.randint(0, 2)), *["common"][: rng.random() < 0.95]),
            )
        )
    return papers


PAPERS = varied_papers(600)


def compared_of(library: Library, filters: FilterArguments, least: int, most: int, *queries: str) -> None:
    """Of the papers that pass exactly the hundred nearest are compared, and those of the same words."""
    retriever = library.retriever.within(Filters.of(**filters))
    passing = [paper.paper_id for paper in library.papers() if passes(paper, filters)]
    assert least < len(passing) <= most
    for query in queries or ("unheard of zebras", *QUERIES):
        [vector] = retriever.embed([query])
        ranking = retriever.look_at(query, vector, 1)
        cosines = {name: float(chunks_of(library, name).vectors[0] @ vector) for name in passing}
        bar = sorted(cosines.values())[-100]
        assert all(name in ranking for name, cosine in cosines.items() if cosine > bar)
        assert len(ranking) == 100 or query in QUERIES  # which have words that others hold


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """600 varied papers from two files; tests must not change it."""
    folder = tmp_path_factory.mktemp("varied")
    (folder / "lists").mkdir()
    made = hash_library(folder / "lib", dimension=128)
    made.ingest(
        write_jsonl(folder / "lists" / "most.jsonl", PAPERS[:560]),
        write_jsonl(folder / "lists" / "few.jsonl", PAPERS[560:]),
    )
    yield made
    made.close()


def made_of(*papers: Paper, file: str = "papers.jsonl") -> Library:
    made = hash_library("lib")
    made.ingest(write_jsonl(file, papers))
    return made


def titles(hits: Sequence[Hit]) -> set[str]:
    return {hit.paper.title for hit in hits}


def passes(paper: Paper, filters: Mapping[str, Any]) -> bool:
    """By the words of the documentation, and nothing of the code's."""

    def has(field: str, values: Sequence[str]) -> bool:
        wanted = filters.get(field)
        return not wanted or any(f" {letters(w)} " in f" {letters(one)} " for w in wanted for one in values)

    def is_of(years: Any) -> bool:
        first, last = years if isinstance(years, tuple) else (years, years)
        return paper.year is not None and (first or 0) <= paper.year <= (last or 9999)

    turned = [f"{given} {family}" for family, _, given in (name.partition(", ") for name in paper.authors)]
    file = "few" if paper in PAPERS[560:] else "most"
    return (
        has("author", [*paper.authors, *turned])
        and has("venue", [paper.venue])
        and has("keyword", paper.keywords)
        and ("year" not in filters or is_of(filters["year"]))
        and ("source" not in filters or any(file in NAMED[source] for source in filters["source"]))
    )


YEARS = st.one_of(
    st.integers(1989, 2026),
    st.tuples(st.integers(1985, 2000), st.one_of(st.none(), st.integers(2000, 2030))),
    st.tuples(st.none(), st.integers(1995, 2030)),
)
SOME = {name: st.lists(st.sampled_from(values), min_size=1, max_size=3) for name, values in FILTERS.items()}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    filters=st.fixed_dictionaries({}, optional={"year": YEARS, **SOME}),
    query=st.sampled_from(QUERIES),
    k=st.sampled_from([1, 10, 30]),
)
@example(filters={"keyword": ["common"]}, query=QUERIES[1], k=30)  # so many that the index is asked
@example(filters={"year": (1990, 2003)}, query=QUERIES[2], k=10)  # so many that one vector each is read
@example(filters={"year": (1990, None), "source": ["lists/*"]}, query=QUERIES[2], k=30)
def test_filtered_hits_are_those_that_comparing_with_every_paper_that_passes_gives(
    library: Library, filters: FilterArguments, query: str, k: int
) -> None:
    passing = [paper for paper in PAPERS if passes(paper, filters)]
    expected = compare_with_every_paper(library, query, passing)[:k]
    hits = library.search(query, k, **filters)
    assert hits.within == (len(passing) if filters else None)
    if filters and len(passing) <= 200:  # all are compared
        assert ids(hits) == [name for name, _ in expected]
        assert [hit.score for hit in hits] == pytest.approx([total for _, total in expected], abs=1e-6)
        return
    # Of many, the indexes name the candidates: the last of the best fifty, whose scores tell on their
    # neighbours', may be others, and with these invented vectors are.
    assert ids(hits)[0] == expected[0][0]
    best = dict(compare_with_every_paper(library, query, passing))
    assert [best[paper_id] for paper_id in ids(hits[:10])] == pytest.approx(
        [total for _, total in expected[:10]], abs=0.01
    )


def test_of_a_few_hundred_that_pass_exactly_the_nearest_are_compared(library: Library) -> None:
    compared_of(library, {"year": (1990, 2003)}, 200, 244)


def test_of_many_that_pass_the_nearest_are_compared_however_far_they_are() -> None:
    """The query is on the subject of the others, among which the index of vectors gives up."""
    library = hash_library("lib", dimension=128)
    near = [replace(p, title="Zebras", abstract="Zebras graze. " * 5, year=1980) for p in PAPERS[:400]]
    near = [replace(paper, identifiers={"doi": f"10.1/{n}"}) for n, paper in enumerate(near)]
    library.ingest(write_jsonl("papers.jsonl", [*near, *PAPERS[:350]]), merge=False)
    compared_of(library, {"year": (1990, 2025)}, 290, 350, "zebras graze")


@pytest.mark.parametrize("count", [100, 600])
def test_a_filter_that_all_papers_pass_changes_nothing(count: int) -> None:
    """Of 100 papers all are read, of 600 the index of vectors is asked."""
    library = made_of(*invented_papers(count))
    for query in QUERIES:
        assert library.search(query, 30, year=(1900, None)) == library.search(query, 30)


def test_a_narrow_filter_finds_all_that_pass_it(library: Library) -> None:
    few = {paper.title for paper in PAPERS[560:]}
    assert titles(library.search(PAPERS[0].abstract, 100, source="few")) == few


@pytest.mark.parametrize(
    ("author", "found"),
    [
        ("zhao", {"Jiawei", "Family first"}),
        ("ZHAO", {"Jiawei", "Family first"}),
        ("jiawei zhao", {"Jiawei"}),
        ("zhao jiawei", set()),
        ("zhaoyang", {"Zhaoyang"}),
        ("li zhao", {"Family first"}),
        ("zhao, li", {"Family first"}),
        ("nunez", {"Accents"}),
        ("Núñez", {"Accents"}),
        ("NUN\u0303EZ", {"Accents"}),
        ("o'neil", {"Apostrophe"}),
        ("bo li", set()),
        ("holm jose", set()),
    ],
)
def test_an_author_is_found_by_whole_words_in_order(author: str, found: set[str]) -> None:
    library = made_of(
        Paper("Jiawei", "Of zebras.", authors=("Jiawei Zhao", "Bo Holm")),
        Paper("Zhaoyang", "Of zebras.", authors=("Zhaoyang Li",)),
        Paper("Family first", "Of zebras.", authors=("Zhao, Li",)),
        Paper("Accents", "Of zebras.", authors=("Bo Holm", "José Núñez")),
        Paper("Apostrophe", "Of zebras.", authors=("Bo", "Li O’Neil")),
        *invented_papers(3),
    )
    assert titles(library.search("zebras", author=author)) == found


@pytest.mark.parametrize(
    "source",
    ["refs.v2.jsonl", "refs.v2", "refs", "REFS", "exports/refs.v2.jsonl", "./exports/refs",
     "*.jsonl", "r?fs", "exports/*", "*/refs*"],
)  # fmt: skip
def test_a_source_is_found_by_its_file_s_name(source: str) -> None:
    Path("exports").mkdir()
    library = made_of(Paper("Here", "Of zebras."), file="exports/refs.v2.jsonl")
    library.ingest(write_jsonl("more-refs.json", [Paper("There", "Of zebras.")]))
    assert titles(library.search("zebras", source=source)) == {"Here"}
    assert titles(library.search("zebras", source=str(Path("exports/refs.v2.jsonl").absolute()))) == {"Here"}


@pytest.mark.parametrize("stored", ["NFC", "NFD"])
@pytest.mark.parametrize("typed", ["NFC", "NFD"])
def test_a_source_is_found_however_its_accents_are_stored(
    stored: Literal["NFC", "NFD"], typed: Literal["NFC", "NFD"]
) -> None:
    library = made_of(Paper("Here", "Of zebras."), file=normalize(stored, "références.jsonl"))
    assert titles(library.search("zebras", source=normalize(typed, "Références"))) == {"Here"}


def test_a_source_whose_name_reads_as_a_pattern_is_found_as_it_stands() -> None:
    library = made_of(Paper("Here", "Of zebras."), file="[a-c] refs.jsonl")
    assert titles(library.search("zebras", source="[a-c] refs.jsonl")) == {"Here"}


def test_values_of_a_field_are_alternatives_and_fields_count_together() -> None:
    library = made_of(
        Paper("A", "Of zebras.", venue="Lakes", year=2001, keywords=("reeds",)),
        Paper("B", "Of zebras.", venue="Rivers", year=2001),
        Paper("C", "Of zebras.", venue="Lakes", year=2002),
    )
    assert titles(library.search("zebras", venue=["lakes", "rivers"])) == {"A", "B", "C"}
    assert titles(library.search("zebras", venue=["lakes", "rivers"], year=2001)) == {"A", "B"}
    assert titles(library.search("zebras", venue="lakes", year=2001, keyword="reeds")) == {"A"}


def test_papers_left_out_only_for_what_they_do_not_say_are_counted() -> None:
    library = made_of(
        Paper("A", "Of zebras.", venue="Lakes", year=2001),
        Paper("B", "Of zebras.", venue="Lakes"),
        Paper("C", "Of zebras.", year=2001),
        Paper("D", "Of zebras."),
        Paper("E", "", venue="Lakes"),
    )
    hits = library.search("zebras", venue="lakes", year=(2000, None))
    assert (titles(hits), hits.within) == ({"A"}, 1)
    assert hits.excluded == {"no_year": 1, "no_venue": 1}
    assert library.search("zebras", author="zhao").excluded == {"no_year": 0, "no_author": 4}
    assert library.search("zebras").excluded == {"no_year": 0}
    assert Assistant(library).ask("zebras?", venue="lakes", year=(2000, None)).excluded == hits.excluded
    assert library.explain("zebras", "A", venue="lakes", year=(2000, None)).excluded == hits.excluded


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ({"venue": "Laks"}, "venues like it: “Journal of Lakes”"),
        ({"author": "zaho"}, "authors like it: “Jiawei Zhao”"),
        ({"author": "Jiawei Zaho"}, "authors like it: “Jiawei Zhao”"),
        ({"keyword": "cs.LC"}, "keywords like it: “cs.CL”"),
        ({"source": "papres.jsonl"}, "sources like it: “papers.jsonl”"),
        ({"year": 1066}, "their years are 2001 to 2003"),
        ({"year": 2001, "venue": "lakes"}, "each part of it lets some pass"),
        ({"keyword": "quagga"}, "2 say no keyword"),
    ],
)
def test_a_filter_that_leaves_nothing_says_what_there_is(filters: FilterArguments, told: str) -> None:
    library = made_of(
        Paper("A", "Of zebras.", venue="Journal of Lakes", year=2003, authors=("Jiawei Zhao",)),
        Paper("B", "Of zebras.", venue="Rivers", year=2001),
        Paper("C", "Of yaks.", venue="Rivers", year=2002, keywords=("cs.CL",)),
    )
    hits = library.search("zebras", **filters)
    assert (list(hits), hits.within) == ([], 0)
    assert "no paper of this library (3 in all) passes the filter" in hits.reason
    assert told in hits.reason
    assert len(hits.reason.splitlines()) == 1
    assert library.search("zebras").reason == ""


@pytest.mark.parametrize(
    "year", [0, -5, 20_000, True, "2020", 2020.0, (2020, 2018), (None, None), (2020,), (1, 2, 3), 10**30]
)
def test_a_year_that_makes_no_sense_is_refused_in_one_line(library: Library, year: Year) -> None:
    with pytest.raises(InputError, match=r"^year ") as refused:
        library.search("zebras", year=year)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("field", ["author", "venue", "keyword", "source"])
@pytest.mark.parametrize("said", ["", " \u200b", [""], ["zhao", ""], 5, [5], {"a": 1}])
def test_words_that_say_nothing_are_refused_in_one_line(library: Library, field: str, said: object) -> None:
    with pytest.raises(InputError, match=f"^{field} ") as refused:
        library.search("zebras", **{field: said})  # type: ignore[arg-type]
    assert "\n" not in str(refused.value)


def test_none_and_no_values_are_no_filter(library: Library) -> None:
    hits = library.search(QUERIES[0], year=None, source=[], author=None, venue=(), keyword=None)
    assert hits.within is None
    assert hits == library.search(QUERIES[0])


@pytest.mark.parametrize(
    "said", ['" OR author : zhao', "zhao*", "a | b", "| zhao |", "NEAR(zhao li)", "^zhao ||"]
)
def test_characters_of_query_languages_mean_nothing_in_a_filter(library: Library, said: str) -> None:
    expected = [paper for paper in PAPERS if passes(paper, {"author": [said]})]
    assert library.search("zebras", author=said).within == len(expected)


def test_a_thousand_values_are_no_trouble(library: Library) -> None:
    authors = [*(f"nobody number {n}" for n in range(1_000)), "jiawei zhao"]
    assert (
        library.search("zebras", author=authors).within
        == library.search("zebras", author="jiawei zhao").within
    )


def test_what_is_said_anew_is_filtered_anew_though_the_text_stays() -> None:
    paper = Paper("A", "Of zebras.", year=2001, keywords=("reeds",), identifiers={"doi": "10.1000/a"})
    library, other = made_of(paper, *invented_papers(5)), hash_library("lib")
    for opened in (library, other):
        assert opened.search("zebras", year=2001, keyword="reeds").within == 1
    library.ingest(write_jsonl("papers.jsonl", [replace(paper, year=2002, keywords=("stripes",))]))
    for opened in (library, other):
        assert opened.search("zebras", keyword="reeds").within == 0
        assert titles(opened.search("zebras", year=2002, keyword="stripes")) == {"A"}


def test_another_process_s_papers_are_filtered() -> None:
    library = made_of(*invented_papers(5))
    assert library.search("zebras", venue="lakes").within == 0
    file = write_jsonl("new.jsonl", [Paper("New", "Of zebras.", venue="Lakes")])
    code = "import sys; from rag.testing import hash_library; hash_library('lib').ingest(sys.argv[1])"
    subprocess.run([sys.executable, "-c", code, file], check=True)
    assert titles(library.search("zebras", venue="lakes")) == {"New"}


def test_removed_papers_pass_no_filter() -> None:
    gone = Paper("Gone", "Of zebras.", year=2001, venue="Lakes", identifiers={"doi": "10.1000/gone"})
    library = made_of(gone, Paper("Kept", "Of zebras.", year=2001, venue="Lakes"))
    assert library.search("zebras", year=2001, venue="lakes").within == 2
    library.remove(["doi:10.1000/gone"])
    assert titles(library.search("zebras", year=2001, venue="lakes")) == {"Kept"}
    assert library.search("zebras", year=2001).within == 1


def test_an_answer_draws_only_on_papers_that_pass(sample_library: Library) -> None:
    question = "How do you shrink the key-value cache?"
    assistant = Assistant(sample_library)
    everything, recent = assistant.ask(question), assistant.ask(question, year=2024)
    assert {hit.paper.year for hit in everything.hits} > {2024}
    assert {citation.paper.year for citation in recent.citations} == {2024}
    assert {hit.paper.year for hit in recent.hits} == {2024}


def test_a_question_is_judged_by_the_papers_that_pass(sample_library: Library) -> None:
    question = "What is a lottery ticket?"
    assistant = Assistant(sample_library)
    assert not assistant.ask(question, year=(None, 2018)).abstained
    left_out = assistant.ask(question, year=(2019, None))
    assert (left_out.abstained, left_out.abstention) == (True, "not_in_collection")
    assert left_out.hits


def test_an_answer_from_nothing_says_that_nothing_passes(sample_library: Library) -> None:
    answer = Assistant(sample_library).ask("What is a lottery ticket?", author="Zaho")
    assert (answer.abstention, answer.hits, answer.confidence) == ("not_in_collection", (), 0.0)
    assert "passes the filter author “Zaho”" in answer.reason
    assert "Zhao" in answer.reason


# The command


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ("2023", (2023, 2023)),
        ("2023:", (2023, None)),
        (":2019", (None, 2019)),
        ("2018:2020", (2018, 2020)),
        (" 2018:2018 ", (2018, 2018)),
    ],
)
def test_years_are_typed_as_a_span(
    footnote: Footnote, sample_library: Library, years: str, expected: tuple[int | None, int | None]
) -> None:
    run = footnote("search", "memory", "--year", years, "--json", "--library", sample_library.path)
    found = json.loads(run.out)
    hits = sample_library.search("memory", year=expected)
    assert found["within"] == hits.within
    assert [hit["paper"]["id"] for hit in found["hits"]] == ids(hits)


@pytest.mark.parametrize("years", ["", ":", "2020-2021", "x", "2021:2020", "20211", "2020::", "٢٠٢٠", "0"])
def test_years_typed_in_another_way_are_refused(footnote: Footnote, years: str) -> None:
    run = footnote("search", "memory", "--year", years)
    assert (run.code, run.out) == (2, "")
    [line] = run.err.splitlines()
    assert line.startswith("footnote: year ")


def test_the_command_filters_and_says_so(footnote: Footnote, sample_library: Library) -> None:
    options = ["--author", "hu", "--author", "dettmers", "--year", "2021:", "--library", sample_library.path]
    found = json.loads(footnote("search", "adaptation", *options, "--json").out)
    assert 0 < len(found["hits"]) == found["within"]
    for hit in found["hits"]:
        assert any(name.split()[-1] in ("Hu", "Dettmers") for name in hit["paper"]["authors"])
    answer = json.loads(footnote("ask", "What is LoRA?", *options, "--json").out)
    assert {hit["paper"]["id"] for hit in answer["hits"]} <= {hit["paper"]["id"] for hit in found["hits"]}


def test_the_command_says_in_one_line_that_nothing_passes(
    footnote: Footnote, sample_library: Library
) -> None:
    options = ["--author", "Zaho", "--library", sample_library.path]
    for command in ("search", "ask"):
        shown = footnote(command, "memory", *options)
        assert (shown.code, shown.out.count("\n")) == (0, 1)
        assert "passes the filter author “Zaho”" in shown.out
    found = json.loads(footnote("search", "memory", *options, "--json").out)
    assert (found["hits"], found["within"]) == ([], 0)
    assert "“Zaho”" in found["reason"]


def test_the_command_counts_who_says_no_year(footnote: Footnote) -> None:
    write_jsonl("x.jsonl", [Paper("A", "Of zebras.", year=2001), Paper("B", "Of zebras.")])
    footnote("ingest", "x.jsonl", "--library", "mine")
    for command in (["search"], ["ask", "--force"]):
        shown = footnote(*command, "zebras", "--year", "2000:", "--library", "mine")
        assert "1 paper left out that says no year" in shown.out
