"""What a paper is called, and when two records are the same one."""

from dataclasses import replace

from rag import Paper
from rag.types import reference

PAPER = Paper("A Title: of Things", "Text.", authors=("Ann Smith",), year=2020)


def test_paper_is_named_by_its_best_identifier() -> None:
    identifiers = {"arxiv": "2101.00001", "pmid": "12", "doi": "10.1/x"}
    assert replace(PAPER, identifiers=identifiers).paper_id == "doi:10.1/x"
    assert replace(PAPER, identifiers={"pmid": "12", "arxiv": "2101.00001"}).paper_id == "arxiv:2101.00001"


def test_spelling_of_a_title_does_not_make_another_paper() -> None:
    other = replace(PAPER, title="a title — of  THINGS", abstract="Other text.", venue="Elsewhere")
    assert PAPER.paper_id == other.paper_id
    assert PAPER.paper_id.startswith("text:")


def test_year_and_first_author_tell_papers_of_one_title_apart() -> None:
    ids = {PAPER.paper_id, replace(PAPER, year=2021).paper_id, replace(PAPER, authors=("Bo Li",)).paper_id}
    assert len(ids) == 3


def test_abstract_names_a_paper_that_has_no_title() -> None:
    assert Paper("", "One text.").paper_id != Paper("", "Another text.").paper_id


def test_content_hash_sees_every_field_but_where_it_was_read() -> None:
    changed = [
        replace(PAPER, **{name: value})  # type: ignore[arg-type]
        for name, value in {
            "title": "x", "abstract": "x", "authors": ("x",), "year": 1, "venue": "x", "url": "x",
            "identifiers": {"doi": "x"},
        }.items()
    ]  # fmt: skip
    assert len({PAPER.content_hash, *(paper.content_hash for paper in changed)}) == len(changed) + 1
    assert replace(PAPER, sources=("elsewhere",), first_id="old").content_hash == PAPER.content_hash


def test_reference_leaves_out_what_is_not_known() -> None:
    assert reference(Paper("T", "a")) == "T"
    paper = Paper("T", "a", authors=tuple("ABCD"), year=2020, venue="V", identifiers={"arxiv": "2101.00001"})
    assert reference(paper) == "A, B, C et al. (2020). T. V. https://arxiv.org/abs/2101.00001"
