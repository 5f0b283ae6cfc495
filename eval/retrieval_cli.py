"""`footnote eval retrieval`."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from eval import retrieval as searching
from eval.folders import require_command, write_manifest
from eval.runs import write_qrels, write_run
from eval.shown import console, figures_table, progress_shown
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

    Each figure is a mean over all queries, with its 95 % interval; beside it what chance, BM25 and
    titles alone would reach. A query that fails counts as 0.

    \b
      footnote eval retrieval beir/cranfield --out cranfield-1
      footnote --library my-papers eval retrieval questions.jsonl
    """
    started = time.perf_counter()
    _require_folders(run_path, qrels_path, out)
    with progress_shown() as told:
        evaluation = searching.evaluate(dataset, library, split=split, limit=limit, told=told)
    if run_path:
        write_run(run_path, evaluation.searched.run, "footnote")
    if qrels_path:
        write_qrels(qrels_path, evaluation.dataset.qrels)
    if out:
        searching.keep(out, evaluation)
        write_manifest(out, dataset, time.perf_counter() - started)
    if as_json:
        click.echo(json.dumps(evaluation.report, ensure_ascii=False, indent=2))
    else:
        _show_retrieval(evaluation.report)


def _require_folders(run_path: Path | None, qrels_path: Path | None, out: Path | None) -> None:
    """Before the long work, not after it."""
    for path in (run_path, qrels_path):
        if path and not path.absolute().parent.is_dir():
            raise FootnoteError(f"{path}: there is no folder {path.absolute().parent}; make it first")
    if out:
        out.mkdir(parents=True, exist_ok=True)
        require_command(out, "eval retrieval")


def _show_retrieval(report: Mapping[str, Any]) -> None:
    shown = console()
    title = f"{report['dataset']}: {report['n']} queries, {report['papers']} papers"
    shown.print(figures_table(title, report["metrics"], report["floors"]))
    if lacking := report.get("missing_documents"):
        shown.print(f"{lacking} documents of the collection are not in the library.")
    if lacking := report.get("missing_relevant"):
        shown.print(f"{lacking} relevant documents are not in the library; no search can find them.")
    if failures := report["failures"]:
        first = failures[0]
        shown.print(
            f"{len(failures)} queries failed and count as 0; the first, {first['id']}: {first['reason']}"
        )
