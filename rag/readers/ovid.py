"""Ovid's tagged formats: with tags of two letters, or with a field's name on a line of its own."""

import re
from collections.abc import Iterator
from itertools import pairwise

from rag.ingest.report import Problem
from rag.readers.fields import names_medline
from rag.readers.source import Source
from rag.readers.tagged import Dialect, Tags, first, first_lines, lines_of, read_tagged, texts
from rag.records import Fields, Record

_START = re.compile(r"<\d+>\s*$")
# "TI  - A title", or "Title" with the title indented below.
_TAG = re.compile(r"([A-Z][A-Z0-9](?= {0,2}-(?: |$))|\S.*)(?: {0,2}-(.*))?")
_FIELD = re.compile(r"(?:[A-Z][A-Z0-9] {0,2}- \S|(?:Unique Identifier|Accession Number|Title|Authors?)\s*$)")


def looks_like(head: str) -> bool:
    """A number in angle brackets stands alone in a line, and a field below it."""
    lines = [line for line in head.split("\n") if line.strip()]
    return any(_START.match(line) and _FIELD.match(below) for line, below in pairwise(lines))


def read(source: Source) -> Iterator[Record | Problem]:
    """One record for each number. The format marks no end, so a last record is taken as far as it goes."""
    return read_tagged(source, Dialect(_TAG, start=_START, fields=_fields))


def _fields(tags: Tags) -> Fields:
    is_medline = names_medline(" ".join(texts(tags, "DB", "VN", "Database")))
    citation = first(tags, "SO", "Source")
    return {
        "title": first(tags, "TI", "Title"),
        "abstract": first(tags, "AB", "Abstract"),
        "authors": first_lines(tags, "AU", "Authors", "Author"),
        "year": first(tags, "YR", "DP", "PB", "Year of Publication", "Publication Date") or citation,
        "venue": first(tags, "JN", "JT", "Journal Name") or re.split(r"\. |\.$", citation)[0],
        "doi": first(tags, "DO", "DI", "DOI", "Digital Object Identifier"),
        "pmid": first(tags, "UI", "Unique Identifier") if is_medline else "",
        "language": first(tags, "LG", "LA", "Language"),
        "keywords": lines_of(texts(tags, "KW", "MH", "SH", "MeSH Subject Headings", "Keyword Heading")),
        "type": first(tags, "PT", "Publication Type"),
    }
