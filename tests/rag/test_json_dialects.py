"""JSON of each service that papers come from gives records, raw and under one set of names."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from rag.ingest.report import Problem
from rag.readers import json_lines, json_records
from rag.readers.source import Source, open_source
from rag.records import Fields, Record


class Reader(Protocol):
    def read(self, source: Source) -> Iterator[Record | Problem]: ...


def fields(value: object) -> Fields:
    """Of the one record that a value holds, which is read the same from both kinds of file."""
    text = json.dumps(value) + "\n"
    record, line = only_record(text, json_records), only_record(text, json_lines)
    assert record.fields == line.fields
    return dict(record.fields)


def only_record(text: str, reader: Reader) -> Record:
    Path("a.json").write_text(text, encoding="utf-8")
    with open_source(Path("a.json")) as source:
        (record,) = reader.read(source)
    assert isinstance(record, Record)
    return record


OPENALEX = {
    "id": "https://openalex.org/W1",
    "doi": "https://doi.org/10.1000/tides",
    "title": None,
    "display_name": "Tides <i>Again</i>",
    "publication_year": 2019,
    "ids": {"pmid": "https://pubmed.ncbi.nlm.nih.gov/12345"},
    "language": "en",
    "type": "article",
    "primary_location": {
        "landing_page_url": "https://example.org/tides",
        "source": {"display_name": "Journal of Tides", "host_organization_name": "Sea Press"},
    },
    "locations": [{"landing_page_url": None}, {"landing_page_url": "https://arxiv.org/abs/1901.00001"}],
    "authorships": [
        {"author": {"display_name": "Ann Smith"}},
        {"author": {"display_name": None}, "raw_author_name": "Li, B."},
    ],
    "biblio": {"volume": "7", "issue": "2", "first_page": "10", "last_page": "19"},
    "keywords": [{"display_name": "Tide"}, {"display_name": "Gauge"}],
    "abstract_inverted_index": {"tides": [1, 4], "We": [0], "and": [3], "watch": [7]},
}


def test_openalex_work_gets_its_abstract_back_from_the_index_of_its_words() -> None:
    assert fields(OPENALEX) == {
        "id": "https://openalex.org/W1",
        "title": "Tides <i>Again</i>",
        "abstract": "We tides and tides watch",
        "authors": ["Ann Smith", "Li, B."],
        "year": "2019",
        "venue": "Journal of Tides",
        "url": "https://example.org/tides",
        "doi": "https://doi.org/10.1000/tides",
        "arxiv": "https://arxiv.org/abs/1901.00001",
        "pmid": "https://pubmed.ncbi.nlm.nih.gov/12345",
        "keywords": ["Tide", "Gauge"],
        "language": "en",
        "type": "article",
        "volume": "7",
        "issue": "2",
        "pages": "10-19",
        "publisher": "Sea Press",
    }


@pytest.mark.parametrize("index", [None, {}, [], "We", {"We": 0, "see": ["1", None]}])
def test_openalex_work_with_a_broken_index_has_no_abstract(index: object) -> None:
    assert "abstract" not in fields(
        {"id": "https://openalex.org/W1", "title": "A", "abstract_inverted_index": index}
    )


def test_openalex_work_of_old_names_its_venue_and_concepts() -> None:
    old = {
        "title": "A",
        "authorships": [],
        "host_venue": {"display_name": "Old Journal"},
        "concepts": [{"display_name": "Sea"}],
    }
    assert fields({"meta": {"count": 1}, "results": [old]}) == {
        "title": "A",
        "venue": "Old Journal",
        "keywords": ["Sea"],
    }


SEMANTIC_SCHOLAR = {
    "paperId": "f00",
    "externalIds": {"DOI": "10.1000/S2", "ArXiv": "2001.00001", "PubMed": "77", "CorpusId": 5},
    "url": "https://www.semanticscholar.org/paper/f00",
    "title": "Counting Gulls",
    "abstract": None,
    "venue": "",
    "journal": {"name": "Annals of Gulls", "volume": "3", "pages": "1-9"},
    "year": 2020,
    "tldr": {"text": "Gulls are counted."},
    "fieldsOfStudy": ["Biology"],
    "publicationTypes": ["JournalArticle", "Study"],
    "authors": [{"authorId": "1", "name": "Ann Smith"}, {"authorId": None, "name": "Bo Li"}],
}


def test_semantic_scholar_paper_keeps_its_identifiers_and_gets_no_machine_made_abstract() -> None:
    assert fields(SEMANTIC_SCHOLAR) == {
        "id": "f00",
        "title": "Counting Gulls",
        "authors": ["Ann Smith", "Bo Li"],
        "year": "2020",
        "venue": "Annals of Gulls",
        "url": "https://www.semanticscholar.org/paper/f00",
        "doi": "10.1000/S2",
        "arxiv": "2001.00001",
        "pmid": "77",
        "keywords": ["Biology"],
        "type": "JournalArticle, Study",
        "volume": "3",
        "pages": "1-9",
    }


@pytest.mark.parametrize("key", ["paper", "citingPaper", "citedPaper"])
def test_semantic_scholar_papers_may_be_wrapped_twice(key: str) -> None:
    answer = {"offset": 0, "data": [{"contexts": ["as seen"], key: SEMANTIC_SCHOLAR}]}
    assert fields(answer)["title"] == "Counting Gulls"


CROSSREF = {
    "DOI": "10.1000/xyz",
    "title": ["On Moss", "Ueber Moos"],
    "subtitle": ["A Study"],
    "abstract": "<jats:p>Moss grows.</jats:p>",
    "author": [
        {"given": "Ann", "family": "Smith", "suffix": "Jr."},
        {"given": "Ludwig", "non-dropping-particle": "van der", "family": "Berg"},
        {"name": "The Moss Group"},
    ],
    "issued": {"date-parts": [[None]]},
    "published-online": {"date-parts": [[2011, 3]]},
    "created": {"date-parts": [[2015]]},
    "container-title": ["Journal of Moss"],
    "publisher": "Green Press",
    "page": "1-9",
    "volume": "4",
    "issue": "2",
    "URL": "https://doi.org/10.1000/xyz",
    "subject": ["Botany"],
    "language": "en",
    "type": "journal-article",
}


def test_crossref_work_is_read_from_a_list_and_alone() -> None:
    listed = {"status": "ok", "message": {"facets": {}, "total-results": 1, "items": [CROSSREF]}}
    alone = {"status": "ok", "message-type": "work", "message": CROSSREF}
    assert fields(listed) == fields(alone)
    assert fields(alone) == {
        "title": "On Moss: A Study",
        "abstract": "<jats:p>Moss grows.</jats:p>",
        "authors": ["Smith, Ann, Jr.", "van der Berg, Ludwig", "The Moss Group"],
        "year": "2011",
        "venue": "Journal of Moss",
        "url": "https://doi.org/10.1000/xyz",
        "doi": "10.1000/xyz",
        "keywords": ["Botany"],
        "language": "en",
        "type": "journal-article",
        "volume": "4",
        "issue": "2",
        "pages": "1-9",
        "publisher": "Green Press",
    }


def test_csl_json_of_zotero_and_pandoc_is_read() -> None:
    item = {
        "id": "smith2020",
        "type": "article",
        "title": "On Moss",
        "container-title": "Journal of Moss",
        "author": [{"literal": "The Moss Group"}, {"family": "Li", "given": "Bo"}],
        "keyword": "moss, growth",
        "number": "arXiv:2001.00002",
        "note": "PMID: 4711\nPMCID: PMC1",
    }
    assert fields([item]) == {
        "id": "smith2020",
        "title": "On Moss",
        "venue": "Journal of Moss",
        "authors": ["The Moss Group", "Li, Bo"],
        "keywords": ["moss", "growth"],
        "arxiv": "2001.00002",
        "pmid": "4711",
        "type": "article",
    }


@pytest.mark.parametrize(
    "issued", [{"date-parts": [["2009", 8]]}, {"raw": "2009-08"}, {"literal": "Summer 2009"}, "2009-08-01"]
)
def test_csl_dates_are_read_in_every_form(issued: object) -> None:
    assert "2009" in str(fields({"title": "A", "issued": issued})["year"])


SNAPSHOT = {
    "id": "0704.0001",
    "submitter": "Ann Smith",
    "authors": "A. Smith and B. Li",
    "title": "On the size of\n  $O(n)$ mosses",
    "journal-ref": "J.Moss 4 (2008) 1-9",
    "doi": "10.1000/moss",
    "categories": "math.CO cs.CG",
    "abstract": "  We grow\nmoss.\n",
    "versions": [
        {"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"},
        {"version": "v2", "created": "2009"},
    ],
    "update_date": "2009-11-26",
    "authors_parsed": [["Smith", "Ann", "Jr."], ["Li", "B.", "", "Moss University"]],
}


def test_arxiv_snapshot_gives_the_year_of_the_first_version_and_its_text_untouched() -> None:
    assert fields(SNAPSHOT) == {
        "title": "On the size of\n  $O(n)$ mosses",
        "abstract": "  We grow\nmoss.\n",
        "authors": ["Smith, Ann, Jr.", "Li, B."],
        "year": "2007",
        "venue": "J.Moss 4 (2008) 1-9",
        "doi": "10.1000/moss",
        "arxiv": "0704.0001",
        "keywords": ["math.CO", "cs.CG"],
    }


@pytest.mark.parametrize(
    ("arxiv_id", "year"),
    [("hep-th/9901001", "1999"), ("math.GT/0309136", "2003"), ("2101.00001", "2021"), ("odd", "2 Apr 2007")],
)
def test_arxiv_ids_tell_their_year_and_versions_where_they_do_not(arxiv_id: str, year: str) -> None:
    assert year in str(fields(SNAPSHOT | {"id": arxiv_id})["year"])


@pytest.mark.parametrize(
    "hint", [{"paperId": "f00"}, {"issued": "2019"}, {"container-title": "J"}, {"authorships": []}]
)
def test_what_people_put_into_a_record_of_a_service_counts(hint: dict[str, object]) -> None:
    said = {"title": "A", "abstract": "Text.", "doi": "10.1000/a", "keywords": ["moss"], "year": 2019}
    found = fields(said | hint)
    assert (found["abstract"], found["doi"], found["keywords"]) == ("Text.", "10.1000/a", ["moss"])
    assert found["year"] == "2019"


def test_what_a_service_says_counts_before_what_its_keys_are_called() -> None:
    found = fields(SEMANTIC_SCHOLAR | {"doi": "10.1000/other", "keywords": ["other"]})
    assert (found["doi"], found["keywords"]) == ("10.1000/S2", ["Biology"])


def test_europe_pmc_answer_is_read() -> None:
    result = {
        "id": "99",
        "source": "MED",
        "pmid": "99",
        "title": "On Moss.",
        "authorString": "Smith A, Li B.",
        "abstractText": "Moss grows.",
        "pubYear": "2018",
        "journalInfo": {"issue": "2", "journal": {"title": "Journal of Moss"}},
    }
    found = fields({"hitCount": 1, "request": {"query": "moss"}, "resultList": {"result": [result]}})
    assert (found["abstract"], found["year"], found["venue"]) == ("Moss grows.", "2018", "Journal of Moss")
