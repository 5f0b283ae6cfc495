"""onnxruntime as a QueryEmbedder: an encoder's copy for queries, which needs no torch."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

# Before the imports. Since 1.29 onnxruntime reports to its maker what it runs, unless told not to.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession, SessionOptions, disable_telemetry_events
from tokenizers import Tokenizer

from rag.interfaces import Encoder

_BATCH = 16  # queries; even of the longest ones so many need little memory
_THREADS = 4  # more only wait for each other over so few tokens
_ERRORS_ONLY = 3

disable_telemetry_events()  # where somebody else had imported it before


class OnnxEmbedder:
    """Opens what `export_queries` wrote.

    Raises:
        OSError: it cannot be opened.
    """

    def __init__(self, folder: Path, prompt: str, encoder: Encoder) -> None:
        self.encoder = encoder
        self._prompt = prompt
        with _errors_as_oserror():
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._session = InferenceSession(folder / "model.onnx", _options(), ["CPUExecutionProvider"])
        self._inputs = [each.name for each in self._session.get_inputs()]

    def embed_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """See QueryEmbedder."""
        vectors = np.empty((len(queries), self.encoder.dimension), np.float32)
        by_length = sorted(range(len(queries)), key=lambda i: len(queries[i]))
        for first in range(0, len(queries), _BATCH):
            rows = by_length[first : first + _BATCH]
            vectors[rows] = self._run([f"{self._prompt}{queries[i]}" for i in rows])
        return vectors

    def _run(self, texts: list[str]) -> NDArray[np.float32]:
        tokens = self._tokenizer.encode_batch(texts)
        values = {
            "input_ids": [each.ids for each in tokens],
            "attention_mask": [each.attention_mask for each in tokens],
            "token_type_ids": [each.type_ids for each in tokens],
        }
        with _errors_as_oserror():
            taken = {name: np.array(values[name], np.int64) for name in self._inputs}
            [vectors] = self._session.run(None, taken)
        return np.asarray(vectors, np.float32)


@contextmanager
def _errors_as_oserror() -> Iterator[None]:
    """What the two libraries raise has nothing else in common."""
    try:
        yield
    except Exception as error:
        raise OSError(f"the encoder's ONNX copy: {str(error).partition(chr(10))[0]}") from error


def _options() -> SessionOptions:
    options = SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    options.intra_op_num_threads = min(os.cpu_count() or 1, _THREADS)
    options.inter_op_num_threads = 1
    # Memory and processor are given back after each query, not held for the next one.
    options.enable_cpu_mem_arena = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
