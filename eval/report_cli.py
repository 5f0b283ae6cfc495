"""`footnote eval report`."""

import json
from pathlib import Path

import click

from eval.report import write_report
from eval.shown import console

_RUN = click.Path(exists=True, file_okay=False, path_type=Path)


@click.argument("run", metavar="RUN", type=_RUN)
@click.argument("page", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--against", type=_RUN, metavar="RUN", help="An earlier run: also show what changed since.")
def report(run: Path, page: Path, *, library: str | None, as_json: bool, against: Path | None) -> None:  # noqa: ARG001 - every command has it
    """Make one page of a run, to read and to hand on.

    RUN is a folder that `eval answers --out` made. FILE is written as its ending says: .html, one page
    that needs nothing else, with every answer beside its sources and scores; .md, the figures and a
    line a question; .json, what `eval answers --json` prints.

    \b
      footnote eval report run-1 run-1.html
      footnote eval report run-2 change.html --against run-1
    """
    write_report(page, run, against)
    if as_json:
        click.echo(json.dumps({"file": str(page)}))
    else:
        console().print(f"The report is in {page}.")
