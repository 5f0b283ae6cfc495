"""How fast, and in how much memory, a long arXiv snapshot is read and its papers told apart.

python scripts/stream_figures.py [RECORDS] [WORDS]

Writes a made-up snapshot of RECORDS (1 000 000) with abstracts of WORDS (150) words and about 3 % repeats
to a temporary folder, then reads it twice: with `json.loads` alone, and as an ingest does (reader,
cleaning, which paper is it, stored without vectors). Prints seconds, records per second and peak memory.
"""

import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from rag import readers
from rag.ingest.changes import BATCH
from rag.ingest.dedupe import fold
from rag.ingest.touched import Run, merged
from rag.records import Entry
from rag.store.store import Store


def main() -> None:
    """Make, read, print."""
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    words = int(sys.argv[2]) if len(sys.argv) > 2 else 150
    with tempfile.TemporaryDirectory() as folder:
        snapshot = Path(folder) / "snapshot.json"
        _write(snapshot, records, words)
        print(f"{records:,} records, {snapshot.stat().st_size / 1e6:,.0f} MB, abstracts of {words} words")
        _timed("json.loads over the lines", records, lambda: _parse(snapshot))
        _timed("reader and cleaning", records, lambda: sum(1 for _ in readers.read(snapshot)))
        _timed("reader, cleaning and dedupe", records, lambda: _dedupe(snapshot, Path(folder)))


def _write(path: Path, records: int, words: int) -> None:
    rng = random.Random(7)
    vocabulary = ["".join(rng.choices("abcdefghilmnoprstuvw", k=rng.randint(3, 10))) for _ in range(20_000)]
    with path.open("w", encoding="utf-8") as stream:
        for n in range(records):
            of = n if rng.random() > 0.03 else rng.randrange(n + 1)  # a repeat of an earlier one
            stream.write(f"{json.dumps(_record(of, vocabulary, words))}\n")


def _record(n: int, vocabulary: list[str], words: int) -> dict[str, object]:
    rng = random.Random(n)
    said = rng.choices(vocabulary, k=words + 10)
    return {
        "id": f"{n // 20_000 % 20 + 1:02}{n // 400_000 % 12 + 1:02}.{n % 20_000:05}",
        "submitter": "A. Person", "authors": f"{said[0].title()} {said[1].title()}",
        "title": " ".join(said[:10]),
        "comments": "12 pages", "journal-ref": None, "doi": f"10.1000/{n}" if n % 3 else None,
        "report-no": None, "categories": "cs.LG stat.ML", "license": None,
        "abstract": f"  {' '.join(said[10:])} with $\\alpha_{{{n % 9}}}$ and Poincar\\'e.\n",
        "versions": [{"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"}],
        "update_date": "2008-11-26", "authors_parsed": [[said[1].title(), said[0].title(), ""]],
    }  # fmt: skip


def _parse(path: Path) -> int:
    with path.open(encoding="utf-8") as lines:
        return sum(1 for line in lines if json.loads(line))


def _dedupe(path: Path, folder: Path) -> int:
    store, run = Store(folder), Run()
    entries: Iterator[Entry] = (item for item in readers.read(path) if isinstance(item, Entry))
    while batch := list(islice(entries, BATCH)):
        folded = fold(batch, store, run)
        with store.transaction() as db:
            generation = store.next_generation(db)
            for touched in (each for each in folded.touched if each.is_changed):
                kept = touched.entries(store)
                paper = merged((entry.paper for entry in kept), touched.paper_id)
                row = store.put(db, generation, touched.row, paper)
                for other in touched.absorbed:
                    store.absorb(db, generation, row, other)
                store.put_records(db, row, kept)
        for entry, touched, kind in zip(batch, folded.of_entry, folded.kinds, strict=True):
            run.count(touched.paper_id, kind)
            run.hold(entry.record)
    return len(run.kinds)


def _timed(what: str, records: int, task: Callable[[], int]) -> None:
    started = time.perf_counter()
    result = task()
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"{seconds:8.1f} s  {records / seconds:9,.0f} records/s  peak {peak:,.0f} MB  {result:,}  {what}")


if __name__ == "__main__":
    main()
