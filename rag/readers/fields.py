"""Names of fields as exports and people write them, and values as JSON and CSV hold them."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from rag.cleaning import clean
from rag.errors import InputError
from rag.records import Fields, filled

# Letters only and lower-case; of a record's columns for one field, the name that stands first here wins.
FIELD_NAMES: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "articletitle", "documenttitle", "itemtitle", "papertitle", "primarytitle", "ti"),
    "abstract": ("abstract", "abstractnote", "abstracttext", "summary", "description", "text", "ab"),
    "authors": (
        "authorfullnames", "authorsfullnames", "authors", "author", "authornames", "authorstring",
        "authorlist", "creators", "af", "au",
    ),
    "year": (
        "year", "publicationyear", "pubyear", "yearpublished", "date", "publicationdate", "datepublished",
        "published", "publisheddate", "pubdate", "dateofpublication", "py",
    ),
    "venue": (
        "venue", "journal", "journalname", "journaltitle", "sourcetitle", "sourcetitleanthologytitle",
        "publicationtitle", "containertitle", "journalbook", "journalinfo", "pubtitle", "booktitle",
        "conference", "so",
    ),
    "url": (
        "url", "link", "pdfurl", "entryid", "documenturl", "externalurl", "plink", "pdflink",
        "embaselink", "dimensionsurl", "doilink",
    ),
    "doi": ("doi", "itemdoi", "digitalobjectidentifier", "di"),
    "arxiv": ("arxiv", "arxivid", "eprint"),
    "pmid": ("pmid", "pubmedid", "medlinepmid", "pm"),
    "id": ("id", "paperid"),
    "language": ("language", "languageoforiginaldocument", "articlelanguage", "la"),
    "type": (
        "documenttype", "itemtype", "articletype", "contenttype", "publicationtype", "doctype", "dt",
        "type",
    ),
    "volume": ("volume", "journalvolume", "vl"),
    "issue": ("issue", "journalissue", "is"),
    "pages": ("pages", "page", "pagination"),
    "first page": ("startpage", "firstpage", "pagestart", "bp"),
    "last page": ("endpage", "lastpage", "pageend", "ep"),
    "publisher": ("publisher",),
    "keywords": (
        "authorkeywords", "keywords", "keyword", "indexkeywords", "keywordsplus", "manualtags", "ieeeterms",
        "meshterms", "subjects", "subjectterms", "identifierkeywords", "categories", "tags", "de",
    ),
}  # fmt: skip
_PLACES = {name: (field, rank) for field, names in FIELD_NAMES.items() for rank, name in enumerate(names)}
_NAME_KEYS = ("display_name", "name", "fullName", "literal", "title", "keyword", "term", "value")
# Behind authors, Scopus writes its number for them; behind PMIDs, Embase writes a link.
_ASIDE = re.compile(r" ?\((?:\d{6,}|https?://[^()]*)\)")


def field_name(column: str) -> str | None:
    """The field that a column or key of this name fills, if any."""
    place = _place(column)
    return place[0] if place else None


def fields_from(record: Mapping[str, object]) -> Fields:
    """What a record says under names known here; of keywords all columns, of the rest the best filled one."""
    found = []
    for column, value in record.items():
        place = _place(column)
        if place and (said := _said(place[0], value)):
            found.append((place[1], place[0], said))
    fields: Fields = {}
    for _, field, said in sorted(found, key=lambda item: item[0]):
        fields.setdefault(field, said)
    first, last = fields.pop("first page", ""), fields.pop("last page", "")
    if first:
        fields.setdefault("pages", pages(text(first), text(last)))
    keywords = [word for _, field, words in found if field == "keywords" for word in words]
    # A line of a BEIR corpus; elsewhere `_id` is a database's own.
    beir = text(record.get("_id")) if "text" in record else ""
    return fields | filled({"keywords": list(dict.fromkeys(keywords)), "beir": beir})


def with_mapping(
    record: Mapping[str, object], mapping: Mapping[str, str], read: Callable[[Mapping[str, object]], Fields]
) -> Fields:
    """What `read` finds in a record, but for the columns to which the user gave a field."""
    if not mapping:
        return read(record)
    rest = {column: value for column, value in record.items() if column not in mapping}
    return read(rest) | filled({field: _said(field, record.get(column)) for column, field in mapping.items()})


def require_columns(source_name: str, mapping: Mapping[str, str], columns: Iterable[str]) -> None:
    """Check that the user's columns are there.

    Raises:
        InputError: one is not.
    """
    there = list(dict.fromkeys(columns))
    for column, field in mapping.items():
        if column not in there:
            raise InputError(
                f"{source_name}: --map {field}={column}: no column is called that; "
                f"its columns are {listed(there)}"
            )


def listed(columns: list[str]) -> str:
    """Names of columns for a message of one line."""
    names = [clean(column)[:40] for column in columns if column.strip()]
    return ", ".join(names[:40]) + (", …" if len(names) > 40 else "")


def text(value: object) -> str:
    """A JSON value as raw text, "" if it is none; of an object, the name in it; of a list, its texts."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, float):  # 2020.0, as data frames write whole numbers
        return str(int(value)) if value.is_integer() else ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list):
        return " ".join(part for part in value if isinstance(part, str))
    if isinstance(value, Mapping):
        inner = value.get("journal")  # in Europe PMC's journalInfo
        named = inner if isinstance(inner, Mapping) else value
        return next((name for key in _NAME_KEYS if isinstance(name := named.get(key), str) and name), "")
    return ""


def texts(value: object) -> list[str]:
    """The texts of a JSON list, of objects in it their names; what is none is left out."""
    items = value if isinstance(value, list) else [value]
    return [said for item in items if isinstance(item, str | Mapping) and (said := text(item))]


def keywords_from(value: object) -> list[str]:
    """A list's texts, or the parts of one text, which may be parted by semicolons, bars or commas."""
    if not isinstance(value, str):
        return texts(value)
    separators = r"[;|]" if re.search(r"[;|]", value) else ","
    return [word.strip() for word in re.split(separators, value) if word.strip()]


def at(value: object, *path: str) -> object:
    """What stands under keys within keys, or None."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def joined(*parts: object, by: str = ", ") -> str:
    """The parts that are texts, as in "Family, Given"."""
    return by.join(said for part in parts if (said := text(part)))


def pages(first: str, last: str) -> str:
    """`first-last`, or the one that is there."""
    return "-".join(filter(None, dict.fromkeys((first, last))))


def names_medline(database: str) -> bool:
    """Whether a record's accession number is a PubMed one, by the database's name."""
    return bool(re.search(r"pubmed|medline|\bnlm\b", database, re.IGNORECASE))


@lru_cache(maxsize=10_000)
def _place(column: str) -> tuple[str, int] | None:
    """The field of a column's name, and how good a name it is (0 is best)."""
    return _PLACES.get(re.sub(r"[^a-z]", "", column.lower()))


def _said(field: str, value: object) -> str | list[str]:
    if field == "authors" and isinstance(value, list):
        return [name for item in value if (name := _author(item))]
    if field == "keywords":
        return keywords_from(value)
    said = text(value)
    if field in ("authors", "pmid"):
        said = _ASIDE.sub("", said)
    return said if said.strip() else ""


def _author(value: object) -> str:
    if not isinstance(value, Mapping):
        return value if isinstance(value, str) else ""
    given, family = (value.get("given") or value.get("first"), value.get("family") or value.get("last"))
    return joined(given, family, by=" ") or text(value)
