"""Runs and judgements as TREC files, which any other tool can score."""

from collections.abc import Iterable
from pathlib import Path

from eval.dataset import Qrels
from eval.measures import Run
from rag import FootnoteError


def write_run(path: Path, run: Run, tag: str) -> None:
    """Write `query Q0 document rank score tag`, scores falling so that no tool sees a tie."""
    _write(
        path,
        (
            (query, "Q0", document, str(rank), str(1 / rank), tag)
            for query, listed in run.items()
            for rank, document in enumerate(dict.fromkeys(listed), start=1)
        ),
    )


def write_qrels(path: Path, qrels: Qrels) -> None:
    """Write `query 0 document grade`."""
    _write(
        path,
        (
            (query, "0", document, str(grade))
            for query, grades in qrels.items()
            for document, grade in grades.items()
        ),
    )


def _write(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    lines = []
    for row in rows:
        if broken := [cell for cell in row if cell.split() != [cell]]:
            raise FootnoteError(f"{path}: the id “{broken[0]}” holds a space, which TREC files cannot")
        lines.append(f"{' '.join(row)}\n")
    path.write_text("".join(lines), encoding="utf-8")
