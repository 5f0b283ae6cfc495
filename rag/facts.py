"""What a library holds and what made it, counted for `footnote info`."""

import json

from rag.database import Database
from rag.embedding import Recipe


def facts(db: Database, recipe: Recipe | None) -> dict[str, object]:
    """Papers by source, largest first, and by year; encoder, chunking, and the versions that wrote it."""
    by_source = "SELECT source, count(DISTINCT row) AS n FROM records GROUP BY source ORDER BY n DESC, source"
    by_year = (
        "SELECT coalesce(year, 'no year') AS year, count(*) AS n FROM papers GROUP BY 1 ORDER BY papers.year"
    )
    return {
        "by_source": {row["source"]: row["n"] for row in db.read(by_source)},
        "by_year": {str(row["year"]): row["n"] for row in db.read(by_year)},
        "encoder": str(recipe.encoder) if recipe else None,
        "chunking": recipe.chunking if recipe else None,
        "created_by": db.manifest("created_by"),
        "written_by": written_by(db),
    }


def written_by(db: Database) -> list[str]:
    """The versions of Footnote that wrote to it, in the order they first did."""
    return list(json.loads(db.manifest("written_by") or "[]"))
