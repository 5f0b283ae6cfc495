"""How well a support model tells sentences that a paper bears out from others, on labelled sentences.

    python scripts/support_figures.py [encoder | MODEL]

The sentences are those of tests/data/verdicts, about the sample collection; a sentence is held against each
sentence of the abstracts it cites, and the best one counts. Prints, for each kind of wrong sentence, how
often a right one scores above it (AUROC) with a 95 % interval.
"""

import json
import sys
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from eval.support.models import ENCODER, support_model
from rag import Library, sentences

CASES = Path(__file__).resolve().parents[1] / "tests" / "data" / "verdicts"
_RIGHT = "supported"
_RESAMPLES = 1_000

Floats = NDArray[np.float64]


def main(arguments: Sequence[str]) -> None:
    """Score every sentence once and print the figures."""
    with TemporaryDirectory() as folder, as_file(files("rag") / "sample" / "papers.jsonl") as sample:
        library = Library.open(folder, encoder="minilm")
        library.ingest(sample)
        found = scores(library, arguments[0] if arguments else ENCODER)
        library.close()
    for kind, wrong in found.items():
        if kind != _RIGHT:
            low, high = interval(found[_RIGHT], wrong)
            print(f"{kind:16} {auroc(found[_RIGHT], wrong):.3f}  [{low:.3f}, {high:.3f}]  n = {len(wrong)}")


def scores(library: Library, named: str) -> dict[str, Floats]:
    """By kind of sentence the support that the model gives each."""
    abstracts = {paper.title: paper.abstract for paper in library.papers()}
    cases = [json.loads(line) for path in sorted(CASES.glob("*.jsonl")) for line in path.open()]
    pairs = [
        [(text[start:end], case["sentence"]) for text in map(abstracts.get, case["cites"]) if text
         for start, end in sentences(text)]
        for case in cases
    ]  # fmt: skip
    said = iter(support_model(named, library).support([pair for of_case in pairs for pair in of_case]))
    best = [max(next(said) for _ in of_case) for of_case in pairs]
    kinds = dict.fromkeys(case["kind"] for case in cases)
    return {
        kind: np.array([b for b, c in zip(best, cases, strict=True) if c["kind"] == kind]) for kind in kinds
    }


def auroc(right: Floats, wrong: Floats) -> float:
    """How often a right one is above a wrong one; ties are halves."""
    labels = np.repeat([1, 0], [len(right), len(wrong)])
    return float(roc_auc_score(labels, np.concatenate([right, wrong])))


def interval(right: Floats, wrong: Floats) -> tuple[float, float]:
    """Of 95 %, both kinds of sentence being what chance picked."""
    random = np.random.default_rng(1)
    drawn = [
        auroc(random.choice(right, len(right)), random.choice(wrong, len(wrong))) for _ in range(_RESAMPLES)
    ]
    low, high = np.percentile(drawn, (2.5, 97.5))
    return float(low), float(high)


if __name__ == "__main__":
    main(sys.argv[1:])
