"""What scale.py measured at each size → one series a figure, for the table and the picture."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_MB = 1_000_000
Figure = tuple[str, str, float]  # name, unit, value


@dataclass(frozen=True, slots=True)
class Series:
    """One figure at each size; None where it was not measured."""

    name: str
    unit: str
    values: Sequence[float | None]

    @property
    def label(self) -> str:
        """Name and unit."""
        return f"{self.name}, {self.unit}" if self.unit else self.name


def series(sizes: Sequence[Mapping[str, Any]]) -> list[Series]:
    """All figures, in the order of the pipeline."""
    found = [{(name, unit): value for name, unit, value in _figures(facts)} for facts in sizes]
    keys = dict.fromkeys(key for figures in found for key in figures)
    return [Series(name, unit, [figures.get((name, unit)) for figures in found]) for name, unit in keys]


def _figures(facts: Mapping[str, Any]) -> Iterator[Figure]:
    ingest = facts["ingest"]
    yield "ingest", "s", ingest["seconds"]
    for stage, seconds in ingest["stages"].items():
        yield f"ingest: {stage}", "s", seconds
    for name in ("store", "indexes"):
        yield f"disk: {name}", "MB", ingest["bytes"][name] / _MB
    for step in ("first open", "open"):
        yield step, "s", facts[step]["seconds"]
    yield "add 10 papers", "s", facts["add"]["seconds"]
    for passing, ms in facts["search"]["ms"].items():
        name = "search" if passing == "all" else f"search where {passing} pass"
        yield f"{name}: p50", "ms", ms["p50"]
        yield f"{name}: p95", "ms", ms["p95"]
    yield "recall@10 of the vector index", "", facts["search"]["recall@10"]
    for step in ("ingest", "open", "search", "add"):
        yield f"{step}: peak memory", "MB", facts[step]["peak_bytes"] / _MB
