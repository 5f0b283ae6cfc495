"""Papers of the Semantic Scholar API."""

from collections.abc import Mapping

from rag.readers.fields import at, joined, text, texts
from rag.records import Fields


def matches(value: Mapping[str, object]) -> bool:
    """Its identifiers, however few fields were asked for."""
    return "externalIds" in value or "paperId" in value


def fields_from(value: Mapping[str, object]) -> Fields:
    """The paper's fields; its one-sentence `tldr` is a machine's and never taken for the abstract."""
    journal = value.get("journal")
    return {
        "title": text(value.get("title")),
        "abstract": text(value.get("abstract")),
        "authors": texts(value.get("authors")),
        "year": text(value.get("year")) or text(value.get("publicationDate")),
        "venue": text(value.get("venue")) or text(journal) or text(value.get("publicationVenue")),
        "url": text(value.get("url")),
        "doi": text(at(value, "externalIds", "DOI")),
        "arxiv": text(at(value, "externalIds", "ArXiv")),
        "pmid": text(at(value, "externalIds", "PubMed")),
        "keywords": texts(value.get("fieldsOfStudy")),
        "type": joined(*texts(value.get("publicationTypes"))),
        "volume": text(at(journal, "volume")),
        "pages": text(at(journal, "pages")),
    }  # fmt: skip
