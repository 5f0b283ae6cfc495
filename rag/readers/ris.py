"""RIS, the tagged format that nearly every reference manager and database writes, each its own way."""

import re
from collections.abc import Iterator

from rag.readers.source import Source
from rag.readers.tagged import (
    Dialect,
    Fields,
    Tags,
    first,
    first_lines,
    lines_of,
    names_medline,
    pages,
    read_tagged,
    texts,
)
from rag.records import Record
from rag.report import Problem

# A space on one side of the dash at least: "T2-weighted" and "ER-positive" are words of an abstract.
_TAG = re.compile(r"([A-Z][A-Z0-9])(?: {1,2}-|-(?= |$))(.*)")
_TY = re.compile(r"TY(?: {1,2}-|-(?= |$))")
_ER = re.compile(r"ER(?: {0,2}-?| {1,2}-.*)$")
_DOI = re.compile(r"(?:^|\bdoi\b\S{0,20}?[:/ ]\s*)(10\.\d{4,9}/\S+)", re.IGNORECASE)
_PMID = re.compile(
    r"(?:PMID:?\s*|pubmed\.ncbi\.nlm\.nih\.gov/|nlm\.nih\.gov/pubmed/)(\d{1,8})\b", re.IGNORECASE
)
# Full names before abbreviations.
_VENUES = ("T2", "JF", "JO", "JA", "J2", "C3", "BT", "T3")


def looks_like(head: str) -> bool:
    """Some line is a TY tag, whatever stands above it."""
    return any(map(_TY.match, head.split("\n")))


def read(source: Source) -> Iterator[Record | Problem]:
    """One record for each TY."""
    return read_tagged(source, Dialect(_TAG, start=_TY, fields=_fields, end=_ER))


def _fields(tags: Tags) -> Fields:
    title = first(tags, "TI", "T1", "CT", "BT", "ST")
    links = [link for link in texts(tags, "UR", "L2", "LK") if link.startswith(("http://", "https://"))]
    return {
        "title": title,
        "abstract": max("\n".join(texts(tags, "AB")), "\n".join(texts(tags, "N2")), key=len),
        "authors": first_lines(tags, "AU", "A1", "A2", "ED"),
        "year": first(tags, "PY", "Y1", "DA"),
        "venue": next((name for name in texts(tags, *_VENUES) if name != title), ""),
        "doi": first(tags, "DO") or _found(_DOI, texts(tags, "M3", "L3", "UR", "L2", "LK", "N1")),
        "arxiv": next(
            (said for said in texts(tags, "AN", "M1", "N1") if said.lower().startswith("arxiv:")), ""
        ),
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
        numbers = (said for said in texts(tags, "AN", "C2", "ID") if re.fullmatch(r"\d{1,8}", said))
        return next(numbers, "")
    return _found(_PMID, texts(tags, "N1", "UR", "L2", "U1", "U2", "U3", "U4", "U5"))


def _found(pattern: re.Pattern[str], values: list[str]) -> str:
    hits = (pattern.search(value) for value in values)
    return next((hit[1] for hit in hits if hit), "")
