"""Every query of a test collection → what searching finds → scores, with the failures among them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eval.dataset import Dataset, corpus, document_id, documents, judged, read_beir
from eval.measures import DEPTH, METRICS, scores
from eval.runs import write_qrels, write_run
from eval.stats import mean_interval
from rag import FootnoteError, Library

Told = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Searched:
    """Documents found by query, best first, and why nothing was found for the others."""

    run: dict[str, list[str]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A dataset, what was found in it, and the report that `footnote eval retrieval --json` prints."""

    dataset: Dataset
    searched: Searched
    report: Mapping[str, Any]


def evaluate(path: Path, library: str | None, *, split: str, limit: int | None, told: Told) -> Evaluation:
    """Search with the queries of a BEIR folder, or with the questions of a file about a library.

    The folder's documents go, each as a paper of its own, into the library if that is empty, or where
    none is given into one that is gone afterwards.

    Raises:
        FootnoteError: a file cannot be understood, or the library holds other papers.
    """
    if path.is_file():
        opened = Library.open(library, create=False)
        return _evaluated(judged(path, opened, limit), opened, told)
    data = read_beir(path, split, limit)
    with _filled_library(path, library, told) as filled:
        return _evaluated(data, filled, told, **_missing(path, data, filled))


def search_all(
    queries: Mapping[str, str], search: Callable[[str], list[str]], told: Told = lambda *_: None
) -> Searched:
    """Search with each query. One that raises, or finds nothing, has failed: it will score 0, and is
    never left out.
    """
    searched = Searched()
    for done, (query, text) in enumerate(queries.items(), start=1):
        try:
            found = search(text)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, it is the query's worst score
            searched.failures[query] = f"{type(error).__name__}: {error}"
        else:
            if found:
                searched.run[query] = found
            else:
                searched.failures[query] = "nothing was found"
        told("Searching", done, len(queries))
    return searched


def summary(values: Sequence[float], failed: int) -> dict[str, Any]:
    """A metric over all queries; the `failed` ones are among the values, with their 0."""
    low, high = mean_interval(values)
    return {"mean": sum(values) / len(values), "ci95": [low, high], "n": len(values), "n_failed": failed}


def keep(folder: Path, evaluation: Evaluation) -> None:
    """Write the report, the score of every query, the run and its judgements; the same bytes each time."""
    dataset, searched = evaluation.dataset, evaluation.searched
    found = scores(searched.run, dataset.qrels)
    lines = (
        {
            "id": query,
            "query": text,
            "scores": {name: found[name][query] for name in METRICS},
            "failed": searched.failures.get(query),
        }
        for query, text in dataset.queries.items()
    )
    write_json(folder / "report.json", evaluation.report)
    with (folder / "scores.jsonl").open("w", encoding="utf-8") as stream:
        stream.writelines(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
    write_run(folder / "run.trec", searched.run, "footnote")
    write_qrels(folder / "qrels.trec", dataset.qrels)


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write one object."""
    path.write_text(f"{json.dumps(value, ensure_ascii=False, indent=2)}\n", encoding="utf-8")


@contextmanager
def _filled_library(folder: Path, path: str | None, told: Told) -> Iterator[Library]:
    with TemporaryDirectory(prefix="footnote-") as temporary:
        library = Library.open(path or temporary)
        try:
            if not any(True for _ in library.papers()):
                library.ingest(
                    corpus(folder), format="jsonl", merge=False,
                    progress=lambda progress: told("Ingesting", progress.done, progress.total),
                )  # fmt: skip
            yield library
        finally:
            library.close()


def _missing(folder: Path, dataset: Dataset, library: Library) -> dict[str, int]:
    """How many documents of a BEIR folder, and how many that are relevant, no search can find."""
    expected, held = documents(folder), {document_id(paper) for paper in library.papers()}
    if expected and expected.isdisjoint(held):
        raise FootnoteError(
            f"{library.path}: holds other papers than {folder}; give --library an empty folder, or none"
        )
    relevant = {d for grades in dataset.qrels.values() for d, grade in grades.items() if grade > 0}
    return {"missing_documents": len(expected - held), "missing_relevant": len(relevant - held)}


def _evaluated(dataset: Dataset, library: Library, told: Told, **facts: int) -> Evaluation:
    searched = search_all(
        dataset.queries, lambda query: [document_id(hit.paper) for hit in library.search(query, DEPTH)], told
    )
    found, failed = scores(searched.run, dataset.qrels), len(searched.failures)
    report = {
        "dataset": dataset.name,
        "n": len(dataset.queries),
        "metrics": {name: summary(list(found[name].values()), failed) for name in METRICS},
        "failures": [{"id": query, "reason": reason} for query, reason in searched.failures.items()],
        "papers": len(library),
        **facts,
    }
    return Evaluation(dataset, searched, report)
