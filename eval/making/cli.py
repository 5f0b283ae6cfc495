"""`footnote eval questions`."""

import json
import time
from collections import Counter
from pathlib import Path

import click

from eval.lines import write_lines
from eval.making.make import COUNT, Made
from eval.making.make import questions as make
from eval.questions import question_line
from eval.shown import console, progress_shown
from rag import FootnoteError, Library, Settings, open_chat_model


@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The question file to write; never one that is there.",
)
@click.option("--llm", metavar="SPEC", help="What writes them, as ollama/qwen3:8b; `none` is by rule.")
@click.option("-n", default=COUNT, show_default=True, type=click.IntRange(1), help="How many.")
@click.option("--seed", default=1, show_default=True, help="Which papers chance picks.")
def questions(*, library: str | None, as_json: bool, out: Path, llm: str | None, n: int, seed: int) -> None:
    """Make questions about your own papers, for `eval answers` to ask.

    By rule: which paper speaks of these words, and what is missing in this sentence; such questions are
    in the abstracts' own words, and easier than those people ask. With a model: questions in its words,
    of which only those are kept whose quote, facts and wording our rules find sound. Every fifth is
    asked with its paper left out, so that nothing answers it.

    \b
      footnote --library my-papers eval questions --out questions.jsonl
      footnote --library my-papers eval answers questions.jsonl
    """
    if out.exists():
        raise FootnoteError(f"{out}: is there already; give another name, or delete it first")
    if not out.absolute().parent.is_dir():
        raise FootnoteError(f"{out}: there is no folder {out.absolute().parent}; make it first")
    started, spec = time.perf_counter(), llm or Settings().llm
    opened = Library.open(library, create=False)
    with progress_shown() as told:
        made = make(opened, n, model=None if spec == "none" else open_chat_model(spec), seed=seed, told=told)
    write_lines(out, map(question_line, made.questions))
    styles = Counter(question.style for question in made.questions)
    if as_json:
        facts = {"file": str(out), "n": len(made.questions), "styles": styles, "dropped": made.dropped}
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        _show(out, made, styles, n, time.perf_counter() - started)


def _show(out: Path, made: Made, styles: Counter[str], wanted: int, seconds: float) -> None:
    shown = console()
    counts = ", ".join(f"{count} {style}" for style, count in sorted(styles.items()))
    shown.print(f"{len(made.questions)} questions in {out} ({counts}), made in {seconds:.0f} s.")
    if len(made.questions) < wanted:
        shown.print(f"{wanted} were wanted; the papers give no more.")
    for why, count in made.dropped.most_common():
        shown.print(f"{count} more were not kept: {why}.")
    shown.print(f"Next: footnote eval answers {out}")
