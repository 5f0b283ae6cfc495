"""The pane of evaluations: reports that `footnote eval … --out` keeps, their headline figures and trend."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from pathlib import Path
from typing import Any

import gradio as gr

from ui.events import sent_with
from ui.history import ACT
from ui.markup import rendered

REPORT, MANIFEST = "report.json", "manifest.json"
HEADLINES = (
    "truthfulness", "nugget_recall", "gold_citation_recall", "evidence_hit@3", "quote_fidelity",
    "over_refusal_rate", "false_answer_rate", "nDCG@10", "recall@10", "RR@10",
)  # fmt: skip
"""Figures of a list, in this order; a run that is opened shows all it has."""

_MOST_RUNS, _LARGEST = 200, 20_000_000  # folders looked at, the newest, and bytes of a report
_TREND_WIDTH, _TREND_HEIGHT = 120, 30


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric of a run: its mean, and where it lies with 95 % confidence."""

    name: str
    mean: float
    low: float | None = None
    high: float | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """What one folder says. `about` tells which runs measure the same thing."""

    name: str
    command: str
    dataset: str
    finished: str
    system: str
    questions: int
    figures: Mapping[str, Figure]

    @property
    def about(self) -> tuple[str, str]:
        """Command and dataset."""
        return self.command, self.dataset


@dataclass(frozen=True, slots=True)
class Trend:
    """A headline of runs of the same thing, oldest first; `line` goes through `dots` on a small chart."""

    name: str
    means: tuple[float, ...]
    dots: tuple[tuple[float, float], ...]

    @property
    def line(self) -> str:
        """As SVG has it."""
        return " ".join(f"{x},{y}" for x, y in self.dots)


def evaluation_pane(folder: Path | None, tab: gr.Tab) -> None:
    """Put the pane on the page; it shows the folders in `folder`, anew whenever it is opened."""
    shown = gr.HTML("", js_on_load=ACT, apply_default_css=False)

    def show(event: gr.EventData) -> str:
        return runs_html(folder, str(sent_with(event).get("id", "")))

    gr.on([tab.select, shown.select], show, None, shown, show_progress="hidden", api_visibility="private")


def runs_html(folder: Path | None, opened: str = "") -> str:
    """The list of runs by what they measure, or all of the one that is opened by name."""
    runs, problems = _runs(folder) if folder else ([], [])
    run = next((run for run in runs if run.name == opened), None)
    groups: dict[tuple[str, str], list[Run]] = defaultdict(list)
    for each in runs:
        groups[each.about].append(each)
    return rendered(
        "evaluation.html.j2",
        is_set=folder is not None,
        problems=problems,
        run=run,
        groups=[
            {"about": about, "runs": each[::-1], "names": _headlines(each), "trends": list(_trends(each))}
            for about, each in sorted(groups.items())
        ],
    )


def _runs(folder: Path) -> tuple[list[Run], list[str]]:
    """The runs in a folder, oldest first, and a line for each report that cannot be read."""
    runs, problems = list[Run](), list[str]()
    for report in nlargest(_MOST_RUNS, folder.glob(f"*/{REPORT}"), key=_written):
        try:
            if run := _run(report.parent):
                runs.append(run)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            problems.append(f"{report.parent.name}: its report cannot be read ({error})")
    return sorted(runs, key=lambda run: (run.finished, run.name)), problems


def _written(report: Path) -> float:
    try:
        return report.stat().st_mtime
    except OSError:
        return 0.0  # reading it will tell why


def _run(folder: Path) -> Run | None:
    """A run of `eval retrieval` or `eval answers`; None for other reports, as those of `bench`."""
    report = _read(folder / REPORT)
    if "metrics" not in report:
        return None
    made = report.get("run") or {}
    manifest = _read(folder / MANIFEST) if (folder / MANIFEST).exists() else {}
    config = made.get("config") or {}
    return Run(
        name=folder.name,
        command=str(made.get("command", "eval")),
        dataset=str(report.get("dataset", "")),
        finished=str(manifest.get("finished", "")),
        system=str(config.get("llm") or config.get("encoder") or ""),
        questions=int(report.get("n") or 0),
        figures={figure.name: figure for figure in _figures(report["metrics"])},
    )


def _read(path: Path) -> dict[str, Any]:
    if path.stat().st_size > _LARGEST:
        raise ValueError("it is too long")
    found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise TypeError("it is no JSON object")
    return found


def _figures(metrics: Mapping[str, Any]) -> Iterator[Figure]:
    for name, said in metrics.items():
        if said.get("mean") is not None:
            low, high = _interval(said.get("ci95"))
            yield Figure(name, float(said["mean"]), low, high, int(said.get("n") or 0))


def _interval(said: object) -> tuple[float, float] | tuple[None, None]:
    """Both ends, or none where one is missing."""
    match said:
        case [int() | float() as low, int() | float() as high]:
            return low, high
    return None, None


def _headlines(runs: Iterable[Run]) -> list[str]:
    said = {name for run in runs for name in run.figures}
    return [name for name in HEADLINES if name in said]


def _trends(runs: Sequence[Run]) -> Iterator[Trend]:
    """Of each headline that at least two runs have; the highest and the lowest are top and bottom."""
    for name in _headlines(runs):
        means = tuple(run.figures[name].mean for run in runs if name in run.figures)
        if len(means) > 1:
            yield Trend(name, means, tuple(_dots(means)))


def _dots(means: Sequence[float]) -> Iterator[tuple[float, float]]:
    low, high = min(means), max(means)
    for n, mean in enumerate(means):
        x = 4 + n * (_TREND_WIDTH - 8) / (len(means) - 1)
        share = (mean - low) / (high - low) if high > low else 0.5
        yield round(x, 1), round(_TREND_HEIGHT - 4 - share * (_TREND_HEIGHT - 8), 1)
