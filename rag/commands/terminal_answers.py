"""Answers → text made for reading on a terminal, while they are written and when they are whole."""

import os
import shlex
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Sequence

from rich.text import Text

from rag.commands.terminal import INDENT, Terminal, papers, show_excluded, show_hit, show_paper
from rag.draft_check import CheckedClaim, Status, Support
from rag.draft_text import LONGEST_CLAIM
from rag.errors import ModelError
from rag.ingest.report import IngestReport
from rag.types import EXTRACTIVE, Answer, Citation, Event

_MISSES = 5  # papers shown where there is no answer
_SHOWN = 2  # papers shown for, and as many against, a claim of a draft
_STATUS: dict[Status, str] = {
    "supported": "supported",
    "partly": "supported in part",
    "disagrees": "in disagreement",
    "not_found": "not in this library",
}
_STYLE = {"supported": "green", "partly": "yellow", "disagrees": "bold red", "not_found": "dim"}


def show_demo(console: Terminal, question: str, report: IngestReport, answer: Answer, library: str) -> None:
    """The sample collection, one question and its answer, and what to type next."""
    console.say(f"{papers(report.papers)} on making language models cheaper, in {library}", "dim")
    console.say(f"\n{question}\n", "bold")
    show_answer(console, answer)
    me = "footnote" if shutil.which("footnote") else os.path.relpath(sys.argv[0])
    console.say("\nWhere to go next", "bold")
    for line in (
        f'{me} --library {shlex.quote(library)} ask "How is attention made cheaper for long texts?"',
        f"{me} --library my-papers ingest YOUR-FILE   (BibTeX, RIS, PubMed, CSV, a pasted listing, …)",
        f'{me} --library my-papers ask "Your question?"',
    ):
        console.print(Text(f"  {line}"), soft_wrap=True)  # never folded: it is to be copied


def show_as_it_comes(console: Terminal, events: Iterable[Event], *, prose: bool) -> Answer:
    """Show what a model writes while it does, on a terminal, and the answer as a whole at its end.

    Raises:
        ModelError: as the events do, after showing what came.
    """
    live, begun = prose and console.is_terminal, False
    try:
        for event in events:
            if isinstance(event, str) and live:
                console.out(event, end="", highlight=False)
                begun = True
            elif isinstance(event, Answer):
                answer = event
    except ModelError as error:
        if begun:
            console.say()
        if error.answer:
            _show_broken_off(console, error.answer, told=begun)
        raise
    if begun:
        console.say()
    show_answer(console, answer, told=begun)
    return answer


def show_answer(console: Terminal, answer: Answer, *, told: bool = False) -> None:
    """The answer, unless it was told before, then exactly the sources it cites with their quoted words; or
    why there is none. Then what the reader must know of it.
    """
    if answer.abstained:
        _show_abstention(console, answer)
    else:
        _show_sources(console, answer, told=told)
    _show_notes(console, answer)
    if answer.hits:  # else the reason tells
        show_excluded(console, answer.excluded)


def _show_sources(console: Terminal, answer: Answer, *, told: bool) -> None:
    quoted = {evidence.quote for citation in answer.citations for evidence in citation.evidence}
    if not told:
        _show_sentences(console, answer)
    _show_doubts(console, answer)
    if answer.citations:
        console.say("\nSources", "bold")
    for citation in answer.citations:
        _show_citation(console, citation, besides={sentence.text for sentence in answer.sentences})
    if answer.sentences and all(sentence.text in quoted for sentence in answer.sentences):
        said = "Every sentence is quoted: each was found in its abstract, word for word."
        console.say(f"\n{said}", "dim")


