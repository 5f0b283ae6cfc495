"""A text of the user's own → for each claim in it, the abstracts that bear it out or speak against it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rag.chunking import sentences
from rag.cleaning import clean
from rag.errors import InputError
from rag.export.references import cite_keys
from rag.markup.latex import latex_text
from rag.retrieval.retriever import Retriever
from rag.types import Evidence, Paper
from rag.verdicts.claims import Claim, Source, read_claims, read_sources
from rag.verdicts.evidence import find
from rag.verdicts.judge import judge
from rag.verdicts.reader import Reader
from rag.words import content_words

Status = Literal["supported", "partly", "disagrees", "not_found"]

LONGEST_DRAFT = 1_000_000
"""Characters."""

_LOOKED_AT = 8  # papers for each claim
_LEAST_WORDS = 4  # content words of a sentence that claims something
_SHORTEST = 8  # characters of a sentence
# Of papers that nobody cited one is bound to come near, so more is asked than of a cited one (of 2).
_NEAR, _ABOUT = 1.1, 1.0
_AGAINST = frozenset({"number", "direction", "swapped_number"})
_PARTLY = frozenset({"over_claim", "partly"})
_MARKS = re.compile(
    r"\[-?@[^\]\n]{1,200}\]"  # pandoc
    r"|\[\d{1,3}(?:\s*[,–-]\s*\d{1,3})*\]"
    r"|\((?:(?:see |e\.g\.,? |cf\. )?[A-Z][^()\n]{1,80}?,? (?:19|20)\d\d[a-z]?(?:; )?){1,6}\)"
)
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
class Support:
    """What one paper of the library says of a claim; `key` is its key in a bibliography."""

    paper: Paper
    key: str
    evidence: tuple[Evidence, ...]
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A sentence of a draft: the line it begins on, from 1, its own citations as they are written there,
    and what the library says of it, the nearest paper first. It `lacks` a citation where a paper bears it
    out and none is cited.
    """

    line: int
    text: str
    cited: tuple[str, ...]
    status: Status
    supporting: tuple[Support, ...]
    disagreeing: tuple[Support, ...]

    @property
    def lacks(self) -> bool:
        """Whether a citation could be put here and none is."""
        return self.status == "supported" and not self.cited


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


def check_draft(text: str, retriever: Retriever) -> list[CheckedClaim]:
    """Look each claim of a text up in the library. Questions, headings and tables claim nothing."""
    found = [(line, said) for line, said in _sentences(text) if _is_claim(said)]
    bare = [clean(_MARKS.sub("", said)) for _, said in found]
    claims = read_claims(bare, retriever)
    hits = [retriever.search(claim.text, claim.vector, _LOOKED_AT) for claim in claims]
    papers = {hit.paper.paper_id: hit.paper for each in hits for hit in each}
    keys = dict(zip(papers, cite_keys(papers.values()), strict=True))
    named = {f"[@{keys[paper_id]}]": paper for paper_id, paper in papers.items()}
    sources = dict(zip(papers, read_sources(named, retriever), strict=True))
    reader = Reader(retriever.terms, retriever.embed)
    return [
        _checked(line, said, claim, [sources[hit.paper.paper_id] for hit in each], keys, reader)
        for (line, said), claim, each in zip(found, claims, hits, strict=True)
    ]


def _checked(
    line: int,
    said: str,
    claim: Claim,
    sources: Sequence[Source],
    keys: dict[str, str],
    reader: Reader,
) -> CheckedClaim:
    weighed = sorted(((find(claim, source).support, source) for source in sources), key=lambda each: -each[0])
    supporting, partly, against = list[Support](), list[Support](), list[Support]()
    for support, source in weighed:
        judgement = judge(claim, [source], [], reader)
        finding, [part] = judgement.finding, judgement.parts
        found = Support(
            source.paper, keys[source.paper.paper_id], part.evidence, finding.code, finding.reason
        )
        if finding.verdict == "supported" and (support >= _NEAR or finding.code == "quoted"):
            supporting.append(found)
        elif finding.code in _AGAINST and support >= _ABOUT:
            against.append(found)
        elif finding.code in _PARTLY and support >= _ABOUT:
            partly.append(found)
    status: Status = (
        "supported" if supporting else "disagrees" if against else "partly" if partly else "not_found"
    )
    cited = tuple(match.group() for match in _MARKS.finditer(said))
    return CheckedClaim(line, clean(said), cited, status, tuple(supporting or partly), tuple(against))


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
    return (
        not sentence.rstrip().endswith("?") and len(content_words(_MARKS.sub("", sentence))) >= _LEAST_WORDS
    )


def _from_latex(line: str) -> str:
    """A line as it reads, its citations as pandoc writes them."""
    if _SKIPPED.match(line):
        return ""
    cited = _CITE.sub(
        lambda m: f" [@{'; @'.join(key.strip() for key in m[1].split(','))}]", _LATEX_LINE.sub("", line)
    )
    return latex_text(cited, everywhere=True)
