"""`footnote eval health`."""

import json
import time
from pathlib import Path

import click
import numpy as np

from eval.folders import DESCRIPTION, REPORT, require_command, write_manifest
from eval.health import SAMPLE, Health
from eval.health import health as look
from eval.lines import write_json
from eval.neighbours import NEAREST
from eval.shown import console, figures_table, progress_shown
from rag import Library

_BROKEN = 1  # exit code: a gate says no


@click.option(
    "--sample", default=SAMPLE, show_default=True, type=click.IntRange(1), help="Papers to look for."
)
@click.option("--seed", default=1, show_default=True, help="Which papers chance picks.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep the report in a folder.",
)
def health(*, library: str | None, as_json: bool, sample: int, seed: int, out: Path | None) -> int:
    """Say how well a library finds its own papers, and what is wrong with it. It needs no questions.

    Searches for a sample of the papers by title, first and last sentence and rarest words, and says how
    often each is found first, or among the first 5 or 10. Then what to act on: damaged indexes, papers
    without a usable vector, near duplicates, and papers that are near to everything. Exit code 1 if
    papers cannot be found as they should.

    \b
      footnote --library my-papers eval health
    """
    started = time.perf_counter()
    if out:
        require_command(out, "eval health")
    opened = Library.open(library, create=False)
    with progress_shown() as told:
        found = look(opened, sample=sample, seed=seed, told=told)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        write_json(out / DESCRIPTION, found.report["run"])
        write_json(out / REPORT, found.report)
        write_manifest(out, opened.path, time.perf_counter() - started, search=_latency(found))
    if as_json:
        click.echo(json.dumps(found.report, ensure_ascii=False, indent=2))
    else:
        _show(found)
    return 0 if found.is_sound else _BROKEN


def _latency(found: Health) -> dict[str, float]:
    """Seconds of half, and of 95 of 100, of the searches at most."""
    p50, p95 = np.percentile(found.seconds, (50, 95))
    return {"p50": float(p50), "p95": float(p95)}


def _show(found: Health) -> None:
    report, shown, latency = found.report, console(), _latency(found)
    title = f"{report['papers']} papers, {report['sampled']} looked for by their own words"
    shown.print(figures_table(title, report["metrics"]))
    shown.print(
        f"A search takes {1000 * latency['p50']:.0f} ms, 1 of 20 over {1000 * latency['p95']:.0f} ms."
    )
    if (recall := report["index"][f"recall@{NEAREST}"]) is not None:
        shown.print(f"The index of vectors finds {recall:.1%} of the {NEAREST} papers that are nearest.")
    for finding in report["findings"]:
        shown.print(f"{finding['kind']}: {finding['text']}", soft_wrap=True)
    if not report["findings"]:
        shown.print("Nothing to mend.")
