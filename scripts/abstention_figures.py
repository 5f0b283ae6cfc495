"""What libraries of test collections answer and refuse, by their own measure and with typical values.

    python scripts/abstention_figures.py WORK_FOLDER BEIR_FOLDER BEIR_FOLDER [...]

Of each collection at most a thousand documents make a library in WORK_FOLDER, asked its own questions,
some whose only document was left out, and the other collections' questions. Figures are printed as a table.
"""

import json
import random
import statistics
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from rag import Library
from rag.abstention.assess import assess
from rag.abstention.calibration import Calibration
from rag.cleaning import clean_question
from rag.retrieval.retriever import Retriever

_DOCUMENTS, _QUESTIONS, _FOREIGN = 1_000, 100, 25
_FEW_GOLD = 2  # documents; a question that has more is not left out


@dataclass(frozen=True)
class Collection:
    """Questions of a collection, those of which the documents are in its library and those left out."""

    name: str
    library: Library
    own: list[str]
    left_out: list[str]


def main(work: str, *folders: str) -> None:
    """Print a line for each collection."""
    collections = [_collection(Path(folder), Path(work)) for folder in folders]
    print("collection  bar    own refused   left out refused   foreign refused   AUROC own/foreign")
    for collection in collections:
        others = [c for c in collections if c is not collection]
        foreign = [
            question
            for other in others
            for question in random.Random(3).sample(other.own, min(_FOREIGN, len(other.own)))
        ]
        measured = collection.library.retriever
        _show(collection, foreign, "measured", measured)
        _show(collection, foreign, "typical", _Typical.like(measured))


class _Typical(Retriever):
    """Searches as another, and judges by typical values, as in a library that was not measured."""

    @property
    def calibration(self) -> Calibration:
        return Calibration()

    @classmethod
    def like(cls, other: Retriever) -> Retriever:
        """The same but for that."""
        return cls(other._store, other._indexes, other._embedder)


def _show(collection: Collection, foreign: list[str], bar: str, retriever: Retriever) -> None:
    asked = [_confidences(retriever, each) for each in (collection.own, collection.left_out, foreign)]
    shares = "  ".join(f"{_refused(confidences):>15}" for confidences in asked)
    value = collection.library.retriever.calibration.bar
    print(
        f"{collection.name:<11} {value:.2f} {bar:<9} {shares}  {_auroc(asked[0], asked[2]):.3f}", flush=True
    )


def _collection(folder: Path, work: Path) -> Collection:
    questions, gold = _questions(folder)
    rng = random.Random(5)
    few = [i for i in questions if len(gold[i]) <= _FEW_GOLD]
    left_out = set(rng.sample(few, min(_QUESTIONS, len(few) // 2)))
    own = rng.sample(
        [i for i in questions if i not in left_out], min(_QUESTIONS, len(questions) - len(left_out))
    )
    without = {document for i in left_out for document in gold[i]}
    wanted = {document for i in own for document in gold[i]} - without
    rows = [json.loads(line) for line in (folder / "corpus.jsonl").open(encoding="utf-8")]
    rest = [row for row in rows if row["_id"] not in without and row["_id"] not in wanted]
    chosen = [row for row in rows if row["_id"] in wanted]
    chosen += rng.sample(rest, min(len(rest), max(0, _DOCUMENTS - len(chosen))))
    library = Library.open(work / folder.name, encoder="minilm")
    file = work / f"{folder.name}.jsonl"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in chosen), encoding="utf-8")
    library.ingest(file, merge=False)
    return Collection(
        folder.name,
        library,
        [questions[i] for i in own if gold[i] - without],
        [questions[i] for i in sorted(left_out)],
    )


def _questions(folder: Path) -> tuple[dict[str, str], dict[str, set[str]]]:
    gold: dict[str, set[str]] = defaultdict(set)
    for line in (folder / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question, document, _ = line.split("\t")
        gold[question].add(document)
    rows = [json.loads(line) for line in (folder / "queries.jsonl").open(encoding="utf-8")]
    return {row["_id"]: clean_question(row["text"]) for row in rows if row["_id"] in gold}, gold


def _confidences(retriever: Retriever, questions: list[str]) -> list[tuple[float, bool]]:
    """Of each question the confidence, and whether it is refused."""
    said = []
    for question in questions:
        vector = retriever.embed([question])[0]
        hits = retriever.search(question, vector, 100)
        assessment = assess(question, vector, hits, retriever)
        said.append((assessment.confidence, assessment.abstention is not None))
    return said


def _refused(confidences: list[tuple[float, bool]]) -> str:
    if not confidences:
        return "–"
    return f"{statistics.mean(refused for _, refused in confidences):.1%} of {len(confidences)}"


def _auroc(own: list[tuple[float, bool]], foreign: list[tuple[float, bool]]) -> float:
    return statistics.mean((a > b) + (a == b) / 2 for a, _ in own for b, _ in foreign)


if __name__ == "__main__":
    main(*sys.argv[1:])
