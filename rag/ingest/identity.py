"""Whether two records are of one paper. Identifiers decide; without a common one the title must be the same,
and nothing else may speak against it.
"""

import re
from collections.abc import Iterable

from rag.types import IDENTIFIER_KINDS, Paper
from rag.words import STOP_WORDS, letters

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
    if _share_identifier(first, second):
        return not conflict(first.ids, second.ids) or _say_the_same(first, second)
    if conflict(first.ids, second.ids):
        return False
    unlike = _are_unlike(first, second)
    if first.text_id == second.text_id:  # a record that was edited throughout, or two book reviews
        return not (unlike and is_generic(first.title))
    if unlike or not first.title_key or first.title_key != second.title_key:
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


def is_generic(title: str) -> bool:
    """Whether a title is too short to name one paper."""
    return len(title.split()) < _SHORT_TITLE


def alike(first: str, second: str) -> float:
    """Share of the shorter text's distinct words, stop words aside, that the other one holds too."""
    words, others = _words(first), _words(second)
    return len(words & others) / max(1, min(len(words), len(others)))


def _share_identifier(first: Paper, second: Paper) -> bool:
    """A number of a test collection says little: the next collection has a document of that number, too."""
    shared = {kind for kind, value in first.identifiers.items() if second.identifiers.get(kind) == value}
    return bool(shared - {"beir"}) or (bool(shared) and _say_the_same(first, second))


def _say_the_same(first: Paper, second: Paper) -> bool:
    if first.title_key and first.title_key == second.title_key:
        return not _are_unlike(first, second)
    return (
        letters(first.abstract) == letters(second.abstract)
        or alike(first.abstract, second.abstract) >= _ALIKE
    )


def _are_unlike(first: Paper, second: Paper) -> bool:
    """Whether both have an abstract, and these have little in common."""
    return bool(first.abstract and second.abstract) and alike(first.abstract, second.abstract) < _UNLIKE


def _by_kind(ids: Iterable[str]) -> dict[str, set[str]]:
    """Identifiers by kind, without those that speak against none."""
    found: dict[str, set[str]] = {}
    for said in ids:
        kind, _, value = said.partition(":")
        if kind in IDENTIFIER_KINDS and not _PREPRINT_DOI.match(value):
            found.setdefault(kind, set()).add(value)
    return found


def _nothing_against(first: Paper, second: Paper) -> bool:
    """Of two records of one title and no unlike abstracts: whether author and year, as far as they say,
    agree, or the abstracts make up for it.
    """
    authors, years = _authors_agree(first, second), _years_apart(first, second)
    has_both = bool(first.abstract and second.abstract)
    is_alike = has_both and alike(first.abstract, second.abstract) >= _ALIKE
    if authors is None and years is None:
        return is_alike
    if authors is False:
        return years == 0 and is_alike
    if not years:  # the same year, or one does not say
        return True
    if has_both:
        return is_alike or (authors is True and years == 1)
    return authors is True and years <= _MOST_YEARS_APART and _has_preprint(first, second)


def _authors_agree(first: Paper, second: Paper) -> bool | None:
    """Whether the first authors seem to be one person; None where a record names none."""
    if not first.authors or not second.authors:
        return None
    author, other = first.authors[0], second.authors[0]
    names, others = letters(author).split(), letters(other).split()
    if set(names) == set(others):  # some records give the family name first without saying so
        return True
    family, other_family = family_name(author), family_name(other)
    if family not in others and other_family not in names:
        return False
    given, other_given = set(names) - {family}, set(others) - {other_family}
    return not given or not other_given or bool(_initials(given) & _initials(other_given))


def _initials(names: Iterable[str]) -> set[str]:
    """First letters; of "ab", which may be two initials, both."""
    return {letter for name in names for letter in (name if len(name) < 3 else name[:1])}


def family_name(author: str) -> str:
    """The last word before a comma, or before initials ("Smith AB"), or of the name; its letters only."""
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
