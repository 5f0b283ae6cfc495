"""RefWorks' tagged format."""

import re
from collections.abc import Iterator

from rag.ingest.report import Problem
from rag.readers.fields import pages
from rag.readers.source import Source
from rag.readers.tagged import Dialect, Tags, first, first_lines, lines_of, read_tagged, texts
from rag.records import Fields, Record

_TAG = re.compile(r"([A-Z][A-Z0-9])(?: (.*)|$)")
_START = re.compile(r"RT \w")
_OTHER = re.compile(r"(?:T1|A1|SR|ID|AB|YR|JF) \S")


def looks_like(head: str) -> bool:
    """Some line is an RT tag, and some another of RefWorks'."""
    lines = head.split("\n")
    return any(map(_START.match, lines)) and any(map(_OTHER.match, lines))


def read(source: Source) -> Iterator[Record | Problem]:
    """One record for each RT. The format marks no end, so a last record is taken as far as it goes."""
    return read_tagged(source, Dialect(_TAG, start=_START, fields=_fields))


def _fields(tags: Tags) -> Fields:
    links = (link for link in texts(tags, "UL", "LK") if link.startswith(("http://", "https://")))
    return {
        "title": first(tags, "T1"),
        "abstract": first(tags, "AB"),
        "authors": first_lines(tags, "A1", "A2"),
        "year": first(tags, "YR", "FD"),
        "venue": first(tags, "JF", "JO", "T2"),
        "doi": first(tags, "DO"),
        "url": next(links, ""),
        "language": first(tags, "LA"),
        "keywords": lines_of(texts(tags, "K1")),
        "type": first(tags, "RT"),
        "volume": first(tags, "VO"),
        "issue": first(tags, "IS"),
        "pages": pages(first(tags, "SP"), first(tags, "OP")),
        "publisher": first(tags, "PB"),
    }
