"""Words as they are searched: which of them carry a question, and what is written in more than one way."""

import re
import unicodedata

# Pronouns, question words, auxiliaries, prepositions, conjunctions and the like: they say nothing of
# a subject. The word index leaves out the same ones, so that all scores speak of the same words.
STOP_WORDS = frozenset(
    """
    a about above after again against all am among an and any are aren as at be because been before
    being below between both but by can could did didn do does doesn doing don down during each
    either few for from further had has hasn have having he her here hers herself him himself his
    how i if in into is isn it its itself just ll may me might mine more most must my myself neither
    no nor not of off on once one only or other our ours ourselves out over own re s same shall she
    should so some such t than that the their theirs them themselves then there these they this
    those through to too under until up upon us ve very via was wasn we were weren what when where
    whether which while who whom whose why will with within without would you your yours yourself
    yourselves
    """.split()
)
_ASCII_WORD = re.compile(r"[a-z0-9+#]+")  # "C", "C++" and "C#" are three things
_WORD = re.compile(r"\w+(?:[-'’]\w+)*")

# One character for one, so that spans in a text hold in what it is folded to.
_RAISED_AND_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", "0123456789+-=()n0123456789+-=()")


def folded(text: str) -> str:
    """As it is searched: "CO₂" and "10⁻⁵" are found by "CO2" and "10-5"; as long as the text."""
    return text if text.isascii() else text.translate(_RAISED_AND_LOWERED)


def content_words(text: str) -> list[tuple[int, int]]:
    """Spans of the words that carry meaning, in order; "low-rank" is one word."""
    return [m.span() for m in _WORD.finditer(text) if m.group().lower() not in STOP_WORDS]


def words_of(text: str) -> list[str]:
    """The words that carry meaning, as they are written, in order."""
    return [text[start:end] for start, end in content_words(text)]


def letters(text: str) -> str:
    """Casefolded letters and digits only, accents dropped: what two spellings of a title share."""
    if text.isascii():
        return " ".join(_ASCII_WORD.findall(text.lower()))
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    words = "".join(
        c if c.isalnum() or c in "+#" else " " for c in decomposed if not unicodedata.combining(c)
    )
    return " ".join(words.split())
