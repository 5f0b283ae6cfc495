"""The encoder alone."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from eval.bench.systems import Source, encoder_path


class BareEncoder:
    """SentenceTransformer.encode and one product of matrices: what the model itself costs and finds."""

    def __init__(self, model: SentenceTransformer) -> None:
        self._model = model

    def ingest(self, source: Source, store: Path) -> None:
        """See System."""
        self._ids = [document.id for document in source.documents]
        self._vectors = self._unit([document.text for document in source.documents])
        store.mkdir()
        np.save(store / "vectors.npy", self._vectors)

    def search(self, query: str, k: int) -> list[str]:
        """See System."""
        scores = self._vectors @ self._unit([query])[0]
        return [self._ids[place] for place in np.argsort(-scores, kind="stable")[:k]]

    def _unit(self, texts: list[str]) -> NDArray[np.float32]:
        vectors = np.asarray(self._model.encode(texts), dtype=np.float32)
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def at_its_defaults() -> BareEncoder:
    """Reads what the model's own configuration says: 256 tokens of all-MiniLM-L6-v2."""
    return BareEncoder(SentenceTransformer(encoder_path()))


def of_512_tokens() -> BareEncoder:
    """Reads the tokens that Footnote reads."""
    return _of_512_tokens("float32")


def of_512_tokens_in_bf16() -> BareEncoder:
    """The same, computed as Footnote does where that is faster."""
    return _of_512_tokens("bfloat16")


def _of_512_tokens(dtype: str) -> BareEncoder:
    model = SentenceTransformer(encoder_path(), model_kwargs={"dtype": dtype})
    model.max_seq_length = 512
    return BareEncoder(model)
