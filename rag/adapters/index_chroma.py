"""Chroma as the index of chunk vectors: cosine space, our ids, no embedding function, no documents."""

import json
import os
import shutil
import sqlite3
import warnings
import zlib
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")  # before the import, which reads it

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings
from numpy.typing import NDArray

from rag.digests import MEMORY
from rag.errors import FootnoteError
from rag.interfaces import Changes, IndexEntry

_COLLECTION = "chunks"
_DATABASE = "chroma.sqlite3"
# Chosen by recall against exact search, see docs/benchmarks.md.
_HNSW: CreateHNSWConfiguration = {"space": "cosine", "ef_construction": 200, "max_neighbors": 24}
# How many neighbours a search looks at where it is not to return more, in an index of up to so many.
_MANY, _LOOKED_AT, _LOOKED_AT_OF_MANY = 100_000, 100, 800
# A mere look inside changes these.
_WRITTEN_ON_OPENING = {"acquire_write", "maintenance_log"}
# No search reads this, and it has a row for each chunk. Where it is damaged, writing fails, or a chunk
# that has left stays among the neighbours: retrieval knows no such paper.
_FOR_WRITING = {"embeddings"}
_MARGIN = 1.25  # times as many chunks are looked at as must hold k that pass, by those seen so far


class ChromaIndex:
    """The kind: see IndexKind."""

    name = "chroma"

    def copy(self, folder: Path, new: Path) -> None:
        """See IndexKind. All of it is copied, for Chroma writes into its files."""
        shutil.copytree(folder, new, ignore=shutil.ignore_patterns(MEMORY))

    def write(self, folder: Path, changes: Changes) -> None:
        """See IndexKind. The vectors of a chunk id that is there already are replaced."""
        with _errors_as_oserror():
            held, leaving = _held(folder / _DATABASE, changes)
            with _opened(folder) as client:
                collection = _collection(client, held, writes=len(leaving) + changes.chunks)
                size = client.get_max_batch_size()
                for first in range(0, len(leaving), size):
                    collection.delete(ids=leaving[first : first + size])
                for batch in _batches(changes.entries, size):
                    collection.upsert(
                        ids=[chunk_id for entry in batch for chunk_id in entry.chunk_ids],
                        embeddings=np.concatenate([entry.vectors for entry in batch]),
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
    """The nearest chunks by cosine; see OpenIndex."""

    def __init__(self, folder: Path) -> None:
        with _errors_as_oserror(), _unworried():
            self._client = _client(folder)
            self._collection = self._client.get_collection(_COLLECTION, embedding_function=None)

    def search(
        self, query: NDArray[np.float32], k: int, within: Container[str] | None = None
    ) -> list[tuple[str, float]]:
        """Ids of chunks with the cosine of their vectors.

        A filter looks past what it leaves out: Chroma's own slows it down twentyfold.
        """
        if within is None:
            return self._nearest(query, k)
        looked_at = k
        while True:
            near = self._nearest(query, looked_at)
            kept = [(chunk_id, cosine) for chunk_id, cosine in near if chunk_id.rpartition("#")[0] in within]
            if len(kept) >= k or len(near) < looked_at:
                return kept[:k]
            wanted = int(_MARGIN * looked_at * k / max(1, len(kept)))
            looked_at = min(max(2 * looked_at, wanted), 16 * looked_at)

    def _nearest(self, query: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        with _errors_as_oserror():
            found = self._collection.query(
                query_embeddings=query[None, :], n_results=k, include=["distances"]
            )
        distances = (found["distances"] or [[]])[0]
        return [(chunk_id, 1.0 - d) for chunk_id, d in zip(found["ids"][0], distances, strict=True)]

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


def _collection(client: Client, held: int, writes: int) -> Collection:
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
    """How many chunks the index holds, and those of them that are to leave it."""
    if not database.exists():
        return 0, []
    leaving = json.dumps([chunk_id for paper in changes.retired for chunk_id in paper.chunk_ids])
    with closing(sqlite3.connect(database)) as connection:
        [[held]] = connection.execute("SELECT count(*) FROM embeddings")
        found = connection.execute(
            "SELECT value FROM json_each(?) WHERE value IN (SELECT embedding_id FROM embeddings)", [leaving]
        )
        return held, [chunk_id for (chunk_id,) in found]


@contextmanager
def _unworried() -> Iterator[None]:
    """Without Chroma's warning that the embedding function, of which there is none, is out of date."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "legacy embedding function", DeprecationWarning)
        yield


def _batches(entries: Iterable[IndexEntry], size: int) -> Iterator[list[IndexEntry]]:
    """Entries in lists of at most `size` vectors in all: Chroma refuses more at a time."""
    batch: list[IndexEntry] = []
    vectors = 0
    for entry in entries:
        if batch and vectors + len(entry.chunk_ids) > size:
            yield batch
            batch, vectors = [], 0
        batch.append(entry)
        vectors += len(entry.chunk_ids)
    if batch:
        yield batch


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
