"""An answer in the formats of other programs. References come from what the library knows of the papers
cited, never from what a model wrote.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from rag.cleaning import clean
from rag.errors import InputError
from rag.export.references import bibtex, cite_keys, ris, web_address
from rag.interfaces import Span
from rag.types import Answer, Citation, Paper, Sentence, reference

Cite = Callable[[Sequence[int]], str]

_NUMBER = re.compile(r"\d+")
_NEAREST = 5  # papers named where there is no answer
# What Markdown or pandoc would take for more than itself, anywhere and at the start of a line.
_INLINE = re.compile(r"[\\`*_\[\]<~^$@|{]|&(?=#?\w{1,31};)")
_AT_START = re.compile(r"^(?:(?=[-%:=+#>.])|(\d{1,9})(?=[.)]))")
_AT_START_OF_PROSE = re.compile(r"^(?=[%:=+#>.]|-(?!\s))", re.MULTILINE)  # which may hold lists


def to_bibtex(answer: Answer) -> str:
    """See Answer.to_bibtex."""
    return "".join(bibtex(_cited(answer)))


def to_ris(answer: Answer) -> str:
    """See Answer.to_ris."""
    return "".join(ris(_cited(answer)))


def to_markdown(answer: Answer) -> str:
    """See Answer.to_markdown."""
    parts = [f"**{_escaped(answer.question)}**", _text(answer, _numbers)]
    if answer.citations:
        parts += ["**References**", *map(_reference, answer.citations)]
    if answer.abstained and answer.hits:
        nearest = (f"- {_described(hit.paper)}" for hit in answer.hits[:_NEAREST])
        parts += ["**Nearest papers**", "\n".join(nearest)]
    return "\n\n".join(parts) + "\n"


def to_pandoc(answer: Answer) -> str:
    """See Answer.to_pandoc."""
    keys = list(cite_keys(_cited(answer)))

    def cite(markers: Sequence[int]) -> str:
        return f"[{'; '.join(f'@{keys[marker - 1]}' for marker in markers)}]" if markers else ""

    return f"{_text(answer, cite)}\n"


TEXTS: Mapping[str, Callable[[Answer], str]] = {
    "bibtex": to_bibtex,
    "ris": to_ris,
    "markdown": to_markdown,
    "pandoc": to_pandoc,
}
"""By name, how an answer is written as a text."""


def _cited(answer: Answer) -> list[Paper]:
    """In the order of their markers, which count from 1."""
    if not answer.citations:
        raise InputError(
            "the answer cites no paper, so there are no references to write; `--export markdown` or "
            "`passport` keeps it as it is"
        )
    return [citation.paper for citation in answer.citations]


def _text(answer: Answer, cite: Cite) -> str:
    """What the answer says, and what is to be said of it."""
    said = (
        _escaped(answer.reason)
        if answer.abstained
        else "".join(f"{_marked(sentence, cite)}{sentence.after}" for sentence in answer.sentences)
    )
    lines = "\n".join(line.strip() for line in said.strip().split("\n"))
    doubt = ("answered although the abstracts seem not to tell",) if answer.forced else ()
    notes = "\n".join(f"*({_escaped(note)})*" for note in (*doubt, *answer.notes))
    return "\n\n".join(filter(None, [_AT_START_OF_PROSE.sub(r"\\", lines), notes]))


def _marked(sentence: Sentence, cite: Cite) -> str:
    """A sentence with its references where they stand, and its verdict where that is not the best."""
    text = sentence.shown or f"{sentence.text} "
    said, position = "", 0
    for start, end in _runs(sentence):
        said += _inline(text[position:start]) + cite([int(n) for n in _NUMBER.findall(text[start:end])])
        position = end
    said += _inline(text[position:]) + ("" if sentence.shown else cite(sentence.citations))
    doubt = f"{sentence.verdict}: {sentence.reason}" if sentence.verdict != "supported" else ""
    return f"{said.strip()} *({_inline(clean(doubt))})*" if doubt else said.strip()


def _runs(sentence: Sentence) -> list[Span]:
    """Places of its markers, one for those that stand side by side."""
    runs: list[Span] = []
    for start, end in sentence.marks:
        if runs and not sentence.shown[runs[-1][1] : start].strip():
            start = runs.pop()[0]
        runs.append((start, end))
    return runs


def _numbers(markers: Iterable[int]) -> str:
    return "".join(f"[{marker}]" for marker in markers)


def _reference(citation: Citation) -> str:
    """An item of a numbered list, with what is quoted from the paper."""
    number = f"{citation.marker}. "
    doubt = f" *({citation.verdict}: {_inline(clean(citation.reason))})*"
    said = _described(citation.paper) + (doubt if citation.verdict != "supported" else "")
    quotes = (f"{' ' * len(number)}> “{_escaped(evidence.quote)}”" for evidence in citation.evidence)
    return "\n\n".join([number + said, *quotes])


def _described(paper: Paper) -> str:
    said = reference(replace(paper, url="", identifiers={}))  # without its link, which is not to be escaped
    link = web_address(paper.link)
    return f"{_escaped(said)}. <{link}>" if link else _escaped(said)


def _escaped(text: str) -> str:
    """As a paragraph or an item of its own."""
    return _AT_START.sub(r"\1\\", _inline(clean(text)))


def _inline(text: str) -> str:
    return _INLINE.sub(r"\\\g<0>", text)
