"""A draft on disk → the sentences in it that claim something, with the lines they begin on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.chunking import sentences
from rag.cleaning import clean
from rag.draft_keys import MARKS
from rag.errors import InputError
from rag.markup.latex import latex_text
from rag.words import content_words

LONGEST_DRAFT = 1_000_000
"""Characters."""

LONGEST_CLAIM = 600
"""Characters; of a longer sentence only the beginning is looked at."""

_LEAST_WORDS = 4  # content words of a sentence that claims something
_SHORTEST = 8  # characters of a sentence
_ENDED = re.compile(r"[.!?:;…][\"”’)\]]*\s*$")
_CODE = re.compile(r"^```.*?^```|\\begin\{(?:lstlisting|verbatim)\}.*?\\end\{", re.MULTILINE | re.DOTALL)
_LIST_MARK = re.compile(r"\s*(?:[-*•+]|\d{1,2}[.)]|\\item)\s+")
# Lines up to an empty one or one that begins an item of a list.
_PARTS = re.compile(rf"[^\n]*\S[^\n]*(?:\n(?!{_LIST_MARK.pattern})[^\n]*\S[^\n]*)*")
_CITE = re.compile(r"~?\\(?:no|auto|paren|text|foot)?[cC]ite\w*\*?(?:\[[^\]]*\]){0,2}\{([^{}]{1,400})\}")
_SKIPPED = re.compile(
    r"[^\S\n]*(?:#|\||```|:::|!\[|\\(?:section|subsection|title|author|begin|end|caption)\b)"
)
_SKIPPED_LINE = re.compile(rf"{_SKIPPED.pattern}.*")
_LATEX_LINE = re.compile(r"(?<!\\)%.*|\\(?:documentclass|usepackage|label|input|include)\b.*")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence as it stands in the draft, the line it begins on, from 1, and whether it was cut short."""

    line: int
    text: str
    is_cut: bool

    @property
    def bare(self) -> str:
        """Without its citations."""
        return clean(MARKS.sub("", self.text))


def read_draft(path: Path) -> str:
    """The text of a draft; LaTeX becomes plain text, line by line.

    Raises:
        InputError: it cannot be read, is no text, or is too long.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: not UTF-8 text; save the draft as plain text, Markdown or LaTeX"
        ) from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    if len(text) > LONGEST_DRAFT:
        raise InputError(f"{path}: has {len(text)} characters; a draft may have {LONGEST_DRAFT}")
    text = _CODE.sub(_blank, text)
    return "\n".join(map(_from_latex, text.split("\n"))) if path.suffix.lower() == ".tex" else text


def read_claiming(text: str) -> list[Said]:
    """The sentences that claim something: questions, headings, tables and code do not."""
    said = []
    runs_on = False
    for line, sentence in _sentences(text):
        is_long = len(sentence) > LONGEST_CLAIM
        if not runs_on and _is_claim(sentence):
            said.append(Said(line, sentence[:LONGEST_CLAIM], is_long))
        runs_on = is_long and not _ENDED.search(sentence)  # the splitter cuts what has no full stop
    return said


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """Sentences with the line they begin on; one may run over the ends of lines, but not over an empty line
    or into an item of a list.
    """
    text = _CODE.sub(_blank, text)
    text = "".join(_blank_start(_SKIPPED_LINE, line) for line in text.splitlines(keepends=True))
    for part in _PARTS.finditer(text):
        joined = _blank_start(_LIST_MARK, part.group()).replace("\n", " ")
        for start, end in sentences(joined, shortest=_SHORTEST):
            yield text.count("\n", 0, part.start() + start) + 1, joined[start:end]


def _blank(found: re.Match[str]) -> str:
    """As long, and on as many lines."""
    return re.sub(r"[^\n]", " ", found.group())


def _blank_start(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.match(text)
    return _blank(found) + text[found.end() :] if found else text


def _is_claim(sentence: str) -> bool:
    return not sentence.rstrip().endswith("?") and len(content_words(MARKS.sub("", sentence))) >= _LEAST_WORDS


def _from_latex(line: str) -> str:
    """A line as it reads, its citations as pandoc writes them."""
    if _SKIPPED.match(line):
        return ""
    cited = _CITE.sub(
        lambda m: f" [@{'; @'.join(key.strip() for key in m[1].split(','))}]", _LATEX_LINE.sub("", line)
    )
    return latex_text(cited, everywhere=True)
