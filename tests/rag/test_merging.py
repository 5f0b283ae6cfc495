"""Records of one paper become one, whichever order and file they come in, and nothing they said is lost."""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from rag import Library, Paper
from rag.testing import hash_library, invented_papers, write_jsonl

PAPER = replace(
    invented_papers(1)[0], title="Reed beds and the height of waves", authors=("Ann Lund",), year=2019
)
PREPRINT = replace(PAPER, identifiers={"arxiv": "1901.00001"})
PUBLISHED = replace(PAPER, identifiers={"doi": "10.1016/a"}, year=2020, venue="Lakes")


def test_a_preprint_and_its_published_version_are_one_paper_with_both_identifiers() -> None:
    library = hash_library("lib")
    report = library.ingest(write_jsonl("a.jsonl", [PREPRINT]), write_jsonl("b.jsonl", [PUBLISHED]))
    assert (report.added, report.duplicates, report.papers) == (1, 1, 1)
    paper = library.paper("doi:10.1016/a")
    assert paper == library.paper("arxiv:1901.00001")
    assert paper.paper_id == "arxiv:1901.00001"
    assert dict(paper.identifiers) == {"arxiv": "1901.00001", "doi": "10.1016/a"}
    assert (paper.year, paper.venue, len(paper.sources)) == (2019, "Lakes", 2)


def test_the_report_names_what_was_merged() -> None:
    report = hash_library("lib").ingest(write_jsonl("a.jsonl", [PREPRINT, PUBLISHED]))
    found = report.health["merged"]
    assert (found.count, found.first[0].line) == (1, 2)
    assert found.first[0].detail == "is arxiv:1901.00001 by its title"


@pytest.mark.parametrize("at_once", [True, False])
def test_a_record_with_two_identifiers_joins_the_papers_of_each(at_once: bool) -> None:
    first = replace(PAPER, identifiers={"doi": "10.1016/a"}, title="Of reeds and waves in lakes")
    second = replace(PAPER, identifiers={"pmid": "77"}, title="How waves are calmed by reeds")
    both = replace(PAPER, identifiers={"doi": "10.1016/a", "pmid": "77"})
    others = invented_papers(5, seed=2)
    library = hash_library("lib")
    if at_once:
        report = library.ingest(write_jsonl("a.jsonl", [*others, first, second, both]))
        assert (report.added, report.duplicates) == (6, 2)
    else:
        library.ingest(write_jsonl("a.jsonl", [*others, first, second]))
        assert len(library) == 7
        library.ingest(write_jsonl("b.jsonl", [both]))
    assert len(library) == 6
    assert library.paper("pmid:77").paper_id == library.paper("doi:10.1016/a").paper_id == "doi:10.1016/a"
    found = [hit.paper.paper_id for hit in library.search(PAPER.abstract)]
    assert found[0] == "doi:10.1016/a"
    assert "pmid:77" not in found


def test_the_fullest_abstract_and_author_list_win_and_gaps_are_filled() -> None:
    short = replace(PAPER, abstract=PAPER.abstract[:80], year=None, identifiers={"doi": "10.1000/a"})
    full = replace(PAPER, authors=("Ann Lund", "Bo Holm"), venue="Lakes", identifiers={"doi": "10.1000/a"})
    library = hash_library("lib")
    library.ingest(write_jsonl("a.jsonl", [short]), write_jsonl("b.jsonl", [full]))
    paper = library.paper("doi:10.1000/a")
    assert (paper.abstract, paper.authors) == (PAPER.abstract, ("Ann Lund", "Bo Holm"))
    assert (paper.year, paper.venue) == (2019, "Lakes")


