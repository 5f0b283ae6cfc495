"""HTML, JATS, MathML and LaTeX as databases export them → text that means the same."""

import html
import re
from collections.abc import Callable

from rag.markup.latex import latex_text
from rag.markup.mathml import mathml_text
from rag.markup.notation import subscript, superscript

_BLOCK = """
    abstract abstracttext blockquote body br center copyrightinformation dd def-item def-list
    disp-formula disp-quote div dl dt fig figure figcaption h1 h2 h3 h4 h5 h6 head hr html li
    list list-item ol otherabstract p pre sec section table table-wrap tbody td tex-math tfoot th
    thead title tr trans-abstract ul vernaculartitle articletitle
""".split()
_INLINE = """
    a abbr acronym alternatives b bdo big bo bold cite code email em ext-link fixed-case fn font i img inf
    inline-formula inline-graphic ins institution it ital italic kbd mark monospace named-content overline
    related-article roman sans-serif sc scp small span strike strong styled-content sub sup tt u underline
    uri var xref
    math maction menclose merror mfenced mfrac mi mn mo mover mpadded mphantom mroot mrow mspace msqrt mstyle
    msub msubsup msup mtable mtd mtext mtr munder munderover semantics
""".split()
_TITLES = frozenset({"title", "h1", "h2", "h3", "h4", "h5", "h6"})
_SCRIPTS: dict[str, Callable[[str], str]] = {"sub": subscript, "inf": subscript, "sup": superscript}

_DEEPEST = 8  # formulas nest, but no deeper

_PREFIX = r"(?:[A-Za-z][\w.-]{0,9}:)?"
_ATTRIBUTES = r"(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'|[^\s\"'<>=]+))*+\s*/?>"
_NAMES = "|".join(sorted({*_BLOCK, *_INLINE}, key=len, reverse=True))
# Only tags that look the part: "n<k and m>3" and "<AA>" are an author's.
_TAG = re.compile(
    rf"<(?P<end>/?){_PREFIX}(?P<name>{_NAMES}){_ATTRIBUTES}|</?(?:jats|mml):[\w-]+{_ATTRIBUTES}",
    re.IGNORECASE,
)
_END_TAG = re.compile(r"</[A-Za-z]")
# Amid a sentence, where no tag is closed: "such as <div> and <p>".
_SPOKEN_OF = re.compile(
    r"(?:(?<=[^\W\d] )|(?<=[,;/] )|(?<=[(/]))<(?![bBhH][rR]\b)[A-Za-z]\w*>(?= [a-z]|[,.;:/)]|$)"
)
_ESCAPED = re.compile(
    r"&(?:#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};|(?:lt|gt|amp|nbsp)(?![\w=;]))"
)
_LATEX_AMPERSAND = re.compile(r"(?:\{\\&\}|\\&)(?=(?:[lg]t|amp|nbsp|quot|#\d{1,7});)")
_DROPPED = re.compile(
    r"<!--(?:[^<-]++|-(?!->)|<(?!!--))*+-->|<!\[CDATA\[|\]\]>|<\?[A-Za-z][^<>]*\?>"
    r"|<(script|style)\b[^<>]*>(?:[^<]++|<(?!/?(?:script|style)\b))*+</\1\s*>",
    re.IGNORECASE,
)

# Of a file laid out for reading: "(\n  <i>A</i>)" is "(A)", "10\n  <sup>-3</sup>" is one number.
_INDENTED = re.compile(r"(?<=[(\[])[^\S\n]*+\n\s*+(?=<)|(?<=[\d)])[^\S\n]*+\n\s*+(?=<su[bp]>)")


def _element(names: str) -> str:
    """A pattern of a whole element that holds none of its kind; stops early when it is not closed."""
    start = rf"<{_PREFIX}(?:{names})\b[^<>]*>"
    return rf"{start}(?P<inside>(?:[^<]++|<(?!/?{_PREFIX}(?:{names})\b))*+)</{_PREFIX}(?:{names})\s*>"


