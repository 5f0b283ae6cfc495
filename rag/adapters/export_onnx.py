"""An encoder in sentence-transformers → the same encoder for queries in ONNX."""

import shutil
import warnings
from copy import deepcopy
from pathlib import Path
from typing import Any

import onnx
import torch
from sentence_transformers import SentenceTransformer

from rag.errors import EncoderError

_OPSET = 17
_IN_THE_GRAPH = 1024  # bytes; larger weights lie in a file of their own, which is mapped and not parsed
_EXAMPLES = ["Which example?", "And is there another one, which is longer than the first?"]


def export_queries(model: SentenceTransformer, folder: Path) -> str:
    """Write `model.onnx`, `weights.bin` and `tokenizer.json` to a folder; returns the queries' prompt.

    The graph goes from tokens to unit vectors, the model's own pooling and further layers included.

    Raises:
        EncoderError: this model cannot be exported.
        OSError: the folder cannot be written.
    """
    prompt = model.prompts.get("query") or ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the exporter calls itself old; what it warns of is compared
            _write_graph(model, prompt, folder)
        _write_tokenizer(model.tokenizer, folder)
    except OSError:
        raise
    except Exception as error:  # a tracer may stumble over anything in a model
        raise EncoderError(str(error).strip().partition("\n")[0] or type(error).__name__) from error
    return prompt


class _Queries(torch.nn.Module):
    """Tensors → unit vectors; what else the model is told of a query stays as it is."""

    def __init__(self, model: SentenceTransformer, names: list[str], constant: dict[str, Any]) -> None:
        super().__init__()
        self._model, self._names, self._constant = model, names, constant

    def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
        features = {**self._constant, **dict(zip(self._names, tensors, strict=True))}
        return torch.nn.functional.normalize(self._model(features)["sentence_embedding"], dim=1)


def _write_graph(model: SentenceTransformer, prompt: str, folder: Path) -> None:
    features = model.preprocess(_EXAMPLES, prompt=prompt, task="query")
    tensors = {name: value for name, value in features.items() if isinstance(value, torch.Tensor)}
    constant = {name: value for name, value in features.items() if name not in tensors}
    transformer: Any = model[0].auto_model
    attention = transformer.config._attn_implementation
    transformer.set_attn_implementation("eager")  # fewer branches for the tracer to settle
    traced = folder / "traced"
    traced.mkdir()
    try:
        with torch.no_grad():
            torch.onnx.export(
                _Queries(model, list(tensors), constant).eval(),
                tuple(tensors.values()),
                str(traced / "model.onnx"),
                input_names=list(tensors),
                output_names=["vectors"],
                dynamic_axes={name: {0: "queries", 1: "tokens"} for name in tensors}
                | {"vectors": {0: "queries"}},
                opset_version=_OPSET,
                dynamo=False,
            )
    finally:
        transformer.set_attn_implementation(attention)
    onnx.save_model(
        onnx.load(traced / "model.onnx"),
        folder / "model.onnx",
        save_as_external_data=True,
        location="weights.bin",
        size_threshold=_IN_THE_GRAPH,
    )
    shutil.rmtree(traced)


def _write_tokenizer(tokenizer: Any, folder: Path) -> None:  # noqa: ANN401 - whatever class the model has
    backend = deepcopy(tokenizer.backend_tokenizer)
    backend.enable_truncation(tokenizer.model_max_length, direction=tokenizer.truncation_side)
    backend.enable_padding(
        direction=tokenizer.padding_side,
        pad_id=tokenizer.pad_token_id,
        pad_type_id=tokenizer.pad_token_type_id,
        pad_token=tokenizer.pad_token,
    )
    backend.save(str(folder / "tokenizer.json"))