def test_keywords_of_all_records_are_kept_in_order_and_once() -> None:
    first = replace(PAPER, keywords=("Reeds", "waves"), identifiers={"doi": "10.1000/a"})
    second = replace(PAPER, keywords=("lakes", "reeds"), identifiers={"doi": "10.1000/a"})
    library = hash_library("lib")
    library.ingest(write_jsonl("a.jsonl", [first]), write_jsonl("b.jsonl", [second]))
    assert library.paper("doi:10.1000/a").keywords == ("Reeds", "waves", "lakes")
    assert hash_library("lib").paper("doi:10.1000/a").keywords == ("Reeds", "waves", "lakes")


def test_papers_of_one_title_with_different_identifiers_stay_two() -> None:
    erratum = replace(PUBLISHED, identifiers={"doi": "10.1016/b"})
    library = hash_library("lib")
    report = library.ingest(write_jsonl("a.jsonl", [PUBLISHED, erratum]))
    assert (report.added, report.papers) == (2, 2)


def test_an_abstract_under_another_title_is_reported_and_not_merged() -> None:
    copied = replace(PAPER, title="Another title altogether for it", identifiers={"doi": "10.1016/z"})
    library = hash_library("lib")
    library.ingest(write_jsonl("a.jsonl", [PUBLISHED, *invented_papers(5, seed=3)]))
    report = library.ingest(write_jsonl("b.jsonl", [copied]))
    assert report.papers == 7
    (finding,) = report.health["near_duplicates"].first
    assert (finding.paper_id, finding.detail) == ("doi:10.1016/z", "nearly that of doi:10.1016/a")


