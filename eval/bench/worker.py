"""One system on one collection, in a process of its own so that memory and start are its own.

python -m eval.bench.worker JOB.json RESULT.json
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from eval.bench.inputs import Collection, Document, Job, Task, task
from eval.bench.processes import peak_bytes
from eval.bench.systems import OURS, Footnote, Source, System, made
from rag import FootnoteError

_K, _MOST_TIMED = 10, 200  # papers a timed search asks for, and queries that are timed

# What every system takes in before it is timed, so that no first call counts.
_WARM_UP = [
    Document(
        str(number),
        f"On keeping instruments warm, part {number}\n"
        + " ".join(
            f"Instrument {number} was read {times} times before its readings counted." for times in range(20)
        ),
    )
    for number in range(32)
]


def main() -> None:
    """Do the job of the first file, and write what was measured to the second."""
    job_path, result_path = map(Path, sys.argv[1:])
    said = json.loads(job_path.read_text(encoding="utf-8"))
    job = Job(**{**said, "collection": Collection(**said["collection"])})
    try:
        result_path.write_text(json.dumps(measure(job)), encoding="utf-8")
    except FootnoteError as error:
        sys.exit(str(error))


def measure(job: Job) -> dict[str, Any]:
    """Ingest, time and, where the job says so, score."""
    system = made(job.system)
    _warm(system)
    store, source = Path(job.store), _source(job)
    begun, busy = time.perf_counter(), time.process_time()
    system.ingest(source, store)
    ingest_seconds, ingest_cpu_seconds = time.perf_counter() - begun, time.process_time() - busy
    process_seconds = time.time() - job.started
    peak = peak_bytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    given = _task(job, system)
    return {
        "papers": len(given.documents),
        "ingest_seconds": ingest_seconds,
        "ingest_cpu_seconds": ingest_cpu_seconds,
        "process_seconds": process_seconds,
        "peak_bytes": peak,
        "disk_bytes": sum(file.stat().st_size for file in store.rglob("*") if file.is_file()),
        "warm_ms": _timed(system.search, given.queries),
        **(_own(system, given) if isinstance(system, Footnote) else {}),
        **(_scored(system, given, Path(job.run)) if job.run and given.qrels else {}),
    }


def _warm(system: System) -> None:
    with TemporaryDirectory(prefix="footnote-bench-", ignore_cleanup_errors=True) as folder:
        papers = Path(folder) / "papers.jsonl"
        papers.write_text(
            "".join(f"{json.dumps(_paper(document))}\n" for document in _WARM_UP), encoding="utf-8"
        )
        system.ingest(Source([str(papers)], _WARM_UP), Path(folder) / "store")
        system.search(_WARM_UP[0].text.partition("\n")[0], _K)


def _paper(document: Document) -> dict[str, str]:
    title, _, abstract = document.text.partition("\n")
    return {"title": title, "abstract": abstract}


def _source(job: Job) -> Source:
    if job.system == OURS:
        return Source(job.collection.paths, (), merge=job.collection.beir is None)
    return Source((), Task.read(Path(job.task)).documents)


def _task(job: Job, system: System) -> Task:
    path = Path(job.task)
    if isinstance(system, Footnote) and not path.exists():
        task(job.collection, system.library).write(path)
    return Task.read(path)


def _timed(search: Callable[[str, int], list[str]], queries: Mapping[str, str]) -> dict[str, float]:
    """Milliseconds that half of the searches, and 95 in 100, take at most."""
    texts = list(queries.values())[:_MOST_TIMED]
    seconds = []
    for text in (*texts[:3], *texts):
        begun = time.perf_counter()
        search(text, _K)
        seconds.append(time.perf_counter() - begun)
    p50, p95 = np.percentile(seconds[3:], (50, 95)) * 1000
    return {"p50": float(p50), "p95": float(p95)}


def _own(system: Footnote, given: Task) -> dict[str, Any]:
    texts = list(given.queries.values())[:_MOST_TIMED]
    return {"precision": system.library.precision, "index_recall@10": system.library.recall(texts, _K)}


def _scored(system: System, given: Task, run: Path) -> dict[str, Any]:
    # Not before memory and start were measured: they are nobody's own.
    from eval.measures import DEPTH, METRICS, scores
    from eval.retrieval import search_all
    from eval.runs import write_run

    searched = search_all(given.queries, lambda query: system.search(query, DEPTH))
    write_run(run, searched.run, run.stem)
    found = scores(searched.run, given.qrels)
    return {"scores": {name: found[name] for name in METRICS}, "failures": searched.failures}


if __name__ == "__main__":
    main()
