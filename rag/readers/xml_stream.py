"""What the XML formats share: one record at a time, nothing fetched, no entity expanded, markup kept."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from itertools import chain

from lxml import etree

from rag.errors import InputError
from rag.ingest.report import Problem
from rag.readers.source import Source, broken_off
from rag.records import Fields, Record

LONGEST_RECORD = 16_000_000  # bytes; its tree may take thirty times that

# Declaration, comments and document type, then the root. Atomic, or hostile text would take for ever.
_ROOT = re.compile(r"(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^<>\[]*(?:\[.*?\]\s*)?>)*+<([\w:.-]+)", re.DOTALL)
_SAFE = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}


def root_of(head: str) -> str:
    """The root element's name as written; "" of what is no XML."""
    root = _ROOT.match(head)
    return root.group(1) if root else ""


def read(
    source: Source, tags: tuple[str, ...], fields_from: Callable[[etree._Element], Fields]
) -> Iterator[Record | Problem]:
    """A record for each element of these tags, then what is wrong with the file, if anything is.

    `fields_from` may leave fields empty, and raises ValueError for an element that is no record.

    Raises:
        InputError: the file declares entities.
    """
    parser = etree.XMLPullParser(("start", "end"), tag=tags, remove_comments=True, remove_pis=True, **_SAFE)
    so_far = _SoFar()
    chunks = source.chunks()
    for chunk in chain(chunks, [b""]):
        with suppress(etree.XMLSyntaxError):  # the parser logs it, and still gives what came before
            parser.feed(chunk) if chunk else parser.close()
        so_far.add(chunk)
        for event, element in parser.read_events():
            if event == "start":
                _refuse_entities(source, element)
                so_far.open_line = element.sourceline
            else:
                yield _record(source, element, fields_from)
                _forget(element)
                so_far.count_record()
        if so_far.unfinished > LONGEST_RECORD or parser.feed_error_log.filter_from_fatals():
            break
    so_far.is_at_end = not next(chunks, b"")
    yield from _what_is_wrong(source, parser, so_far)


def markup(element: etree._Element) -> str:
    """What is inside an element, its tags kept and its characters escaped."""
    inside = "".join(etree.tostring(child, encoding="unicode") for child in element)
    return f"{escape(element.text or '', quote=False)}{inside}".strip()


def first_markup(record: etree._Element, *paths: str) -> str:
    """That of the first path that has any."""
    found = (markup(element) for path in paths for element in record.iterfind(path))
    return next(filter(None, found), "")


def all_markup(record: etree._Element, *paths: str) -> list[str]:
    """That of every element of these paths, each once."""
    found = (markup(element) for path in paths for element in record.iterfind(path))
    return list(dict.fromkeys(filter(None, found)))


def plain(record: etree._Element, *paths: str) -> str:
    """The text of the first path that has any, without markup or entities: for what is no prose."""
    found = ("".join(element.itertext()).strip() for path in paths for element in record.iterfind(path))
    return next(filter(None, found), "")


@dataclass(slots=True)
class _SoFar:
    """What was read: whole records, bytes since the last, the line of one begun, the last bytes."""

    records: int = 0
    unfinished: int = 0
    open_line: int | None = None
    end: bytes = b""
    is_at_end: bool = False

    def add(self, chunk: bytes) -> None:
        self.unfinished += len(chunk)
        self.end = (self.end + chunk)[-200:]

    def count_record(self) -> None:
        self.records, self.unfinished, self.open_line = self.records + 1, 0, None


def _refuse_entities(source: Source, element: etree._Element) -> None:
    dtd = element.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise InputError(
            f"{source.name}: the file declares entities, which are refused: they can make a small file huge; "
            "export the records again, or write out what the entities stand for"
        )


def _record(
    source: Source, element: etree._Element, fields_from: Callable[[etree._Element], Fields]
) -> Record | Problem:
    line = element.sourceline or 1
    try:
        return Record.of(fields_from(element), source.name, line)
    except ValueError as error:
        return Problem(source.name, line, str(error))


def _forget(element: etree._Element) -> None:
    """Or the tree would grow with the file."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _what_is_wrong(source: Source, parser: etree.XMLPullParser, so_far: _SoFar) -> Iterator[Problem]:
    errors = parser.feed_error_log.filter_from_fatals()
    read = f"the {so_far.records} whole record(s) before it were read"
    if source.trouble:
        return  # which says it
    if so_far.unfinished > LONGEST_RECORD:
        reason = f"no record ends within {LONGEST_RECORD / 1e6:.0f} MB from here; {read}"
        yield Problem(source.name, so_far.open_line, reason)
    elif errors and _is_cut_off(source, so_far):
        yield broken_off(source.name, so_far.open_line or errors[0].line, so_far.records)
    elif errors:
        why = errors[0].message.partition("\n")[0]
        reason = f"the XML is damaged here ({why}); {read}, correct the file or export it again for the rest"
        yield Problem(source.name, errors[0].line, reason)
    elif not so_far.records:
        yield Problem(source.name, None, "the file holds no records")


def _is_cut_off(source: Source, so_far: _SoFar) -> bool:
    """A damaged file still ends as it should. Without its zeros UTF-16 looks like ASCII."""
    end = so_far.end.replace(b"\0", b"").rstrip()
    return so_far.is_at_end and not end.endswith(f"</{root_of(source.head)}>".encode())
