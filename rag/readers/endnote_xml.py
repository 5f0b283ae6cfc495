"""EndNote's XML, as EndNote itself and the tools that imitate it write it."""

import re
from collections.abc import Iterator
from html import escape

from lxml import etree

from rag.ingest.report import Problem
from rag.readers import xml_stream
from rag.readers.fields import names_medline
from rag.readers.source import Source
from rag.readers.xml_stream import plain
from rag.records import Fields, Record

_OF_ENDNOTE = re.compile(r"<(?:ref-type|contributors|titles)\b")
_TEXTS = {
    "title": ("titles/title", "titles/short-title"),
    "abstract": ("abstract",),
    "year": ("dates/year", "dates/pub-dates/date"),
    "venue": ("titles/secondary-title", "periodical/full-title"),
    "language": ("language",),
    "volume": ("volume",),
    "issue": ("number",),
    "pages": ("pages",),
    "publisher": ("publisher",),
}
_AUTHORS = ("contributors/authors/author", "contributors/secondary-authors/author")
_DATABASE = ("remote-database-name", "remote-database-provider")
_SHIFTED = {"superscript": "sup", "subscript": "sub"}


def looks_like(head: str) -> bool:
    """The root is one EndNote writes, and a record has parts that only its records have."""
    return xml_stream.root_of(head) in ("xml", "records") and bool(_OF_ENDNOTE.search(head))


def read(source: Source) -> Iterator[Record | Problem]:
    """Records with sub- and superscripts marked as in HTML; other styles are left out."""
    return xml_stream.read(source, ("record",), _fields)


def _fields(record: etree._Element) -> Fields:
    texts = {field: next(iter(_styled(record, *paths)), "") for field, paths in _TEXTS.items()}
    authors = (_styled(record, path) for path in _AUTHORS)
    kind = record.find("ref-type")
    return texts | {
        "authors": next(filter(None, authors), []),
        "keywords": _styled(record, "keywords/keyword"),
        "type": "" if kind is None else kind.get("name", ""),
        "doi": plain(record, "electronic-resource-num"),
        "pmid": _pmid(record),
        "url": _url(record),
    }


def _styled(record: etree._Element, *paths: str) -> list[str]:
    found = (_runs(element).strip() for path in paths for element in record.iterfind(path))
    return [text for text in found if text]


def _runs(element: etree._Element) -> str:
    """The text of an element, which may be cut into runs of one `<style>` each."""
    inside = "".join(f"{_runs(run)}{escape(run.tail or '', quote=False)}" for run in element)
    text = f"{escape(element.text or '', quote=False)}{inside}"
    tag = next((_SHIFTED[face] for face in element.get("face", "").split() if face in _SHIFTED), "")
    return f"<{tag}>{text}</{tag}>" if tag else text


def _pmid(record: etree._Element) -> str:
    """Other databases number their records, too."""
    is_pubmed = any(names_medline(plain(record, path)) for path in _DATABASE)
    return plain(record, "accession-num") if is_pubmed else ""


def _url(record: etree._Element) -> str:
    urls = ("".join(url.itertext()).strip() for url in record.iterfind("urls/related-urls/url"))
    return next((url for url in urls if url.startswith(("http://", "https://"))), "")
