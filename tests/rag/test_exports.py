"""Files that real tools wrote give what a careful count gives; they are not in this repository."""

import re
from pathlib import Path

import pytest

from rag.readers import read
from rag.records import Entry
from rag.testing import hash_library

# Records with a title or an abstract, and those with an abstract, counted apart from our readers.
COUNTED = {
    "arxiv_api_atom.xml": (100, 100),
    "crossref_works_jats.json": (19, 7),  # of 20, one has neither
    "endnote.xml": (9, 3),
    "eric_crlf.nbib": (4, 4),
    "ieee_xplore.csv": (100, 100),
    "openalex_work_single.json": (1, 1),
    "proquest.ris": (6, 6),
    "pubmed_italics.xml": (1, 1),
    "pubmed_mathml.xml": (1, 1),
    "rayyan_keywords_multiline.ris": (19, 8),
    "scopus_native.ris": (92, 89),
    "semantic_scholar_batch.json": (3, 3),
    "wos_bom.ris": (278, 276),
    "wos_tagged.ciw": (5, 5),
    "zotero_bbt_french_latex_accents.bib": (1, 1),
    "zotero_library.ris": (100, 98),
}
NOT_IN_TEXT = re.compile(r"&lt;|&amp;|<jats:|</?(?:i|sub|sup|p)>|\{\\'e\}|\\textit|\\'")
COPYRIGHT = re.compile(r"©|[Cc]opyright|rights reserved")


def entries(file: Path) -> list[Entry]:
    return [item for item in read(file) if isinstance(item, Entry)]


@pytest.mark.parametrize("name", COUNTED)
def test_each_file_gives_the_records_it_holds(exports: Path, name: str) -> None:
    found = entries(exports / name)
    with_abstract = sum(1 for entry in found if entry.paper.abstract)
    assert (len(found), with_abstract) == COUNTED[name]


def test_abstracts_are_clean_and_end_with_their_own_last_sentence(exports: Path) -> None:
    for name in COUNTED:
        for entry in entries(exports / name):
            assert not NOT_IN_TEXT.search(f"{entry.paper.title} {entry.paper.abstract}")
            assert not COPYRIGHT.search(entry.paper.abstract[-200:]), entry.paper.abstract[-200:]


def test_copyright_lines_are_counted(exports: Path) -> None:
    report = hash_library("lib").ingest(exports / "scopus_native.ris")
    assert report.health["copyright_lines"].count == 66


def test_all_go_into_one_library_and_the_table_without_abstracts_is_named(exports: Path) -> None:
    library = hash_library("lib")
    report = library.ingest(exports)
    assert report.records == sum(records for records, _ in COUNTED.values())
    assert {Path(problem.source).name for problem in report.rejected} == {
        "crossref_works_jats.json",
        "springer_no_abstract.csv",
    }
    assert report.papers <= sum(abstracts for _, abstracts in COUNTED.values())
    assert library.ingest(exports).added == 0
