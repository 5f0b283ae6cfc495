"""BM25 alone."""

from pathlib import Path

import bm25s
import Stemmer

from eval.bench.systems import Source


class Bm25:
    """bm25s with English stop words, a stemmer, and the textbook's k1 and b."""

    def __init__(self) -> None:
        self._stemmer = Stemmer.Stemmer("english")

    def ingest(self, source: Source, store: Path) -> None:
        """See System."""
        self._ids = [document.id for document in source.documents]
        self._index = bm25s.BM25(k1=1.2, b=0.75)
        self._index.index(self._tokens([document.text for document in source.documents]), show_progress=False)
        self._index.save(store)

    def search(self, query: str, k: int) -> list[str]:
        """See System."""
        most = min(k, len(self._ids))
        places, scores = self._index.retrieve(self._tokens([query]), k=most, show_progress=False)
        found = zip(places[0], scores[0], strict=True)
        return [self._ids[place] for place, score in found if score > 0]

    def _tokens(self, texts: list[str]) -> bm25s.tokenization.Tokenized:
        return bm25s.tokenize(texts, stopwords="en", stemmer=self._stemmer, show_progress=False)
