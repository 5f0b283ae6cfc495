"""Chroma as the index of chunk vectors: cosine space, our ids, no embedding function, no documents."""

import hashlib
import itertools
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")  # before the import, which reads it

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.config import Settings
from numpy.typing import NDArray

from rag.errors import FootnoteError
from rag.interfaces import IndexEntry, Retired

_COLLECTION = "chunks"
_DATABASE = "chroma.sqlite3"
_HNSW: CreateHNSWConfiguration = {
    "space": "cosine",
    "ef_construction": 200,
    "ef_search": 400,  # at least the k that retrieval asks for, or HNSW returns fewer
    "max_neighbors": 16,
    # Chroma keeps the last 1000 vectors in its write-ahead log by default, where no hash of the
    # index's files would cover them; 2 is the least it takes.
    "sync_threshold": 2,
}
_WRITTEN_ON_OPENING = {"acquire_write", "maintenance_log"}  # tables that a mere look inside changes


class ChromaIndex:
    """The kind: see IndexKind."""

    name = "chroma"

    def write(self, folder: Path, retired: Iterable[Retired], entries: Iterable[IndexEntry]) -> None:
        """See IndexKind. The vectors of a chunk id that is there already are replaced."""
        with _errors_as_oserror():
            client = _client(folder)
            try:
                collection = client.get_or_create_collection(
                    _COLLECTION, embedding_function=None, configuration={"hnsw": _HNSW}
                )
                size = client.get_max_batch_size()
                leaving = _retired_ids(retired)
                while ids := list(itertools.islice(leaving, size)):
                    collection.delete(ids=ids)
                for batch in _batches(entries, size):
                    collection.upsert(
                        ids=[chunk_id for entry in batch for chunk_id in entry.chunk_ids],
                        embeddings=np.concatenate([entry.vectors for entry in batch]),
                    )
            finally:
                client.close()

    def fingerprint(self, folder: Path) -> str:
        """See IndexKind: the bytes of the HNSW files and the rows of Chroma's own database."""
        digest = hashlib.sha256()
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.startswith(_DATABASE):
                digest.update(str(path.relative_to(folder)).encode())
                with path.open("rb") as stream:
                    digest.update(hashlib.file_digest(stream, "sha256").digest())
        for row in _rows(folder / _DATABASE):
            digest.update(repr(row).encode())
        return digest.hexdigest()

    def open(self, folder: Path) -> "OpenChromaIndex":
        """See IndexKind."""
        return OpenChromaIndex(folder)


class OpenChromaIndex:
    """The nearest chunks by cosine; see OpenIndex."""

    def __init__(self, folder: Path) -> None:
        with _errors_as_oserror():
            self._client = _client(folder)
            self._collection = self._client.get_collection(_COLLECTION, embedding_function=None)

    def search(
        self, query: NDArray[np.float32], k: int, within: Collection[str] | None = None
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
            looked_at *= 4

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


def _retired_ids(retired: Iterable[Retired]) -> Iterator[str]:
    return (chunk_id for paper in retired for chunk_id in paper.chunk_ids)


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


def _rows(database: Path) -> Iterator[tuple[object, ...]]:
    # immutable: the check must not write to what it checks.
    uri = f"{database.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            yield from connection.execute("PRAGMA quick_check")
            schema = connection.execute("SELECT name, sql, type FROM sqlite_master ORDER BY name").fetchall()
            yield from schema
            for table in (name for name, _, kind in schema if kind == "table"):
                if table not in _WRITTEN_ON_OPENING:
                    yield from connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608
    except sqlite3.Error as error:
        raise ValueError(f"{database} is damaged: {error}") from error
