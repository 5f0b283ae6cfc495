"""The demo collection is what it says it is."""

from rag.testing import sample_papers


def test_sample_holds_40_to_60_papers_with_all_that_a_reference_needs() -> None:
    papers = sample_papers()
    assert 40 <= len(papers) <= 60
    assert len({paper.paper_id for paper in papers}) == len(papers)
    assert len({paper.title for paper in papers}) == len(papers)
    for paper in papers:
        assert paper.paper_id.startswith("arxiv:"), paper.title
        assert paper.authors, paper.title
        # The arXiv id says when the first version came: yymm.nnnnn.
        assert paper.year == 2000 + int(paper.identifiers["arxiv"][:2]), paper.title
        assert 80 <= len(paper.abstract.split()) <= 200, paper.title
