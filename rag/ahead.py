"""Embedding the next papers in another thread, while the caller writes the ones before and reads on."""

import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

from rag.embedding import Embedded, embed
from rag.interfaces import PaperEmbedder
from rag.types import Paper

# Between two operations an encoder needs the interpreter for a moment, for which Python by default
# lets it wait 5 ms: longer than the operations take.
_SWITCH_INTERVAL = 0.0002

Embeds = Callable[[list[Paper]], list[Embedded]]


class Ahead:
    """One thread that embeds; a context, at whose end what was begun in vain is dropped.

    `embedder` is called in that thread, when there is need.
    """

    def __init__(self, embedder: Callable[[], PaperEmbedder]) -> None:
        self._embedder = embedder
        self._thread = ThreadPoolExecutor(1, "embedder")
        self._interval = sys.getswitchinterval()

    def __enter__(self) -> "Ahead":
        sys.setswitchinterval(_SWITCH_INTERVAL)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.setswitchinterval(self._interval)
        self._thread.shutdown(wait=False, cancel_futures=True)

    def begin(self, papers: Iterable[Paper]) -> Embeds:
        """Begin to embed papers that will most likely be asked for.

        Returns what gives the vectors of these, once they are there, and of any others.
        """
        begun = {paper.text: paper for paper in papers}
        vectors = self._thread.submit(self._embed, list(begun.values()))

        def embedded(asked: list[Paper]) -> list[Embedded]:
            others = self._thread.submit(self._embed, [paper for paper in asked if paper.text not in begun])
            known = dict(zip(begun, vectors.result(), strict=True))
            rest = iter(others.result())
            return [known.get(paper.text) or next(rest) for paper in asked]

        return embedded

    def _embed(self, papers: list[Paper]) -> list[Embedded]:
        return embed(papers, self._embedder()) if papers else []
