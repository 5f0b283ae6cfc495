"""Every query of a test collection → what searching finds → scores, with the failures among them."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eval.dataset import Dataset, corpus, document_id, documents, judged, read_beir
from eval.floors import floors
from eval.folders import DESCRIPTION, REPORT, SCORES, Told, described
from eval.lines import write_json, write_lines
from eval.measures import DEPTH, METRICS, Run, scores
from eval.runs import write_qrels, write_run
from eval.stats import mean_interval
from rag import FootnoteError, Hit, Library

_THREADS = 2  # Python runs in one of them, and the encoder in the other


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
    queries: Mapping[str, str],
    search: Callable[[str], list[str]],
    told: Told = lambda *_: None,
    *,
    threads: int = 1,
) -> Searched:
    """Search with each query. One that raises, or finds nothing, has failed: it will score 0, and is
    never left out.
    """
    searched = Searched()
    pool = ThreadPoolExecutor(threads)
    try:
        each = zip(queries, pool.map(partial(_found, search), queries.values()), strict=True)
        for done, (query, (found, failure)) in enumerate(each, start=1):
            if found:
                searched.run[query] = found
            else:
                searched.failures[query] = failure
            told("Searching", done, len(queries))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return searched


def _found(search: Callable[[str], list[str]], text: str) -> tuple[list[str], str]:
    """What is found, or why nothing is."""
    try:
        return search(text), "nothing was found"
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, it is the query's worst score
        return [], f"{type(error).__name__}: {error}"


def documents_of(hits: Sequence[Hit]) -> list[str]:
    """The documents of hits, best first, by what judgements call them.

    Raises:
        ValueError: a score is no number, so that their order says nothing.
    """
    if any(math.isnan(hit.score) for hit in hits):
        raise ValueError("a score is not a number")
    return [document_id(hit.paper) for hit in hits]


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
    write_json(folder / DESCRIPTION, evaluation.report["run"])
    write_json(folder / REPORT, evaluation.report)
    write_lines(folder / SCORES, lines)
    write_run(folder / "run.trec", searched.run, "footnote")
    write_qrels(folder / "qrels.trec", dataset.qrels)


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
    """How many documents of a BEIR folder the library lacks, and how many relevant ones no search can find:
    those, and what has no abstract.
    """
    expected, papers = documents(folder), list(library.papers())
    held = {document_id(paper) for paper in papers}
    if expected and expected.isdisjoint(held):
        raise FootnoteError(
            f"{library.path}: holds other papers than {folder}; give --library an empty folder, or none"
        )
    searched = {document_id(paper) for paper in papers if paper.abstract}
    relevant = {d for grades in dataset.qrels.values() for d, grade in grades.items() if grade > 0}
    return {"missing_documents": len(expected - held), "missing_relevant": len(relevant - searched)}


def _evaluated(dataset: Dataset, library: Library, told: Told, **facts: int) -> Evaluation:
    searched = search_all(
        dataset.queries,
        lambda query: documents_of(library.search(query, DEPTH, exact=True)),
        told,
        threads=_THREADS,
    )
    config = {"encoder": str(library.recipe.encoder), "reranker": library.reranker}
    judged = {"queries": dataset.queries, "qrels": dataset.qrels}
    report = {
        "dataset": dataset.name,
        "n": len(dataset.queries),
        "metrics": _summaries(searched.run, dataset, len(searched.failures)),
        "floors": {name: _summaries(run, dataset) for name, run in floors(dataset.queries, library).items()},
        "failures": [{"id": query, "reason": reason} for query, reason in searched.failures.items()],
        "papers": len(library),
        **facts,
        "run": described("eval retrieval", dataset.name, judged, library, config),
    }
    return Evaluation(dataset, searched, report)


def _summaries(run: Run, dataset: Dataset, failed: int = 0) -> dict[str, dict[str, Any]]:
    """Each metric over all queries; those that find nothing are among them."""
    found = scores(run, dataset.qrels)
    return {name: summary(list(found[name].values()), failed) for name in METRICS}
