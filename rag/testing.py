"""Doubles that ship with the package, for tests of what is built on it: fast, deterministic, offline."""

import json
import random
import re
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag import readers
from rag.interfaces import Encoder, Message, Region
from rag.library import Library
from rag.records import Entry
from rag.types import Paper
from rag.words import STOP_WORDS

_WORD = re.compile(r"\w+")
_SYLLABLES = "ba de fi go lu ma ne pi ro su ta ve wi xo zu kra ble tri gno spe".split()

Written = str | Callable[[Sequence[Message]], str]
Reply = Written | Exception | tuple[Written, Exception]


class HashEmbedder:
    """Bags of words: each word a random direction of its own, a text the direction of their sum.

    Texts that share rare words are near each other, which is enough to test all but quality.
    """

    precision = "fp32"

    def __init__(self, dimension: int = 64) -> None:
        self.encoder = Encoder("hash", "1", dimension, "sum")

    def embed_regions(
        self, texts: Sequence[str], regions: Sequence[Sequence[Region]]
    ) -> list[NDArray[np.float32]]:
        """See Embedder."""
        return [
            self.embed_queries([" ".join(text[start:end] for start, end in region) for region in those])
            for text, those in zip(texts, regions, strict=True)
        ]

    def parts(self, texts: Sequence[str]) -> list[int]:
        """See Embedder."""
        return [1] * len(texts)

    def embed_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """See Embedder."""
        sums = [
            sum((self._direction(w) for w in _words(query)), start=self._direction("")) for query in queries
        ]
        vectors = np.array(sums, dtype=np.float32)
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def _direction(self, word: str) -> NDArray[np.float32]:
        return _direction(word, self.encoder.dimension)


class ScriptedChatModel:
    """Replies one after another, in pieces of so many characters; `asked` are the messages of each request.

    A reply is a text, a function from the messages to one (the sources' keys stand in them), an error to
    raise, or a pair of both: a text, after which the error is raised.
    """

    name = "scripted"

    def __init__(self, *replies: Reply, piece: int = 7, context: int = 32_768) -> None:
        self.context = context
        self.asked: list[tuple[Message, ...]] = []
        self._replies, self._piece = replies, piece

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, Mapping[str, int]]:
        """See ChatModel; its tokens are words."""
        self.asked.append(tuple(messages))
        if len(self.asked) > len(self._replies):
            raise AssertionError(
                f"asked {len(self.asked)} times, and the script has {len(self._replies)} replies"
            )
        reply = self._replies[len(self.asked) - 1]
        said, error = reply if isinstance(reply, tuple) else (reply, None)
        if isinstance(said, Exception):
            raise said
        text = said if isinstance(said, str) else said(messages)
        for start in range(0, len(text), self._piece):
            yield text[start : start + self._piece]
        if error:
            raise error
        read = sum(len(message.content.split()) for message in messages)
        return {"prompt_tokens": read, "completion_tokens": len(text.split())}


def hash_library(path: str | Path, dimension: int = 64) -> Library:
    """A real library on disk, made or opened, whose encoder is a HashEmbedder."""
    return Library.open(path, embedder=HashEmbedder(dimension))


def sample_papers() -> list[Paper]:
    """The papers of the demo collection, as they are read from its file."""
    with as_file(files("rag") / "sample" / "papers.jsonl") as path:
        return [entry.paper for entry in readers.read(path) if isinstance(entry, Entry)]


def invented_papers(count: int, seed: int = 1) -> list[Paper]:
    """Papers of 4 to 9 sentences in a made-up vocabulary of some 2 000 words, the same for a seed."""
    rng = random.Random(seed)  # noqa: S311 - nothing secret
    words = ["".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))) for _ in range(2_000)]
    return [
        Paper(
            title=f"{_sentence(rng, words, 6)} {seed}-{n}",
            abstract=" ".join(f"{_sentence(rng, words, 12)}." for _ in range(rng.randint(4, 9))),
            authors=(f"Ann {rng.choice(words)}",),
            year=rng.randint(1990, 2025),
        )
        for n in range(count)
    ]


def write_jsonl(path: str | Path, papers: Iterable[Paper]) -> Path:
    """Write papers as a file of JSON lines that ingest reads back as they are."""
    fields = ("title", "abstract", "authors", "year", "venue", "url", "keywords")
    records = ({name: getattr(paper, name) for name in fields} | dict(paper.identifiers) for paper in papers)
    Path(path).write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    return Path(path)


def _sentence(rng: random.Random, words: list[str], length: int) -> str:
    return " ".join(rng.choices(words, k=length)).capitalize()


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if word not in STOP_WORDS]


@lru_cache(maxsize=100_000)
def _direction(word: str, dimension: int) -> NDArray[np.float32]:
    seed = int.from_bytes(sha256(word.encode()).digest()[:8], "little")
    return np.random.default_rng(seed).standard_normal(dimension).astype(np.float32)
