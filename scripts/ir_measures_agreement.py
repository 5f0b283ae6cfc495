"""Whether the command `ir_measures` scores the TREC files that `eval retrieval` writes as Footnote does.

    python scripts/ir_measures_agreement.py BEIR_DIR [LIBRARY]

Searches with all queries of a BEIR folder, in a library that is filled first if it is empty, and prints for
each metric both means and the greatest difference of a mean or of a query. Exit code 1: one is above 1e-9.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.lines import Json
from eval.measures import scores
from eval.retrieval import evaluate
from eval.runs import write_qrels, write_run

_THEIRS = {
    "nDCG@10": "nDCG@10", "recall@5": "R@5", "recall@10": "R@10", "recall@20": "R@20",
    "recall@100": "R@100", "RR@10": "RR@10", "AP@100": "AP@100", "success@1": "Success@1",
    "success@5": "Success@5", "judged@10": "Judged@10",
}  # fmt: skip
_EQUAL = 1e-9


def main(arguments: Sequence[str]) -> int:
    """Search, write, have it scored, and compare."""
    folder, library = Path(arguments[0]), arguments[1] if len(arguments) > 1 else None
    found = evaluate(folder, library, split="test", limit=None, told=lambda *_: None)
    dataset, run = found.dataset, found.searched.run
    with TemporaryDirectory() as temporary:
        paths = Path(temporary) / "qrels", Path(temporary) / "run"
        write_qrels(paths[0], dataset.qrels)
        write_run(paths[1], run, "footnote")
        theirs = _scored_by_command(*paths)
    ours = scores(run, dataset.qrels)
    print(f"{dataset.name}: {len(dataset.queries)} queries")
    worst = [_shown(name, ours[name], theirs[_THEIRS[name]], found.report["metrics"]) for name in _THEIRS]
    print(f"greatest difference {max(worst):.1e}")
    return int(max(worst) > _EQUAL)


def _scored_by_command(qrels: Path, run: Path) -> dict[str, dict[str, float]]:
    """By its name of a metric and query; `all` is the mean."""
    command = [sys.executable, "-m", "ir_measures", "--by_query", "--places", "14"]
    scored = [*command, str(qrels), str(run), *_THEIRS.values()]
    printed = subprocess.run(scored, capture_output=True, text=True, check=True).stdout  # noqa: S603
    theirs: dict[str, dict[str, float]] = {}
    for line in printed.splitlines():
        query, metric, value = line.split("\t")
        theirs.setdefault(metric, {})[query] = float(value)
    return theirs


def _shown(name: str, ours: dict[str, float], theirs: dict[str, float], means: Json) -> float:
    mean = means[name]["mean"]
    print(f"{name:12} {mean:.12f} {theirs['all']:.12f}")
    apart = [abs(ours[query] - theirs.get(query, 0.0)) for query in ours]
    return float(max(abs(mean - theirs["all"]), *apart))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
