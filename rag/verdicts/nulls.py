"""Null findings: a change is told of what the abstract finds no difference or effect in."""

import re
from collections.abc import Callable, Mapping, Sequence

from rag.verdicts.phrases import in_plain_words

_NOUNS = (
    "effects?|influence|impact|role|differences?|change|association|correlation|benefit|improvement|bearing"
)
_VERBS = "differ|chang|affect|influenc|alter|improv|reduc|increas|lower|rais|fall|fell|ris|grow|declin|drop"
_NULL = re.compile(
    rf"\b(?:no|neither|without(?: any)?)\b[^.,;:]{{0,40}}?\b(?:{_NOUNS})\b"
    rf"|\b(?:not|n['’]t|never) (?:\w+ )?(?:{_VERBS})\w*\b"
    r"|\b(?:un(?:changed|affected|altered)|non-?significant(?:ly)?)\b"
    r"|\b(?:not|neither|nor|never|n['’]t)\b (?:\w+ ){0,2}significan\w+"
    r"|\bfail\w* to reach (?:\w+ )?significance",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[;:.](?= |$)|,? (?:but|whereas|while|although|though|yet|however)\b|, (?=and\b)")
_NO_NULL = re.compile(r"\b(?:not (?:only|just|merely)|until|unless|before|hypothes[ie]s)\b", re.IGNORECASE)
_SHARE = 0.5  # of the sentence, by weight, that the clause must speak of

Terms = Callable[[str], Sequence[str]]


def null_denied(
    text: str,
    evidence: Sequence[str],
    idf: Mapping[str, float],
    terms: Terms,
    tells_change: Callable[[str], bool],
) -> str:
    """The clause of the evidence that finds nothing where the sentence tells of a change; empty if none.

    `tells_change` is whether a text has a word that points up or down. A clause that does speaks for the
    sentence, even if it also says what did not change ("it lowered X with no effect on Y").
    """
    if _NULL.search(in_plain_words(text)) or _NULL.search(text) or not tells_change(text):
        return ""
    clauses = [clause for sentence in evidence for clause in _CLAUSE.split(sentence) if clause]
    shares = {clause: _share(clause, idf, terms) for clause in clauses}
    for_it = [shares[clause] for clause in clauses if tells_change(_NULL.sub(" ", clause))]
    against = [clause for clause in clauses if _is_null(clause) and not tells_change(_NULL.sub(" ", clause))]
    worst = max(against, key=shares.__getitem__, default="")
    return worst.strip() if worst and shares[worst] >= max([_SHARE, *for_it]) else ""


def _is_null(clause: str) -> bool:
    return bool(_NULL.search(clause)) and not _NO_NULL.search(clause)


def _share(clause: str, idf: Mapping[str, float], terms: Terms) -> float:
    said = {*terms(clause)}
    return sum(weight for stem, weight in idf.items() if stem in said) / (sum(idf.values()) or 1.0)
