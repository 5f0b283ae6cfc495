"""A decoded JSON value → Records: the answer is unwrapped, each record read as its service writes them."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Protocol

from rag.ingest.report import Problem
from rag.readers import arxiv_snapshot, csl, fields, openalex, semantic_scholar
from rag.readers.source import Source
from rag.records import Fields, Record, filled

# Keys under which services and people keep records.
WRAPPERS = (
    "papers", "records", "items", "results", "data", "documents", "articles", "entries", "message",
    "resultList", "result", "recommendedPapers", "paper", "citingPaper", "citedPaper",
)  # fmt: skip
_KEYS = frozenset(WRAPPERS)
_DEEPEST = 8  # wrappers within wrappers
_FIRST = 100  # records among which a column that the user names must be found

Decoded = tuple[int, object]  # a line, and the value that starts there


class _Service(Protocol):
    def matches(self, value: Mapping[str, object]) -> bool: ...
    def fields_from(self, value: Mapping[str, object]) -> Fields: ...


_SERVICES: tuple[_Service, ...] = (openalex, semantic_scholar, csl)


def records_from(decoded: Iterator[Decoded | Problem], source: Source) -> Iterator[Record | Problem]:
    """The records that decoded values hold, and problems as they come; empty records are counted.

    Raises:
        InputError: a column named by the user is in none of the first records.
    """
    empty: list[int] = []
    for item in _with_columns_checked(decoded, source) if source.mapping else decoded:
        if isinstance(item, Problem):
            yield item
            continue
        line, value = item
        for record in [value] if _is_bare(value) else _unwrapped(value):
            if isinstance(record, Mapping):
                said = fields.with_mapping(record, source.mapping, _fields_from)
                yield Record.of(said, source.name, line)
            elif record is None:
                empty.append(line)
            else:
                reason = "not a JSON object with a title and an abstract"
                yield Problem(source.name, line, reason, was_read=True)
    if empty:
        reason = f"{len(empty)} empty record(s) (null) were left out, the first here"
        yield Problem(source.name, empty[0], reason, is_warning=True)


def is_title_or_abstract(key: str) -> bool:
    """Only a record has these; what wraps records has not."""
    return fields.field_name(key) in ("title", "abstract")


def _fields_from(record: Mapping[str, object]) -> Fields:
    """What people added to a service's record counts where the service says nothing."""
    if arxiv_snapshot.matches(record):
        return arxiv_snapshot.fields_from(record)  # which says it all, and there are millions
    service = next((service for service in _SERVICES if service.matches(record)), None)
    of_service = filled(service.fields_from(record)) if service else {}
    return fields.fields_from(record) | of_service


def _unwrapped(value: object, depth: int = _DEEPEST) -> Iterator[object]:
    if not depth:
        yield value
    elif isinstance(value, list) and (not value or _holds_records(value)):
        for item in value:
            yield from _unwrapped(item, depth - 1)
    elif isinstance(value, Mapping) and (inner := _wrapped(value)) is not None:
        yield from _unwrapped(inner, depth - 1)
    else:
        yield value


def _is_bare(value: object) -> bool:
    """Nothing is around it, as around no record in a long file of JSON lines."""
    return isinstance(value, dict) and _KEYS.isdisjoint(value)


def _wrapped(value: Mapping[str, object]) -> object:
    """What an object that is no record itself holds under a key known to hold records."""
    held = [value[key] for key in WRAPPERS if key in value]
    if records := next((inner for inner in held if isinstance(inner, list) and _holds_records(inner)), None):
        return records
    if any(map(is_title_or_abstract, value)):
        return None
    return next((inner for inner in held if isinstance(inner, list | dict)), None)


def _holds_records(values: list[object]) -> bool:
    return any(value is None or isinstance(value, Mapping) for value in values)


def _with_columns_checked(
    decoded: Iterator[Decoded | Problem], source: Source
) -> Iterable[Decoded | Problem]:
    first = list(islice(decoded, _FIRST))
    values = (item[1] for item in first if not isinstance(item, Problem))
    records = islice(chain.from_iterable(map(_unwrapped, values)), _FIRST)
    keys = [key for record in records if isinstance(record, Mapping) for key in record]
    fields.require_columns(source.name, source.mapping, keys)
    return chain(first, decoded)
