"""The `footnote eval` commands; rag/cli.py names them and imports this when one is called."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from eval.retrieval import Told, evaluate, keep, write_json
from eval.runs import write_qrels, write_run
from rag import FootnoteError

_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.argument("dataset", metavar="DATASET", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--split", default="test", show_default=True, metavar="NAME", help="Judgements: qrels/NAME.tsv."
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Take the first N queries only.")
@click.option("--run", "run_path", type=_FILE, metavar="FILE", help="Write what was found as a TREC run.")
@click.option("--qrels", "qrels_path", type=_FILE, metavar="FILE", help="Write the judgements as TREC qrels.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep everything in a folder.",
)
def retrieval(
    dataset: Path,
    *,
    library: str | None,
    as_json: bool,
    split: str,
    limit: int | None,
    run_path: Path | None,
    qrels_path: Path | None,
    out: Path | None,
) -> None:
    """Search with judged queries, and score what is found.

    DATASET is a BEIR folder (corpus.jsonl, queries.jsonl, qrels/test.tsv): its documents go, unmerged,
    into the library that --library names, if that is empty, or else into one that is gone afterwards.
    Or it is a file of questions with the ids or titles of the papers that answer them, all in the
    library.

    Each figure is a mean over all queries, with its 95 % interval. A query that fails counts as 0.

    \b
      footnote eval retrieval beir/cranfield --out cranfield-1
      footnote --library my-papers eval retrieval questions.jsonl
    """
    started = time.perf_counter()
    _require_folders(run_path, qrels_path, out)
    with _progress_shown() as told:
        evaluation = evaluate(dataset, library, split=split, limit=limit, told=told)
    if run_path:
        write_run(run_path, evaluation.searched.run, "footnote")
    if qrels_path:
        write_qrels(qrels_path, evaluation.dataset.qrels)
    if out:
        keep(out, evaluation)
        write_json(out / "manifest.json", _manifest(dataset, time.perf_counter() - started))
    if as_json:
        click.echo(json.dumps(evaluation.report, ensure_ascii=False, indent=2))
    else:
        _show(evaluation.report)


def _require_folders(run_path: Path | None, qrels_path: Path | None, out: Path | None) -> None:
    """Before the long work, not after it."""
    for path in (run_path, qrels_path):
        if path and not path.absolute().parent.is_dir():
            raise FootnoteError(f"{path}: there is no folder {path.absolute().parent}; make it first")
    if out:
        out.mkdir(parents=True, exist_ok=True)


def _manifest(dataset: Path, seconds: float) -> dict[str, Any]:
    """What differs from one run to the next: kept apart, so that the other files can be compared."""
    return {
        "command": "eval retrieval",
        "dataset": str(dataset),
        "version": version("footnote-rag"),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": seconds,
    }


def _show(report: Mapping[str, Any]) -> None:
    table = Table(title=f"{report['dataset']}: {report['n']} queries, {report['papers']} papers")
    table.add_column("")
    table.add_column("mean", justify="right")
    table.add_column("95 % interval", justify="right")
    for name, found in report["metrics"].items():
        low, high = found["ci95"]
        table.add_row(name, f"{found['mean']:.3f}", f"{low:.3f} to {high:.3f}")
    console = Console(highlight=False, markup=False)
    console.print(table)
    if lacking := report.get("missing_documents"):
        console.print(f"{lacking} documents of the collection are not in the library.")
    if lacking := report.get("missing_relevant"):
        console.print(f"{lacking} relevant documents are not in the library; no search can find them.")
    if failures := report["failures"]:
        first = failures[0]
        console.print(
            f"{len(failures)} queries failed and count as 0; the first, {first['id']}: {first['reason']}"
        )


@contextmanager
def _progress_shown() -> Iterator[Told]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def told(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield told
