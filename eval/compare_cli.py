"""`footnote eval compare` and `footnote eval gate`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from eval.compare import compare as compare_runs
from eval.gate import EXIT_CODES, MARGIN
from eval.gate import gate as gate_runs
from eval.shown import console, figure, interval, named
from rag import FootnoteError

_RUN = click.Path(exists=True, file_okay=False, path_type=Path)


@click.argument("a", metavar="A", type=_RUN)
@click.argument("b", metavar="B", type=_RUN)
def compare(a: Path, b: Path, *, library: str | None, as_json: bool) -> None:  # noqa: ARG001 - every command has it
    """Compare two runs over the same questions.

    A and B are folders that `eval answers --out` or `eval retrieval --out` made; what is printed is B
    beside A. The first metrics were declared beforehand and are tested as a family (Holm); the rest is
    exploration (Benjamini-Hochberg). The last column is the smallest difference that so many questions
    would show four times of five.

    \b
      footnote eval compare run-1 run-2
    """
    found = compare_runs(a, b)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    shown = console()
    shown.print(_table(f"{found['dataset']}: {found['n']} questions", found["metrics"]))
    if apart := found["not_compared"]:
        shown.print(f"Not compared, for another model gave them: {', '.join(apart)}")
    for change in found["changes"]:
        shown.print(
            f"{len(change['ids'])} × {change['from']} → {change['to']}: {', '.join(change['ids'][:5])}"
        )


@click.argument("a", metavar="A", type=_RUN)
@click.argument("b", metavar="B", type=_RUN)
@click.option(
    "--margin",
    "margins",
    metavar="METRIC=X",
    multiple=True,
    help=f"What a metric may lose, on its own scale [{MARGIN:.0%} of it]; also names further metrics.",
)
def gate(
    a: Path,
    b: Path,
    *,
    library: str | None,  # noqa: ARG001 - every command has it
    as_json: bool,
    margins: tuple[str, ...],
) -> int:
    """Say whether run B is as good as run A: PASS, REGRESSED or INCONCLUSIVE.

    Exit code 0, 1 or 4. It regressed if it is surely worse, and passes if it surely loses less than the
    margin; in between, so many questions cannot tell, and it says how many more might. One invented
    citation or false quotation more than A has is a regression.

    \b
      footnote eval gate run-1 run-2 --margin truthfulness=0.05
    """
    found = gate_runs(a, b, dict(map(_margin, margins)))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return EXIT_CODES[found["verdict"]]
    shown = console()
    shown.print(_table(f"{found['dataset']}: {found['n']} questions", found["metrics"]))
    for name, faults in found["faults"].items():
        if faults["verdict"] != "PASS":
            shown.print(
                f"{name}: {faults['a']} faults in A, {faults['b']} in B, where none more is tolerated"
            )
    shown.print(found["verdict"])
    return EXIT_CODES[found["verdict"]]


def _margin(said: str) -> tuple[str, float]:
    name, equals, value = said.partition("=")
    try:
        margin = float(value)
    except ValueError:
        margin = -1.0
    if not equals or not 0 < margin < float("inf"):
        raise FootnoteError(f"--margin {said}: write METRIC=X with a number above 0, as in nDCG@10=0.02")
    return name, margin


def _table(title: str, metrics: Mapping[str, Mapping[str, Any]]) -> Table:
    table = Table(title=title)
    table.add_column("")
    for column in ("A", "B", "B − A", "95 % interval", "p", "won:tied:lost", "detectable"):
        table.add_column(column, justify="right")
    if any("verdict" in found for found in metrics.values()):
        table.add_column("verdict")
    for name, found in metrics.items():
        cells = [
            figure(found["a"]),
            figure(found["b"]),
            f"{found['difference']:+.3f}",
            interval(found["ci95"]),
        ]
        games = "" if found["wins"] is None else f"{found['wins']}:{found['ties']}:{found['losses']}"
        table.add_row(
            named(name),
            *cells,
            f"{found['p_adjusted']:.3f}",
            games,
            figure(found["detectable"]),
            *_verdict(found),
        )
    return table


def _verdict(found: Mapping[str, Any]) -> list[str]:
    if "verdict" not in found:
        return []
    return [found["verdict"] + (f" ({found['more']} more questions may tell)" if found["more"] else "")]
