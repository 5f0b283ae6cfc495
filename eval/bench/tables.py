"""The report as tables for people."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console, Group
from rich.table import Table

from eval.bench.stages import series
from eval.bench.systems import KINDS

_MB = 1_000_000
_RATIOS = {
    "papers_per_second": "papers ingested a second",
    "warm_p50_ms": "time of a warm search",
    "cold_seconds": "time from process start to exit",
    "cold_peak_bytes": "peak memory from process start to exit",
}
Json = Mapping[str, Any]


def show(report: Json, console: Console) -> None:
    """Print all there is in the report."""
    console.print(Group(*_parts(report)))


def _parts(report: Json) -> Iterator[Table | str]:
    yield _made_on(report)
    for name, collection in report["collections"].items():
        yield _speed(name, collection)
        recall = collection["index_recall@10"]
        yield f"recall@10 of Footnote's vector index against exact search: {recall:.3f}\n"
    if report["cold"]:
        yield _cold(report["cold"])
    if any(True for _ in _judged(report)):
        yield _quality(report)
    yield from _ratios(report["ratios"])
    if report["scale"]:
        yield _scale(report["scale"])
    for record in report["failed"]:
        what = " ".join(
            str(record[key]) for key in ("collection", "system", "command", "papers") if key in record
        )
        yield f"{what}: failed: {record['failed']}"
    if report["collections"]:
        yield from report["notes"]


def _made_on(report: Json) -> str:
    machine = report["machine"]
    versions = ", ".join(f"{name} {found}" for name, found in report["versions"].items() if found)
    lines = [
        f"{machine['cpu']}, {machine['cores']} cores ({', '.join(machine['flags'])})",
        f"Python {machine['python']}, {versions}",
    ]
    if report["collections"]:
        turns = f"Medians over {report['repeat']} turns, with the least and the greatest."
        lines.append(f"Footnote computes in {report['precision']}. {turns}")
    return "\n".join([*lines, ""])


def _speed(name: str, collection: Json) -> Table:
    table = _table(
        f"{name}: {collection['papers']} papers",
        "papers/s", "whole process, s", "peak MB", "disk MB", "warm search p50, ms", "p95, ms",
    )  # fmt: skip
    for system, found in collection["systems"].items():
        table.add_row(
            KINDS[system].title,
            _spread(found["papers_per_second"]),
            _spread(found["process_seconds"]),
            _spread(found["ingest_peak_bytes"], _MB),
            f"{found['disk_bytes']['median'] / _MB:.1f}",
            _spread(found["warm_p50_ms"]),
            _spread(found["warm_p95_ms"]),
        )
    return table


def _cold(commands: Json) -> Table:
    table = _table("process start to exit", "seconds", "peak MB")
    for command, found in commands.items():
        table.add_row(command, _spread(found["seconds"]), _spread(found["peak_bytes"], _MB))
    return table


def _quality(report: Json) -> Table:
    table = _table("quality, with 95 % intervals", "nDCG@10", "recall@10", "recall@100", "failed")
    for name, (system, found) in _judged(report):
        metrics = found["metrics"].values()
        cells = (f"{m['mean']:.3f} ({m['ci95'][0]:.3f}–{m['ci95'][1]:.3f})" for m in metrics)
        failed = next(iter(metrics))["n_failed"]
        table.add_row(f"{name}: {KINDS[system].title}", *cells, str(failed))
    return table


def _ratios(ratios: Json) -> Iterator[Table]:
    speed = {name: found for name, found in ratios.items() if name != "nDCG@10" and found}
    if speed:
        table = _table("Footnote over the others", "ratio")
        for figure, found in speed.items():
            for other, value in found.items():
                title = KINDS[other].title if other in KINDS else other
                table.add_row(f"{_RATIOS[figure]}: {title}", _spread(value))
        yield table
    if quality := ratios.get("nDCG@10"):
        table = _table(
            "nDCG@10 over LlamaIndex's default", "ratio", "p", "ahead of the better of it and BM25"
        )
        for name, found in quality["collections"].items():
            table.add_row(name, _interval(found), f"{found['p']:.4f}", f"{found['ahead_of_best_peer']:+.3f}")
        if quality["mean"]:
            over = ", ".join(quality["mean_over"])
            table.add_row(f"mean over {over}", _interval(quality["mean"]), "", "")
        yield table


def _scale(sizes: list[Json]) -> Table:
    table = _table("invented papers, all but the encoder", *(f"{size['papers']:,}" for size in sizes))
    for figure in series(sizes):
        cells = ("" if value is None else _number(value) for value in figure.values)
        table.add_row(figure.label, *cells)
    return table


def _judged(report: Json) -> Iterator[tuple[str, tuple[str, Json]]]:
    for name, (system, found) in _systems(report):
        if "metrics" in found:
            yield name, (system, found)


def _systems(report: Json) -> Iterator[tuple[str, tuple[str, Json]]]:
    for name, collection in report["collections"].items():
        for pair in collection["systems"].items():
            yield name, pair


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _interval(found: Json) -> str:
    if found["ci95"] is None:
        return f"{found['value']:.3f}"
    low, high = found["ci95"]
    return f"{found['value']:.3f} ({low:.3f}–{high:.3f})"


def _spread(found: Json, unit: float = 1) -> str:
    middle, low, high = (_number(found[name] / unit) for name in ("median", "min", "max"))
    return middle if low == high else f"{middle} ({low}–{high})"


def _number(value: float) -> str:
    """Three digits that count, and no powers of ten."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
