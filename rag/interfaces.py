"""The shapes of what there are two of: embedders (a real and a test one) and indexes (vectors and words)."""

from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


Query = TypeVar("Query", contravariant=True)
Opened = TypeVar("Opened", covariant=True)
Span = tuple[int, int]
Region = tuple[Span, ...]
"""Parts of one text, (start, end) in characters, that are embedded together as one vector."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """What tells one encoder from another. `revision` is a hash of its weights; `pooling` how tokens
    become one vector. Two that are equal give the same vectors, whatever path or name they go by.
    """

    name: str = field(compare=False)
    revision: str
    dimension: int
    pooling: str

    def __str__(self) -> str:
        return f"{self.name} ({self.dimension} dimensions, revision {self.revision[:8]})"


class PaperEmbedder(Protocol):
    """Papers' texts → unit vectors of `encoder.dimension` float32."""

    encoder: Encoder

    @property
    def precision(self) -> str:
        """What it computes in: `fp32` or `bf16`."""
        ...

    def embed_regions(
        self, texts: Sequence[str], regions: Sequence[Sequence[Region]]
    ) -> list["NDArray[np.float32]"]:
        """One array for each text, one row for each of its regions, in the order given.

        A region's vector may draw on the rest of its text; all of the text is read, however long.
        """
        ...

    def parts(self, texts: Sequence[str]) -> list[int]:
        """In how many parts each text is read: 1 where the encoder sees it whole."""
        ...


class QueryEmbedder(Protocol):
    """Queries → unit vectors, to be compared with those of the same encoder's PaperEmbedder."""

    encoder: Encoder

    def embed_queries(self, queries: Sequence[str]) -> "NDArray[np.float32]":
        """An array of shape (queries, dimension), to be compared with regions by dot product."""
        ...


class Embedder(PaperEmbedder, QueryEmbedder, Protocol):
    """Both in one."""


class Reranker(Protocol):
    """Judges how well a text answers a query, reading both together."""

    name: str

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        """One score for each text, higher is better; comparable within one query only."""
        ...


class SupportModel(Protocol):
    """Judges whether a text bears a claim out. Two of one name and `revision` give the same scores."""

    name: str
    revision: str

    def support(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """One score from 0 to 1 for each pair of a text and a claim, higher is more."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of what a chat model is given."""

    role: Literal["system", "user", "assistant"]
    content: str


CUT = "cut"
"""Among what a reply returns: that it stopped at its limit."""


class ChatModel(Protocol):
    """A language model that writes. `name` is its spec, without secrets; `context` the tokens that it can
    read and write together.
    """

    name: str
    context: int

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, Mapping[str, int]]:
        """The reply, piece by piece; returns `prompt_tokens` and `completion_tokens` where they are known,
        and CUT where the model had to stop at its limit of tokens.

        Closing the generator ends the request.

        Raises:
            ModelError: no reply came, or only a part of one; one line says from whom and what to do.
        """
        ...


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A paper as both indexes take it: its words, and the unit vector of the whole of it."""

    paper_id: str
    text: str
    vector: "NDArray[np.float32]"


@dataclass(frozen=True, slots=True)
class IndexState:
    """Where an index was last written, at which generation, and what its files then hashed to."""

    folder: str
    generation: int
    fingerprint: str


class OpenIndex(Protocol[Query]):
    """An index in a folder, open for reading; safe to search from several threads."""

    def search(self, query: Query, k: int, within: Collection[str] | None = None) -> list[tuple[str, float]]:
        """Ids of the best k papers with their scores, best first; fewer if there are not k.

        `within` are ids of papers, to which the search then keeps as if there were no others; the
        scores are those of the whole collection. It may end before k where the rest are too far to seek.

        Raises:
            OSError: the files went away or were damaged under it.
        """
        ...

    def close(self) -> None:
        """Let go of the folder."""
        ...


class OpenWordIndex(OpenIndex[str], Protocol):
    """An index of words also knows the collection's vocabulary."""

    def idf(self, term: str) -> float:
        """BM25's inverse document frequency, ln(1 + (N − n + ½) / (n + ½)); highest for unknown terms."""
        ...


@dataclass(frozen=True, slots=True)
class Changes:
    """What an index lacks: ids of papers to take out, then papers to put in, so many of them."""

    retired: Sequence[str]
    entries: Iterable[IndexEntry]
    count: int


class IndexKind(Protocol[Opened]):
    """A kind of index: how one is written to a folder, opened, and recognised as undamaged."""

    name: str

    def copy(self, folder: Path, new: Path) -> None:
        """Make a new folder of an index, for `write` to change; the old one stays as it is.

        Raises:
            OSError: it cannot be copied.
        """
        ...

    def write(self, folder: Path, changes: Changes) -> None:
        """Apply changes to the index in the folder, which is made if absent, and close it.

        Raises:
            OSError, ValueError: it cannot be written.
        """
        ...

    def fingerprint(self, folder: Path, digest: Callable[[Path], str]) -> str:
        """Tells all that searching relies on, by `digest` of its files; the same after it was only read.

        Raises:
            OSError, ValueError: the folder is damaged so that it cannot even be read.
        """
        ...

    def open(self, folder: Path) -> Opened:
        """Open an index whose fingerprint was checked: a damaged one may crash the process."""
        ...


class WordIndexKind(IndexKind[OpenWordIndex], Protocol):
    """A kind of word index also knows how words become terms, with no index open.

    `k1` is BM25's: a term adds less than (k1 + 1) · idf to a paper's score, however often it occurs.
    """

    k1: float

    def terms(self, text: str) -> list[str]:
        """The terms a text is indexed under: lower-case, stemmed, without stop words, repeats kept."""
        ...
