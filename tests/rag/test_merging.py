"""Records of one paper become one, whichever order and file they come in, and nothing they said is lost."""

from dataclasses import replace

import pytest

from rag import Paper
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
    assert (found.count, found.first[0].line, found.first[0].detail) == (1, 2, "is arxiv:1901.00001")


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


def test_merging_ends_the_same_in_one_run_and_in_many() -> None:
    papers = invented_papers(40)
    records = [
        Paper(p.title, p.abstract, p.authors, p.year, identifiers={"doi": f"10.1000/{n}"} if n % 3 else {})
        for n, p in enumerate(papers + papers[::2])
    ]
    at_once, by_and_by = hash_library("one"), hash_library("two")
    at_once.ingest(write_jsonl("all.jsonl", records))
    for n in range(0, len(records), 7):
        by_and_by.ingest(write_jsonl(f"{n}.jsonl", records[n : n + 7]))
    query = papers[3].title
    assert len(at_once) == len(by_and_by)
    assert [h.paper.paper_id for h in at_once.search(query)] == [
        h.paper.paper_id for h in by_and_by.search(query)
    ]


def test_reindex_cleans_anew_what_an_older_version_read() -> None:
    library = hash_library("lib")
    library.ingest(write_jsonl("a.jsonl", [PUBLISHED]))
    with library._writer.store.transaction() as db:  # as if it had cleaned less well
        db.execute("UPDATE papers SET title = '<i>Reed</i> beds'")
    assert library.paper("doi:10.1016/a").title == "<i>Reed</i> beds"
    assert library.reindex() == 1
    assert library.paper("doi:10.1016/a").title == PAPER.title
