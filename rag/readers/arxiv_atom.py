"""The arXiv API's Atom feed; of another feed, what it has in common with it."""

from collections.abc import Iterator

from lxml import etree

from rag.ingest.report import Problem
from rag.readers import xml_stream
from rag.readers.source import Source
from rag.readers.xml_stream import all_markup, first_markup, plain
from rag.records import Fields, Record

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"


def looks_like(head: str) -> bool:
    """The root is a feed or an entry of one."""
    return xml_stream.root_of(head).rpartition(":")[2] in ("feed", "entry") and _ATOM[1:-1] in head


def read(source: Source) -> Iterator[Record | Problem]:
    """A record for each entry; an error, which the API gives as an entry, is a problem."""
    return xml_stream.read(source, (f"{_ATOM}entry",), _fields)


def _fields(entry: etree._Element) -> Fields:
    identifier = plain(entry, f"{_ATOM}id")
    if "arxiv.org/api/errors" in identifier:
        raise ValueError(f"arXiv answered with an error ({plain(entry, f'{_ATOM}summary')}); ask it again")
    return {
        "title": first_markup(entry, f"{_ATOM}title"),
        "abstract": first_markup(entry, f"{_ATOM}summary"),
        "authors": all_markup(entry, f"{_ATOM}author/{_ATOM}name"),
        "year": plain(entry, f"{_ATOM}published"),
        "venue": first_markup(entry, f"{_ARXIV}journal_ref"),
        "doi": plain(entry, f"{_ARXIV}doi"),
        "arxiv": identifier if "arxiv.org/" in identifier else "",
        "url": _page(entry),
        "keywords": _categories(entry),
    }


def _page(entry: etree._Element) -> str:
    links = entry.iterfind(f"{_ATOM}link")
    return next((link.get("href", "") for link in links if link.get("rel", "alternate") == "alternate"), "")


def _categories(entry: etree._Element) -> list[str]:
    """The primary one first; it is among the others again."""
    paths = (f"{_ARXIV}primary_category", f"{_ATOM}category")
    terms = (category.get("term", "") for path in paths for category in entry.iterfind(path))
    return list(dict.fromkeys(filter(None, terms)))
