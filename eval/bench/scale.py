"""What each stage costs at so many invented papers: the real pipeline, all but the encoder.

python -m eval.bench.scale 1000 10000 100000 --folder DIR > scale.json
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from eval.bench.invented import YEARS, InventedEmbedder, InventedPapers
from eval.bench.processes import run_python
from rag import FootnoteError, Library

_TIMED, _JUDGED, _K = 200, 100, 10  # questions timed, questions whose recall is measured, papers asked for
_ADDED = 10  # papers that a second ingest adds
# By name, how many of the years a filter passes, each with one paper in a hundred.
_FILTERS = {"all": None, "1 %": 1, "10 %": 10, "50 %": 50}

Facts = dict[str, Any]


def measure(papers: int, folder: Path) -> Facts:
    """Figures for a library of so many papers, made in an empty folder: seconds by stage, latencies in
    milliseconds, bytes on disk and, for each step in a process of its own, peak memory.

    Raises:
        FootnoteError: a step failed.
    """
    InventedPapers(papers).write(folder / "papers.jsonl")
    return {"papers": papers, **{name: _in_a_process(name, papers, folder) for name in _STEPS}}


def _ingest(_papers: int, folder: Path) -> Facts:
    return _ingested(folder / "papers.jsonl", folder)


def _open(papers: int, folder: Path) -> Facts:
    """What the first question of a process costs, imports and the encoder aside."""
    [question] = InventedPapers(papers).questions(1)
    embedder = InventedEmbedder()
    embedder.embed_queries([question])
    started = time.perf_counter()
    with closing(Library.open(folder / "library", embedder=embedder)) as library:
        library.search(question, _K)
        return {"seconds": time.perf_counter() - started, "indexes": dict(library.seconds)}


def _search(papers: int, folder: Path) -> Facts:
    questions = InventedPapers(papers).questions(_TIMED)
    with closing(_library(folder)) as library:
        _bring_into_memory(folder / "library")
        found = {name: _timed(library, questions, years) for name, years in _FILTERS.items()}
        return {"ms": found, f"recall@{_K}": library.recall(questions[:_JUDGED], _K)}


def _add(papers: int, folder: Path) -> Facts:
    """What it costs to add a few papers."""
    return _ingested(InventedPapers(papers + _ADDED).write(folder / "more.jsonl", first=papers), folder)


_STEPS: dict[str, Callable[[int, Path], Facts]] = {
    "ingest": _ingest,
    "first open": _open,  # it reads all of the indexes, to see that they are sound
    "open": _open,
    "search": _search,
    "add": _add,
}


def _ingested(file: Path, folder: Path) -> Facts:
    embedder = InventedEmbedder()
    with closing(Library.open(folder / "library", embedder=embedder)) as library:
        report = library.ingest(file)
        stages = {"embed": embedder.seconds, **library.seconds}
        stages["read and store"] = report.seconds - sum(stages.values())
        sizes = library.info()["bytes"]
        return {
            "seconds": report.seconds,
            "stages": stages,
            "papers": report.papers,
            "chunks": report.chunks,
            "bytes": sizes,
        }


def _timed(library: Library, questions: list[str], years: int | None) -> Facts:
    """Milliseconds of warm searches, and the mean of what the two indexes take of them."""
    for question, filters in zip(questions[:5], _filters(years), strict=False):
        library.search(question, _K, **filters)
    before, seconds = library.seconds, []
    for question, filters in zip(questions, _filters(years), strict=False):
        started = time.perf_counter()
        library.search(question, _K, **filters)
        seconds.append(time.perf_counter() - started)
    p50, p95 = np.percentile(seconds, (50, 95)) * 1000
    parts = {
        name.removesuffix(" search"): (spent - before.get(name, 0.0)) * 1000 / len(seconds)
        for name, spent in library.seconds.items()
        if name.endswith(" search")
    }
    return {"p50": float(p50), "p95": float(p95), "mean": float(np.mean(seconds) * 1000), **parts}


def _bring_into_memory(library: Path) -> None:
    """As where a library is asked a lot: the system keeps its files, and no question waits for a disk."""
    for path in library.rglob("*"):
        if path.is_file():
            with path.open("rb") as stream:
                while stream.read(1 << 24):
                    pass


def _filters(years: int | None) -> Iterator[Any]:
    """Filters for one question after another, each with years of its own, so that none is remembered."""
    while years is None:
        yield {}
    while True:
        for first in range(len(YEARS) - years + 1):
            yield {"year": (YEARS[first], YEARS[first + years - 1])}


def _library(folder: Path) -> Library:
    return Library.open(folder / "library", embedder=InventedEmbedder())


def _in_a_process(step: str, papers: int, folder: Path) -> Facts:
    result = folder / "result.json"
    ended = run_python("-m", "eval.bench.scale", str(papers), "--folder", str(folder), "--step", step)
    if ended.error:
        raise FootnoteError(f"{papers} papers: {step}: {ended.error}")
    facts: Facts = json.loads(result.read_text(encoding="utf-8"))
    return {**facts, "peak_bytes": ended.peak_bytes}


def main() -> None:
    """Measure the sizes given, and write the figures to stdout."""
    parser = argparse.ArgumentParser()
    parser.add_argument("papers", type=int, nargs="+")
    parser.add_argument("--folder", type=Path, help="where to work; what is there stays")
    parser.add_argument("--step", choices=_STEPS, help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.step:
        facts = _STEPS[said.step](said.papers[0], said.folder)
        (said.folder / "result.json").write_text(json.dumps(facts), encoding="utf-8")
        return
    for papers in said.papers:
        with TemporaryDirectory(prefix="footnote-scale-", dir=said.folder) as folder:
            sys.stdout.write(f"{json.dumps(measure(papers, Path(folder)))}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
