"""Whether two records are of one paper. Identifiers decide; without a common one the title must be the same,
and nothing else may speak against it.
"""

import re
from collections.abc import Iterable

from rag.types import IDENTIFIER_KINDS, Paper, letters
from rag.words import STOP_WORDS

_ALIKE, _UNLIKE = 0.6, 0.3  # shares of the shorter abstract's words that the other one holds
_SHORT_TITLE = 4  # words; "Editorial" and "Annual report" name many papers
_MOST_YEARS_APART = 3  # between a preprint and the published paper
_INITIALS = re.compile(r"(?:[A-Z]\.?-?){1,3}")
_PREPRINT_DOI = re.compile(
    r"10\.(48550/arxiv|1101/\d|2139/ssrn|21203/rs|20944/preprints|31234/|31219/|31222/|26434/chemrxiv"
    r"|36227/techrxiv|5281/zenodo|22541/|31235/|35542/|14293/)"
)


def same_paper(first: Paper, second: Paper) -> bool:
    """Whether two records are of one paper; a preprint and the published paper are."""
    if any(
        kind != "beir" and second.identifiers.get(kind) == value for kind, value in first.identifiers.items()
    ):
        return True
    if not first.title_key or first.title_key != second.title_key or conflict(first.ids, second.ids):
        return False
    if is_generic(first.title):
        return _authors_agree(first, second) is True and first.year == second.year is not None
    return _nothing_against(first, second)


def conflict(ids: Iterable[str], others: Iterable[str]) -> bool:
    """Whether two records name different identifiers of a kind of which a paper has only one.

    A DOI of a preprint server speaks against none: the paper may have a journal's beside it.
    """
    by_kind, others_by_kind = _by_kind(ids), _by_kind(others)
    return any(
        kind in others_by_kind and values.isdisjoint(others_by_kind[kind]) for kind, values in by_kind.items()
    )


def same_document(first: Paper, second: Paper) -> bool:
    """Whether two records that share a number say the same: of a test collection's numbers that is needed."""
    return first.title_key == second.title_key and alike(first.abstract, second.abstract) >= _ALIKE


def is_generic(title: str) -> bool:
    """Whether a title is too short to name one paper."""
    return len(title.split()) < _SHORT_TITLE


def alike(first: str, second: str) -> float:
    """Share of the shorter text's distinct words, stop words aside, that the other one holds too."""
    words, others = _words(first), _words(second)
    return len(words & others) / max(1, min(len(words), len(others)))


def _by_kind(ids: Iterable[str]) -> dict[str, set[str]]:
    """Identifiers by kind, without those that speak against none."""
    found: dict[str, set[str]] = {}
    for said in ids:
        kind, _, value = said.partition(":")
        if kind in IDENTIFIER_KINDS and not _PREPRINT_DOI.match(value):
            found.setdefault(kind, set()).add(value)
    return found


def _nothing_against(first: Paper, second: Paper) -> bool:
    """Of two records of one title: whether author, year and abstract, as far as they say, agree."""
    authors, years = _authors_agree(first, second), _years_apart(first, second)
    likeness = alike(first.abstract, second.abstract) if first.abstract and second.abstract else None
    if authors is None and years is None:
        return likeness is not None and likeness >= _ALIKE
    if authors is False:
        return years == 0 and likeness is not None and likeness >= _ALIKE
    if not years:  # the same year, or one does not say
        return authors is True or likeness is None or likeness >= _UNLIKE
    if likeness is not None:
        return likeness >= (_UNLIKE if authors and years == 1 else _ALIKE)
    return authors is True and years <= _MOST_YEARS_APART and _has_preprint(first, second)


def _authors_agree(first: Paper, second: Paper) -> bool | None:
    """Whether the first authors seem to be one person; None where a record names none."""
    if not first.authors or not second.authors:
        return None
    author, other = first.authors[0], second.authors[0]
    # Either way round: some records give the family name first without saying so.
    return _family_name(author) in letters(other).split() or _family_name(other) in letters(author).split()


def _family_name(author: str) -> str:
    """The last word before a comma, or before initials ("Smith AB"), or of the name."""
    words = author.partition(",")[0].split()
    while len(words) > 1 and _INITIALS.fullmatch(words[-1]):
        words.pop()
    return (letters(words[-1]).split() or [""])[-1] if words else ""


def _years_apart(first: Paper, second: Paper) -> int | None:
    return None if first.year is None or second.year is None else abs(first.year - second.year)


def _has_preprint(first: Paper, second: Paper) -> bool:
    return any(
        "arxiv" in paper.identifiers or bool(_PREPRINT_DOI.match(paper.identifiers.get("doi", "")))
        for paper in (first, second)
    )


def _words(text: str) -> set[str]:
    return set(letters(text).split()) - STOP_WORDS
