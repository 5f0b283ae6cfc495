"""Papers, questions and vectors that are made up but behave like real ones, as many as are wanted."""

import json
import re
import time
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from itertools import pairwise, product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag import Encoder

YEARS = range(1926, 2026)  # evenly spread: a filter on one year passes one paper in a hundred

_VOCABULARY, _TOPIC_WORDS, _PAPERS_A_TOPIC = 50_000, 300, 50
_SENTENCES, _SENTENCE_WORDS, _TITLE_WORDS = (8, 12), (16, 27), (7, 12)  # from, to but not including
_PLAIN, _OF_TOPIC = 0.38, 0.3  # shares of a text's words that say nothing, and that are its topic's
_PLAIN_WORDS = (
    "the of and in a to is for with that we by on as are this from be an it which at can not".split()
)
_DIMENSION = 384
_DECAY = 0.35  # of a vector's spread from its first dimension to its last, as a power
_OF_TEXT, _OF_ALL = 1.7, 1.6  # weights of what a region shares with its text, and with all texts
_PRIME = 48_271  # scatters numbers in a row
_WORD = re.compile(r"\w+")
_Region = tuple[tuple[int, int], ...]  # as rag's Embedder has it


class InventedPapers:
    """Papers 0 to `count` - 1: some 200 words in a Zipfian vocabulary of 50 000, the same each time.

    Fifty papers share a topic, whose 300 words they draw on for a third of theirs.
    """

    def __init__(self, count: int) -> None:
        self.count = count

    def write(self, path: Path, first: int = 0) -> Path:
        """Write them, from number `first` on, as JSON lines."""
        with path.open("w", encoding="utf-8") as stream:
            stream.writelines(f"{json.dumps(self.record(number))}\n" for number in range(first, self.count))
        return path

    def questions(self, count: int) -> list[str]:
        """Questions that papers spread over the collection answer, in words of two of their sentences."""
        rng = np.random.default_rng(7)
        return [_question(self.record(int(number)), rng) for number in rng.integers(0, self.count, count)]

    def record(self, number: int) -> dict[str, object]:
        """A paper, as it stands in the file."""
        rng = np.random.default_rng([1, number])
        lengths = [rng.integers(*_TITLE_WORDS), *rng.integers(*_SENTENCE_WORDS, rng.integers(*_SENTENCES))]
        words = _words(rng, int(sum(lengths)), topic=number % max(20, self.count // _PAPERS_A_TOPIC))
        title, *sentences = (
            " ".join(words[start:end]).capitalize() for start, end in pairwise([0, *np.cumsum(lengths)])
        )
        return {
            "title": title,
            "abstract": f"{'. '.join(sentences)}.",
            "year": int(rng.choice(YEARS)),
            "doi": f"10.5555/invented.{number}",
        }


class InventedEmbedder:
    """Each word a direction, a text the direction of its words' sum, a region near its text's.

    Tuned so that cosines are those of all-MiniLM-L6-v2 on abstracts (see docs/benchmarks.md): between a
    paper and its windows, any two papers, the nearest two, a question and its best chunk; and so that
    the vectors fill about as few dimensions.
    """

    precision = "fp32"

    def __init__(self) -> None:
        self.encoder = Encoder("invented", "1", _DIMENSION, "sum")
        self.seconds = 0.0  # spent in embedding papers
        self._number = {word: number for number, word in enumerate(_vocabulary())}

    def embed_regions(
        self, texts: Sequence[str], regions: Sequence[Sequence[_Region]]
    ) -> list[NDArray[np.float32]]:
        """See Embedder."""
        started = time.perf_counter()
        embedded = [self._embed(text, those) for text, those in zip(texts, regions, strict=True)]
        self.seconds += time.perf_counter() - started
        return embedded

    def parts(self, texts: Sequence[str]) -> list[int]:
        """See Embedder."""
        return [1] * len(texts)

    def embed_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """See Embedder."""
        return np.concatenate([self._embed(query, [((0, len(query)),)]) for query in queries])

    def _embed(self, text: str, regions: Sequence[_Region]) -> NDArray[np.float32]:
        found = list(_WORD.finditer(text.lower()))
        starts = [match.start() for match in found]
        numbers = [self._number.get(match.group(), 0) for match in found]
        sums = np.zeros((len(found) + 1, _DIMENSION), np.float32)
        np.cumsum(_directions()[numbers], axis=0, out=sums[1:])
        own = np.zeros((len(regions), _DIMENSION), np.float32)
        for row, region in zip(own, regions, strict=True):
            for start, end in region:
                row += sums[bisect_left(starts, end)] - sums[bisect_left(starts, start)]
        return _unit(_unit(own) + _OF_TEXT * _unit(sums[-1:]) + _OF_ALL * _common())


def _words(rng: np.random.Generator, count: int, topic: int) -> list[str]:
    """Words of a text; of each kind the frequent ones more often, by Zipf's law."""
    kind, drawn = rng.random((2, count))
    plain = len(_PLAIN_WORDS) ** drawn - 1
    of_topic = _topic(topic)[(_TOPIC_WORDS**drawn - 1).astype(int)]
    others = len(_PLAIN_WORDS) + _VOCABULARY**drawn - 1
    numbers = np.select([kind < _PLAIN, kind < _PLAIN + _OF_TOPIC], [plain, of_topic], others)
    vocabulary = _vocabulary()
    return [vocabulary[number] for number in numbers.astype(int)]


def _question(record: dict[str, object], rng: np.random.Generator) -> str:
    words = [w for w in _WORD.findall(str(record["abstract"]).lower()) if w not in _PLAIN_WORDS]
    start = int(rng.integers(0, len(words) - 30))
    return f"how does {' '.join(rng.choice(words[start : start + 30], 12, replace=False))}?"


@cache
def _vocabulary() -> list[str]:
    """All words, the plain ones first, then by frequency."""
    syllables = [a + b for a, b in product("b d f g k l m n p r s t v z br cr pl st".split(), "aeiou")]
    n = len(syllables)
    scattered = (number * _PRIME % n**3 for number in range(_VOCABULARY))
    made = (syllables[at // n**2] + syllables[at // n % n] + syllables[at % n] for at in scattered)
    return [*_PLAIN_WORDS, *made]


@cache
def _topic(number: int) -> NDArray[np.int64]:
    """Numbers of a topic's words, the rare ones of the vocabulary among them as often as the frequent."""
    rng = np.random.default_rng([2, number])
    return len(_PLAIN_WORDS) + (_VOCABULARY ** rng.random(_TOPIC_WORDS)).astype(int) - 1


@cache
def _directions() -> NDArray[np.float32]:
    """A vector for each word: none for the plain ones, longer ones for rare words."""
    rng = np.random.default_rng(4)
    ranks = np.arange(1, _VOCABULARY + 1, dtype=np.float32)
    spread = np.arange(1, _DIMENSION + 1, dtype=np.float32) ** -_DECAY
    directions = rng.standard_normal((_VOCABULARY, _DIMENSION), np.float32) * spread
    directions *= np.log1p(ranks)[:, None]
    return np.concatenate([np.zeros((len(_PLAIN_WORDS), _DIMENSION), np.float32), directions])


@cache
def _common() -> NDArray[np.float32]:
    """What all abstracts have in common."""
    return _unit(np.random.default_rng(5).standard_normal(_DIMENSION, np.float32))


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return unit
