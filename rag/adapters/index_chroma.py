"""Chroma as the index of papers' vectors: cosine space, our ids, no embedding function, no documents."""

import json
import os
import shutil
import sqlite3
import warnings
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path

os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")  # before the import, which reads it

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.api.models.Collection import Collection as ChromaCollection
from chromadb.config import Settings
from numpy.typing import NDArray

from rag.errors import FootnoteError
from rag.indexes.digests import MEMORY
from rag.interfaces import Changes

_COLLECTION = "abstracts"
_DATABASE = "chroma.sqlite3"
# Chosen by recall against exact search, see docs/benchmarks.md.
_HNSW: CreateHNSWConfiguration = {"space": "cosine", "ef_construction": 200, "max_neighbors": 24}
# How many neighbours a search looks at where it is not to return more, in an index of up to so many.
_MANY, _LOOKED_AT, _LOOKED_AT_OF_MANY = 10_000, 100, 400
# A mere look inside changes these.
_WRITTEN_ON_OPENING = {"acquire_write", "maintenance_log"}
# No search reads this, and it has a row for each paper. Where it is damaged, writing fails, or a paper
# that has left stays among the neighbours: retrieval knows no such paper.
_FOR_WRITING = {"embeddings"}
_MARGIN = 1.25  # times as many papers are looked at as must hold k that pass, by those seen so far


class ChromaIndex:
    """The kind: see IndexKind."""

    name = "chroma"

    def copy(self, folder: Path, new: Path) -> None:
        """See IndexKind. All of it is copied, for Chroma writes into its files."""
        shutil.copytree(folder, new, ignore=shutil.ignore_patterns(MEMORY))

    def write(self, folder: Path, changes: Changes) -> None:
        """See IndexKind. The vector of a paper that is there already is replaced."""
        with _errors_as_oserror():
            held, leaving = _held(folder / _DATABASE, changes)
            with _opened(folder) as client:
                collection = _collection(client, held, writes=len(leaving) + changes.count)
                size = client.get_max_batch_size()
                for first in range(0, len(leaving), size):
                    collection.delete(ids=leaving[first : first + size])
                entries = iter(changes.entries)
                while batch := list(islice(entries, size)):
                    collection.upsert(
                        ids=[entry.paper_id for entry in batch],
                        embeddings=np.stack([entry.vector for entry in batch]),
                    )
            _give_back_space(folder / _DATABASE)

    def fingerprint(self, folder: Path, digest: Callable[[Path], str]) -> str:
        """See IndexKind: the HNSW files, and what Chroma's own database says of the collection."""
        paths = (
            path
            for path in folder.rglob("*")
            if path.is_file() and path.name != MEMORY and not path.name.startswith(_DATABASE)
        )
        files = " ".join(f"{path.relative_to(folder)}={digest(path)}" for path in sorted(paths))
        return f"{files} {_DATABASE}={_said_by(folder / _DATABASE)}"

    def open(self, folder: Path) -> "OpenChromaIndex":
        """See IndexKind."""
        return OpenChromaIndex(folder)


class OpenChromaIndex:
    """The nearest papers by cosine; see OpenIndex."""

    def __init__(self, folder: Path) -> None:
        with _errors_as_oserror(), _unworried():
            self._client = _client(folder)
            self._collection = self._client.get_collection(_COLLECTION, embedding_function=None)

    def search(
        self, query: NDArray[np.float32], k: int, within: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """Ids of papers with the cosine of their vectors.

        A filter looks past what it leaves out: Chroma's own slows it down twentyfold. There are fewer than
        k where it would have to look at more papers than pass.
        """
        if within is None:
            return self._nearest(query, k)
        looked_at = k
        while True:
            near = self._nearest(query, looked_at)
            kept = [(paper_id, cosine) for paper_id, cosine in near if paper_id in within]
            if len(kept) >= k or len(near) < looked_at:
                return kept[:k]
            wanted = int(_MARGIN * looked_at * k / max(1, len(kept)))
            looked_at = min(max(2 * looked_at, wanted), 16 * looked_at)
            if looked_at > len(within):
                return kept

    def _nearest(self, query: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        with _errors_as_oserror():
            found = self._collection.query(
                query_embeddings=query[None, :], n_results=k, include=["distances"]
            )
        distances = (found["distances"] or [[]])[0]
        return [(paper_id, 1.0 - d) for paper_id, d in zip(found["ids"][0], distances, strict=True)]

    def close(self) -> None:
        """See OpenIndex."""
        self._client.close()


@contextmanager
def _errors_as_oserror() -> Iterator[None]:
    """What Chroma raises when its files fail, by the name that callers know.

    That may be anything: a panic of its Rust part is not even an Exception.
    """
    try:
        yield
    except (FootnoteError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        raise OSError(f"Chroma: {error}") from error


def _client(folder: Path) -> Client:
    client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    if not isinstance(client, Client):
        raise TypeError("chromadb.PersistentClient made something else than a Client")
    return client


@contextmanager
def _opened(folder: Path) -> Iterator[Client]:
    client = _client(folder)
    try:
        yield client
    finally:
        client.close()


def _collection(client: Client, held: int, writes: int) -> ChromaCollection:
    """The collection, made if absent, that holds so many vectors and is to save them after so many writes.

    Until then Chroma keeps what comes in its own database, where no digest of the index's files would
    cover it; and each time it saves the whole. It takes these settings only before it looks at its index.
    """
    with _unworried():
        made = client.get_or_create_collection(
            _COLLECTION, embedding_function=None, configuration={"hnsw": _HNSW}
        )
        looked_at = _LOOKED_AT if held + writes < _MANY else _LOOKED_AT_OF_MANY
        threshold = max(2, writes)  # the least it takes
        made.modify(configuration={"hnsw": {"ef_search": looked_at, "sync_threshold": threshold}})
    return made


def _held(database: Path, changes: Changes) -> tuple[int, list[str]]:
    """How many papers the index holds, and those of them that are to leave it."""
    if not database.exists():
        return 0, []
    leaving = json.dumps(changes.retired)
    with closing(sqlite3.connect(database)) as connection:
        [[held]] = connection.execute("SELECT count(*) FROM embeddings")
        found = connection.execute(
            "SELECT value FROM json_each(?) WHERE value IN (SELECT embedding_id FROM embeddings)", [leaving]
        )
        return held, [paper_id for (paper_id,) in found]


@contextmanager
def _unworried() -> Iterator[None]:
    """Without Chroma's warning that the embedding function, of which there is none, is out of date."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "legacy embedding function", DeprecationWarning)
        yield


def _give_back_space(database: Path) -> None:
    """Everything that came stood in the database once, and left holes the size of the index."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("VACUUM")


def _said_by(database: Path) -> str:
    crc = 0
    for row in _rows(database):
        crc = zlib.crc32(repr(row).encode(), crc)
    return f"{crc:08x}"


def _rows(database: Path) -> Iterator[tuple[object, ...]]:
    # immutable: the check must not write to what it checks.
    uri = f"{database.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            schema = connection.execute("SELECT name, sql, type FROM sqlite_master ORDER BY name").fetchall()
            yield from schema
            tables = {name for name, _, kind in schema if kind == "table"}
            for table in sorted(tables - _WRITTEN_ON_OPENING - _FOR_WRITING):
                yield from connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608
    except sqlite3.Error as error:
        raise ValueError(f"{database} is damaged: {error}") from error
