"""A pasted listing: title and abstract in turn, after any preamble, with blank lines or without.

A paragraph is taken for an abstract when it is as long as one, and the line above it for its title.
What stands above the first title is preamble; what is left over later is reported.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.cleaning import clean
from rag.ingest.report import Problem
from rag.readers.source import Source
from rag.records import Record

_ABSTRACT_LENGTH = 250  # characters; a longer line is an abstract whatever it looks like
_SHORT_ABSTRACT_WORDS = 20  # a line of so many words that ends as a sentence is one, too
# A page's button, pasted without the line break that followed it: "SubscribeOn the …".
_GLUED_BUTTON = re.compile(r"^(?:Subscribe|Sign in|Sign up|Log in|Login)(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class _Paragraph:
    line: int
    text: str

    @property
    def is_abstract(self) -> bool:
        return len(self.text) >= _ABSTRACT_LENGTH or (
            self.text.endswith((".", "!", "?")) and len(self.text.split()) >= _SHORT_ABSTRACT_WORDS
        )


def looks_like(head: str) -> bool:
    """Some paragraph is as long as an abstract, and the text is no JSON, XML or HTML."""
    if head.lstrip()[:1] in ("{", "[", "<"):
        return False
    return any(paragraph.is_abstract for paragraph in _paragraphs(head.splitlines()))


def read(source: Source) -> Iterator[Record | Problem]:
    """One record for each abstract, titled by the line above it."""
    above: list[_Paragraph] = []  # what stands above the next abstract
    found = 0
    for paragraph in _paragraphs(source.lines()):
        if not paragraph.is_abstract:
            above.append(paragraph)
            continue
        yield from _unused(source, above[:-1] if found else [])
        title = above[-1] if above else _Paragraph(paragraph.line, "")
        text = title.text if found else _GLUED_BUTTON.sub("", title.text)
        yield Record.of({"title": text, "abstract": paragraph.text}, source.name, title.line)
        above, found = [], found + 1
    yield from _unused(source, above if found else [], at_end=True)
    if not found:
        yield Problem(source.name, None, "no paragraph is long enough to be an abstract (20 words)")


def _unused(source: Source, paragraphs: list[_Paragraph], *, at_end: bool = False) -> Iterator[Problem]:
    if paragraphs:
        first = paragraphs[0]
        yield Problem(
            source.name,
            first.line,
            f"{len(paragraphs)} line(s) belong to no abstract and were left out: “{first.text[:60]}”",
            is_warning=True,
            cuts_off=at_end,  # a last abstract may have been cut short
        )


def _paragraphs(lines: Iterator[str] | list[str]) -> Iterator[_Paragraph]:
    """Lines, with those of a hard-wrapped abstract joined."""
    block: list[_Paragraph] = []
    for number, raw in enumerate(lines, start=1):
        line = _Paragraph(number, clean(raw))
        if line.text and not line.is_abstract:
            block.append(line)
            continue
        yield from _join_wrapped(block)
        block = []
        if line.text:
            yield line
    yield from _join_wrapped(block)


def _join_wrapped(block: list[_Paragraph]) -> Iterator[_Paragraph]:
    start = _wrapped_from(block)
    yield from block[:start]
    if start < len(block):
        yield _Paragraph(block[start].line, "\n".join(line.text for line in block[start:]))


def _wrapped_from(block: list[_Paragraph]) -> int:
    """Index of the first line of a hard-wrapped abstract at the end of a block, or its length.

    A wrapped line is full: the first word of the next would not have fitted on it. A title is not.
    """
    if len(block) < 3 or not block[-1].text.endswith((".", "!", "?")):
        return len(block)
    width = max(len(line.text) for line in block)
    start = len(block) - 1
    while start > 0:
        line, below = block[start - 1].text, block[start].text
        if len(line) + 1 + len(below.split()[0]) <= width:
            break
        start -= 1
    joined = sum(len(line.text) for line in block[start:])
    return start if joined >= _ABSTRACT_LENGTH else len(block)