def show_check(console: Terminal, file: str, claims: Sequence[CheckedClaim]) -> None:
    """Each claim of a draft with what the library says of it, and how many there are of each kind."""
    for claim in claims:
        head = Text.assemble((f"{file}:{claim.line}  ", "dim"), (_STATUS[claim.status], _STYLE[claim.status]))
        console.say(head)
        console.say(claim.text, indent=INDENT)
        for own in claim.own:
            style = "green" if own.verdict == "supported" else "yellow"
            console.say(f"cites [@{own.key}]: {own.verdict}, {own.reason}", style, indent=INDENT)
        if claim.is_cut:
            console.say(f"only its first {LONGEST_CLAIM} characters were looked at", "yellow", indent=INDENT)
        for support in (*claim.supporting[:_SHOWN], *claim.disagreeing[:_SHOWN]):
            _show_support(console, support)
        if claim.lacks:
            console.say(f"lacks a citation: [@{claim.supporting[0].key}]", "yellow", indent=INDENT)
    if unknown := dict.fromkeys(name for claim in claims for name in claim.unknown):
        console.say(f"\nNo paper of this library: {', '.join(unknown)}", "yellow")
    counts = Counter(claim.status for claim in claims)
    said = ", ".join(f"{counts[status]} {name}" for status, name in _STATUS.items() if counts[status])
    lacking = sum(claim.lacks for claim in claims)
    more = f"; {lacking} of them could cite a paper and cite none" if lacking else ""
    console.say(
        f"\n{len(claims)} claims: {said}{more}." if claims else "No sentence claims anything.", "bold"
    )


def _show_support(console: Terminal, support: Support) -> None:
    console.say(
        f"[@{support.key}] {support.paper.title or '(no title)'}: {support.reason}", "dim", indent=INDENT
    )
    for evidence in support.evidence:
        console.say(f"“{evidence.quote}”", "italic green", indent=2 * INDENT)


def _show_sentences(console: Terminal, answer: Answer) -> None:
    """A model's prose as it was written; what abstracts say line by line, a blank one between papers."""
    if answer.model != EXTRACTIVE:
        console.say(answer.text)
        return
    for number, line in enumerate(answer.text.split("\n")):
        said = Text(line)
        said.highlight_regex(r"(?<=” )\[\d+\]", "bold cyan")
        if number:
            console.say()
        console.say(said)


def _show_doubts(console: Terminal, answer: Answer) -> None:
    """The sentences that the abstracts do not bear out, each with the reason."""
    doubtful = [sentence for sentence in answer.sentences if sentence.verdict != "supported"]
    if doubtful:
        console.say("\nNot proven", "bold yellow")
    for sentence in doubtful:
        console.say(f"“{sentence.text}”", indent=INDENT)
        console.say(f"{sentence.verdict}: {sentence.reason}", "yellow", indent=INDENT)


def _show_notes(console: Terminal, answer: Answer) -> None:
    for note in answer.notes:
        console.say(f"Note: {note}.", "dim")


def _show_broken_off(console: Terminal, answer: Answer, *, told: bool) -> None:
    """What came before a model failed, and the papers that were found."""
    if answer.sentences and not told:
        console.say(answer.text)
    if answer.sentences:
        _show_doubts(console, answer)
    console.say("\nPapers found", "bold")
    for hit in answer.hits:
        show_hit(console, hit, with_chunk=False)


def _show_abstention(console: Terminal, answer: Answer) -> None:
    console.say(f"No answer: {answer.reason}", "bold")
    if answer.to_open:
        console.say("\nTo open in full:")
    for number, paper in enumerate(answer.to_open, start=1):
        show_paper(console, f"{number}.", paper)
    others = [hit for hit in answer.hits if hit.paper not in answer.to_open][:_MISSES]
    if others:
        console.say("\nNearest papers:" if not answer.to_open else "\nOther papers that came near:")
    for hit in others:
        show_hit(console, hit, with_chunk=False)
    if answer.hits:
        console.say("\n--force answers all the same.", "dim")


def _show_citation(console: Terminal, citation: Citation, besides: set[str]) -> None:
    """A source, with the words quoted from it besides those that the answer itself quotes."""
    show_paper(console, f"[{citation.marker}]", citation.paper)
    for evidence in citation.evidence:
        if evidence.quote not in besides:
            console.say(f"“{evidence.quote}”", "italic green", indent=INDENT)
