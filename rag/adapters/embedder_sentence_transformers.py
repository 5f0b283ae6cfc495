"""sentence-transformers as an Embedder: late chunking where the model pools by the mean."""

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy, deepcopy
from functools import lru_cache
from itertools import chain
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
from tokenizers import Encoding

from rag.encoding.late_chunking import batches_of_like_length, owned_tokens, pool_regions
from rag.encoding.precision import Precision
from rag.errors import EncoderError
from rag.interfaces import Encoder, Region

_BATCH = 1024  # tokens that one thread works on at a time; more gain nothing
_OVERLAP = 128  # tokens that two segments of a long text share, so that none is read without context
_REMEMBERED = 256  # texts whose tokens are kept, since `parts` asks for those just embedded
_TRIAL = ["model " * 300] * 3  # about as long as abstracts; one batch


class SentenceTransformersEmbedder:
    """Vectors of regions in one pass over each text (late chunking, Günther et al. 2024).

    Where a model pools by the mean and only normalises after that, a region's vector is the mean
    of its tokens' vectors, which have seen the whole text. Any other model embeds each by itself.
    Queries are always embedded in fp32, and so is what becomes of papers' token vectors.
    """

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self.encoder = encoder
        self._folder = folder
        self.model = self._load(torch.float32)
        self._papers = {"fp32": self.model}
        self.precision: Precision = "fp32"
        self._length = _read_length(self.model)
        self._overlap = min(_OVERLAP, self._length // 4)
        self.model.max_seq_length = self._length
        self._late = encoder.pooling in ("mean", "mean+Normalize") and self.model.tokenizer.is_fast
        if self.model.tokenizer.is_fast:
            self._tokenizer = deepcopy(self.model.tokenizer.backend_tokenizer)
            self._tokenizer.enable_truncation(self._length, stride=self._overlap)
            self._tokenizer.no_padding()
        self._segments = lru_cache(_REMEMBERED)(self._split)

    def using(self, precision: Precision) -> "SentenceTransformersEmbedder":
        """One that shares this one's models and embeds papers in this precision."""
        if precision not in self._papers:
            rounded = self._papers[precision] = self._load(torch.bfloat16)
            rounded.max_seq_length = self._length
            # What follows the transformer (pooling, dense layers) is done in fp32.
            transformer, *following = rounded
            transformer.register_forward_hook(_in_fp32)
            for each in following:
                each.float()
        other = copy(self)
        other.precision = precision
        return other

    def trial(self, precision: Precision) -> float:
        """Seconds that a small batch of papers takes in a precision."""
        tried = self.using(precision)
        started = time.perf_counter()
        tried.embed_regions(_TRIAL, [[((0, len(text)),)] for text in _TRIAL])
        return time.perf_counter() - started

    def embed_regions(
        self, texts: Sequence[str], regions: Sequence[Sequence[Region]]
    ) -> list[NDArray[np.float32]]:
        """See PaperEmbedder."""
        if not self._late:
            return self._embed_apart(texts, regions)
        split = [self._segments(text) for text in texts]
        vectors = iter(self._run([segment for segments in split for segment in segments]))
        return [
            pool_regions(*self._joined(segments, vectors), len(text), those)
            for text, segments, those in zip(texts, split, regions, strict=True)
        ]

    def parts(self, texts: Sequence[str]) -> list[int]:
        """See PaperEmbedder."""
        return [len(self._segments(text)) if self.model.tokenizer.is_fast else 1 for text in texts]

    def embed_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """See QueryEmbedder."""
        vectors = self.model.encode_query(list(queries), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    def _load(self, dtype: torch.dtype) -> SentenceTransformer:
        try:
            return SentenceTransformer(
                str(self._folder), device="cpu", local_files_only=True, model_kwargs={"dtype": dtype}
            )
        except (OSError, ValueError, KeyError, ImportError) as error:
            why = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise EncoderError(
                f"encoder {self.encoder.name}: {self._folder} cannot be loaded ({why})"
            ) from error

    def _embed_apart(
        self, texts: Sequence[str], regions: Sequence[Sequence[Region]]
    ) -> list[NDArray[np.float32]]:
        """Each region as if it were a text of its own."""
        apart = [
            " ".join(text[start:end] for start, end in region)
            for text, those in zip(texts, regions, strict=True)
            for region in those
        ]
        vectors = self._papers[self.precision].encode_document(
            apart, normalize_embeddings=True, show_progress_bar=False
        )
        ends = np.cumsum([len(those) for those in regions])
        return np.split(np.asarray(vectors, dtype=np.float32), ends[:-1])

    def _split(self, text: str) -> list[Encoding]:
        """The tokens of a text, in as many segments as the model needs to read it all."""
        first = self._tokenizer.encode(text)
        return [first, *first.overflowing]

    def _run(self, segments: list[Encoding]) -> list[NDArray[np.float32]]:
        """Token vectors of each segment.

        Each thread works on a batch of its own: on short texts, cores that share one operation after
        the other mostly wait for each other.
        """
        batches = batches_of_like_length([len(segment) for segment in segments], _BATCH)
        threads = torch.get_num_threads()
        try:
            with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
                done = list(pool.map(lambda batch: self._forward([segments[i] for i in batch]), batches))
        finally:
            torch.set_num_threads(threads)  # the ones above also set what new threads begin with
        vectors = dict(zip(chain(*batches), chain(*done), strict=True))
        return [vectors[i] for i in range(len(segments))]

    def _forward(self, segments: list[Encoding]) -> list[NDArray[np.float32]]:
        shape = len(segments), max(len(segment) for segment in segments)
        tokenizer = self.model.tokenizer
        ids = np.full(shape, tokenizer.pad_token_id or 0)
        types, mask = np.zeros(shape, int), np.zeros(shape, int)
        for row, segment in enumerate(segments):
            ids[row, : len(segment)] = segment.ids
            types[row, : len(segment)] = segment.type_ids
            mask[row, : len(segment)] = 1
        features = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
        taken = {name: torch.from_numpy(features[name]) for name in tokenizer.model_input_names}
        with torch.inference_mode():
            vectors = self._papers[self.precision][0](taken)["token_embeddings"].numpy()
        return [vectors[row, : len(segment)] for row, segment in enumerate(segments)]

    def _joined(
        self, segments: list[Encoding], vectors: Iterator[NDArray[np.float32]]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Vectors of a text's tokens and their (start, end) offsets; (0, 0) for special tokens."""
        kept = [owned_tokens(len(s), n, len(segments), self._overlap) for n, s in enumerate(segments)]
        offsets = [np.array(segment.offsets)[keep] for segment, keep in zip(segments, kept, strict=True)]
        return np.concatenate([next(vectors)[keep] for keep in kept]), np.concatenate(offsets)


def _read_length(model: SentenceTransformer) -> int:
    """Tokens in a segment: what the position table takes, since a model's own default may be less
    (256 of 512 for MiniLM) and would cut off an abstract's end; at most 512, which hold nearly any.
    """
    transformer: Any = model[0].auto_model
    positions = getattr(transformer.config, "max_position_embeddings", None)
    if positions is None:
        return min(int(model.max_seq_length or 512), 512)
    # RoBERTa and MPNet count positions from after their padding index.
    padding = getattr(transformer.embeddings, "padding_idx", None)
    return int(min(positions - (0 if padding is None else padding + 1), 512))


def _in_fp32(_module: object, _given: object, features: dict[str, Any]) -> dict[str, Any]:
    return {**features, "token_embeddings": features["token_embeddings"].float()}