_MATH = re.compile(_element("math"), re.IGNORECASE)
_TEX = re.compile(_element("tex-math|tex"), re.IGNORECASE)
_ALTERNATIVES = re.compile(_element("alternatives|inline-formula|disp-formula"), re.IGNORECASE)


def plain_text(raw: str, *, is_latex: bool = False) -> str:
    """The text without its markup; `is_latex` says that it is BibTeX's, where braces are markup.

    What looks like markup but is none stays as written. Takes no longer than the text is long.
    """
    text = raw
    if "&" in text:
        text = _LATEX_AMPERSAND.sub("&", text)
        text = _unescaped(_unescaped(text))
    if "<" in text:
        text = text.replace("<middle dot>", "·")  # so Web of Science spells what it has no byte for
        text = _INDENTED.sub("", _DROPPED.sub("", text))
        text = _without_tags(_with_formulas(text))
    if is_latex or "\\" in text or "$" in text:
        text = latex_text(text, everywhere=is_latex)
    return text


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: html.unescape(found.group()), text)


def _with_formulas(text: str) -> str:
    text = _ALTERNATIVES.sub(_one_alternative, text)
    text = _MATH.sub(lambda found: mathml_text(found.group()), text)
    return _TEX.sub(lambda found: _delimited(found["inside"].strip()), text)


def _one_alternative(found: re.Match[str]) -> str:
    return _TEX.sub("", found.group()) if _MATH.search(found["inside"]) else found.group()


def _delimited(tex: str) -> str:
    return tex if "$" in tex or "\\(" in tex or "\\[" in tex or "\\begin" in tex else f"${tex}$"


def _without_tags(text: str) -> str:
    """Elements whose text changes as a whole are kept on a stack until they end."""
    stack: list[tuple[str, list[str]]] = [("", [])]
    sections, end = 0, 0
    is_prose = not _END_TAG.search(text)
    for tag in _TAG.finditer(text):
        if is_prose and _SPOKEN_OF.match(text, tag.start()):
            continue
        stack[-1][1].append(text[end : tag.start()])
        end = tag.end()
        name = (tag["name"] or "").lower()
        sections += {"sec": -1 if tag["end"] else 1}.get(name, 0)
        if name in _SCRIPTS or name in _TITLES:
            _open_or_close(stack, name, tag, in_section=sections > 0 or name != "title")
        elif name in _BLOCK:
            stack[-1][1].append(_label(tag) or " ")
    return "".join([part for _, parts in stack for part in parts] + [text[end:]])


def _open_or_close(
    stack: list[tuple[str, list[str]]], name: str, tag: re.Match[str], *, in_section: bool
) -> None:
    if not tag["end"] and not tag.group().endswith("/>") and len(stack) <= _DEEPEST:
        stack.append((name, []))
    elif tag["end"] and stack[-1][0] == name:
        inside = "".join(stack.pop()[1])
        is_first = not any(part.strip() for part in stack[0][1][:20])
        stack[-1][1].append(
            _SCRIPTS[name](inside)
            if name in _SCRIPTS
            else _heading(inside, is_first=is_first, in_section=in_section)
        )


def _heading(text: str, *, is_first: bool, in_section: bool) -> str:
    text = " ".join(text.split()).rstrip(":. ")
    if not text or (is_first and text.casefold() in {"abstract", "summary"}):
        return " "
    text = text.upper() if in_section else text
    return f" {text} " if text.endswith(("?", "!")) else f" {text}: "


def _label(tag: re.Match[str]) -> str:
    found = re.search(r"\blabel\s*=\s*[\"']([^\"']*)", tag.group(), re.IGNORECASE)
    label = found.group(1).strip(" :") if found else ""
    return (
        f" {label}: "
        if label and label.upper() != "UNLABELLED" and tag["name"].lower() == "abstracttext"
        else " "
    )
