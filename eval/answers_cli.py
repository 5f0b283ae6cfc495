"""`footnote eval answers`."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from eval import answers as answering
from eval.folders import write_manifest
from eval.shown import console, failures_said, figures_table, notice, progress_shown
from eval.tiers import JUDGE_CALLS, Models, judge_fault
from rag import ModelError

_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)
_INTERRUPTED = 130  # the shell's code for Ctrl-C
_OUTSIDE = ModelError.exit_code


@click.argument(
    "questions", metavar="QUESTIONS", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--llm", metavar="SPEC", help="What writes the answers [FOOTNOTE_LLM], as ollama/qwen3:8b.")
@click.option("-k", type=click.IntRange(1, 100), help="Papers an answer may draw on [FOOTNOTE_TOP_K, 8].")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Take the first N questions only.")
@click.option(
    "--report", "page", type=_FILE, metavar="FILE", help="Write a report to read, as .html, .md or .json."
)
@click.option(
    "--support-model", metavar="MODEL", help="Also: `encoder`, or a cross-encoder by folder or name."
)
@click.option("--judge", metavar="SPEC", help="Also a language model's verdicts, as ollama/qwen3:8b.")
@click.option(
    "--judge-calls",
    type=click.IntRange(1),
    default=JUDGE_CALLS,
    show_default=True,
    metavar="N",
    help="Never more requests to the judge.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep everything in a folder.",
)
def answers(
    questions: Path,
    *,
    library: str | None,
    as_json: bool,
    llm: str | None,
    k: int | None,
    limit: int | None,
    page: Path | None,
    support_model: str | None,
    judge: str | None,
    judge_calls: int,
    out: Path | None,
) -> int | None:
    """Ask the questions of a file, and score the answers: without any model, unless one is asked for.

    QUESTIONS are JSON lines (docs/evaluation.md) about papers in the library. Each figure is a mean
    over the questions it applies to, with its 95 % interval; an answer that fails has the worst score.
    With --out a run that was broken off goes on where it stopped, and two runs can be compared.
    --support-model and --judge add columns; what a judge will cost is said before it is asked.

    \b
      footnote --library my-papers eval answers questions.jsonl --out run-1 --report run-1.html
      footnote --library my-papers eval answers questions.jsonl --llm ollama/qwen3:8b --out run-2
      footnote eval gate run-1 run-2
    """
    started = time.perf_counter()
    try:
        with progress_shown() as told:
            evaluation = answering.evaluate(
                questions, library, llm=llm, k=k, limit=limit, out=out, page=page,
                models=Models(support_model, judge, judge_calls), told=told, say=notice,
            )  # fmt: skip
    except KeyboardInterrupt:
        if out is None:
            raise
        notice(f"interrupted; what was answered is in {out}, and the same command goes on")
        return _INTERRUPTED
    if out:
        taken = {"judge_calls": evaluation.judge_calls} if judge else {}
        write_manifest(out, questions, time.perf_counter() - started, evaluation.seconds, **taken)
    if as_json:
        click.echo(json.dumps(evaluation.report, ensure_ascii=False, indent=2))
    else:
        _show_answers(evaluation.report)
    if fault := judge_fault(evaluation.report):
        notice(fault)
        return _OUTSIDE
    return None


def _show_answers(report: Mapping[str, Any]) -> None:
    shown = console()
    of = f"{report['n']} questions, {report['answerable']} answerable, {report['papers']} papers"
    shown.print(figures_table(f"{report['dataset']}: {of}", report["metrics"]))
    shown.print("  ".join(f"{name} {count}" for name, count in report["causes"].items()))
    if missing := report["missing_golds"]:
        shown.print(f"{len(missing)} gold papers are not in the library; the first: {missing[0]}")
    if failed := failures_said(report["failures"]):
        shown.print(failed)
