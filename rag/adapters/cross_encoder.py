"""A sentence-transformers CrossEncoder as a Reranker and as a SupportModel, on the CPU."""

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
from safetensors import SafetensorError
from scipy.special import expit, softmax
from sentence_transformers import CrossEncoder

from rag.errors import EncoderError

_ENTAILED = ("entailment", "entailed", "support", "supports", "supported")
_BATCH = 16
_LENGTH = 512  # tokens of query and text together, which hold nearly any abstract; the rest is cut off


class CrossEncoderReranker:
    """The model's raw score (logit) of each pair: no activation, so that none are pressed together."""

    def __init__(self, folder: Path, name: str) -> None:
        """Load the model from its folder; `name` is what the setting called it."""
        self.name = name
        self._model = _load(folder, f"FOOTNOTE_RERANKER={name}")
        if (labels := self._model.num_labels) != 1:
            raise EncoderError(
                f"FOOTNOTE_RERANKER={name}: gives {labels} scores, and ranking takes one; "
                "give a model made for reranking"
            )

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        """See Reranker."""
        return [float(logit) for logit in _logits(self._model, [(query, text) for text in texts])]


class CrossEncoderSupport:
    """The probability of entailment, text first; of a reranker its score of claim and text, from 0 to 1."""

    def __init__(self, folder: Path, name: str, revision: str) -> None:
        """Load the model from its folder.

        Raises:
            EncoderError: it cannot be loaded, or none of its labels says that a text bears a claim out.
        """
        self.name, self.revision = name, revision
        self._model = _load(folder, f"the support model {name}")
        self._entailed = 0
        if (count := self._model.num_labels) == 1:
            return
        config: Any = self._model.config
        labels = [config.id2label[n].casefold() for n in range(count)]
        found = [n for n, label in enumerate(labels) if label in _ENTAILED]
        if len(found) != 1:
            raise EncoderError(
                f"the support model {name}: its labels are {', '.join(labels)}, and none is entailment; "
                "give one made for entailment, or for reranking"
            )
        self._entailed = found[0]

    def support(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """See SupportModel."""
        if not pairs:
            return []
        if self._model.num_labels == 1:
            found = expit(_logits(self._model, [(claim, text) for text, claim in pairs]))
            return [float(score) for score in found]
        return [float(row[self._entailed]) for row in softmax(_logits(self._model, pairs), axis=1)]


def _load(folder: Path, setting: str) -> CrossEncoder:
    """A cross-encoder from its folder; `setting` is what asked for it, for the error.

    Raises:
        EncoderError: it cannot be loaded.
    """
    try:
        model: CrossEncoder = CrossEncoder(
            str(folder),
            device="cpu",
            local_files_only=True,
            model_kwargs={"dtype": torch.float32},  # many are saved as float16, slow here and coarse
        )
    except (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise EncoderError(f"{setting}: {folder} cannot be loaded ({why})") from error
    model.max_seq_length = min(model.max_seq_length or _LENGTH, _LENGTH)
    return model


def _logits(model: CrossEncoder, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
    """What it gives for each pair, without an activation: a number, or a row of one for each label."""
    found: NDArray[np.float32] = model.predict(
        list(pairs), batch_size=_BATCH, activation_fn=torch.nn.Identity(), show_progress_bar=False
    )
    return found
