"""Records of the public snapshot of arXiv's metadata, a file of millions of JSON lines."""

import re
from collections.abc import Mapping

from rag.readers.fields import at, text
from rag.records import Fields

_YEAR_IN_ID = re.compile(r"(?:.*/)?(\d\d)(?:0[1-9]|1[0-2])")


def matches(value: Mapping[str, object]) -> bool:
    """Keys that no other service has."""
    return "authors_parsed" in value or ("update_date" in value and "categories" in value)


def fields_from(value: Mapping[str, object]) -> Fields:
    """The paper's fields; its year is that of its first version."""
    arxiv_id = text(value.get("id"))
    return {
        "title": text(value.get("title")),
        "abstract": text(value.get("abstract")),
        "authors": _authors(value.get("authors_parsed")) or text(value.get("authors")),
        "year": _year(arxiv_id) or _first_version(value.get("versions")),
        "venue": text(value.get("journal-ref")),
        "doi": text(value.get("doi")),
        "arxiv": arxiv_id,
        "keywords": text(value.get("categories")).split(),
    }  # fmt: skip


def _authors(parsed: object) -> list[str]:
    """`[["Family", "Given", "Suffix", "affiliation", …], …]`."""
    listed = parsed if isinstance(parsed, list) else []
    return [name for parts in listed if isinstance(parts, list) and (name := _name(parts))]


def _name(parts: list[object]) -> str:
    return ", ".join([part for part in parts[:3] if isinstance(part, str) and part])


def _year(arxiv_id: str) -> str:
    """Ids begin with two digits of the year and two of the month; the first are of 1991."""
    found = _YEAR_IN_ID.match(arxiv_id)
    if not found:
        return ""
    return f"{'19' if found[1] >= '91' else '20'}{found[1]}"


def _first_version(versions: object) -> str:
    return text(at(versions[0], "created")) if isinstance(versions, list) and versions else ""
