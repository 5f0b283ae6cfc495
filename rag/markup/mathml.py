"""MathML → one line of text."""

# ruff: noqa: RUF001 (formulas are made of such characters)
import re
import unicodedata
from collections.abc import Callable

from lxml import etree

from rag.markup.notation import fraction, root, subscript, superscript

_Parts = list[str]
_PREFIX = re.compile(r"(?<=<)(/?)[A-Za-z][\w.-]*:")
_NO_TAG = re.compile(r"<(?![/!?]?[A-Za-z])")
_RELATIONS = frozenset("=<>≤≥≠≈≡∼~≃≅≪≫→←↔⇒⇔∈∉⊂⊆∣≔")
_ACCENTS = {
    "^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "¯": "\u0304", "‾": "\u0304", "―": "\u0304",
    "_": "\u0304", "˙": "\u0307", ".": "\u0307", "¨": "\u0308", "→": "\u20d7", "⃗": "\u20d7", "ˇ": "\u030c",
}  # fmt: skip
_CONTENT = {
    "infinity": "∞", "pi": "π", "reals": "ℝ", "complexes": "ℂ", "integers": "ℤ", "naturalnumbers": "ℕ",
    "rationals": "ℚ", "emptyset": "∅", "in": " ∈ ", "notin": " ∉ ", "eq": " = ", "neq": " ≠ ", "lt": " < ",
    "gt": " > ", "leq": " ≤ ", "geq": " ≥ ", "approx": " ≈ ", "plus": "+", "minus": "−", "times": "×",
    "divide": "/", "mspace": " ",
}  # fmt: skip


def mathml_text(markup: str) -> str:
    """The text of one <math> element, its character references resolved already.

    Meaning beside its presentation (annotations, phantoms) is left out.
    """
    well_formed = _NO_TAG.sub("&lt;", _PREFIX.sub(r"\1", markup).replace("&", "&amp;"))
    parser = etree.XMLParser(recover=True, resolve_entities=False)
    try:
        tree = etree.fromstring(well_formed.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        tree = None
    if tree is None:
        return re.sub(r"<[^<>]*>", "", markup)
    # From the last element to the first: children come before their parents, without recursion.
    texts: dict[etree._Element, str] = {}
    for element in reversed(list(tree.iter("*"))):
        texts[element] = _text(element, [texts[child] for child in element.iterchildren("*")])
    return " ".join(texts[tree].split())


def _text(element: etree._Element, parts: _Parts) -> str:
    name = etree.QName(element).localname
    if name in _RULES and len(parts) >= _RULES[name][0]:
        return _RULES[name][1](element, parts)
    if name in _CONTENT:
        return _CONTENT[name]
    if len(element):
        return _row(element, parts)
    text = " ".join((element.text or "").split()) if name != "mtext" else element.text or ""
    return f" {text} " if name == "mo" and text in _RELATIONS else text


def _row(element: etree._Element, parts: _Parts) -> str:
    row = (element.text or "").strip()
    for child, part in zip(element.iterchildren("*"), parts, strict=True):
        # "log n", not "logn"; but "ab" is a times b.
        is_word = (len(part) > 1 and part.isalpha()) or (len(row) > 1 and row[-2:].isalpha())
        if is_word and part[:1].isalnum() and row[-1:].isalnum():
            row += " "
        row += part + (child.tail or "").strip()
    return row


def _fenced(element: etree._Element, parts: _Parts) -> str:
    separators = "".join((element.get("separators") or "").split()) if "separators" in element.attrib else ","
    inner = "".join(
        part + (separators[min(index, len(separators) - 1)] if separators and index < len(parts) - 1 else "")
        for index, part in enumerate(parts)
    )
    return f"{element.get('open', '(')}{inner}{element.get('close', ')')}"


def _over(_: etree._Element, parts: _Parts) -> str:
    base, over = parts[0], parts[1].strip()
    if len(base) == 1 and over in _ACCENTS:
        return unicodedata.normalize("NFC", base + _ACCENTS[over])
    return base if over in _ACCENTS or over in {"⏞", "︷"} else base + superscript(over)


def _table(_: etree._Element, parts: _Parts) -> str:
    return "; ".join(part.strip() for part in parts if part.strip())


def _table_row(_: etree._Element, parts: _Parts) -> str:
    return " ".join(part.strip() for part in parts if part.strip())


def _multiscripts(element: etree._Element, parts: _Parts) -> str:
    names = [etree.QName(child).localname for child in element.iterchildren("*")]
    split = names.index("mprescripts") if "mprescripts" in names else len(names)
    after, before = parts[1:split], parts[split + 1 :]
    return _scripts(before) + parts[0] + _scripts(after)


def _scripts(parts: _Parts) -> str:
    return "".join(
        (superscript(part) if index % 2 else subscript(part, in_formula=True)) if part.strip() else ""
        for index, part in enumerate(parts)
    )


def _apply(_: etree._Element, parts: _Parts) -> str:
    operator, *operands = parts
    is_infix = len(operands) > 1 and not operator.strip().isalnum()
    return operator.join(operands) if is_infix else f"{operator}({', '.join(operands)})"


def _number(element: etree._Element, _: _Parts) -> str:
    between, after = {"complex-cartesian": ("+", "i"), "rational": ("/", "")}.get(
        element.get("type", ""), (" ", "")
    )
    return f" {between.join(text.strip() for text in element.itertext()) + after} "


# Element: how many children it needs, and its text.
_RULES: dict[str, tuple[int, Callable[[etree._Element, _Parts], str]]] = {
    "msup": (2, lambda _, p: p[0] + superscript(p[1])),
    "msub": (2, lambda _, p: p[0] + subscript(p[1], in_formula=True)),
    "msubsup": (3, lambda _, p: p[0] + subscript(p[1], in_formula=True) + superscript(p[2])),
    "mfrac": (2, lambda _, p: fraction(p[0], p[1])),
    "msqrt": (1, lambda element, p: root(_row(element, p))),
    "mroot": (2, lambda _, p: root(p[0], p[1])),
    "mover": (2, _over),
    "munder": (2, lambda _, p: p[0] + subscript(p[1], in_formula=True)),
    "munderover": (3, lambda _, p: p[0] + subscript(p[1], in_formula=True) + superscript(p[2])),
    "mmultiscripts": (1, _multiscripts),
    "mfenced": (0, _fenced),
    "mtable": (0, _table),
    "matrix": (0, _table),
    "mtr": (0, _table_row),
    "mlabeledtr": (0, _table_row),
    "matrixrow": (0, _table_row),
    "apply": (1, _apply),
    "cn": (0, _number),
    "annotation": (0, lambda *_: ""),
    "annotation-xml": (0, lambda *_: ""),
    "mphantom": (0, lambda *_: ""),
}
