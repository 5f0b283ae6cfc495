"""What stands in a text: quotations, numbers, facts, negations. Compared as read, not as typed."""

import re
import unicodedata
from functools import lru_cache

_MARKERS = re.compile(r"\s*\[(\d{1,4}(?:\s*[,;–—-]\s*\d{1,4})*)\]")
_LONGEST_RANGE = 100

_RAISED = str.maketrans(
    {raised: f"^{digit}" for raised, digit in zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True)}
)
_AS_TYPED = str.maketrans("\u2010\u2011\u2012–—−“”„«»‘’\u201a\u00b4`", "------" + '"' * 5 + "'" * 5)
_PERCENT = re.compile(r"\s*(?:%|\bper ?cent\b)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")

_QUOTED = (
    re.compile(r"“([^“”]+)”"),
    re.compile(r"«([^«»]+)»"),
    re.compile(r"‘([^‘]+?)’(?!\w)"),
    re.compile(r'(?<!\w)"([^"]+)"(?!\w)'),
)
_SHORTEST_QUOTE = 3  # words; fewer are a term, not a quotation
_ELLIPSIS = re.compile(r"\[?(?:\.\.\.|…)\]?")
_EDGES = " \t.,;:!?"

_NUMBER = re.compile(r"\d+(?:\.\d+)?|(?<!\w)\.\d+")
_NEGATION = re.compile(
    r"\b(?:not?|never|neither|nor|none|nothing|without|cannot|fail(?:s|ed)? to|lacks?)\b|n't\b"
)


def markers(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without its markers, and each marked number with where in that text it stood.

    `[1, 2]`, `[1][2]` and `[1-2]` all are 1 and 2.
    """
    plain, found, read = "", list[tuple[int, int]](), 0
    for match in _MARKERS.finditer(text):
        plain += text[read : match.start()]
        read = match.end()
        found += [(number, len(plain)) for number in _spelt_out(match[1])]
    return plain + text[read:], found


@lru_cache(maxsize=10_000)
def folded(text: str) -> str:
    """As it is compared: no difference of case, typography, thousands commas, or `%` and `percent`."""
    text = unicodedata.normalize("NFKC", text.translate(_RAISED).translate(_AS_TYPED)).casefold()
    return " ".join(_PERCENT.sub("%", _THOUSANDS.sub("", text)).split())


def quotations(text: str) -> list[str]:
    """What stands in quotation marks, of three words or more. An apostrophe is no quotation mark."""
    found = (match[1] for pattern in _QUOTED for match in pattern.finditer(text))
    return [quote for quote in found if len(quote.split()) >= _SHORTEST_QUOTE]


def is_verbatim(quote: str, source: str) -> bool:
    """Whether the source has these words, but for typography; what an ellipsis parts may stand apart."""
    within = _spaced(source)
    parts = (_spaced(part).strip(_EDGES) for part in _ELLIPSIS.split(quote))
    return all(part in within for part in parts)


@lru_cache(maxsize=10_000)
def numbers(text: str) -> tuple[str, ...]:
    """The numbers written in digits, in order: `1,024.50` is 1024.5."""
    return tuple(f"{float(number):.12g}" for number in _NUMBER.findall(folded(text)))


def holds(text: str, fact: str) -> bool:
    """Whether a fact stands in a text, from the beginning of a word on (`gradient` in `gradients`), a number
    as a whole (`13` in `13B`, not in `130` or `2.13`).
    """
    return _whole(folded(fact)).search(folded(text)) is not None


def is_negated(text: str) -> bool:
    """Whether it says no in so many words."""
    return _NEGATION.search(folded(text)) is not None


def _spelt_out(numbers: str) -> list[int]:
    found: list[int] = []
    for part in re.split(r"\s*[,;]\s*", numbers):
        first, *last = map(int, re.split(r"\s*[–—-]\s*", part))
        is_range = last and first <= last[-1] < first + _LONGEST_RANGE
        found += range(first, last[-1] + 1) if is_range else [first, *last]
    return found


def _spaced(text: str) -> str:
    """Typography and spaces made regular, case kept: what a quotation must not change."""
    return " ".join(unicodedata.normalize("NFKC", text.translate(_AS_TYPED)).split())


@lru_cache(maxsize=1_000)
def _whole(fact: str) -> re.Pattern[str]:
    before = r"(?<![\d.,])" if fact[:1].isdigit() else r"(?<![^\W_])" if fact[:1].isalpha() else ""
    after = r"(?!\d|[.,]\d)" if fact[-1:].isdigit() else ""
    return re.compile(f"{before}{re.escape(fact)}{after}")
