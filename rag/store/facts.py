"""What a library holds and what made it, for `footnote info` and whoever must know."""

import json
from dataclasses import asdict
from hashlib import sha256

from rag.abstention.calibration import Calibration, calibration_from
from rag.encoding.embedding import Recipe
from rag.store.database import Database, damaged
from rag.store.packing import paper_from, recipe_from

# By leaping from one source to the next: DISTINCT would run through all records.
_SOURCES = """
    WITH RECURSIVE sources (source) AS (
        SELECT min(source) FROM records
        UNION ALL SELECT (SELECT min(source) FROM records WHERE source > sources.source) FROM sources
        WHERE source IS NOT NULL
    ) SELECT source FROM sources WHERE source IS NOT NULL
"""


def facts(db: Database) -> dict[str, object]:
    """Papers by source, largest first, and by year; encoder, chunking, and the versions that wrote it."""
    by_source = "SELECT source, count(DISTINCT row) AS n FROM records GROUP BY source ORDER BY n DESC, source"
    by_year = (
        "SELECT coalesce(year, 'no year') AS year, count(*) AS n FROM papers GROUP BY 1 ORDER BY papers.year"
    )
    recipe = made_by(db)
    return {
        "by_source": {row["source"]: row["n"] for row in db.read(by_source)},
        "by_year": {str(row["year"]): row["n"] for row in db.read(by_year)},
        "encoder": str(recipe.encoder) if recipe else None,
        "chunking": recipe.chunking if recipe else None,
        "created_by": db.manifest("created_by"),
        "written_by": written_by(db),
        "calibration": asdict(measured) if (measured := calibration(db)) else None,
    }


def calibration(db: Database) -> Calibration | None:
    """What was measured with the vectors there are; None where nothing was that this version reads."""
    recipe = made_by(db)
    said = db.manifest(calibration_key(recipe)) if recipe else None
    try:
        return calibration_from(said) if said else None
    except (ValueError, TypeError):
        return None


def calibration_key(recipe: Recipe) -> str:
    """Where in the manifest it stands: another encoder's is no measure."""
    return f"calibration {recipe.key}"


def fingerprint(db: Database) -> tuple[int, str]:
    """Number of all papers, and a digest of what they say, the same in whatever order they came in."""
    hashes = sorted(paper_from(row, ()).content_hash for row in db.read("SELECT * FROM papers"))
    return len(hashes), sha256("".join(hashes).encode()).hexdigest()


def sources(db: Database) -> list[str]:
    """Every file that a record came from."""
    return [source for (source,) in db.read(_SOURCES)]


def made_by(db: Database) -> Recipe | None:
    """The recipe of its vectors; None before there are any.

    Raises:
        LibraryError: the file is damaged.
    """
    said = db.manifest("recipe")
    try:
        return None if said is None else recipe_from(said)
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(db.path, f"its recipe says {said!r}") from error


def written_by(db: Database) -> list[str]:
    """The versions of Footnote that wrote to it, in the order they first did."""
    return list(json.loads(db.manifest("written_by") or "[]"))
