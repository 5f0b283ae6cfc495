"""`footnote eval questions`."""

import json
import time
from collections import Counter
from pathlib import Path

import click
from click.core import ParameterSource

from eval.lines import Json, write_lines
from eval.making.make import COUNT, Made
from eval.making.make import questions as make
from eval.questions import question_line
from eval.shown import console, progress_shown
from rag import FootnoteError, Library, Settings, feedback_questions, open_chat_model


@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The question file to write; never one that is there.",
)
@click.option(
    "--from-feedback", is_flag=True, help="Make none: take those whose answers readers voted on in `ui`."
)
@click.option("--llm", metavar="SPEC", help="What writes them, as ollama/qwen3:8b; `none` is by rule.")
@click.option("-n", default=COUNT, show_default=True, type=click.IntRange(1), help="How many.")
@click.option("--seed", default=1, show_default=True, help="Which papers chance picks.")
def questions(
    *,
    library: str | None,
    as_json: bool,
    out: Path,
    from_feedback: bool,
    llm: str | None,
    n: int,
    seed: int,
) -> None:
    """Make questions about your own papers, for `eval answers` to ask.

    By rule: which paper speaks of these words, and what is missing in this sentence; such questions are
    in the abstracts' own words, and easier than those people ask. With a model: questions in its words,
    of which only those are kept whose quote, facts and wording our rules find sound. Every fifth is
    asked with its paper left out, so that nothing answers it.

    With --from-feedback: the questions whose answers readers of the chat page found good, what these cite
    being gold. Those they found bad go, with their notes, into a second file, for a person to complete.

    \b
      footnote --library my-papers eval questions --out questions.jsonl
      footnote --library my-papers eval questions --from-feedback --out liked.jsonl
      footnote --library my-papers eval answers questions.jsonl
    """
    _require_free(out)
    if from_feedback:
        _refuse_with_feedback("llm", "n", "seed")
        facts = _take_feedback(Library.open(library, create=False), out)
        if as_json:
            click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        else:
            _show_feedback(facts)
        return
    started, opened = time.perf_counter(), Library.open(library, create=False)
    spec = llm or Settings().llm
    with progress_shown() as told:
        made = make(opened, n, model=None if spec == "none" else open_chat_model(spec), seed=seed, told=told)
    write_lines(out, map(question_line, made.questions))
    styles = Counter(question.style for question in made.questions)
    if as_json:
        facts = {"file": str(out), "n": len(made.questions), "styles": styles, "dropped": made.dropped}
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        _show(out, made, styles, n, time.perf_counter() - started)


def _require_free(out: Path) -> None:
    """Before the long work, not after it."""
    if out.exists():
        raise FootnoteError(f"{out}: is there already; give another name, or delete it first")
    if not out.absolute().parent.is_dir():
        raise FootnoteError(f"{out}: there is no folder {out.absolute().parent}; make it first")


def _refuse_with_feedback(*names: str) -> None:
    """What says how questions are made says nothing of those that people asked."""
    context = click.get_current_context()
    for option in context.command.params:
        if option.name in names and context.get_parameter_source(option.name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(
                f"{option.opts[-1]} is for making questions; --from-feedback takes those that people asked"
            )


def _take_feedback(opened: Library, out: Path) -> Json:
    """Write what readers found good as a question file, and beside it what they found bad; returns what
    `--json` prints.
    """
    voted = feedback_questions(opened)
    if not voted.questions and not voted.to_complete:
        raise FootnoteError(
            f"{opened.path}: no answer was voted on yet; press Good or Not good below one in `footnote ui`"
        )
    unfinished = out.with_name(f"{out.stem}.to-complete{out.suffix}")
    _require_free(unfinished)
    write_lines(out, voted.questions)
    if voted.to_complete:
        write_lines(unfinished, voted.to_complete)
    return {
        "file": str(out),
        "n": len(voted.questions),
        "styles": Counter(line["style"] for line in voted.questions),
        "dropped": {},
        "to_complete": {"file": str(unfinished), "n": len(voted.to_complete)} if voted.to_complete else None,
        "unreadable": voted.unreadable,
    }


def _show_feedback(facts: Json) -> None:
    shown = console()
    shown.print(f"{facts['n']} questions in {facts['file']}; gold is what the liked answers cite.")
    if bad := facts["to_complete"]:
        shown.print(f"{bad['n']} more, whose answers were not liked or only noted on, in {bad['file']}.")
        shown.print("Say there what a good answer holds and cites, and they can be asked, too.")
    if facts["unreadable"]:
        shown.print(f"{facts['unreadable']} left out: kept by another version, which this one cannot read.")
    if facts["n"]:
        shown.print(f"Next: footnote eval answers {facts['file']}")


def _show(out: Path, made: Made, styles: Counter[str], wanted: int, seconds: float) -> None:
    shown = console()
    counts = ", ".join(f"{count} {style}" for style, count in sorted(styles.items()))
    shown.print(f"{len(made.questions)} questions in {out} ({counts}), made in {seconds:.0f} s.")
    if len(made.questions) < wanted:
        shown.print(f"{wanted} were wanted; the papers give no more.")
    for why, count in made.dropped.most_common():
        shown.print(f"{count} more were not kept: {why}.")
    shown.print(f"Next: footnote eval answers {out}")
