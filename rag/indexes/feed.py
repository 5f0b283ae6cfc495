"""What the indexes are fed: what changed since they were written, and where each was last published."""

from collections.abc import Iterator
from dataclasses import astuple

import numpy as np
from numpy.typing import NDArray

from rag.interfaces import IndexState
from rag.store.database import Database
from rag.store.facts import made_by
from rag.store.packing import paper_from, spans_from
from rag.types import Paper


class IndexFeed:
    """Reads from any thread; `publish` is for whoever holds the writer's lock."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def changed_since(self, generation: int) -> Iterator[tuple[Paper, NDArray[np.float32]]]:
        """Searchable papers whose last change came after `generation`, each with the vector of the whole
        of it, by row.
        """
        query = (  # IN, or SQLite runs through all papers: it takes an order by row for the best way in
            "SELECT papers.*, spans, vectors FROM papers JOIN chunks USING (row)"
            " WHERE row IN (SELECT row FROM papers WHERE generation > ?) AND recipe = ? ORDER BY row"
        )
        for row in self._db.read(query, [generation, _key(self._db)]):
            [chunks] = spans_from([(row["spans"], row["vectors"])])
            yield paper_from(row, ()), chunks.vectors[0].copy()  # a view would keep all of them

    def count_changed_since(self, generation: int) -> int:
        """How many papers `changed_since` comes to."""
        query = "SELECT count(*) FROM papers JOIN chunks USING (row) WHERE generation > ? AND recipe = ?"
        [[papers]] = self._db.read(query, [generation, _key(self._db)])
        return int(papers)

    def retired_since(self, generation: int) -> list[str]:
        """Ids of the papers that were changed or removed after `generation`."""
        query = "SELECT DISTINCT paper_id FROM retired WHERE generation > ?"
        return [paper_id for (paper_id,) in self._db.read(query, [generation])]

    def state(self, name: str) -> IndexState | None:
        """The index of this name as last published."""
        row = self._db.first("SELECT folder, generation, fingerprint FROM indexes WHERE name = ?", [name])
        return IndexState(*row) if row else None

    def publish(self, name: str, state: IndexState) -> None:
        """Make an index the one that is opened from now on; forget what no index needs any more."""
        with self._db.transaction() as db:
            db.execute("INSERT OR REPLACE INTO indexes VALUES (?, ?, ?, ?)", [name, *astuple(state)])
            db.execute("DELETE FROM retired WHERE generation <= (SELECT min(generation) FROM indexes)")


def _key(db: Database) -> str:
    return recipe.key if (recipe := made_by(db)) else ""
