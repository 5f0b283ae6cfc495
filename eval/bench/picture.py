"""The report as one picture."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.bench.stages import series
from eval.bench.systems import KINDS, OURS, THEIRS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Json = Mapping[str, Any]
_COLOURS = dict(zip(KINDS, ("#1f6f8b", "#c8553d", "#7a7a7a", "#a0a0a0", "#c4c4c4", "#d9a441"), strict=True))
_COLUMNS = 6  # shared by the one, two or three panels of a row
_SCALED = ("ingest", "first open", "open", "add 10 papers", "search: p95", "search where 1 % pass: p95")


def draw(report: Json, path: Path) -> None:
    """Write a PNG: ingest, cold start and warm search on the first collection, quality on all, and scale."""
    from matplotlib.figure import Figure  # of the extra `bench`

    upper = [_ingest, _warm] if report["collections"] else []
    upper += [_cold] if report["cold"] else []
    lower = [_quality] if _judged(report) else []
    lower += [_scale] if report["scale"] else []
    rows = [row for row in (upper, lower) if row]
    figure = Figure(figsize=(15.6, 3.8 * len(rows)), layout="constrained")
    grid = figure.add_gridspec(len(rows), _COLUMNS)
    for number, row in enumerate(rows):
        width = _COLUMNS // len(row)
        for place, panel in enumerate(row):
            panel(report, figure.add_subplot(grid[number, place * width : (place + 1) * width]))
    machine = report["machine"]
    figure.suptitle(f"{machine['cpu']}, {machine['cores']} cores", fontsize=9, color="#666666")
    figure.savefig(path, dpi=150)


def _ingest(report: Json, axes: "Axes") -> None:
    name, systems = _first(report)
    systems = {system: found for system, found in systems.items() if system != "bm25"}  # off the scale
    _bars(axes, f"papers ingested a second, {name}", systems, "papers_per_second")


def _warm(report: Json, axes: "Axes") -> None:
    name, systems = _first(report)
    _bars(axes, f"warm search, median ms, {name}", systems, "warm_p50_ms")


def _cold(report: Json, axes: "Axes") -> None:
    found = report["cold"]
    colours = [_COLOURS[OURS if command.startswith("footnote") else THEIRS] for command in found]
    _bar(axes, "process start to exit, seconds", list(found), [f["seconds"] for f in found.values()], colours)


def _quality(report: Json, axes: "Axes") -> None:
    judged = _judged(report)
    systems = list(dict.fromkeys(system for found in judged.values() for system in found))
    width = 0.8 / len(systems)
    for number, system in enumerate(systems):
        for place, found in enumerate(judged.values()):
            if system not in found:
                continue
            metric = found[system]["metrics"]["nDCG@10"]
            low, high = metric["ci95"]
            errors = [[max(0, metric["mean"] - low)], [max(0, high - metric["mean"])]]
            axes.bar(
                place + number * width, metric["mean"], width, yerr=errors, color=_COLOURS[system],
                label=KINDS[system].title if place == 0 else None, error_kw={"lw": 0.8},
            )  # fmt: skip
    axes.set_xticks([place + 0.4 - width / 2 for place in range(len(judged))], list(judged))
    axes.set_title("nDCG@10 with 95 % intervals", fontsize=10)
    axes.legend(fontsize=7, loc="lower left")


def _scale(report: Json, axes: "Axes") -> None:
    papers = [size["papers"] for size in report["scale"]]
    for figure in series(report["scale"]):
        if figure.name in _SCALED:
            scale = 1000 if figure.unit == "ms" else 1
            seconds = [value / scale for value in figure.values if value is not None]
            axes.plot(papers[: len(seconds)], seconds, marker="o", label=figure.name)
    axes.set(xscale="log", yscale="log", xlabel="papers")
    axes.set_title("seconds by collection size", fontsize=10)
    axes.legend(fontsize=7)


def _first(report: Json) -> tuple[str, Json]:
    name, collection = next(iter(report["collections"].items()))
    return name, collection["systems"]


def _judged(report: Json) -> dict[str, Json]:
    judged = {
        name: {system: found for system, found in collection["systems"].items() if "metrics" in found}
        for name, collection in report["collections"].items()
    }
    return {name: systems for name, systems in judged.items() if systems}


def _bars(axes: "Axes", title: str, systems: Json, figure: str) -> None:
    _bar(
        axes, title, [KINDS[system].title for system in systems],
        [found[figure] for found in systems.values()], [_COLOURS[system] for system in systems],
    )  # fmt: skip


def _bar(axes: "Axes", title: str, names: list[str], spreads: list[Json], colours: list[str]) -> None:
    """One bar a name, first on top, with the least and the greatest as its whisker."""
    medians = [spread["median"] for spread in spreads]
    errors = [
        [spread["median"] - spread["min"] for spread in spreads],
        [spread["max"] - spread["median"] for spread in spreads],
    ]
    bars = axes.barh(names, medians, xerr=errors, color=colours, error_kw={"lw": 0.8})
    axes.bar_label(bars, [f"{value:.3g}" for value in medians], padding=6, fontsize=8)
    axes.invert_yaxis()
    axes.margins(x=0.18)
    axes.set_title(title, fontsize=10)
