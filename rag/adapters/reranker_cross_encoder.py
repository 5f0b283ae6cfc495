"""A sentence-transformers CrossEncoder as a Reranker, on the CPU."""

import os
from collections.abc import Sequence
from pathlib import Path

# Before the import: these libraries read the environment once. Local means local.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import torch
from safetensors import SafetensorError
from sentence_transformers import CrossEncoder

from rag.errors import EncoderError

_BATCH = 16
_LENGTH = 512  # tokens of query and text together, which hold nearly any abstract; the rest is cut off


class CrossEncoderReranker:
    """The model's raw score (logit) of each pair: no activation, so that none are pressed together."""

    def __init__(self, folder: Path, name: str) -> None:
        """Load the model from its folder; `name` is what the setting called it."""
        self.name = name
        try:
            self._model = CrossEncoder(
                str(folder),
                device="cpu",
                local_files_only=True,
                model_kwargs={"dtype": torch.float32},  # many are saved as float16, slow here and coarse
            )
        except (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError) as error:
            why = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise EncoderError(f"FOOTNOTE_RERANKER={name}: {folder} cannot be loaded ({why})") from error
        if (labels := self._model.num_labels) != 1:
            raise EncoderError(
                f"FOOTNOTE_RERANKER={name}: gives {labels} scores, and ranking takes one; "
                "give a model made for reranking"
            )
        self._model.max_seq_length = min(self._model.max_seq_length or _LENGTH, _LENGTH)

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        """See Reranker."""
        logits = self._model.predict(
            [(query, text) for text in texts],
            batch_size=_BATCH,
            activation_fn=torch.nn.Identity(),
            show_progress_bar=False,
        )
        return [float(logit) for logit in logits]
