"""What is measured: collections of papers, and questions about them where there are any."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from eval.dataset import Dataset, Qrels, corpus, document_id, judged, read_beir
from rag import Library

_TITLES = 100  # that stand for questions where there are none


@dataclass(frozen=True, slots=True)
class Collection:
    """Files with papers, or a BEIR folder; `limit` is of its questions."""

    name: str
    paths: tuple[str, ...]
    beir: str | None = None
    questions: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """What a process is to measure. The first one for a collection, Footnote's, also writes its task."""

    system: str
    collection: Collection
    task: str  # file
    store: str  # folder to be made
    run: str | None  # file for the ranked lists, if quality is to be scored
    started: float  # by the clock


@dataclass(frozen=True, slots=True)
class Document:
    """A paper as every system but Footnote gets it."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Task:
    """What every system is given of a collection, the same to all. Without judgements (`qrels` is empty)
    the queries are titles, and only time is measured.
    """

    documents: tuple[Document, ...]
    queries: Mapping[str, str]
    qrels: Qrels

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> "Task":
        """What `write` wrote."""
        said = json.loads(path.read_text(encoding="utf-8"))
        return cls(tuple(Document(**d) for d in said["documents"]), said["queries"], said["qrels"])


def task(collection: Collection, library: Library) -> Task:
    """The task that a collection sets, its papers as Footnote read and merged them."""
    papers = list(library.papers())
    documents = tuple(Document(document_id(p), f"{p.title}\n{p.abstract}".strip()) for p in papers)
    if (dataset := _dataset(collection, library)) is not None:
        return Task(documents, dataset.queries, dataset.qrels)
    titles = [paper.title or paper.abstract[:100] for paper in papers[: collection.limit or _TITLES]]
    return Task(documents, {str(number): title for number, title in enumerate(titles)}, {})


def cut(folder: Path, into: Path, limit: int) -> Path:
    """A smaller BEIR folder: the first queries, the documents judged for them, and as many others."""
    dataset = read_beir(folder, limit=limit)
    needed = {document for grades in dataset.qrels.values() for document in grades}
    (into / "qrels").mkdir(parents=True)
    others = 0
    with corpus(folder).open(encoding="utf-8") as lines, corpus(into).open("w", encoding="utf-8") as kept:
        for line in filter(str.strip, lines):
            is_needed = str(json.loads(line)["_id"]) in needed
            others += not is_needed
            if is_needed or others <= limit:
                kept.write(line)
    queries = ({"_id": query, "text": text} for query, text in dataset.queries.items())
    (into / "queries.jsonl").write_text("".join(f"{json.dumps(q)}\n" for q in queries), encoding="utf-8")
    rows = (f"{q}\t{d}\t{grade}\n" for q, grades in dataset.qrels.items() for d, grade in grades.items())
    (into / "qrels" / "test.tsv").write_text("".join(rows), encoding="utf-8")
    return into


def _dataset(collection: Collection, library: Library) -> Dataset | None:
    if collection.beir:
        return read_beir(Path(collection.beir), limit=collection.limit)
    if collection.questions:
        return judged(Path(collection.questions), library, collection.limit)
    return None
