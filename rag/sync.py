"""What the library has of sources that no longer hold it: found, and taken out."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from rag.changes import BATCH, Writer
from rag.dedupe import Touched
from rag.store import RecordKey, Store
from rag.types import Paper


@dataclass(frozen=True, slots=True)
class Gone:
    """Records that their sources no longer hold. `papers` have no others and go; `less` papers (rows
    with the records they lose) keep what other sources say.
    """

    papers: dict[int, Paper] = field(default_factory=dict)
    less: dict[int, set[RecordKey]] = field(default_factory=dict)


def find_gone(paths: Iterable[Path], held: set[RecordKey], not_whole: set[str], store: Store) -> Gone:
    """What stored records came from these files, or from files in these folders, and are not `held`.

    Sources in `not_whole` could not be read to their end: nothing of theirs counts as gone.
    """
    roots = [os.path.abspath(path) for path in paths]  # noqa: PTH100 - resolve() follows links
    lost: dict[int, set[RecordKey]] = {}
    for source in store.sources():
        if source not in not_whole and any(Path(source).is_relative_to(root) for root in roots):
            for row, key in store.records_of(source):
                if key not in held:
                    lost.setdefault(row, set()).add(key)
    alone = [row for row, keys in lost.items() if store.record_keys(row) <= keys]
    return Gone(store.papers(alone), {row: keys for row, keys in lost.items() if row not in set(alone)})


def remove_gone(gone: Gone, writer: Writer) -> None:
    """Take out what is gone, batch by batch."""
    store = writer.store
    if gone.papers:
        store.remove(gone.papers)
    rows = list(gone.less)
    for first in range(0, len(rows), BATCH):
        papers = store.papers(rows[first : first + BATCH])
        writer.commit(
            Touched(paper.paper_id, row, store.record_keys(row), gone=gone.less[row])
            for row, paper in papers.items()
        )
