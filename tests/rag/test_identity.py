"""Which records are one paper: nearly fifty pairs, the hard ones among them."""

from typing import Any

import pytest

from rag.ingest.identity import same_paper
from rag.types import Paper

REEDS = (
    "Reed beds calm a lake's shore. We measured wave height behind twelve beds in two Danish lakes for three "
    "summers and find that ten metres of reed halve it, whatever the wind."
)
REEDS_REVISED = (
    "Reed beds calm the shore of a lake. For three summers we measured wave height behind twelve beds in two "
    "Danish lakes; ten metres of reed halve it whatever the wind, and fifteen metres take it to a third."
)
GULLS = (
    "Herring gulls open mussels by dropping them on roads. Filming nine colonies shows that young birds "
    "learn the best height within a week, mostly from their neighbours and hardly by trial."
)
WAVES = "Reed beds and the height of waves in shallow lakes"
HARBOUR = "Acoustic monitoring of harbour porpoises"


def paper(title: str, author: str = "", year: int | None = None, abstract: str = "", **ids: Any) -> Paper:
    return Paper(title, abstract, (author,) if author else (), year, identifiers=ids)


SAME = {
    "a record edited throughout": (
        paper(HARBOUR, "Ann Lund", 2021, REEDS),
        paper(HARBOUR, "Ann Lund", 2021, GULLS),
    ),
    "no titles": (paper("", abstract=REEDS), paper("", abstract=REEDS)),
    "titles alone": (paper(WAVES), paper(WAVES)),
    "same DOI, another title": (paper("Reeds", doi="10.1/a"), paper(WAVES, doi="10.1/a")),
    "same arXiv id": (paper(WAVES, arxiv="2101.00001"), paper("Reed beds", arxiv="2101.00001")),
    "same PMID": (paper(WAVES, pmid="123"), paper("Reeds, waves", pmid="123")),
    "PMID and DOI against PMID": (paper(WAVES, doi="10.1/a", pmid="1"), paper(WAVES, pmid="1")),
    "same title, author, year": (paper(WAVES, "Ann Lund", 2020), paper(WAVES, "Lund, Ann", 2020)),
    "case, accents, punctuation": (
        paper("Réed beds and the height of waves in shallow lakes.", "A. Lund", 2020),
        paper("REED BEDS — and the height of waves in shallow lakes", "Lund A", 2020),
    ),
    "initials after the name": (paper(WAVES, "Lund AB", 2020), paper(WAVES, "Anna Berit Lund", 2020)),
    "initials with stops": (paper(WAVES, "Lund, A.B.", 2020), paper(WAVES, "Anna B. Lund", 2020)),
    "family name first": (paper(WAVES, "Zhang Wei", 2020), paper(WAVES, "Wei Zhang", 2020)),
    "a name with particles": (paper(WAVES, "van der Berg, J", 2020), paper(WAVES, "Jan van der Berg", 2020)),
    "an accent in the name": (paper(WAVES, "Søren Müller", 2020), paper(WAVES, "Muller, S", 2020)),
    "no year in one": (paper(WAVES, "Ann Lund", None), paper(WAVES, "Ann Lund", 2020)),
    "no author in one": (paper(WAVES, "", 2020), paper(WAVES, "Ann Lund", 2020)),
    "a DOI in one only": (paper(WAVES, "Ann Lund", 2020, doi="10.1/a"), paper(WAVES, "Ann Lund", 2020)),
    "preprint and published": (
        paper(WAVES, "Ann Lund", 2019, REEDS, arxiv="1901.00001"),
        paper(WAVES, "Ann Lund", 2021, REEDS_REVISED, doi="10.1016/a"),
    ),
    "preprint DOI and journal DOI": (
        paper(WAVES, "Ann Lund", 2019, REEDS, doi="10.1101/2019.01.01"),
        paper(WAVES, "Ann Lund", 2020, REEDS_REVISED, doi="10.1016/a"),
    ),
    "preprint and published, no abstracts": (
        paper(WAVES, "Ann Lund", 2019, arxiv="1901.00001"),
        paper(WAVES, "Ann Lund", 2020, doi="10.1016/a"),
    ),
    "online one year, in print the next": (
        paper(WAVES, "Ann Lund", 2019, REEDS),
        paper(WAVES, "Ann Lund", 2020, REEDS),
    ),
    "a pasted listing and a reference": (
        paper(WAVES, abstract=REEDS),
        paper(WAVES, "Ann Lund", 2020, REEDS_REVISED),
    ),
    "first authors in another order": (
        paper(WAVES, "Ann Lund", 2020, REEDS),
        paper(WAVES, "Bo Holm", 2020, REEDS),
    ),
    "a short title, all else agreeing": (
        paper("Editorial", "Ann Lund", 2020),
        paper("Editorial", "Lund, A", 2020),
    ),
}

