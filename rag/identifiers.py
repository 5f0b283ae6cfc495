"""Identifiers in one form, however and in whatever they are written: DOIs, arXiv ids, PMIDs."""

import html
import re
from collections.abc import Callable, Iterable
from urllib.parse import unquote

from rag.cleaning import clean

_LONGEST = 300  # characters of a DOI

_DOI = re.compile(rf"(?<![\d.])10\.\d{{4,9}}(?:\.\d+)*+/[^\s\"]{{1,{_LONGEST}}}")
_AFTER_DOI = re.compile(r"</?[A-Za-z]\w*(?:\s|/?>).*|[;,|](?:https?:|doi:|10\.\d{4,9}/).*", re.IGNORECASE)
# What publishers' addresses go on with.
_AFTER_DOI_IN_ADDRESS = re.compile(
    r"[?#&].*|(?:/(?:abstract|e?pdf|full|meta)|\.pdf|(?<=\d)v\d+(?:\.full(?:\.pdf|-text)?)?)$"
)
_AT_END = ".,;:/'*“”‘’»"
_BRACKETS = {")": "(", "]": "[", "}": "{", ">": "<"}

_ARCHIVE = (
    "astro-ph|cond-mat|gr-qc|hep-(?:ex|lat|ph|th)|math-ph|nlin|nucl-(?:ex|th)|physics|quant-ph|math|cs|q-bio"
    "|q-fin|stat|alg-geom|chao-dyn|cmp-lg|dg-ga|funct-an|patt-sol|q-alg|solv-int"
)
_ARXIV = re.compile(
    r"(?:^|arxiv:\s?|arxiv\.org(?::|/(?:abs|pdf|html|format|e-print)/)|10\.48550/arxiv\.)"
    rf"(?:(\d{{4}}\.\d{{4,5}})|({_ARCHIVE})(?:\.[a-z-]{{2,12}})?/(\d{{7}}))(?:v\d+)?(?!\w|\.\d)",
    re.IGNORECASE,
)
_PMID = re.compile(
    r"(?:^(?=\d+\W*$)|\b(?:pmid|pubmed|medline)\s?[:/]?\s?|pubmed\.ncbi\.nlm\.nih\.gov/)0*([1-9]\d{0,7})(?!\w)",
    re.IGNORECASE,
)


def doi(text: str) -> str:
    """The DOI in a text, lower-case and without escapes; "" if there is none."""
    text = _decoded(text)
    found = _DOI.search(text)
    if not found:
        return ""
    bare = _AFTER_DOI.sub("", found.group())
    if "://" in text and "doi.org/" not in text.lower():
        bare = _AFTER_DOI_IN_ADDRESS.sub("", bare)
    bare = _without_end(bare).lower()
    return bare if "/" in bare else ""


def arxiv(text: str) -> str:
    """The arXiv id that a text begins with or names as one, without version and subject class; or ""."""
    found = _ARXIV.search(_decoded(text))
    if not found:
        return ""
    return found[1] or f"{found[2]}/{found[3]}".lower()


def pmid(text: str) -> str:
    """The number that a text is, or names as a PMID; or ""."""
    found = _PMID.search(clean(text).partition(";")[0].removesuffix(".0"))  # as tables write numbers
    return found[1] if found else ""


def first(find: Callable[[str], str], texts: Iterable[str]) -> str:
    """What `find` gives for the first of the texts in which it finds anything."""
    return next(filter(None, map(find, texts)), "")


def _decoded(text: str) -> str:
    if "&" in text:
        text = html.unescape(html.unescape(text))
    return clean(unquote(text) if "%" in text else text)


def _without_end(found: str) -> str:
    """Without the sentence's punctuation, and brackets that were opened before it."""
    while found.endswith(tuple(_AT_END)) or _closes_nothing(found):
        found = found[:-1]
    return found


def _closes_nothing(found: str) -> bool:
    opening = _BRACKETS.get(found[-1:])
    return opening is not None and found.count(found[-1]) > found.count(opening)
