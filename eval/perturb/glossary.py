"""Acronyms and what they stand for, as the abstracts of a collection introduce them themselves."""

import re
from collections import Counter
from collections.abc import Iterable

from rag import Paper

_INTRODUCED = re.compile(r"\(([A-Z][A-Za-z0-9-]{1,9}?)(s?)\)")
_WORDS = re.compile(r"[\w'’-]+")
_FEWEST_CAPITALS = 2


def glossary(papers: Iterable[Paper]) -> dict[str, str]:
    """By acronym its expansion: the one that most papers give; longest acronyms first, then by letter."""
    found: dict[str, Counter[str]] = {}
    for paper in papers:
        for match in _INTRODUCED.finditer(paper.abstract):
            acronym = match[1]
            if expansion := _expansion(acronym, paper.abstract[: match.start()]):
                found.setdefault(acronym, Counter())[expansion.removesuffix(match[2])] += 1
    ordered = sorted(found, key=lambda acronym: (-len(acronym), acronym))
    return {acronym: min(found[acronym], key=lambda e: (-found[acronym][e], e)) for acronym in ordered}


def _expansion(acronym: str, before: str) -> str:
    """The words just before it whose initials, hyphens parted, are its letters; empty where they are not."""
    letters = [letter.lower() for letter in acronym if letter.isalpha()]
    if sum(letter.isupper() for letter in acronym) < _FEWEST_CAPITALS:
        return ""
    words = list(_WORDS.finditer(before))[-len(letters) :]
    for first in range(len(words) - 1, -1, -1):
        said = before[words[first].start() :].strip()
        initials = [part[0].lower() for word in words[first:] for part in word[0].split("-") if part]
        if initials == letters:
            return said
    return ""
