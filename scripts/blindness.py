"""Write the tables of docs/evaluation.md: what each metric is, which bad systems it sees, and what these do.

    python scripts/blindness.py

Asked is an oracle, which answers with the fixture's gold quotes; each bad system spoils its answers.
Figures of labels are of the fixture's questions with labels. Prints what the oracle itself scores.
"""

import re
import tempfile
from pathlib import Path

from eval.blindness import REAL, Seen, composite, matrix, score_systems
from eval.canaries import CANARIES
from eval.metrics import FIGURES
from eval.metrics.whole_run import WHOLE
from eval.oracle import oracle
from eval.questions import read_questions
from eval.scoring import report
from rag.testing import hash_library

ROOT = Path(__file__).resolve().parents[1]
FIXTURE, PAGE = ROOT / "eval" / "fixture", ROOT / "docs" / "evaluation.md"
_SIGNS: dict[Seen, str] = {"caught": "●", "blind": "·", "fooled": "✗"}


def main() -> None:
    """Score all systems on the fixture, and write the tables in their places."""
    sets = [read_questions(FIXTURE / name) for name in ("questions.jsonl", "labels.jsonl")]
    with tempfile.TemporaryDirectory() as folder:
        library = hash_library(folder)
        library.ingest(FIXTURE / "papers.jsonl")
        systems = [score_systems(each, oracle(each, library), library) for each in sets]
        found = [report("oracle", each[REAL], len(library))["metrics"] for each in systems]
        library.close()
    for name, figure in [each for metrics_of in found for each in metrics_of.items()]:
        print(f"{name:26} {figure['mean']} {figure['ci95']} n={figure['n']}")
    put("metrics", metrics())
    means = {name: composite(sets[0], scored) for name, scored in systems[0].items()}
    put("blindness", blindness(matrix(*systems), means))
    put("canaries", canaries())


def put(place: str, table: str) -> None:
    """Write a table between its marks."""
    text = PAGE.read_text(encoding="utf-8")
    between = re.compile(rf"(?<=<!-- {place} -->\n).*?(?=<!-- end of {place} -->)", re.DOTALL)
    PAGE.write_text(between.sub(lambda _: table, text), encoding="utf-8")


def metrics() -> str:
    """A row a metric; those of a whole run, and those of a model, last."""
    lines = ["| metric | is | cannot see |", "|---|---|---|"]
    said = {"heuristic": "about", "model": "needs a model", "judge": "needs a judge"}
    for name, each in FIGURES.items():
        marks = ["of a whole run"] * (name in WHOLE) + ["lower is better"] * each.scale.lower_is_better
        marks += [said[each.tier]] if each.tier in said else []
        mark = f" ({', '.join(marks)})" if marks else ""
        lines.append(f"| `{name}`{mark} | {each.what} | {each.blind} |")
    return "\n".join([*lines, ""])


def blindness(seen: dict[str, dict[str, Seen]], means: dict[str, float]) -> str:
    """Rows are metrics, columns bad systems; in the last row the mean of all metrics of an answer."""
    systems = list(next(iter(seen.values())))
    lines = [f"| | {' | '.join(systems)} |", f"|---|{'---|' * len(systems)}"]
    lines += [
        f"| `{metric}` | {' | '.join(_SIGNS[of[name]] for name in systems)} |" for metric, of in seen.items()
    ]
    told = " | ".join(f"{means[name]:.2f}" for name in systems)
    lines.append(f"| mean of all (the oracle: {means[REAL]:.2f}) | {told} |")
    return "\n".join([*lines, ""])


def canaries() -> str:
    """What is wrong with each bad system."""
    return "".join(f"* `{each.name}`: {each.what}\n" for each in CANARIES)


if __name__ == "__main__":
    main()
