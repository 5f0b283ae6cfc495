"""A record of named fields, as JSON and CSV have them, → a Paper."""

import re
from collections.abc import Mapping

from rag.cleaning import clean
from rag.types import Paper

# Names as exports and people write them, letters only and lower-case; the first that is filled wins.
FIELD_NAMES: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "articletitle", "documenttitle", "papertitle", "primarytitle", "ti"),
    "abstract": ("abstract", "abstractnote", "abstracttext", "summary", "description", "text", "ab"),
    "authors": ("authors", "author", "authornames", "authorlist", "creators", "au"),
    "year": (
        "year", "publicationyear", "pubyear", "yearpublished", "date", "publicationdate",
        "published", "publisheddate", "py",
    ),
    "venue": (
        "venue", "journal", "journalname", "journaltitle", "sourcetitle", "publicationtitle",
        "containertitle", "booktitle", "conference",
    ),
    "url": ("url", "link", "pdfurl", "entryid"),
    "doi": ("doi",),
    "arxiv": ("arxiv", "arxivid", "eprint"),
    "pmid": ("pmid", "pubmedid"),
    "id": ("id", "paperid"),
}  # fmt: skip

_ARXIV = re.compile(
    r"(?:arxiv:|arxiv\.org/(?:abs|pdf)/|^)(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})", re.IGNORECASE
)
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")


def field_name(column: str) -> str | None:
    """The field that a column or key of this name fills, if any."""
    letters = re.sub(r"[^a-z]", "", column.lower())
    return next((field for field, names in FIELD_NAMES.items() if letters in names), None)


def paper_from(record: Mapping[str, object], source: str) -> Paper:
    """A cleaned Paper.

    Raises:
        ValueError: the record has neither a title nor an abstract.
    """
    fields = _by_field(record)
    title, abstract = _text(fields.get("title")), _text(fields.get("abstract"))
    if not title and not abstract:
        raise ValueError("the record has neither a title nor an abstract")
    return Paper(
        title=title,
        abstract=abstract,
        authors=_authors(fields.get("authors")),
        year=_year(fields.get("year")),
        venue=_text(fields.get("venue")),
        url=_url(_text(fields.get("url"))),
        identifiers=_identifiers(
            record, {k: _text(fields.get(k)) for k in ("doi", "arxiv", "pmid", "id", "url")}
        ),
        sources=(source,),
    )


def _by_field(record: Mapping[str, object]) -> dict[str, object]:
    ranked: dict[str, tuple[int, object]] = {}
    for key, value in record.items():
        letters = re.sub(r"[^a-z]", "", key.lower())
        field = field_name(key)
        if field is None or value in (None, "", [], {}):
            continue
        rank = FIELD_NAMES[field].index(letters)
        if field not in ranked or rank < ranked[field][0]:
            ranked[field] = (rank, value)
    return {field: value for field, (_, value) in ranked.items()}


def _text(value: object) -> str:
    if isinstance(value, list):
        value = " ".join(part for part in value if isinstance(part, str))
    return clean(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _authors(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(filter(None, (clean(name) for name in _split_authors(value))))
    if isinstance(value, list):
        return tuple(filter(None, (_author(name) for name in value)))
    return ()


def _split_authors(names: str) -> list[str]:
    for separator in (";", "|", "\n", " and "):
        if separator in names:
            return names.split(separator)
    # "Smith, Ann" is one author; "Ann Smith, Bo Li" are two: only full names have a space in each part.
    parts = names.split(",")
    return parts if all(" " in part.strip() for part in parts) else [names]


def _author(value: object) -> str:
    if isinstance(value, dict):
        given, family = (
            value.get("given") or value.get("first"),
            value.get("family") or value.get("last"),
        )
        value = value.get("name") or " ".join(str(part) for part in (given, family) if part)
    return clean(value) if isinstance(value, str) else ""


def _year(value: object) -> int | None:
    found = _YEAR.search(str(value)) if isinstance(value, str | int | float) else None
    return int(found.group()) if found else None


def _url(text: str) -> str:
    return text if re.match(r"https?://\S+$", text) else ""


def _identifiers(record: Mapping[str, object], fields: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    if doi := _DOI.search(fields["doi"]) or _DOI.search(fields["url"]):
        found["doi"] = doi.group().rstrip(".,;)").lower()
    arxiv_id = _ARXIV.search(fields["arxiv"]) or _ARXIV.search(fields["id"])
    if arxiv_id or (
        arxiv_id := re.search(r"arxiv\.org/(?:abs|pdf)/(\S+?)(?:v\d+)?(?:\.pdf)?$", fields["url"])
    ):
        found["arxiv"] = re.sub(r"v\d+$", "", arxiv_id.group(1))
    if re.fullmatch(r"\d{1,8}", fields["pmid"]):
        found["pmid"] = fields["pmid"]
    if "text" in record and (beir_id := _text(record.get("_id"))):  # a BEIR corpus.jsonl
        found["beir"] = beir_id
    return found
