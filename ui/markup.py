"""Templates → HTML in which no text has any effect: escaped by jinja2, cut where overlong, with what
reorders or hides text taken out. No other file of the page writes HTML.
"""

import re
from functools import cache
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from rag import Paper, web_address

LONGEST = 20_000
"""Characters of one text; no abstract, answer or question has as many."""

_LONGEST_LINK = 2_000
_AUTHORS = 6  # named of a paper
# Controls, what reorders text (embeddings, overrides, isolates, marks) and zero-width characters without
# which every script can be read; joiners stay, as some need them.
_NEUTRALISED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")


def rendered(template: str, **values: object) -> str:
    """The template of this name, filled in."""
    return _templates().get_template(template).render(**values)


def plain(text: str) -> str:
    """The text without what would reorder or hide some of it; what no page can show becomes “�”."""
    return _SURROGATES.sub("\ufffd", _NEUTRALISED.sub("", text))


def cut(text: str, longest: int = LONGEST) -> str:
    """The text, or its beginning and how long it was."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]}… (cut here; it has {len(text)} characters)"


def sentence(line: str) -> str:
    """A line of the library's as a sentence: with a capital and a full stop."""
    return f"{line[:1].upper()}{line[1:].rstrip('.')}."


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("ui"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        finalize=_safe_to_escape,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"cut": cut, "sentence": sentence, "link": _link, "host": _host, "byline": _byline}
    return made


def _safe_to_escape(value: object) -> object:
    """What is put in for any expression, before it is escaped; HTML of another template stays."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else cut(plain(value))


def _link(paper: Paper) -> str:
    """Its address if that is one of the web; no other kind ever becomes a link."""
    return web_address(paper.link) if len(paper.link) <= _LONGEST_LINK else ""


def _host(paper: Paper) -> str:
    """What a link says: the site it leads to."""
    return urlsplit(_link(paper)).netloc.removeprefix("www.") or "link"


def _byline(paper: Paper) -> list[str]:
    authors = ", ".join(cut(name, 100) for name in paper.authors[:_AUTHORS])
    more = len(paper.authors) - _AUTHORS
    by = f"{authors} and {more} more" if more > 0 else authors
    return [part for part in (by, str(paper.year or ""), paper.venue) if part]
