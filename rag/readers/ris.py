"""RIS, the tagged format that nearly every reference manager and database writes, each its own way."""

import re
from collections.abc import Iterator

from rag import identifiers
from rag.ingest.report import Problem
from rag.readers.fields import names_medline, pages
from rag.readers.source import Source
from rag.readers.tagged import Dialect, Tags, first, first_lines, lines_of, read_tagged, texts
from rag.records import Fields, Record

# A space on one side of the dash at least: "T2-weighted" and "ER-positive" are words of an abstract.
_TAG = re.compile(r"([A-Z][A-Z0-9])(?: {1,2}-|-(?= |$))(.*)")
_TY = re.compile(r"TY(?: {1,2}-|-(?= |$))")
_ER = re.compile(r"ER(?: {0,2}-?| {1,2}-.*)$")
_SOLE = re.compile(r"(?:(?:doi|pmid|arxiv):?\s+)?\S+(?:\s\[[\w.-]+\])?", re.IGNORECASE)
# Full names before abbreviations.
_VENUES = ("T2", "JF", "JO", "JA", "J2", "C3", "T3")


def looks_like(head: str) -> bool:
    """Some line is a TY tag, whatever stands above it."""
    return any(map(_TY.match, head.split("\n")))


def read(source: Source) -> Iterator[Record | Problem]:
    """One record for each TY."""
    return read_tagged(source, Dialect(_TAG, start=_TY, fields=_fields, end=_ER))


def _fields(tags: Tags) -> Fields:
    title = first(tags, "TI", "T1", "CT")
    book = first(tags, "BT")  # the title of a whole book, or the book that a chapter is in
    links = [link for link in texts(tags, "UR", "L2", "LK") if link.startswith(("http://", "https://"))]
    return {
        "title": title or book or first(tags, "ST"),
        "abstract": max("\n".join(texts(tags, "AB")), "\n".join(texts(tags, "N2")), key=len),
        "authors": first_lines(tags, "AU", "A1", "A2", "ED"),
        "year": first(tags, "PY", "Y1", "DA"),
        "venue": first(tags, *_VENUES) or (book if title else ""),
        "doi": first(tags, "DO") or identifiers.first(identifiers.doi, _addresses(tags)),
        "arxiv": identifiers.first(identifiers.arxiv, _naming("arxiv", _sole(tags, "AN", "M1", "N1"))),
        "pmid": _pmid(tags),
        "url": next(iter(links), ""),
        "language": first(tags, "LA"),
        "keywords": lines_of(texts(tags, "KW", "DE")),
        "type": first(tags, "TY"),
        "volume": first(tags, "VL"),
        "issue": first(tags, "IS"),
        "pages": pages(first(tags, "SP"), first(tags, "EP")),
        "publisher": first(tags, "PB"),
    }


def _pmid(tags: Tags) -> str:
    if names_medline(" ".join(texts(tags, "DB", "DP"))):
        return identifiers.first(identifiers.pmid, texts(tags, "AN", "C2", "ID"))
    places = [*_sole(tags, "N1"), *texts(tags, "UR", "L2", "U1", "U2", "U3", "U4", "U5")]
    return identifiers.first(identifiers.pmid, [*_naming("pmid", places), *_naming("pubmed", places)])


def _addresses(tags: Tags) -> list[str]:
    return [*_sole(tags, "M3", "L3"), *texts(tags, "UR", "L2", "LK"), *_sole(tags, "N1")]


def _sole(tags: Tags, *names: str) -> list[str]:
    """Values that may be an identifier; one that a note only mentions may be another paper's."""
    return [said for said in texts(tags, *names) if _SOLE.fullmatch(said)]


def _naming(kind: str, values: list[str]) -> list[str]:
    return [said for said in values if kind in said.lower()]
