"""What people see: progress with the time left, and figures with their intervals."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from eval.compare import scale_of
from eval.folders import Told

_WIDE = 140  # characters, where it is read by no terminal


@contextmanager
def progress_shown() -> Iterator[Told]:
    """A bar for each thing done, on a terminal only."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    on = Console(stderr=True)
    with Progress(*columns, console=on, transient=True, disable=not on.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def told(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield told


def notice(line: str) -> None:
    """One line beside the figures, on stderr."""
    Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(f"footnote: {line}")


def console() -> Console:
    """Where figures are printed, in lines that no terminal cuts; brackets in them are no markup."""
    return Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else _WIDE)


def figures_table(
    title: str,
    metrics: Mapping[str, Mapping[str, Any]],
    floors: Mapping[str, Mapping[str, Any]] | None = None,
) -> Table:
    """A row a metric that applies: mean, interval, number of questions, and what the floors reach."""
    floors = floors or {}
    table = Table(title=title)
    table.add_column("")
    for column in ("mean", "95 % interval", "n", *floors):
        table.add_column(column, justify="right")
    for name, found in metrics.items():
        if found["n"]:
            beside = (figure(floor[name]["mean"]) for floor in floors.values())
            table.add_row(
                named(name), figure(found["mean"]), interval(found["ci95"]), str(found["n"]), *beside
            )
    return table


def named(metric: str) -> str:
    """A metric with an arrow where lower is better."""
    return f"{metric} ↓" if scale_of(metric).lower_is_better else metric


def figure(value: float | None) -> str:
    """A mean, or a dash where there is none."""
    return "–" if value is None else f"{value:.3f}"


def interval(bounds: Sequence[float] | None) -> str:
    """An interval, or nothing where there is none."""
    return "" if bounds is None else f"{bounds[0]:.3f} to {bounds[1]:.3f}"


def failures_said(failures: Sequence[Mapping[str, str]]) -> str:
    """One line on the questions that failed; empty where none did."""
    if not failures:
        return ""
    first = failures[0]
    return f"{len(failures)} failed and have the worst score; the first, {first['id']}: {first['reason']}"
