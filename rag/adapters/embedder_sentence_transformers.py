"""sentence-transformers as an Embedder: late chunking where the model pools by the mean."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# Before the import: these libraries read the environment once. Local means local.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from rag.errors import EncoderError
from rag.interfaces import Encoder, Region

_BATCH = 16  # segments; larger ones pad more and run no faster on two cores
_OVERLAP = 128  # tokens that two segments of a long text share, so that none is read without context


class SentenceTransformersEmbedder:
    """Vectors of regions in one pass over each text (late chunking, Günther et al. 2024), in fp32.

    Where a model pools by the mean and only normalises after that, a region's vector is the mean
    of its tokens' vectors, which have seen the whole text. Any other model embeds each by itself.
    """

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self.encoder = encoder
        try:
            self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        except (OSError, ValueError, KeyError, ImportError) as error:
            why = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise EncoderError(f"encoder {encoder.name}: {folder} cannot be loaded ({why})") from error
        self._length = self._read_length()
        self._overlap = min(_OVERLAP, self._length // 4)
        self._model.max_seq_length = self._length
        self._late = encoder.pooling in ("mean", "mean+Normalize") and self._model.tokenizer.is_fast

    def embed_regions(
        self, texts: Sequence[str], regions: Sequence[Sequence[Region]]
    ) -> list[NDArray[np.float32]]:
        """See Embedder."""
        if not self._late:
            parts = [
                [" ".join(text[start:end] for start, end in region) for region in those]
                for text, those in zip(texts, regions, strict=True)
            ]
            return [self._encode(those) for those in parts]
        tokens = self._embed_tokens(texts)
        return [_pool(*tokens[i], len(text), regions[i]) for i, text in enumerate(texts)]

    def parts(self, texts: Sequence[str]) -> list[int]:
        """See Embedder."""
        batch = self._tokenize(texts)
        counts = np.bincount(batch["overflow_to_sample_mapping"], minlength=len(texts))
        return [int(count) for count in counts]

    def embed_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """See Embedder."""
        vectors = self._model.encode_query(list(queries), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    def _read_length(self) -> int:
        """Tokens in a segment: what the position table takes, since a model's own default may be less
        (256 of 512 for MiniLM) and would cut off an abstract's end; at most 512, which hold nearly any.
        """
        transformer: Any = self._model[0].auto_model
        positions = getattr(transformer.config, "max_position_embeddings", None)
        if positions is None:
            return min(int(self._model.max_seq_length or 512), 512)
        # RoBERTa and MPNet count positions from after their padding index.
        padding = getattr(transformer.embeddings, "padding_idx", None)
        return int(min(positions - (0 if padding is None else padding + 1), 512))

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        vectors = self._model.encode_document(texts, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    def _embed_tokens(self, texts: Sequence[str]) -> list[tuple[NDArray[np.float32], NDArray[np.int64]]]:
        """For each text its token vectors and their (start, end) offsets; (0, 0) for special tokens."""
        tokenizer, overlap = self._model.tokenizer, self._overlap
        batch = self._tokenize(texts)
        owners = batch["overflow_to_sample_mapping"]
        vectors = self._run(
            [
                dict(zip(tokenizer.model_input_names, row, strict=False))
                for row in zip(*(batch[name] for name in tokenizer.model_input_names), strict=True)
            ]
        )
        joined = []
        for text in range(len(texts)):
            mine = [i for i, owner in enumerate(owners) if owner == text]
            offsets = [np.asarray(batch["offset_mapping"][i], dtype=np.int64) for i in mine]
            kept = [_owned(len(offsets[n]), n, len(mine), overlap) for n in range(len(mine))]
            joined.append(
                (
                    np.concatenate([vectors[i][keep] for i, keep in zip(mine, kept, strict=True)]),
                    np.concatenate([o[keep] for o, keep in zip(offsets, kept, strict=True)]),
                )
            )
        return joined

    def _tokenize(self, texts: Sequence[str]) -> Any:  # noqa: ANN401 - a mapping with a few extras
        return self._model.tokenizer(
            list(texts),
            truncation=True,
            max_length=self._length,
            stride=self._overlap,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )

    def _run(self, segments: list[dict[str, list[int]]]) -> list[NDArray[np.float32]]:
        """Token vectors of each segment, run in batches of like length so that little is padding."""
        results: list[NDArray[np.float32]] = [np.empty(0, np.float32)] * len(segments)
        order = sorted(range(len(segments)), key=lambda i: len(segments[i]["input_ids"]))
        for first in range(0, len(order), _BATCH):
            rows = order[first : first + _BATCH]
            features = self._model.tokenizer.pad([segments[i] for i in rows], return_tensors="pt")
            with torch.inference_mode():
                output = self._model[0](dict(features))["token_embeddings"].float().numpy()
            for row, i in enumerate(rows):
                results[i] = output[row, : len(segments[i]["input_ids"])]
        return results


def _owned(length: int, segment: int, segments: int, overlap: int) -> slice:
    """The tokens of a segment that no neighbour reads with more context: each gives up half of what
    they share, and inner segments their special tokens.
    """
    start = 0 if segment == 0 else 1 + overlap // 2
    end = length if segment == segments - 1 else length - 1 - (overlap - overlap // 2)
    return slice(start, end)


def _pool(
    vectors: NDArray[np.float32], offsets: NDArray[np.int64], length: int, regions: Sequence[Region]
) -> NDArray[np.float32]:
    """Mean of the tokens in each region, as unit vectors; the whole text's also has the special tokens,
    as in the model's own pooling.
    """
    pooled = np.zeros((len(regions), vectors.shape[1]), dtype=np.float32)
    special = offsets[:, 1] == 0
    for row, region in enumerate(regions):
        inside = np.zeros(len(vectors), dtype=bool)
        for start, end in region:
            inside |= (offsets[:, 0] < end) & (offsets[:, 1] > start) & ~special
        if region == ((0, length),) or not inside.any():
            inside[:] = True
        pooled[row] = vectors[inside].mean(axis=0)
    unit: NDArray[np.float32] = pooled / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-12)
    return unit
