"""Which of the papers found a question is after: those it names, or all that answer it together."""

import re
from collections.abc import Sequence
from statistics import mean

from rag.types import Hit, Paper

_WORDS = 4  # of a name, at most
_NEARLY_AS_NEAR = 0.85  # of the score that the best three papers have on average
_KINDS = """
    alternatives approaches designs frameworks methods papers remedies researchers strategies studies systems
    techniques ways works
"""
_KIND = "|".join(_KINDS.split())
_VERBS = """
    causes comes does drives gives goes happens has helps is keeps lets limits makes means sets this uses was
"""
_PLURAL = r"[a-z-]+(?<![isu])s\b"
_ASKS_FOR_WORKS = re.compile(
    rf"\b({_KIND})\b|\bhow (have|has)\b|\bdiffer\b|\bdifferences? between\b|^\W*compare\b", re.IGNORECASE
)
_ASKS_SEVERAL = re.compile(
    rf"^\W*(which|what)\s+(?!({'|'.join(_VERBS.split())})\b){_PLURAL}"
    rf"|^\W*(which|what)\s+([\w-]+\s+){{1,2}}{_PLURAL}\s+(are|can|could|did|do|exist|have|that|were)\b",
    re.IGNORECASE,
)
# A name is what a question is about where it follows one of these, or comes first.
_ABOUT = (
    r"(?i:\b(?:about|are|between|can|compare|could|describe|did|do|does|explain|had|has|have|is|of|was|were)\W+"
    r"|^\W*)(?i:the\W+)?"
)
_ORDINARY = re.compile(r"[A-Z]?[a-z]+(?:[- ][A-Z]?[a-z]+)*")


def asks_several(question: str) -> bool:
    """Whether its form asks for what several papers may tell: "which methods", "which languages"."""
    return asks_for_works(question) or bool(_ASKS_SEVERAL.search(question))


def asks_for_works(question: str) -> bool:
    """Whether it asks for works, and no detail of one: "which methods", "how have", "how do they differ"."""
    return bool(_ASKS_FOR_WORKS.search(question))


def own_name(paper: Paper) -> str:
    """What the paper calls its subject: the few words before a colon in its title; else empty."""
    name, colon, _ = paper.title.partition(":")
    return name if colon and len(name.split()) <= _WORDS else ""


def named(question: str, hits: Sequence[Hit]) -> list[Hit]:
    """The papers whose own names the question is about; none where it names them in passing."""
    names = [own_name(hit.paper).removeprefix("The ") for hit in hits]
    spellings = "|".join(_spelt(name) for name in sorted(filter(None, names), key=len, reverse=True))
    name = rf"(?<![\w-])(?:{spellings})(?![\w-])"
    if not spellings or not re.search(f"(?:{_ABOUT}){name}", question):
        return []
    said = {found.group().casefold() for found in re.finditer(name, question)}
    return [hit for hit, name in zip(hits, names, strict=True) if name.casefold() in said]


def near(hits: Sequence[Hit]) -> list[Hit]:
    """The papers that come nearly as near as the best."""
    best = sorted((hit.score for hit in hits), reverse=True)[:3]
    return [hit for hit in hits if hit.score >= _NEARLY_AS_NEAR * mean(best)]


def _spelt(name: str) -> str:
    """A pattern: a name of ordinary words counts in its own capitals only, "GaLore" in any."""
    return re.escape(name) if _ORDINARY.fullmatch(name) else f"(?i:{re.escape(name)})"
