"""`footnote eval perturb`."""

import json
import time
from itertools import groupby
from pathlib import Path

import click

from eval.asking import at_once
from eval.folders import write_manifest
from eval.lines import Json
from eval.perturb.run import KINDS
from eval.perturb.run import perturb as run
from eval.shown import console, figures_table, progress_shown
from rag import Assistant, Library

_INTERRUPTED = 130  # the shell's code for Ctrl-C
_SHOWN = 3  # findings of a kind


@click.argument(
    "questions", metavar="QUESTIONS", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(list(KINDS)),
    metavar="KIND",
    help=f"Only this: {', '.join(KINDS)}.",
)
@click.option("--llm", metavar="SPEC", help="What writes the answers [FOOTNOTE_LLM], as ollama/qwen3:8b.")
@click.option("-k", type=click.IntRange(1, 100), help="Papers an answer may draw on [FOOTNOTE_TOP_K, 8].")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Take the first N questions only.")
@click.option("--seed", default=1, show_default=True, help="What chance picks.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep everything in a folder.",
)
def perturb(
    questions: Path,
    *,
    library: str | None,
    as_json: bool,
    only: tuple[str, ...],
    llm: str | None,
    k: int | None,
    limit: int | None,
    seed: int,
    out: Path | None,
) -> int | None:
    """Ask questions again with one thing changed, and say how much of the answers changes with it.

    What should not matter: typos, other words, the order of sources, a paper that is there twice, an
    instruction planted in an abstract. What should: another number or a “not” in the text, a paper
    that is gone. It needs no known answers; abstracts are edited in a copy of the library. With --out
    a run that was broken off goes on.

    \b
      footnote --library my-papers eval perturb questions.jsonl --out changed-1
      footnote --library my-papers eval perturb questions.jsonl --only injection --llm ollama/qwen3:8b
    """
    started = time.perf_counter()
    assistant = Assistant(Library.open(library, create=False), llm=llm)
    try:
        with progress_shown() as told:
            found = run(
                questions, assistant, only=only, k=k, limit=limit, seed=seed, out=out, told=told,
                at_once=at_once(assistant.model if assistant.writes else "none"),
            )  # fmt: skip
    except KeyboardInterrupt:
        if out is None:
            raise
        click.echo(
            f"footnote: interrupted; {out} holds what was answered, and the same command goes on", err=True
        )
        return _INTERRUPTED
    if out:
        write_manifest(out, questions, time.perf_counter() - started, found.seconds)
    if as_json:
        click.echo(json.dumps(found.report, ensure_ascii=False, indent=2))
    else:
        _show(found.report)
    return None


def _show(report: Json) -> None:
    shown = console()
    asked = f"{report['n']} questions, asked again in {sum(report['variants'].values())} variants"
    metrics = {f"{name}{' ↓' * of['lower_is_better']}": of for name, of in report["metrics"].items()}
    shown.print(figures_table(f"{report['dataset']}: {asked}, {report['papers']} papers", metrics))
    if untried := [name for name, count in report["variants"].items() if not count]:
        shown.print(f"Could be tried on no question: {', '.join(untried)}.")
    for metric, group in groupby(report["findings"], key=lambda finding: finding["metric"]):
        findings = list(group)
        shown.print(f"{metric}: {len(findings)} variants")
        for finding in findings[:_SHOWN]:
            shown.print(f"  {finding['id']}: {finding['question']} → {finding['answer']}", soft_wrap=True)
