"""Values → text made for reading on a terminal; plain where there is none."""

from collections.abc import Callable, Iterator, Mapping
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

from rag.cleaning import clean
from rag.ingest.ingest import Progress
from rag.retrieval.explain import Explanation
from rag.types import Hit, Hits, Paper

INDENT = 4
_SNIPPET = 240  # characters


class Terminal(Console):
    """A console that prints lines: folded to its width on a terminal, as they are elsewhere."""

    def __init__(self, *, stderr: bool = False) -> None:
        # No markup: a file may be called "[/b].txt".
        super().__init__(stderr=stderr, highlight=False, markup=False, emoji=False)

    def say(self, text: str | Text = "", style: str = "", *, indent: int = 0) -> None:
        """Print a line, indented as a whole."""
        said = Text(text, style) if isinstance(text, str) else text
        if self.is_terminal:
            self.print(Padding(said, (0, 0, 0, indent), expand=False))
        else:
            self.print(Text(" " * indent) + said, soft_wrap=True)

    def on_broken_pipe(self) -> NoReturn:
        """See Console."""
        raise BrokenPipeError  # rich would exit with 1 here; see shell.run_and_exit


def show_hits(console: Terminal, hits: Hits) -> None:
    """Papers found, best first, each with the words that matched best; or why there is none."""
    if hits.reason:
        console.say(f"No papers: {hits.reason}.", "bold")
        return
    for hit in hits:
        show_hit(console, hit, with_chunk=True)
    show_excluded(console, hits.excluded)


def show_excluded(console: Terminal, excluded: Mapping[str, int]) -> None:
    """What a filter left out only because it does not say what was asked for."""
    for why, count in excluded.items():
        if count:
            said = "say" if count > 1 else "says"
            console.say(f"{papers(count)} left out that {said} {why.replace('_', ' ')}", "dim")


def show_explanation(console: Terminal, explanation: Explanation, reranker: str) -> None:
    """A paper's place and what its score is made of, then what would have brought it further up.

    `reranker` is the name of what changes places after that; empty where nothing does.
    """
    said = explanation
    show_paper(console, f"{said.rank}." if said.rank else "–", said.paper)
    console.say(said.paper.paper_id, "dim", indent=INDENT)
    if said.reason:
        console.say(f"\nNot found: {said.reason}.", "bold")
        return
    _show_place(console, said, reranker)
    _show_parts(console, said)
    for title, words in (("Words of the question in it", said.matching), ("not in it", said.lacking)):
        if words:
            console.say(f"{title}: {', '.join(f'{word} ({idf:.1f})' for word, idf in words.items())}")
    if said.chunk:
        console.say("\nNearest passage", "bold")
        console.say(_shortened(said.chunk.text), indent=INDENT)
    if said.needs:
        console.say(f"\nTo be among the first {said.k}", "bold")
    for need in said.needs:
        console.say(f"· {need}", indent=INDENT)


def _show_place(console: Terminal, said: Explanation, reranker: str) -> None:
    place = f"place {said.rank} of the" if said.rank else "not among the"
    console.say(f"\nScore {said.score:.3f}, {place} {papers(said.looked_at)} compared", "bold")
    if reranker:
        console.say(f"This is before the reranker {reranker}, which gives the best papers other places.")
    if said.missed_by is not None:
        console.say(f"The first {said.k} end at {said.bar:.3f}: it misses them by {said.missed_by:.3f}.")


def _show_parts(console: Terminal, explanation: Explanation) -> None:
    console.say(f"\n{'':<8} {'value':>7} {'weight':>7} {'adds':>7}", "dim")
    for name, weight in explanation.weights.items():
        value = explanation.scores[name]
        console.say(f"{name:<8} {value:>7.3f} {weight:>7.2f} {weight * value:>7.3f}")
    others = {name: value for name, value in explanation.scores.items() if name not in explanation.weights}
    console.say(f"({', '.join(f'{name} {value:.2f}' for name, value in others.items())})\n", "dim")


def papers(n: int) -> str:
    """`1 paper`, `2 papers`."""
    return f"{n} paper{'' if n == 1 else 's'}"


@contextmanager
def progress_shown(console: Terminal, what: str) -> Iterator[Callable[[Progress], None]]:
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

        def show(progress: Progress) -> None:
            bar.update(task, completed=progress.done, total=progress.total)
            if progress.done == progress.total:
                bar.stop()  # what comes now may want to ask something

        yield show


class _Rate(ProgressColumn):
    """Records a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.0f}/s" if task.speed else "")


def _plain_progress(console: Terminal, what: str) -> Callable[[Progress], None]:
    shown = 0

    def show(progress: Progress) -> None:
        nonlocal shown
        tenth = 10 * progress.done // progress.total if progress.total else 0
        if tenth > shown:
            shown = tenth
            console.say(f"{what}: {progress.done} of {progress.total} records")

    return show


def show_hit(console: Terminal, hit: Hit, *, with_chunk: bool) -> None:
    """A paper found, with its score and, where asked for, the words that matched best."""
    parts = ", ".join(f"{name} {value:.2f}" for name, value in hit.scores.items())
    show_paper(console, f"{hit.rank}.", hit.paper)
    console.say(f"score {hit.score:.2f} ({parts})  {hit.paper.paper_id}", "dim", indent=INDENT)
    if with_chunk:
        console.say(_shortened(hit.chunk.text), indent=INDENT)


def _shortened(text: str) -> str:
    return text if len(text) <= _SNIPPET else f"{text[:_SNIPPET].rsplit(' ', 1)[0]} …"


def show_paper(console: Terminal, number: str, paper: Paper) -> None:
    """Title, then authors, year and link, or the files that a paper without these came from."""
    console.say(Text.assemble((f"{number:<4}", "bold cyan"), (paper.title or "(no title)", "bold")))
    authors = ", ".join(paper.authors[:3]) + (" et al." if len(paper.authors) > 3 else "")
    facts = [fact for fact in (authors, str(paper.year or ""), paper.venue) if fact]
    if not facts and not paper.link:
        facts = [clean(Path(source).name) for source in paper.sources]
    for line in (" · ".join(facts), paper.link):
        if line:
            console.say(line, "dim", indent=INDENT)