NOT_THE_SAME = {
    "parts I and II": (paper(f"{WAVES} I", "Ann Lund", 2020), paper(f"{WAVES} II", "Ann Lund", 2020)),
    "part 1 and part 2": (
        paper(f"{WAVES}. Part 1: theory", "Ann Lund", 2020),
        paper(f"{WAVES}. Part 2: theory", "Ann Lund", 2020),
    ),
    "an erratum": (paper(f"Erratum: {WAVES}", "Ann Lund", 2020), paper(WAVES, "Ann Lund", 2020)),
    "a correction": (paper(f"Correction to: {WAVES}", "Ann Lund", 2020), paper(WAVES, "Ann Lund", 2020)),
    "a reply": (paper(f"Reply to “{WAVES}”", "Ann Lund", 2020), paper(WAVES, "Ann Lund", 2020)),
    "an erratum under the same title": (
        paper(WAVES, "Ann Lund", 2020, doi="10.1016/a"),
        paper(WAVES, "Ann Lund", 2020, doi="10.1016/b"),
    ),
    "two PMIDs": (paper(WAVES, "Ann Lund", 2020, pmid="1"), paper(WAVES, "Ann Lund", 2020, pmid="2")),
    "two arXiv ids": (
        paper(WAVES, "Ann Lund", 2020, arxiv="2001.00001"),
        paper(WAVES, "Ann Lund", 2020, arxiv="2002.00002"),
    ),
    "two documents of a test collection": (
        paper(WAVES, abstract=REEDS, beir="1"),
        paper(WAVES, abstract=REEDS, beir="2"),
    ),
    "a yearly report": (
        paper("Annual report on the state of the lakes", "Ann Lund", 2018, REEDS),
        paper("Annual report on the state of the lakes", "Ann Lund", 2019, GULLS),
    ),
    "a yearly report without abstracts": (
        paper("Annual report on the state of the lakes", "Ann Lund", 2012),
        paper("Annual report on the state of the lakes", "Ann Lund", 2019),
    ),
    "editorials of two years": (paper("Editorial", "Ann Lund", 2019), paper("Editorial", "Ann Lund", 2020)),
    "editorials of two editors": (paper("Editorial", "Ann Lund", 2020), paper("Editorial", "Bo Holm", 2020)),
    "editorials nobody signed": (paper("Editorial", "", 2020, REEDS), paper("Editorial", "", 2020, GULLS)),
    "one title, two authors": (paper(HARBOUR, "Ann Lund", 2020), paper(HARBOUR, "Bo Holm", 2020)),
    "one title, two authors, two years": (
        paper(HARBOUR, "Ann Lund", 2009, REEDS),
        paper(HARBOUR, "Bo Holm", 2020, GULLS),
    ),
    "one family name and another given name": (
        paper(HARBOUR, "Wang, Lei", 2021),
        paper(HARBOUR, "Wang, Hao", 2021),
    ),
    "two book reviews of one author": (
        paper("Book review", "Ann Lund", 2021, REEDS),
        paper("Book review", "Ann Lund", 2021, GULLS),
    ),
    "titles that differ in a sign": (
        paper("Drawing state machines in C", "Ann Lund", 2021),
        paper("Drawing state machines in C++", "Ann Lund", 2021),
    ),
    "a PMID in common by mistake": (
        paper(WAVES, abstract=REEDS, doi="10.1016/a", pmid="1"),
        paper(HARBOUR, abstract=GULLS, doi="10.1016/b", pmid="1"),
    ),
    "a number of two test collections": (
        paper(WAVES, abstract=REEDS, beir="1"),
        paper(HARBOUR, abstract=GULLS, beir="1"),
    ),
    "one given name": (paper(HARBOUR, "Wei Zhang", 2020), paper(HARBOUR, "Wei Li", 2020)),
    "one abstract under two titles": (
        paper(WAVES, "Ann Lund", 2020, REEDS),
        paper(HARBOUR, "Ann Lund", 2020, REEDS),
    ),
}


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME)
def test_records_of_one_paper_are_known_as_such(pair: tuple[Paper, Paper]) -> None:
    first, second = pair
    assert same_paper(first, second)
    assert same_paper(second, first)


@pytest.mark.parametrize("pair", NOT_THE_SAME.values(), ids=NOT_THE_SAME)
def test_records_of_two_papers_are_kept_apart(pair: tuple[Paper, Paper]) -> None:
    first, second = pair
    assert not same_paper(first, second)
    assert not same_paper(second, first)
