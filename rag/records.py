"""A record as its file gave it → a Paper. The raw record stays, so that cleaning can improve later."""

import ast
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial

from rag import identifiers
from rag.cleaning import clean, without_copyright
from rag.markup import plain_text
from rag.types import Paper

TEXT_FIELDS = (
    "title", "abstract", "year", "venue", "url", "doi", "arxiv", "pmid", "beir", "id", "language", "type",
    "volume", "issue", "pages", "publisher",
)  # fmt: skip
LIST_FIELDS = ("authors", "keywords")

Fields = dict[str, str | list[str]]
"""Of a Record: names of TEXT_FIELDS to strings, and of LIST_FIELDS to a string or a list of them."""

_OTHERS = ("et al", "et al.", "others")
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?=(?:\d{4})?(?!\d))")  # also of "20200131"
_MAJOR_TOPIC = re.compile(r"(?:^|(?<=/))\*(?=\w)")  # "*Sleep", "Sleep/*physiology"; but "A* search", "*-ring"
# Before a family name, which then is the first thing said.
_PARTICLE = re.compile(r"(?:d[aeio]|de[lnr]|della|di|dos|du|el|al|la|le|bin|ibn|te[nr]|v[ao]n|vom|zu[mr]?)\s")
# What databases write where they have no abstract.
_NO_ABSTRACT = re.compile(
    r"\W*(?:no abstract(?: is)?(?: available| provided)?|abstract not available|n/?an?|none)?\W*",
    re.IGNORECASE,
)


RecordKey = tuple[str, str]
"""Source and content hash."""


@dataclass(frozen=True)
class Record:
    """One record of a file, its texts as they stand there: markup, LaTeX, line breaks and all.

    What the record does not say `fields` leaves out. `is_latex`: the texts are BibTeX's, where braces
    and `~` are markup. `line` (from 1) is where it starts in `source`.
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
    def of(cls, fields: Fields, source: str, line: int, *, is_latex: bool = False) -> "Record":
        """The record of what a reader found, empty or not."""
        return cls(filled(fields), source, line, is_latex)

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


def filled(fields: Fields) -> Fields:
    """The fields that say something."""
    return {field: said for field, said in fields.items() if said}


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
        keywords=_keywords(record),
        identifiers=_identifiers(record),
        sources=(record.source,),
    )
    return Entry(record, paper, copyright_line)


def as_stored(text: str) -> str:
    """A text as a library keeps it: without markup, one regular line."""
    return clean(plain_text(text))


def _text(record: Record, field: str) -> str:
    raw = record.fields.get(field, "")
    return clean(plain_text(raw if isinstance(raw, str) else " ".join(raw), is_latex=record.is_latex))


def _without_full_stop(title: str) -> str:
    """PubMed and others end titles with a full stop, which a title has not."""
    return title[:-1] if title.endswith(".") and not title.endswith(("..", " al.", " etc.")) else title


def _authors(record: Record) -> tuple[str, ...]:
    raw = record.fields.get("authors", [])
    plain = partial(plain_text, is_latex=record.is_latex)
    # An entity holds a semicolon, by which authors are parted.
    names = _split_authors(plain(raw)) if isinstance(raw, str) else map(plain, raw)
    return tuple(name for name in map(clean, names) if name and name.lower() not in _OTHERS)


def _split_authors(names: str) -> list[str]:
    if re.fullmatch(r"\s*\[['\"].*['\"]\]\s*", names):  # a list as Python prints it
        with suppress(ValueError, SyntaxError, MemoryError, RecursionError):
            return [name for name in ast.literal_eval(names.strip()) if isinstance(name, str)]
    for separator in (";", "|", "\n"):
        if separator in names:
            return names.split(separator)
    parts = re.split(" (?:and|&) ", " ".join(names.split()))
    return [name for part in parts for name in _split_at_commas(part.strip(" ,"))]


def _split_at_commas(names: str) -> list[str]:
    if re.search(r"\.,\s", names):  # "Smith, A.B., Li, C."
        return re.split(r"(?<=\.),\s+", names)
    # "Smith, Ann" and "de la Cruz, Ana Maria" are one author; "Ann Smith, Bo Li" are two: of full names
    # each has a space.
    parts = [part.strip() for part in names.split(",")]
    is_one = len(parts) == 2 and _PARTICLE.match(parts[0])
    return parts if all(" " in part for part in parts) and not is_one else [names]


def _keywords(record: Record) -> tuple[str, ...]:
    """Each once, whatever its case; without the star by which MeSH marks a paper's main topics."""
    raw = record.fields.get("keywords", [])
    plain = partial(plain_text, is_latex=record.is_latex)
    # An entity holds a semicolon, by which keywords are parted.
    parted = (
        [_split_keywords(plain(raw))] if isinstance(raw, str) else [plain(part).split(";") for part in raw]
    )
    words = (clean(word) for words in parted for word in words)
    return distinct(_MAJOR_TOPIC.sub("", word) for word in words if word)


def _split_keywords(keywords: str) -> list[str]:
    return re.split(r"[;|\n]" if re.search(r"[;|\n]", keywords) else ",", keywords)


def distinct(words: Iterable[str]) -> tuple[str, ...]:
    """Each word as it first comes, those that differ only in case once."""
    first: dict[str, str] = {}
    for word in words:
        first.setdefault(word.casefold(), word)
    return tuple(first.values())


def _year(text: str) -> int | None:
    found = _YEAR.search(text)
    return int(found.group()) if found else None


def _url(text: str) -> str:
    found = re.match(r"https?://\S+", text)
    return found.group().rstrip(";,") if found else ""


def _identifiers(record: Record) -> dict[str, str]:
    said = {kind: _raw(record, kind) for kind in ("doi", "arxiv", "pmid", "beir", "id", "url")}
    address = said["url"] if "arxiv.org/" in said["url"] else ""
    found = {
        "doi": identifiers.first(identifiers.doi, (said["doi"], said["url"])),
        "arxiv": identifiers.first(identifiers.arxiv, (said["arxiv"], said["id"], address, said["doi"])),
        "pmid": identifiers.pmid(said["pmid"]),
        "beir": clean(said["beir"]),
    }
    return {kind: value for kind, value in found.items() if value}


def _raw(record: Record, field: str) -> str:
    raw = record.fields.get(field, "")
    return raw if isinstance(raw, str) else " ".join(raw)
