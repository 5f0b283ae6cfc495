"""What a user may have meant where a filter lets nothing pass, or a name is that of no paper."""

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice
from pathlib import PurePath

from rag.cleaning import clean
from rag.errors import InputError
from rag.retrieval.filters import Filters
from rag.retrieval.retriever import Retriever
from rag.store.searchable import Searchable
from rag.store.store import Store
from rag.types import IDENTIFIER_KINDS, Paper
from rag.words import letters

_MOST = 3  # values or papers named
_LOOKED_AT = 100_000  # values of a field; more would take seconds
_SHOWN, _START = 200, 60  # characters of what was said, and of an abstract that stands for a title


def why_nothing_passes(filters: Filters, searchable: Searchable) -> str:
    """One line: the filter, how many papers there are, and what they do say in the fields that no
    paper passes by itself.
    """
    told = [f"no paper of this library ({len(searchable)} in all) passes the filter {filters}"]
    told += (
        f"{count} say no {field.removeprefix('no_')}"
        for field, count in searchable.passing(filters).excluded.items()
        if count
    )
    alone = [field for field in filters.fields if not searchable.passing(filters.only(field)).ids]
    for field in alone:
        told += _what_there_is(field, getattr(filters, field), searchable)
    if not alone:
        told.append("each part of it lets some pass, but none all of them")
    return "; ".join(told)


def row_named(said: str, store: Store, retriever: Retriever) -> int:
    """Row of the paper of this id, with or without its kind, or of this whole title.

    Raises:
        InputError: there is none, and the nearest are named; or several have the title.
    """
    wanted = clean(said)
    for paper_id in (wanted, *(f"{kind}:{wanted}" for kind in IDENTIFIER_KINDS)):
        if found := store.resolve(paper_id):
            return found[0]
    titled = store.titled(letters(wanted)) if letters(wanted) else []
    if len(titled) == 1:
        return titled[0][0]
    if titled:
        raise InputError(f"“{wanted}”: several papers have this title: {', '.join(i for _, i in titled)}")
    near = ", ".join(
        f"“{paper.title or paper.abstract[:_START]}” ({paper.paper_id})"
        for paper in _papers_near(wanted, store, retriever)
    )
    raise InputError(
        f"“{wanted[:_SHOWN]}”: no paper of this id or title in the library; "
        + (f"the nearest are {near}" if near else "`footnote search` shows ids")
    )


def _papers_near(said: str, store: Store, retriever: Retriever) -> Iterable[Paper]:
    """Papers with the ids beside an id, or with titles and abstracts nearest to any other text."""
    kind, colon, _ = said.partition(":")
    if colon and kind in (*IDENTIFIER_KINDS, "text"):
        beside = store.searchable.ids_beside(said)
        return store.papers({row for row, other in beside if other.startswith(f"{kind}:")}).values()
    if not letters(said):
        return []
    query = said[:_SHOWN]
    return [hit.paper for hit in retriever.search(query, retriever.embed([query])[0], _MOST)]


def _what_there_is(field: str, wanted: Iterable[str], searchable: Searchable) -> Iterable[str]:
    if field == "year":
        first, last = searchable.years()
        return [] if first is None else [f"their years are {first} to {last}"]
    if field in ("among", "without"):
        return []
    known = dict.fromkeys(islice(_known(field, searchable), _LOOKED_AT))
    if near := dict.fromkeys(value for said in wanted for value in _alike(said, known)):
        return [f"{field}s like it: {', '.join(f'“{value}”' for value in near)}"]
    return []


def _known(field: str, searchable: Searchable) -> Iterable[str]:
    if field == "source":
        return (PurePath(source).name for source in searchable.sources())
    return searchable.values(field)


def _alike(said: str, known: Iterable[str]) -> list[str]:
    """The few known texts that, or some words of which, are spelt most like this one."""
    wanted = letters(said)
    length = len(wanted.split())
    parts: dict[str, str] = {}
    for text in known:
        words = letters(text).split()
        for first in range(max(1, len(words) - length + 1)):
            parts.setdefault(" ".join(words[first : first + length]), text)
    # Few mistype a first letter, and comparing with all of a large library would take seconds.
    likely = [part for part in parts if part[:1] == wanted[:1]]
    near = get_close_matches(wanted, likely, n=_MOST)
    return list(dict.fromkeys(parts[part] for part in near))
