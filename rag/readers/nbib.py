"""PubMed's own format (.nbib), which ERIC writes too."""

import re
from collections.abc import Iterator
from dataclasses import replace

from rag.ingest.report import Problem
from rag.readers.source import Source
from rag.readers.tagged import Dialect, Tags, first, read_tagged, texts
from rag.records import Fields, Record

# The first tag of a record, by which PubMed's files and ERIC's are known.
_FIRST = re.compile(r"PMID- ?\d|OWN - ")


def looks_like(head: str) -> bool:
    """Some line is a PubMed id, or names the owner of the record."""
    return any(map(_FIRST.match, head.split("\n")))


def read(source: Source) -> Iterator[Record | Problem]:
    """One record for each paragraph."""
    is_eric = "OWN - ERIC" in source.head
    return read_tagged(source, _ERIC if is_eric else _PUBMED)


def _fields(tags: Tags) -> Fields:
    dois = (said.split()[0] for said in texts(tags, "LID", "AID") if said.endswith("[doi]"))
    return {
        "title": first(tags, "TI", "BTI"),
        "abstract": first(tags, "AB", "OAB"),
        "authors": next(filter(None, (texts(tags, tag) for tag in ("FAU", "AU", "FED", "ED", "CN"))), []),
        "year": first(tags, "DP"),
        "venue": first(tags, "JT", "TA"),
        "url": next((said for said in texts(tags, "LID", "AID") if said.startswith("http")), ""),
        "doi": next(dois, ""),
        "pmid": first(tags, "PMID"),
        "language": first(tags, "LA"),
        "keywords": texts(tags, "OT", "MH"),
        "type": first(tags, "PT"),
        "volume": first(tags, "VI"),
        "issue": first(tags, "IP"),
        "pages": first(tags, "PG"),
        "publisher": first(tags, "PB"),
    }


# Articles of PubMed end with SO and books with their accession number; ERIC ends its records with PT.
_PUBMED = Dialect(
    tag=re.compile(r"(?=.{4}-)([A-Z][A-Z0-9]{1,3}) *-(?: (.*)|$)"),
    start=re.compile(r"PMID-"),
    fields=_fields,
    end=re.compile(r"\s*$"),
    closing=re.compile(r"SO  -|AID - .*\[bookaccession\]"),
)
_ERIC = replace(_PUBMED, closing=re.compile(r"PT  -"))
