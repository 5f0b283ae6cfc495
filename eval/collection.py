"""The papers of a library as a ruler sees them: by id, by title, and by how rare their words are."""

from collections.abc import Iterable
from functools import lru_cache

from rag import FootnoteError, Library, Paper


class Collection:
    """A library's papers, looked up by whatever names them.

    `paper` finds one by any id, None if there is none; `terms` are the words of a text as they are
    searched, stemmed and without stop words.
    """

    def __init__(self, library: Library) -> None:
        self.path = library.path
        self._library = library
        self._retriever = library.retriever
        self.terms = lru_cache(maxsize=20_000)(self._terms)
        self._titled: dict[str, list[str]] = {}
        for paper in library.papers():
            self._titled.setdefault(paper.title, []).append(paper.paper_id)
        self.paper = lru_cache(maxsize=10_000)(self._paper)

    def named(self, name: str) -> Paper | None:
        """The paper of this id or exact title.

        Raises:
            FootnoteError: the title is that of several papers.
        """
        titled = self._titled.get(name, [])
        if len(titled) > 1:
            raise FootnoteError(f"{len(titled)} papers have the title “{name}”; give an id")
        return self.paper(titled[0] if titled else name)

    def overlap(self, text: str, others: Iterable[str]) -> list[float]:
        """For each other text, what share of the words of `text` it holds, rare words counting more."""
        weights = self._retriever.idf(text)
        whole = sum(weights.values()) or 1.0
        held = map(self.terms, others)
        return [sum(weight for term, weight in weights.items() if term in terms) / whole for terms in held]

    def _terms(self, text: str) -> frozenset[str]:
        return frozenset(self._retriever.terms(text))

    def _paper(self, paper_id: str) -> Paper | None:
        try:
            return self._library.paper(paper_id)
        except FootnoteError:
            return None
