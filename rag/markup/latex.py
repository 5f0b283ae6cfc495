"""LaTeX → the text it stands for. How formulas read on one line is `rag.markup.notation`'s."""

# ruff: noqa: RUF001 (formulas are made of such characters)
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from rag.markup.macros import is_macro, with_macros

# No abstract is this long; what is gets its macros stripped instead of read, which takes no time.
_LONGEST = 20_000

_GROUP = r"\{(?:[^{}\\]++|\\.)*+\}"
for _ in range(4):
    _GROUP = rf"\{{(?:[^{{}}\\]++|\\.|{_GROUP})*+\}}"
_DISPLAY = r"(?:equation|align|eqnarray|gather|multline|displaymath|math)\*?\}"
_LETTER = r"(?:ss|[oOlLij]|ae|AE|oe|OE|aa|AA|dh|DH|th|TH|dj|DJ|ng|NG)(?![a-zA-Z])"
_ACCENT = (
    r"\\(?:['\"`^~=.]\s?|[cvuHkrdbt](?:[ ]|(?=\{)))"
    r"(?:\{\\?[^\W\d_]{1,2}\}|\\[ij](?![a-zA-Z])|[^\W\d_])"
)  # fmt: skip
# Before a digit, "$" may well be one of "$5-$10"; what is inside tells.
_NO_MONEY = r"(?=[^\W\d_]\$|[^$\\^_]*+(?:\\[a-zA-Z]|[\^_]))"
# Every repetition is possessive and stops where the next piece could start, so that no text takes
# longer than its length.
_PIECE = re.compile(
    rf"""
    (?=[h$\\{{]) (?:  # no piece starts otherwise, and most characters are seen off so
    (?P<address> https?://[^\s{{}}\\$<>]++ )
    | (?P<formula>
        \$\$(?:[^$\\]++|\\.)++\$\$
        | \$(?=\S)(?:[^$\\]++|\\.)++(?<=\S)\$(?!\d)
        | \$(?:\\[a-zA-Z]++|[^\W\d_]{{0,9}}+\s?[<>=≤≥≈~∼±×+-]{{1,2}})\s?\$
        | \${_NO_MONEY}(?:[^$\\\s]++|\\.|\s(?![a-zA-Z]{{2}}))++(?<=\S)\$
        | \\\((?:[^\\]++|\\[^()])++\\\)
        | (?<!\\)\\\[(?:[^\\]++|\\[^\[\]])++\\\]
        | \\begin\{{{_DISPLAY}(?:[^\\]++|\\(?!(?:begin|end)\{{{_DISPLAY}).)*+\\end\{{{_DISPLAY}
      )
    | (?P<quotation> (?<![\w{{])\\"[^"\\]{{1,200}}+\\"(?![\w{{]) )
    | (?P<contraction> (?<=[^\W\d_])\\'(?:s|t|m|d|re|ll|ve)(?!\w) )
    | (?P<letter> \{{\\{_LETTER}\s?\}} | (?<=[^\W\d_])\\{_LETTER}(?:\{{\}}|\s)? | \\{_LETTER}(?:\{{\}})? )
    | (?P<accent> \{{\s?{_ACCENT}\s?\}} | {_ACCENT} )
    | (?P<macro>
        \{{\\(?:em|it|bf|sc|tt|rm|sf|sl)\b(?:[^{{}}\\]++|\\.|{_GROUP})*+\}}
        | \\[a-zA-Z]++\*?(?:(?:\[[^\[\]{{}}]*+\])*+(?:{_GROUP})++)?+
      )
    | (?P<braced> \{{(?:
        \\[%&_$\#] | \\[~^]\{{\}} | \\[a-zA-Z]{{2,}}+(?:\{{[^{{}}\\]*+\}})? | \$(?:[^$\\{{}}]++|\\.)++\$
      )\}} )
    | (?P<escaped> \\[%&_$\#{{}}] | \\[~^]\{{\}} )
    | (?P<space> \\[,;:!/\-@\ \\\n] )
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_SPACES = {r"\!": "", r"\-": "", r"\@": ""}
_NOT_IN_PROSE = re.compile(r"\\(?:[;:!\-@]|\\)")  # in a text that is no LaTeX these are something else

_PREAMBLE = re.compile(
    r"\\documentclass(?:[^\\]++|\\(?!documentclass|begin\{document\}).)*+(?:\\begin\{document\})?"
    r"|\\(?:usepackage|setlength)(?:\[[^\[\]{}]*+\])*+(?:\{[^{}]*+\})*+|\\(?:begin|end)\{document\}"
    r"|\\raisebox\{[^{}]*+\}"
)
_REFERENCE = re.compile(
    r"[~\s]{0,3}\\(?:[A-Za-z]*cite[A-Za-z]*|(?:eq|auto|c)?ref|label)(?![A-Za-z])\*?"
    r"(?:\[[^\[\]{}]*+\])*+(?:\{[^{}]*+\})*+"
)
_MONEY = re.compile(r"(?=\d)(?![\d.,]++\\?%?$)(?=\S*+\s|\S*[-(]$)[^\\^_=<>]*+")
_ABOUT = re.compile(r"(?<![^\s(\[])~(?=\s?\d)")  # "~100" is no tie: nothing is tied to it
_BRACKET_SIZE = re.compile(r"\\(?:left|right|middle|[bB]igg?[lrm]?)(?![a-zA-Z])\s?\.?")
_SIGN = "[≤≥≈≠≪≫~×·∈⊂⊆→←]"
_FUNCTION = r"\\(?:log|ln|exp|sin|cos|tan|max|min|arg|sup|inf|lim|det|dim|deg|gcd|Pr)(?![a-zA-Z])"


def latex_text(text: str, *, everywhere: bool) -> str:
    """The text without its LaTeX; `everywhere` says that braces, `~` and dashes are LaTeX too.

    Macros that nobody defines keep their name, which is often a system's. Never fails.
    """
    text = _REFERENCE.sub("", _PREAMBLE.sub("", text)) if "\\" in text else text
    text = _ABOUT.sub("∼", text) if everywhere and "~" in text else text
    convert = _converted if len(text) <= _LONGEST else _stripped
    pieces, end = [], 0
    for match in _PIECE.finditer(text):
        between = text[end : match.start()]
        pieces += [
            _prose(between) if everywhere else between,
            _piece(_unbraced(match), convert, everywhere=everywhere),
        ]
        end = match.end()
    return "".join([*pieces, _prose(text[end:]) if everywhere else text[end:]])


def _prose(text: str) -> str:
    text = text.replace("``", "“").replace("''", "”").replace("---", "—").replace("--", "–")
    return text.replace("~", " ").replace("∼", "~").replace("{", "").replace("}", "")


def _piece(match: re.Match[str], convert: Callable[[str], str], *, everywhere: bool) -> str:
    text = match.group()
    match match.lastgroup:
        case "formula":
            return _formula(text, convert)
        case "quotation" | "escaped":
            return text.replace("\\", "").removesuffix("{}")
        case "letter":
            return convert(text.strip("{} \t\n"))
        case "contraction" if not everywhere:  # an apostrophe that something escaped
            return text.replace("\\", "")
        case "contraction" | "accent":
            return _accent(text, convert, everywhere=everywhere)
        case "macro":
            return _macro(match, convert, everywhere=everywhere)
        case "space" if everywhere or not _NOT_IN_PROSE.match(text):
            return ("" if everywhere else "/") if text == r"\/" else _SPACES.get(text, " ")
    return text


def _unbraced(match: re.Match[str]) -> re.Match[str]:
    """Braces around one piece alone are BibTeX's, wherever the text came through."""
    is_braced = match.lastgroup == "braced"
    inner = _PIECE.fullmatch(match.string, match.start() + 1, match.end() - 1) if is_braced else None
    return inner or match


def _formula(text: str, convert: Callable[[str], str]) -> str:
    if text[0] == "$" and _MONEY.fullmatch(text.strip("$")):
        return text
    text = _BRACKET_SIZE.sub("", text)
    text = re.sub(rf"(?<=[\w}})])(?={_FUNCTION})", "{} ", text)  # "n log n", not "nlog n"
    text = " ".join(convert(text).split())
    # The space after a macro may be gone: a sign with a space on one side has one on both.
    return re.sub(rf" ?({_SIGN}) | ({_SIGN})", lambda sign: f" {sign[1] or sign[2]} ", text).strip()


def _accent(text: str, convert: Callable[[str], str], *, everywhere: bool) -> str:
    """In a text that may not be LaTeX, only what makes one letter."""
    letter = unicodedata.normalize("NFC", convert(text))
    return letter if everywhere or len(letter) == 1 else text.replace("\\", "")


def _macro(match: re.Match[str], convert: Callable[[str], str], *, everywhere: bool) -> str:
    text = match.group()
    name = text[1:].rstrip("*")
    if not name.isalpha() or ((len(name) > 1 or everywhere) and is_macro(name)):
        return convert(text)
    before = match.string[match.start() - 1 : match.start()]
    # "C:\new" and "a\nb" are no macros.
    starts_word = len(name) > 1 and (not before or before.isspace() or before in "([{\"'`~-–—/")
    return name if everywhere or starts_word else text


def _stripped(text: str) -> str:
    return re.sub(r"\\([^a-zA-Z])", r"\1", re.sub(r"\\[a-zA-Z]++\*?|(?<!\\)[{}$]", "", text))


@lru_cache(maxsize=4096)
def _converted(text: str) -> str:
    # A bare per cent sign would hide the rest; arXiv runs macros and the Greek it translates together.
    prepared = re.sub(r"(?<!\\)%", r"\\%", re.sub(r"(\\[a-zA-Z]++)(?=[^\W\d_])", r"\1 ", text))
    try:
        return with_macros(prepared)
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError):
        return _stripped(text)  # arguments that pylatexenc did not expect
