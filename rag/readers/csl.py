"""Works of the Crossref API, and CSL-JSON as Zotero and Pandoc write it, which is their common form."""

from collections.abc import Mapping

from rag import identifiers
from rag.readers.fields import joined, keywords_from, text, texts
from rag.records import Fields

_DATES = ("issued", "published-print", "published-online", "published", "created")


def matches(value: Mapping[str, object]) -> bool:
    """Keys of the form, or authors in parts."""
    authors = value.get("author")
    in_parts = isinstance(authors, list) and any(
        isinstance(author, Mapping) and ("family" in author or "literal" in author) for author in authors
    )
    return in_parts or "container-title" in value or "issued" in value


def fields_from(value: Mapping[str, object]) -> Fields:
    """The work's fields; identifiers that have no key of their own are looked for in its note."""
    notes = joined(value.get("note"), value.get("number"), by="\n").split("\n")
    return {
        "title": _title(value),
        "abstract": text(value.get("abstract")),
        "authors": _names(value.get("author")) or _names(value.get("editor")),
        "year": next((year for key in _DATES if (year := _year(value.get(key)))), ""),
        "venue": _first(value.get("container-title")),
        "url": text(value.get("URL")),
        "doi": text(value.get("DOI")) or identifiers.first(identifiers.doi, _naming("doi", notes)),
        "arxiv": identifiers.first(identifiers.arxiv, _naming("arxiv", notes)),
        "pmid": text(value.get("PMID")) or identifiers.first(identifiers.pmid, _naming("pmid", notes)),
        "keywords": texts(value.get("subject")) or keywords_from(value.get("keyword")),
        "language": text(value.get("language")),
        "type": text(value.get("type")),
        "volume": text(value.get("volume")),
        "issue": text(value.get("issue")),
        "pages": text(value.get("page")),
        "publisher": text(value.get("publisher")),
    }  # fmt: skip


def _title(value: Mapping[str, object]) -> str:
    title, subtitle = _first(value.get("title")), _first(value.get("subtitle"))
    return title if title.lower().endswith(subtitle.lower()) else joined(title, subtitle, by=": ")


def _first(value: object) -> str:
    """Of a list, as Crossref has, the first: the others are translations and short forms."""
    return next(iter(texts(value)), "")


def _names(people: object) -> list[str]:
    listed = people if isinstance(people, list) else []
    return [name for person in listed if isinstance(person, Mapping) and (name := _name(person))]


def _name(person: Mapping[str, object]) -> str:
    family = joined(person.get("non-dropping-particle"), person.get("family"), by=" ")
    given = joined(person.get("given"), person.get("dropping-particle"), by=" ")
    return joined(family, given, person.get("suffix")) or text(person)


def _year(date: object) -> str:
    """Crossref writes `[[null]]` for a date that it does not know."""
    if not isinstance(date, Mapping):
        return text(date)
    parts = date.get("date-parts")
    while isinstance(parts, list):
        parts = parts[0] if parts else None
    return text(parts) or text(date.get("raw")) or text(date.get("literal"))


def _naming(kind: str, notes: list[str]) -> list[str]:
    """The lines that begin with the name of a kind of identifier."""
    return [note for note in notes if note.strip().lower().startswith(kind)]
