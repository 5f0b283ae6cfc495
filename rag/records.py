"""A record as its file gave it → a Paper. The raw record stays, so that cleaning can improve later."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from rag.cleaning import clean, without_copyright
from rag.markup import plain_text
from rag.types import Paper

TEXT_FIELDS = (
    "title", "abstract", "year", "venue", "url", "doi", "arxiv", "pmid", "beir", "id", "language", "type",
    "volume", "issue", "pages", "publisher",
)  # fmt: skip
LIST_FIELDS = ("authors", "keywords")

_ARXIV = re.compile(
    r"(?:arxiv:|arxiv\.org/(?:abs|pdf)/|10\.48550/arxiv\.|^)(\d{4}\.\d{4,5}"
    r"|(?:astro-ph|cond-mat|gr-qc|hep-(?:ex|lat|ph|th)|math-ph|nlin|nucl-(?:ex|th)|physics|quant-ph|math|cs|q-bio"
    r"|q-fin|stat|alg-geom|chao-dyn|cmp-lg|dg-ga|funct-an|patt-sol|q-alg|solv-int)(?:\.[A-Z]{2})?/\d{7})",
    re.IGNORECASE,
)
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"]+")
_PMID = re.compile(r"(?:pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/|^\D*)(\d{1,8})/?$")
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
# What databases write where they have no abstract.
_NO_ABSTRACT = re.compile(
    r"\W*(?:no abstract(?: is)?(?: available)?|abstract not available|n/?a|none)\W*", re.IGNORECASE
)


RecordKey = tuple[str, str]
"""Source and content hash."""


@dataclass(frozen=True)
class Record:
    """One record of a file, its texts as they stand there: markup, LaTeX, line breaks and all.

    `fields` maps names of TEXT_FIELDS to strings, and of LIST_FIELDS to a string or a list of them;
    what the record does not say is left out. `is_latex`: the texts are BibTeX's, where braces and
    `~` are markup. `line` (from 1) is where it starts in `source`.
    """

    fields: Mapping[str, str | list[str]]
    source: str
    line: int | None
    is_latex: bool = False

    @property
    def key(self) -> RecordKey:
        """What tells it from an edited one, and from another file's."""
        return self.source, self.content_hash

    @cached_property
    def content_hash(self) -> str:
        """Changes when anything it says changes, wherever it was read from."""
        return hashlib.sha256(self.packed.encode()).hexdigest()[:32]

    @cached_property
    def packed(self) -> str:
        """What it says, as JSON; in ASCII, as a lone surrogate can be stored in no other way."""
        said = dict(sorted(self.fields.items())) | ({"is_latex": True} if self.is_latex else {})
        return json.dumps(said, separators=(",", ":"))

    @classmethod
    def unpacked(cls, packed: str, source: str) -> "Record":
        """The record of a library's row; on which line it stood is not kept."""
        fields = json.loads(packed)
        is_latex = bool(fields.pop("is_latex", False))
        return cls(fields, source, None, is_latex)


@dataclass(frozen=True, slots=True)
class Entry:
    """A record and the Paper it cleans up to. `copyright_line` is what was cut off its abstract's end."""

    record: Record
    paper: Paper
    copyright_line: str = ""


def entry_from(record: Record) -> Entry:
    """Clean a record.

    Raises:
        ValueError: it has neither a title nor an abstract.
    """
    title = _without_full_stop(_text(record, "title"))
    abstract, copyright_line = without_copyright(_text(record, "abstract"))
    if _NO_ABSTRACT.fullmatch(abstract):
        abstract = ""
    if not title and not abstract:
        raise ValueError("the record has neither a title nor an abstract")
    paper = Paper(
        title=title,
        abstract=abstract,
        authors=_authors(record),
        year=_year(_text(record, "year")),
        venue=_text(record, "venue"),
        url=_url(_text(record, "url")),
        identifiers=_identifiers(record),
        sources=(record.source,),
    )
    return Entry(record, paper, copyright_line)


def _text(record: Record, field: str) -> str:
    raw = record.fields.get(field, "")
    return clean(plain_text(raw if isinstance(raw, str) else " ".join(raw), is_latex=record.is_latex))


def _without_full_stop(title: str) -> str:
    """PubMed and others end titles with a full stop, which a title has not."""
    return title[:-1] if title.endswith(".") and not title.endswith(("..", " al.", " etc.")) else title


def _authors(record: Record) -> tuple[str, ...]:
    raw = record.fields.get("authors", [])
    names = _split_authors(raw) if isinstance(raw, str) else raw
    cleaned = (clean(plain_text(name, is_latex=record.is_latex)) for name in names)
    return tuple(name for name in cleaned if name)


def _split_authors(names: str) -> list[str]:
    for separator in (";", "|", "\n", " and "):
        if separator in names:
            return names.split(separator)
    if re.search(r"\.,\s", names):  # "Smith, A.B., Li, C."
        return re.split(r"(?<=\.),\s+", names)
    # "Smith, Ann" is one author; "Ann Smith, Bo Li" are two: only full names have a space in each part.
    parts = names.split(",")
    return parts if all(" " in part.strip() for part in parts) else [names]


def _year(text: str) -> int | None:
    found = _YEAR.search(text)
    return int(found.group()) if found else None


def _url(text: str) -> str:
    found = re.match(r"https?://\S+", text)
    return found.group().rstrip(";,") if found else ""


def _identifiers(record: Record) -> dict[str, str]:
    said = {kind: _raw(record, kind) for kind in ("doi", "arxiv", "pmid", "beir", "id", "url")}
    found: dict[str, str] = {}
    if doi := _DOI.search(said["doi"]) or _DOI.search(said["url"]):
        found["doi"] = doi.group().rstrip(".,;)").lower()
    places = (said["arxiv"], said["id"], said["url"] if "arxiv.org/" in said["url"] else "", said["doi"])
    if arxiv_id := next((match for place in places if (match := _ARXIV.search(place))), None):
        found["arxiv"] = arxiv_id.group(1)
    if pmid := _PMID.search(said["pmid"]):
        found["pmid"] = pmid.group(1)
    if said["beir"]:
        found["beir"] = said["beir"]
    return found


def _raw(record: Record, field: str) -> str:
    raw = record.fields.get(field, "")
    return clean(raw if isinstance(raw, str) else " ".join(raw))
