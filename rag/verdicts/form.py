"""Rules of form: what a sentence quotes, links and names must be there, whatever else it says."""

import re
from collections.abc import Iterable, Sequence

from rag.types import Paper
from rag.words import letters

_QUOTED = re.compile(r'["“„«]([^"“”„«»]+)["”“»]')
_SHORTEST_QUOTE = 3  # words; fewer are a term, not a quotation
_LINK = re.compile(
    r"https?://[^\s<>\"”)\]]+|www\.[^\s<>\"”)\]]+|\b10\.\d{4,9}/[^\s<>\"”)\],;]+"
    r"|\barxiv[:\s]*(?:abs/)?\d{4}\.\d{4,5}(?:v\d+)?|\b(?:doi|pmid)[:\s]+[\w./-]+",
    re.IGNORECASE,
)
_AUTHOR_YEAR = re.compile(
    r"\b(?P<name>[A-Z][\w’'-]+)(?: et al\.?|(?: and| &) [A-Z][\w’'-]+)?,? \(?(?P<year>(?:19|20)\d\d)[a-z]?\)"
)


def invented_quotes(text: str, papers: Iterable[Paper]) -> list[str]:
    """Words in quotation marks, three or more, that stand in none of the papers."""
    said = [f" {letters(paper.text)} " for paper in papers]
    quotes = [found[1].strip(" .,;:…") for found in _QUOTED.finditer(text)]
    long = [quote for quote in quotes if len(quote.split()) >= _SHORTEST_QUOTE]
    return [quote for quote in long if not any(f" {letters(quote)} " in words for words in said)]


def foreign_links(text: str, papers: Sequence[Paper]) -> list[str]:
    """Links, identifiers and "(Zhao et al., 2024)" that mean none of the papers."""
    own = " ".join(_identity(paper) for paper in papers)
    links = [found.group().rstrip(".,;:") for found in _LINK.finditer(text)]
    strange = [link for link in links if _bare(link) not in own]
    names = [f for f in _AUTHOR_YEAR.finditer(text) if not any(_is_of(paper, f["name"]) for paper in papers)]
    return strange + [found.group().strip("()") for found in names]


def _identity(paper: Paper) -> str:
    return " ".join([paper.url, paper.link, *paper.identifiers.values(), paper.abstract]).lower()


def _bare(link: str) -> str:
    """An identifier without what is put before it, and without a version."""
    found = re.search(r"10\.\d{4,9}/\S+|\d{4}\.\d{4,5}", link.lower())
    return found.group() if found else re.sub(r"^(?:doi|pmid)[:\s]+|^https?://", "", link.lower()).rstrip("/")


def _is_of(paper: Paper, name: str) -> bool:
    return letters(name) in letters(" ".join([*paper.authors, paper.text])).split()
