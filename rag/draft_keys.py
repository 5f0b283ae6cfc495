"""How a draft names its sources, and which paper of the library each name means."""

import re
from collections.abc import Iterable, Mapping
from itertools import tee

from rag.export.references import cite_keys
from rag.types import Paper

MARKS = re.compile(
    r"\[-?@[^\]\n]{1,200}\]"  # pandoc
    r"|\[\d{1,3}(?:\s*[,–-]\s*\d{1,3})*\]"
    r"|\((?:(?:see |e\.g\.,? |cf\. )?[A-Z][^()\n]{1,80}?,? (?:19|20)\d\d[a-z]?(?:; )?){1,6}\)"
)
_KEY = re.compile(r"@\{?([\w:./+-]*\w)")
_AUTHOR_YEAR = re.compile(r"([A-Z][\w'’-]+)[^();\d]*?((?:19|20)\d\d)")


def read_keys(papers: Iterable[Paper]) -> dict[str, str]:
    """Key → paper id, for all papers of a library in its order: the keys of its own .bib."""
    papers, again = tee(papers)
    return {key: paper.paper_id for key, paper in zip(cite_keys(again), papers, strict=True)}


def meant(name: str, keys: Mapping[str, str]) -> str | None:
    """The paper of a key, or the only one whose key begins with it: `zhao2024` for `zhao2024galore`."""
    if name in keys:
        return keys[name]
    alike = [paper_id for key, paper_id in keys.items() if key.startswith(name.lower())]
    return alike[0] if len(alike) == 1 else None


def names(sentence: str) -> dict[str, str]:
    """What a sentence's marks cite, as it is written there: by key, or by author and year made one.

    A number in brackets means a place in a list of references that the draft need not hold: it names nothing.
    """
    found: dict[str, str] = {}
    for mark in MARKS.finditer(sentence):
        if mark.group().startswith("("):
            found |= {name + year: mark.group() for name, year in _AUTHOR_YEAR.findall(mark.group())}
        else:
            found |= {key: f"@{key}" for key in _KEY.findall(mark.group())}
    return found
