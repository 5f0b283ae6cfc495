"""BibTeX and BibLaTeX, as reference managers, databases and people write them."""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bibtexparser.entrypoint import parse_string
from bibtexparser.library import Library
from bibtexparser.middlewares import default_parse_stack
from bibtexparser.middlewares.names import split_multiple_persons_names
from bibtexparser.model import Block, Entry, ImplicitComment, ParsingFailedBlock

from rag import identifiers
from rag.ingest.report import Problem
from rag.readers.source import Source, broken_off
from rag.records import Fields, Record

SIZE_LIMIT = 100_000_000  # characters: twenty seconds or so

# An entry with its key, or what may stand before the first. An e-mail address is neither.
_ENTRY = re.compile(
    r"^[ \t]*@(?:[a-z]+\s*[{(]\s*[^\n=@]{0,200},|(?:string|comment|preamble)\s*\{)",
    re.MULTILINE | re.IGNORECASE,
)
_FIELD = re.compile(r"[,}]?\s*\w+\s*=\s*[{\"]")
_WITHOUT_SIGN = re.compile(r"^[ \t]*[a-z]+\s*\{[^\s{},=]+,\s*\w+\s*=", re.MULTILINE | re.IGNORECASE)
_MACRO = re.compile(r"\\([A-Za-z]+)")
_VENUES = ("journal", "journaltitle", "booktitle", "institution", "school", "publisher")


def looks_like(head: str) -> bool:
    """Some line begins an entry, whatever stands above it."""
    return bool(_ENTRY.search(head))


def read(source: Source) -> Iterator[Record | Problem]:
    """One record for each entry, two of the same key being two; of a repeated field the first counts.

    Raises:
        InputError: the file is longer than SIZE_LIMIT.
    """
    text = source.text(SIZE_LIMIT)
    with _silence():
        split = parse_string(text, parse_stack=[])
        abbreviations = _resolve(split)
    whole = 0
    for block in split.blocks:
        line = (block.start_line or 0) + 1
        if entry := _entry(block):
            fields = _fields(_said(entry, abbreviations)) | {"type": entry.entry_type}
            yield Record.of(fields, source.name, line, is_latex=True)
            whole += 1
        else:
            yield from _problems(block, source, line, whole)


@contextmanager
def _silence() -> Iterator[None]:
    """What the library would log is in the failed blocks."""
    logger = logging.getLogger("bibtexparser")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _entry(block: Block) -> Entry | None:
    """Its entry, even if a key or a field is there twice, which the library holds for a failure."""
    found = block.ignore_error_block if isinstance(block, ParsingFailedBlock) else block
    return found if isinstance(found, Entry) else None


def _resolve(split: Library) -> Mapping[str, str]:
    """Fill in abbreviations and take off delimiters, in place; returns the abbreviations."""
    entries = [entry for block in split.blocks if (entry := _entry(block))]
    for number, entry in enumerate(entries):
        entry.key = str(number)  # or those of the same key would be left out
    library = Library([*split.strings, *entries])
    for middleware in default_parse_stack():
        library = middleware.transform(library)
    return {string.key.lower(): string.value for string in library.strings}


def _problems(block: Block, source: Source, line: int, whole: int) -> Iterator[Problem]:
    if isinstance(block, ImplicitComment) and _FIELD.match(block.comment):
        reason = "this belongs to no entry and was left out; the entry above has a closing brace too many"
        yield Problem(source.name, line, reason, is_warning=True)
    if isinstance(block, ImplicitComment) and _WITHOUT_SIGN.search(block.comment):
        yield Problem(
            source.name, line, "an entry without its @ was left out; put it before the entry's type"
        )
    why = getattr(block.error, "abort_reason", "") if isinstance(block, ParsingFailedBlock) else ""
    if not why or (block.raw or "").lower().startswith("@comment"):
        return
    if "end of file" not in why:
        said = " ".join(why.replace("`", "").split())
        reason = f"not valid BibTeX and left out ({said}); check its braces, quotes and commas"
        yield Problem(source.name, line, reason)
    elif not source.trouble:
        yield broken_off(source.name, line, whole)


def _said(entry: Entry, abbreviations: Mapping[str, str]) -> dict[str, str]:
    """What its fields say, by their names in lower case."""
    said: dict[str, str] = {}
    for field in entry.fields:
        value = field.value
        if field.enclosing == "no-enclosing" and "#" in value:
            parts = (part.strip() for part in value.split("#"))
            value = "".join(abbreviations.get(part.lower(), part.strip('"{}')) for part in parts)
        if value.strip():
            said.setdefault(field.key.lower(), value.strip())
    return said


def _fields(said: Mapping[str, str]) -> Fields:
    eprint = _verbatim(said.get("eprint", ""))
    eprint_type = (said.get("eprinttype") or said.get("archiveprefix") or "").lower()
    return {
        "title": ": ".join(said[name] for name in ("title", "subtitle") if name in said),
        "abstract": said.get("abstract", ""),
        "authors": _authors(said.get("author") or said.get("editor") or ""),
        "year": said.get("year") or said.get("date", ""),
        "venue": _venue(said),
        "doi": _verbatim(said.get("doi", "")),
        "arxiv": eprint if eprint_type == "arxiv" or identifiers.arxiv(eprint) else _preprint(said),
        "pmid": said.get("pmid") or (eprint if eprint_type in ("pubmed", "pmid") else ""),
        "url": _url(said),
        "language": said.get("langid") or said.get("language", ""),
        "keywords": _keywords(said.get("keywords", "")),
        "volume": said.get("volume", ""),
        "issue": said.get("number") or said.get("issue", ""),
        "pages": said.get("pages", ""),
        "publisher": said.get("publisher", ""),
    }


def _authors(names: str) -> list[str]:
    return [_name(name) for name in split_multiple_persons_names(names) if name != "others"]


def _name(name: str) -> str:
    """A name as it stands, but for BibLaTeX's long form: `family=Berg, given=Jan, prefix=van der`."""
    said = dict(re.findall(r"(\w+)\s*=\s*([^,=]+)", name))
    if "family" not in said:
        return name
    family = " ".join(said[part].strip() for part in ("prefix", "family") if part in said)
    return f"{family}, {said['given'].strip()}" if "given" in said else family


def _venue(said: Mapping[str, str]) -> str:
    venue = next((said[name] for name in _VENUES if name in said), "")
    macro = _MACRO.fullmatch(venue)  # as the Astrophysics Data System abbreviates journals
    return macro[1] if macro else venue


def _preprint(said: Mapping[str, str]) -> str:
    """Google Scholar writes the number into the journal's name, Zotero among others into `number`."""
    places = (said.get(name, "") for name in ("journal", "number", "eid", "note"))
    return identifiers.first(identifiers.arxiv, (place for place in places if "arxiv:" in place.lower()))


def _url(said: Mapping[str, str]) -> str:
    places = (_verbatim(said.get(name, "")) for name in ("url", "howpublished", "adsurl"))
    found = (re.search(r"https?://[^\s{}]+", place) for place in places)
    return next((hit.group() for hit in found if hit), "")


def _verbatim(text: str) -> str:
    """An address or identifier without the backslashes that some tools put into it."""
    without_tilde = re.sub(r"\{?\\(?:textasciitilde|~)(?:\s*\{\}|\})?", "~", text)
    return re.sub(r"\{?\\([_%&#$])\}?", r"\1", without_tilde)


def _keywords(text: str) -> list[str]:
    words = (word.strip() for word in text.split(";" if ";" in text else ","))
    return [word for word in words if word]
