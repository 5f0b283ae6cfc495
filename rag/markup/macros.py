"""What pylatexenc makes of LaTeX, taught to write formulas on one line."""

# ruff: noqa: RUF001 (formulas are made of such characters)
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from rag.markup.notation import fraction, root, subscript, superscript

# pylatexenc has no types: its nodes and converters are Any.
_Repl = str | Callable[[Any, Any], str]

_SILENT = """
    displaystyle textstyle scriptstyle limits nolimits mathbin mathrel bf it em rm sc tt sf sl bfseries
    itshape mdseries scshape tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge
    noindent centering nonumber boldmath unboldmath xspace par protect break newline newpage color textcolor
    vspace hspace label setlength usepackage
""".split()

# How many of them what pylatexenc does not know takes.
_ARGUMENTS = {"dfrac": 2, "tfrac": 2, "binom": 2, "href": 2, "textsuperscript": 1, "textsubscript": 1}


def with_macros(latex: str) -> str:
    """The text of a piece of LaTeX.

    May raise almost anything when a macro's arguments are not what pylatexenc expects.
    """
    return _converter()(latex).replace("∼", "~")


def is_macro(name: str) -> bool:
    r"""Whether \name means something to LaTeX, rather than to one paper."""
    return name in _known()


@cache
def _known() -> frozenset[str]:
    from pylatexenc import latex2text, latexwalker

    contexts = (module.get_default_latex_context_db() for module in (latex2text, latexwalker))
    return frozenset(_MACROS) | {
        spec.macroname for context in contexts for spec in context.iter_macro_specs()
    }


@cache
def _converter() -> Callable[[str], str]:
    from pylatexenc import latex2text, latexwalker, macrospec  # takes a while, and few texts need it

    one = macrospec.MacroStandardArgsParser("{")
    parsed = latexwalker.get_default_latex_context_db()
    parsed.add_context_category(
        "one line",
        macros=[macrospec.std_macro(name, False, count) for name, count in _ARGUMENTS.items()],
        specials=[macrospec.SpecialsSpec(mark, args_parser=one) for mark in "^_"],
        prepend=True,
    )
    written = latex2text.get_default_latex_context_db()
    written.add_context_category(
        "one line",
        macros=[latex2text.MacroTextSpec(name, simplify_repl=says) for name, says in _MACROS.items()],
        specials=[latex2text.SpecialsTextSpec(mark, simplify_repl=_script) for mark in "^_"],
        prepend=True,
    )
    written.set_unknown_macro_spec(latex2text.MacroTextSpec("", simplify_repl=_unknown))
    spaces = {"between-macro-and-chars": False, "between-latex-constructs": True}  # as they were written
    to_text = latex2text.LatexNodes2Text(latex_context=written, math_mode="text", strict_latex_spaces=spaces)

    def convert(latex: str) -> str:
        walker = latexwalker.LatexWalker(latex, latex_context=parsed, tolerant_parsing=True)
        with _silence(latexwalker, latex2text):
            try:
                nodes, _, _ = walker.get_latex_nodes()
            except latexwalker.LatexWalkerError as error:
                raise ValueError(str(error)) from error
            return str(to_text.nodelist_to_text(nodes))

    return convert


@contextmanager
def _silence(*modules: Any) -> Iterator[None]:  # noqa: ANN401
    """What they would log of damaged LaTeX; setLevel would take as long as reading it."""
    loggers = [logging.getLogger(module.__name__) for module in modules]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        yield
    finally:
        for logger, was_disabled in zip(loggers, before, strict=True):
            logger.disabled = was_disabled


def _script(node: Any, l2tobj: Any) -> str:  # noqa: ANN401
    if not node.parsing_state.in_math_mode:
        return str(node.latex_verbatim())
    text = re.sub(r"(?<![A-Za-z])\s+|\s+(?![A-Za-z])", "", l2tobj.node_arg_to_text(node, 0))
    return superscript(text) if node.specials_chars == "^" else subscript(text, in_formula=True)


def _unknown(node: Any, l2tobj: Any) -> str:  # noqa: ANN401
    """Its arguments; without any, its name, by which authors mostly mean just that."""
    end = node.pos + node.len
    has_argument = node.parsing_state.s[end : end + 1] == "{"
    return _arguments(node, l2tobj) or ("" if has_argument else node.macroname)


def _arguments(node: Any, l2tobj: Any) -> str:  # noqa: ANN401
    count = len(node.nodeargd.argnlist or ()) if node.nodeargd else 0
    return "".join(l2tobj.node_arg_to_text(node, index) for index in range(count))


def _argument(number: int) -> _Repl:
    def repl(node: Any, l2tobj: Any) -> str:  # noqa: ANN401
        return str(l2tobj.node_arg_to_text(node, number))

    return repl


def _fraction(node: Any, l2tobj: Any) -> str:  # noqa: ANN401
    return fraction(l2tobj.node_arg_to_text(node, 0), l2tobj.node_arg_to_text(node, 1))


def _root(node: Any, l2tobj: Any) -> str:  # noqa: ANN401
    return root(l2tobj.node_arg_to_text(node, 1), l2tobj.node_arg_to_text(node, 0))


def _address(node: Any, l2tobj: Any) -> str:  # noqa: ANN401, ARG001
    return str(node.nodeargd.argnlist[0].latex_verbatim()).strip("{}").replace("\\", "")


_MACROS: dict[str, _Repl] = {
    **dict.fromkeys(_SILENT, ""),
    **dict.fromkeys(("frac", "dfrac", "tfrac", "nicefrac", "textfrac"), _fraction),
    # Letters of a fancy alphabet are not found by who asks for the plain ones.
    **dict.fromkeys("mathcal mathscr mathfrak mathbf mathit mathsf mathtt mbox texttt".split(), _arguments),
    **dict.fromkeys("cite citep citet ref eqref cref Cref autoref".split(), ""),
    "sqrt": _root,
    "href": _argument(1),
    "url": _address,
    "binom": "(%s choose %s)",
    "|": "‖",
    "colon": ":",
    "degree": "°",
    "degr": "°",  # astronomers' own, as their database writes them
    "fdg": ".°",
    "arcmin": "′",
    "farcm": ".′",
    "arcsec": "″",
    "farcs": ".″",
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
    "textasciitilde": "~",
    "textasciicircum": "^",
    "textsuperscript": lambda node, l2tobj: superscript(_arguments(node, l2tobj)),
    "textsubscript": lambda node, l2tobj: subscript(_arguments(node, l2tobj)),
    "operatorname": _arguments,
}
