"""Values → text made for reading on a terminal; plain where there is none."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.padding import Padding
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar
from rich.text import Text

from rag.ingest import Progress
from rag.types import Answer, Citation, Hit, IngestReport, Paper

_INDENT = (0, 0, 0, 4)
_MOST_PROBLEMS = 10  # lines of a kind on a terminal; --json has them all
_SNIPPET = 240  # characters


def stdout() -> Console:
    """Where results go."""
    return _Console(highlight=False)


def stderr() -> Console:
    """Where progress goes."""
    return _Console(stderr=True, highlight=False)


class _Console(Console):
    def on_broken_pipe(self) -> NoReturn:
        raise BrokenPipeError  # rich would exit with 1 here; see shell.run_and_exit


def show_demo(console: Console, question: str, report: IngestReport, answer: Answer, library: Path) -> None:
    """The sample collection, one question and its answer, and what to type next."""
    console.print(f"{papers(report.papers)} on making language models cheaper, in {library}", style="dim")
    console.print(f"\n{question}\n", style="bold")
    show_answer(console, answer)
    me = "footnote" if shutil.which("footnote") else os.path.relpath(sys.argv[0])
    console.print("\nWhere to go next", style="bold")
    for line in (
        f'{me} --library {library} ask "How is attention made cheaper for long texts?"',
        f"{me} --library my-papers ingest YOUR-FILE   (a pasted listing, JSON, JSON lines, CSV or TSV)",
        f'{me} --library my-papers ask "Your question?"',
    ):
        console.print(Text(f"  {line}"), soft_wrap=True)


def show_answer(console: Console, answer: Answer) -> None:
    """The answer, then exactly the sources it cites with their quoted words; or why there is none."""
    if answer.abstained:
        console.print(Text(f"No answer: {answer.reason}", style="bold"))
        console.print("\nNearest papers:")
        for hit in answer.hits[:5]:
            _show_hit(console, hit, with_chunk=False)
        return
    quoted = {evidence.quote for citation in answer.citations for evidence in citation.evidence}
    for sentence in answer.sentences:
        line = Text(f"“{sentence.text}”" if sentence.text in quoted else sentence.text)
        for marker in sentence.citations:
            line.append(f" [{marker}]", style="bold cyan")
        if sentence.verdict != "supported":
            line.append(f" ({sentence.verdict}: {sentence.reason})", style="yellow")
        console.print(line)
    console.print(Text("\nSources", style="bold"))
    for citation in answer.citations:
        _show_citation(console, citation, besides={sentence.text for sentence in answer.sentences})
    if all(sentence.text in quoted for sentence in answer.sentences):
        console.print(
            Text(
                "\nEvery sentence is quoted: each was found in its abstract, word for word.",
                style="dim",
            )
        )


def show_hits(console: Console, hits: list[Hit]) -> None:
    """Papers found, best first, each with the words that matched best."""
    for hit in hits:
        _show_hit(console, hit, with_chunk=True)


def show_report(console: Console, report: IngestReport) -> None:
    """What an ingest did, in a few lines, with the first problems."""
    counted = (
        (report.added, "added"),
        (report.updated, "updated"),
        (report.merged, "added to by another source"),
        (report.unchanged, "unchanged"),
        (report.without_abstract, "without an abstract (kept, not searched)"),
        (report.duplicates, "repeated records folded in"),
        (len(report.rejected), "rejected"),
    )
    said = ", ".join(f"{n} {what}" for n, what in counted if n)
    console.print(f"{said} in {report.seconds:.1f} s.")
    console.print(
        f"The library now holds {papers(report.papers)} with an abstract, in {report.chunks} chunks."
    )
    for title, problems in (("Rejected", report.rejected), ("Warnings", report.warnings)):
        if problems:
            console.print(Text(f"{title}:", style="bold yellow"))
            for problem in problems[:_MOST_PROBLEMS]:
                console.print(Padding(Text(str(problem)), _INDENT))
            if len(problems) > _MOST_PROBLEMS:
                console.print(
                    Padding(
                        f"… and {len(problems) - _MOST_PROBLEMS} more; --json lists them all",
                        _INDENT,
                    )
                )
    if report.interrupted:
        console.print(
            Text(
                "Stopped at a committed batch: what is counted above is in; run it again to go on.",
                style="bold",
            )
        )


def show_info(console: Console, info: dict[str, object], notes: list[str]) -> None:
    """A collection at a glance."""
    for name, value in info.items():
        console.print(
            Text.assemble((name.replace("_", " "), "bold"), "" if isinstance(value, dict) else f": {value}")
        )
        if isinstance(value, dict):
            for key, count in value.items():
                console.print(Padding(f"{count:>10,}  {key}", _INDENT))
    for note in notes:
        console.print(Text(note, style="yellow"))


def papers(n: int) -> str:
    """`1 paper`, `2 papers`."""
    return f"{n} paper{'' if n == 1 else 's'}"


@contextmanager
def progress_shown(console: Console, what: str) -> Iterator[Callable[[Progress], None]]:
    """A bar with count, rate and time left on a terminal, a line at each tenth elsewhere."""
    if not console.is_terminal:
        yield _plain_progress(console, what)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda progress: bar.update(task, completed=progress.done, total=progress.total)


class _Rate(ProgressColumn):
    """Records a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.0f}/s" if task.speed else "")


def _plain_progress(console: Console, what: str) -> Callable[[Progress], None]:
    shown = 0

    def show(progress: Progress) -> None:
        nonlocal shown
        tenth = 10 * progress.done // progress.total if progress.total else 0
        if tenth > shown:
            shown = tenth
            console.print(f"{what}: {progress.done} of {progress.total} records")

    return show


def _show_citation(console: Console, citation: Citation, besides: set[str]) -> None:
    """A source, with the words quoted from it besides those that the answer itself quotes."""
    _show_paper(console, f"[{citation.marker}]", citation.paper)
    for evidence in citation.evidence:
        if evidence.quote not in besides:
            console.print(Padding(Text(f"“{evidence.quote}”", style="italic green"), _INDENT))


def _show_hit(console: Console, hit: Hit, *, with_chunk: bool) -> None:
    parts = ", ".join(f"{name} {value:.2f}" for name, value in hit.scores.items())
    _show_paper(console, f"{hit.rank}.", hit.paper)
    console.print(
        Padding(Text(f"score {hit.score:.2f} ({parts})  {hit.paper.paper_id}", style="dim"), _INDENT)
    )
    if with_chunk:
        text = hit.chunk.text
        shown = text if len(text) <= _SNIPPET else f"{text[:_SNIPPET].rsplit(' ', 1)[0]} …"
        console.print(Padding(Text(shown), _INDENT))


def _show_paper(console: Console, number: str, paper: Paper) -> None:
    """Title, then authors, year and link, or the files that a paper without these came from."""
    title = Text.assemble((f"{number:<4}", "bold cyan"), (paper.title or "(no title)", "bold"))
    console.print(title)
    authors = ", ".join(paper.authors[:3]) + (" et al." if len(paper.authors) > 3 else "")
    facts = [fact for fact in (authors, str(paper.year or ""), paper.venue) if fact]
    if not facts and not paper.link:
        facts = [Path(source).name for source in paper.sources]
    for line in (" · ".join(facts), paper.link):
        if line:
            console.print(Padding(Text(line, style="dim"), _INDENT))
