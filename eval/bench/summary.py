"""Measurements → the report: medians and how they spread, means and how sure they are, ratios of systems."""

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from statistics import median
from typing import Any

from eval.bench.session import Record
from eval.bench.systems import OURS, THEIRS
from eval.retrieval import summary
from eval.stats import Ratio, mean_ratio, ratio, sign_flip

HEADLINE = "nDCG@10"
_METRICS = (HEADLINE, "recall@10", "recall@100")
# A set on which LlamaIndex's default is nearly perfect shows no difference; it is reported, not averaged.
_SATURATED = 0.95

_FIGURES: dict[str, Callable[[Record], float]] = {
    "papers_per_second": lambda record: record["papers"] / record["ingest_seconds"],
    "ingest_cpu_seconds": lambda record: record["ingest_cpu_seconds"],
    "process_seconds": lambda record: record["process_seconds"],
    "ingest_peak_bytes": lambda record: record["peak_bytes"],
    "disk_bytes": lambda record: record["disk_bytes"],
    "warm_p50_ms": lambda record: record["warm_ms"]["p50"],
    "warm_p95_ms": lambda record: record["warm_ms"]["p95"],
}


def summarised(records: Sequence[Record]) -> dict[str, Any]:
    """The report of what was measured so far: what is not there yet is left out."""
    measured = [record for record in records if "failed" not in record]
    names = dict.fromkeys(record["collection"] for record in measured if record["kind"] == "system")
    collections = {name: _collection([r for r in measured if r.get("collection") == name]) for name in names}
    cold = [record for record in measured if record["kind"] == "cold"]
    return {
        "precision": next((r["precision"] for r in measured if "precision" in r), None),
        "collections": collections,
        "cold": _cold(cold),
        "ratios": _speed_ratios(measured, next(iter(names), "")) | _cold_ratios(cold) | _quality(measured),
        "scale": [_bare(record) for record in measured if record["kind"] == "scale"],
        "failed": [record for record in records if "failed" in record],
    }


def _collection(records: list[Record]) -> dict[str, Any]:
    systems = dict.fromkeys(record["system"] for record in records)
    return {
        "papers": records[0]["papers"],
        "index_recall@10": records[0]["index_recall@10"],  # Footnote comes first
        "systems": {name: _system([r for r in records if r["system"] == name]) for name in systems},
    }


def _system(records: list[Record]) -> dict[str, Any]:
    figures: dict[str, Any] = {name: _spread(map(read, records)) for name, read in _FIGURES.items()}
    scored = next((record for record in records if "scores" in record), None)
    if scored:
        failed = len(scored["failures"])
        figures["metrics"] = {
            name: summary(list(scored["scores"][name].values()), failed) for name in _METRICS
        }
    return figures


def _cold(records: list[Record]) -> dict[str, Any]:
    commands = dict.fromkeys(record["command"] for record in records)
    return {
        command: {
            what: _spread(record[what] for record in records if record["command"] == command)
            for what in ("seconds", "peak_bytes")
        }
        for command in commands
    }


def _speed_ratios(records: list[Record], collection: str) -> dict[str, Any]:
    """Ours over each other system's, turn by turn, on the collection that was measured repeatedly."""
    turns: dict[str, list[Record]] = {}
    for record in records:
        if record.get("collection") == collection:
            turns.setdefault(record["system"], []).append(record)
    ours = turns.pop(OURS, [])
    return {
        figure: {name: _over(ours, theirs, _FIGURES[figure]) for name, theirs in turns.items()}
        for figure in ("papers_per_second", "warm_p50_ms")
    }


def _cold_ratios(records: list[Record]) -> dict[str, Any]:
    by_command: dict[str, list[Record]] = {}
    for record in records:
        by_command.setdefault(record["command"], []).append(record)
    theirs = [each for command, each in by_command.items() if not command.startswith("footnote")]
    if not theirs:
        return {}
    return {
        f"cold_{what}": {
            command: _over(ours, theirs[0], itemgetter(what))
            for command, ours in by_command.items()
            if command.startswith("footnote")
        }
        for what in ("seconds", "peak_bytes")
    }


def _quality(records: list[Record]) -> dict[str, Any]:
    """The headline metric over LlamaIndex's default by collection, and over those that are not saturated."""
    by_set: dict[str, dict[str, list[float]]] = {}
    for record in records:
        if "scores" in record:
            values = list(record["scores"][HEADLINE].values())
            by_set.setdefault(record["collection"], {})[record["system"]] = values
    compared = {
        name: (found[OURS], found[THEIRS]) for name, found in by_set.items() if {OURS, THEIRS} <= found.keys()
    }
    ratios = {name: found for name, pair in compared.items() if (found := ratio(*pair))}
    averaged = [name for name in ratios if _mean(compared[name][1]) < _SATURATED]
    sets = {
        name: {**_ratio(found), "p": sign_flip(*compared[name]), "ahead_of_best_peer": _ahead(by_set[name])}
        for name, found in ratios.items()
    }
    mean = _ratio(mean_ratio([ratios[name] for name in averaged])) if averaged else None
    return {HEADLINE: {"mean": mean, "mean_over": averaged, "collections": sets}} if sets else {}


def _ahead(systems: dict[str, list[float]]) -> float:
    """How far we are from the better of BM25 and LlamaIndex's default."""
    peers = [_mean(values) for name, values in systems.items() if name in (THEIRS, "bm25")]
    return _mean(systems[OURS]) - max(peers)


def _ratio(found: Ratio) -> dict[str, Any]:
    return {"value": found.value, "ci95": found.ci95 and list(found.ci95)}


def _over(ours: list[Record], theirs: list[Record], read: Callable[[Record], float]) -> dict[str, float]:
    """The ratio of the medians, and the least and greatest of any turn."""
    turns = [read(one) / read(other) for one, other in zip(ours, theirs, strict=False)]
    value = median(map(read, ours)) / median(map(read, theirs))
    return {"median": value, "min": min(turns), "max": max(turns)}


def _spread(values: Iterable[float]) -> dict[str, float]:
    found = list(values)
    return {"median": median(found), "min": min(found), "max": max(found)}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _bare(record: Record) -> Record:
    return {name: value for name, value in record.items() if name != "kind"}
