"""Web of Science's own tagged format (.ciw, or "plain text file")."""

import re
from collections.abc import Iterator

from rag.ingest.report import Problem
from rag.readers.fields import pages
from rag.readers.source import Source
from rag.readers.tagged import Dialect, Tags, first, first_lines, read_tagged, texts
from rag.records import Fields, Record

_TAG = re.compile(r"(?!FN|VR|EF)([A-Z][A-Z0-9])(?: (.*)|$)")
_START = re.compile(r"PT [A-Z]\s*$")
# The end of the file ends its last record as well; some tools write both in one line.
_END = re.compile(r"(?:ER\s*)?(?:ER|EF)$")


def looks_like(head: str) -> bool:
    """It begins as such files do, or some line is a PT tag with its letter."""
    return bool(re.match(r"\s*FN \w.*\n\s*VR ", head)) or any(map(_START.match, head.split("\n")))


def read(source: Source) -> Iterator[Record | Problem]:
    """One record for each PT."""
    return read_tagged(source, Dialect(_TAG, start=_START, fields=_fields, end=_END))


def _fields(tags: Tags) -> Fields:
    keywords = " ; ".join(texts(tags, "DE", "ID")).replace("\n", " ")
    return {
        "title": first(tags, "TI"),
        "abstract": first(tags, "AB"),
        "authors": first_lines(tags, "AF", "AU", "BF", "BA", "CA", "BE"),
        "year": first(tags, "PY", "EY", "PD"),
        "venue": first(tags, "SO"),
        "doi": first(tags, "DI"),
        "pmid": first(tags, "PM"),
        "language": first(tags, "LA"),
        "keywords": [word.strip() for word in keywords.split("; ") if word.strip()],
        "type": first(tags, "DT", "PT"),
        "volume": first(tags, "VL"),
        "issue": first(tags, "IS"),
        "pages": pages(first(tags, "BP"), first(tags, "EP")) or first(tags, "AR"),
        "publisher": first(tags, "PU"),
    }