@pytest.mark.parametrize("seed", range(3))
def test_merging_ends_the_same_in_one_run_and_in_many(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    papers = [
        replace(paper, identifiers={"doi": f"10.1000/{n}"}) for n, paper in enumerate(invented_papers(30))
    ]
    records = [
        replace(paper, identifiers=which(paper))
        for paper in papers
        for which in (
            lambda p: p.identifiers,
            lambda p: {**p.identifiers, "pmid": p.identifiers["doi"][8:] + "77"},
            lambda p: {"pmid": p.identifiers["doi"][8:] + "77"},
        )
    ]
    random.Random(seed).shuffle(records)
    at_once, by_and_by = hash_library("one"), hash_library("two")
    at_once.ingest(write_jsonl("all.jsonl", records))
    monkeypatch.setattr("rag.ingest.ingest.BATCH", 2)
    for n in range(0, len(records), 13):
        by_and_by.ingest(write_jsonl(f"{n:03}.jsonl", records[n : n + 13]))
    assert len(at_once) == len(by_and_by) == 30
    for paper in papers:
        doi = f"doi:{paper.identifiers['doi']}"
        one, two = at_once.paper(doi), by_and_by.paper(doi)
        assert (one.title, one.abstract, set(one.ids)) == (two.title, two.abstract, set(two.ids))
        assert at_once.search(paper.abstract)[0].paper == one


def test_the_second_of_two_files_is_believed_when_it_changes() -> None:
    library = hash_library("lib")
    files = [write_jsonl(name, [PUBLISHED]) for name in ("a.jsonl", "b.jsonl")]
    library.ingest(*files)
    longer = replace(PUBLISHED, abstract=f"{PUBLISHED.abstract} Zebras graze upon quasars.")
    write_jsonl("b.jsonl", [longer])
    assert library.ingest(*files).updated == 1
    assert library.paper("doi:10.1016/a").abstract == longer.abstract
    write_jsonl("b.jsonl", [PUBLISHED])
    assert library.ingest(*files).updated == 1
    assert library.paper("doi:10.1016/a").abstract == PUBLISHED.abstract


def test_of_two_records_in_one_file_the_edited_one_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.ingest.ingest.BATCH", 2)
    others = invented_papers(5, seed=4)
    second = replace(PUBLISHED, identifiers={"doi": "10.1016/a", "pmid": "99"})
    library = hash_library("lib")
    library.ingest(write_jsonl("a.jsonl", [PUBLISHED, *others, second]))
    edited = replace(PUBLISHED, venue="Ponds")
    report = library.ingest(write_jsonl("a.jsonl", [edited, *others, second]))
    assert (report.updated, report.unchanged) == (1, 5)
    assert library.paper("pmid:99").paper_id == "doi:10.1016/a"
    again = library.ingest("a.jsonl")
    assert (again.updated, again.unchanged, again.duplicates) == (0, 6, 1)


def test_a_paper_that_changes_in_two_batches_can_be_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.ingest.ingest.BATCH", 2)
    others = invented_papers(5, seed=4)
    library = hash_library("lib")
    library.ingest(write_jsonl("a.jsonl", [PUBLISHED, *others]))
    longer = [
        replace(PUBLISHED, abstract=f"{PUBLISHED.abstract} {more}") for more in ("Zebras.", "Zebras graze.")
    ]
    library.ingest(write_jsonl("a.jsonl", [longer[0], *others, longer[1]]))
    assert library.search("zebras graze")[0].paper.abstract == longer[1].abstract


def test_whichever_file_came_first_is_believed_first() -> None:
    library = hash_library("lib")
    other = replace(PUBLISHED, title=PUBLISHED.title.upper())
    library.ingest(write_jsonl("b.jsonl", [PUBLISHED]), write_jsonl("a.jsonl", [other]))
    assert library.paper("doi:10.1016/a").title == PUBLISHED.title
    assert library.reindex() == 0
    assert library.paper("doi:10.1016/a").title == PUBLISHED.title


def test_papers_whose_identifiers_disagree_stay_two_and_are_reported() -> None:
    first = replace(PUBLISHED, identifiers={"doi": "10.1016/a", "pmid": "11"})
    second = replace(invented_papers(1, seed=5)[0], identifiers={"doi": "10.1016/b", "pmid": "22"})
    mistyped = replace(first, identifiers={"doi": "10.1016/a", "pmid": "22"})
    library = hash_library("lib")
    library.ingest(write_jsonl("a.jsonl", [first, second]))
    report = library.ingest(write_jsonl("b.jsonl", [mistyped]))
    assert report.papers == 2
    assert report.health["torn"].first[0].detail == "has an identifier of doi:10.1016/b too"


def test_documents_of_two_test_collections_may_have_one_number() -> None:
    first, second = (replace(paper, identifiers={"beir": "1"}) for paper in invented_papers(2))
    library = hash_library("lib")
    files = [write_beir("one.jsonl", first), write_beir("two.jsonl", second)]
    assert library.ingest(*files).papers == 2
    assert library.ingest(*files).unchanged == 2
    assert library.paper("beir:1").title == first.title
    assert library.search(second.abstract)[0].paper.abstract == second.abstract


def test_without_merging_every_document_of_a_test_collection_stays_one() -> None:
    text = invented_papers(1)[0].abstract
    lines = ({"_id": number, "text": text, "doi": "10.1016/a"} for number in "12")
    Path("corpus.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert hash_library("one").ingest("corpus.jsonl").papers == 1
    library = hash_library("two")
    assert library.ingest("corpus.jsonl", merge=False).papers == 2
    assert library.ingest("corpus.jsonl", merge=False).unchanged == 2
    assert [paper.paper_id for paper in library.papers()] == ["beir:1", "beir:2"]


def write_beir(name: str, paper: Paper) -> Path:
    line = {"_id": paper.identifiers["beir"], "title": paper.title, "text": paper.abstract}
    Path(name).write_text(json.dumps(line))
    return Path(name)


def test_an_old_id_leads_to_its_paper_through_two_merges_and_a_change() -> None:
    library = hash_library("lib")
    bare = replace(PAPER, identifiers={})
    library.ingest(write_jsonl("others.jsonl", invented_papers(3, seed=6)))
    library.ingest(write_jsonl("a.jsonl", [replace(PUBLISHED, title="Of reeds and waves in lakes")]))
    library.ingest(write_jsonl("b.jsonl", [bare]))
    assert len(library) == 5
    joining = replace(PUBLISHED, title=bare.title)
    library.ingest(write_jsonl("c.jsonl", [joining]))
    assert len(library) == 4
    library.ingest(write_jsonl("c.jsonl", [replace(joining, venue="Ponds")]))
    assert library.paper(bare.paper_id).paper_id == "doi:10.1016/a"


def test_a_corrected_identifier_no_longer_draws_other_papers_in() -> None:
    library = hash_library("lib")
    library.ingest(
        write_jsonl("a.jsonl", [replace(PUBLISHED, identifiers={"doi": "10.1016/typo", "pmid": "9"})])
    )
    library.ingest(
        write_jsonl("a.jsonl", [replace(PUBLISHED, identifiers={"doi": "10.1016/a", "pmid": "9"})])
    )
    assert library.paper("doi:10.1016/a").paper_id == "doi:10.1016/typo"
    other = replace(invented_papers(1, seed=5)[0], identifiers={"doi": "10.1016/typo"})
    assert library.ingest(write_jsonl("b.jsonl", [other])).papers == 2


def test_reindex_cleans_anew_what_an_older_version_read() -> None:
    library = hash_library("lib")
    library.ingest(write_jsonl("a.jsonl", [PUBLISHED]))
    with library._writer.store.transaction() as db:  # as if it had cleaned less well
        db.execute("UPDATE papers SET title = '<i>Reed</i> beds'")
    assert library.paper("doi:10.1016/a").title == "<i>Reed</i> beds"
    assert library.reindex() == 1
    assert library.paper("doi:10.1016/a").title == PAPER.title


def test_files_in_which_identifiers_disagree_are_unchanged_the_second_time() -> None:
    said = [
        {"doi": "10.1016/b", "pmid": "11"},
        {"arxiv": "2001.00001"},
        {"doi": "10.1101/2020.01.01", "arxiv": "2001.00001", "pmid": "12"},
        {"doi": "10.1016/b", "arxiv": "2001.00001", "pmid": "12"},
    ]
    file = write_jsonl(
        "a.jsonl", [replace(PAPER, identifiers=ids, venue=str(n)) for n, ids in enumerate(said)]
    )
    library = hash_library("lib")
    first = library.ingest(file)
    for _ in range(2):
        again = library.ingest(file)
        assert (again.unchanged, again.duplicates) == (first.added, first.duplicates)


@pytest.mark.parametrize("seed", range(20))
def test_a_second_ingest_changes_nothing_whatever_the_records(seed: int) -> None:
    rng = random.Random(seed)
    file = write_jsonl("a.jsonl", [odd_paper(rng) for _ in range(12)])
    library = hash_library("lib")
    first = library.ingest(file)
    assert first.added + first.duplicates == first.records == 12
    papers = {paper_id: library.paper(paper_id) for paper_id in found_ids(library)}
    again = library.ingest(file)
    assert (again.unchanged, again.duplicates, again.papers) == (first.added, first.duplicates, first.papers)
    assert {paper_id: library.paper(paper_id) for paper_id in found_ids(library)} == papers


def odd_paper(rng: random.Random) -> Paper:
    kinds = {"doi": ["10.1000/a", "10.1000/b", "10.1101/1"], "arxiv": ["2001.00001"], "pmid": ["11", "12"]}
    return replace(
        rng.choice(invented_papers(2)),
        title=rng.choice(["Editorial", "A title of several words", "Another of several words"]),
        authors=rng.choice([("Smith, Ann",), ("Li, Bo",), ()]),
        year=rng.choice([2020, 2021, None]),
        identifiers={kind: rng.choice(values) for kind, values in kinds.items() if rng.random() < 0.4},
    )


def found_ids(library: Library) -> set[str]:
    return {hit.paper.paper_id for hit in library.search("the a of", k=100)}
