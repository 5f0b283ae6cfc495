"""What the library has of sources that no longer hold it: found at a run's end, and taken out."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rag.ingest.changes import BATCH, Writer
from rag.ingest.touched import Run, Touched
from rag.records import RecordKey
from rag.store.store import Store
from rag.types import Paper

Lost = dict[int, set[RecordKey]]
"""Keys of records by the row of their paper."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What sources no longer hold. `papers` have no other record and would go; `less` keep what other
    sources say. `replaced` are records in whose place their source has another of the same paper.
    """

    papers: dict[int, Paper] = field(default_factory=dict)
    less: Lost = field(default_factory=dict)
    replaced: Lost = field(default_factory=dict)


def find_gone(sources: Iterable[str], run: Run, store: Store) -> Gone:
    """What the library has of these sources, all read to their end, that the run has not met in them."""
    lost: Lost = {}
    replaced: Lost = {}
    for source in sources:
        held, missing = _compared(store.records_of(source), run.held.get(source, set()))
        for row, key in missing:
            (replaced if row in held else lost).setdefault(row, set()).add(key)
    alone = {row for row, keys in lost.items() if store.record_keys(row) <= keys}
    less = {row: keys for row, keys in lost.items() if row not in alone}
    return Gone(store.papers(alone), less, replaced)


def sources_below(paths: Iterable[Path], store: Store) -> list[str]:
    """The library's sources that are one of these files, or stand in one of these folders."""
    roots = [os.path.abspath(path) for path in paths]  # noqa: PTH100 - resolve() follows links
    return [
        source
        for source in store.searchable.sources()
        if any(Path(source).is_relative_to(root) for root in roots)
    ]


def take_out(lost: Mapping[int, set[RecordKey]], writer: Writer) -> list[str]:
    """Take records out of papers that keep others, batch by batch; returns the papers' ids."""
    rows, ids = list(lost), []
    for first in range(0, len(rows), BATCH):
        papers = writer.store.papers(rows[first : first + BATCH])
        touched = [Touched.of(row, paper.paper_id, writer.store) for row, paper in papers.items()]
        for each in touched:
            each.gone |= lost[each.stored_row]
        writer.commit(touched)
        ids += [each.paper_id for each in touched]
    return ids


def _compared(
    records: Iterator[tuple[int, RecordKey]], held: set[str]
) -> tuple[set[int], list[tuple[int, RecordKey]]]:
    """Rows of papers of which a record is held, and the records that are not."""
    rows, missing = set(), []
    for row, key in records:
        if key[1] in held:
            rows.add(row)
        else:
            missing.append((row, key))
    return rows, missing
