"""Formulas on one line of plain text: 10⁻³, x_max², (a+b)/c, √n."""

# ruff: noqa: RUF001 (formulas are made of such characters)
import re

_SUPERSCRIPTS = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_SUBSCRIPTS = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_JOINED = {"st", "nd", "rd", "th", "er", "ère", "ème"}
# One number, name or bracket needs no brackets around it.
_SIMPLE = re.compile(r"√?[\w.′°⁺⁻\u0300-\u036f]*|\([^()]*\)")


def superscript(text: str) -> str:
    """In Unicode where all of it can be; ordinals and marks are joined; otherwise ^x or ^(…)."""
    text = _compact(text).replace("∘", "°").replace("TM", "™")
    if all(ord(character) in _SUPERSCRIPTS for character in text):
        return text.translate(_SUPERSCRIPTS)
    if text in _JOINED or not any(character.isalnum() for character in text):
        return text
    return f"^{text}" if len(text) == 1 else f"^({text})"


def subscript(text: str, *, in_formula: bool = False) -> str:
    """In Unicode where all of it can be; otherwise joined, in a formula by an underscore."""
    text = _compact(text)
    if all(ord(character) in _SUBSCRIPTS for character in text):
        return text.translate(_SUBSCRIPTS)
    if not re.fullmatch(r"[\w./·•]+|.", text):
        return f"_({text})"
    return f"_{text}" if in_formula else text


def fraction(above: str, below: str) -> str:
    """a/b, in brackets where it would read differently without."""
    return f"{_bracketed(above)}/{_bracketed(below)}"


def root(text: str, degree: str = "") -> str:
    """√x, ³√x."""
    return f"{superscript(degree)}√{_bracketed(text)}"


def _compact(text: str) -> str:
    return re.sub(" ?([=<>≤≥→]) ?", r"\1", " ".join(text.split()))


def _bracketed(text: str) -> str:
    text = text.strip()
    return text if _SIMPLE.fullmatch(text) else f"({text})"
