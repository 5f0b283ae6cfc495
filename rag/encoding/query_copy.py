"""An encoder's copy for queries: the one thing of it that a question needs, in the user's cache folder.

A copy is a folder that is never changed: made under a name nobody opens, compared with the encoder
itself, then renamed. What an encoder cannot do is remembered beside it, until a library changes.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import numpy as np
from filelock import FileLock

from rag.encoding.cache import cache_folder, recalled, remember
from rag.encoding.encoder import weights_of
from rag.errors import EncoderError
from rag.indexes.digests import Digests
from rag.interfaces import Encoder, QueryEmbedder

_FORMAT = 1  # of what is written below and by the exporter; count it up when either changes
_FACTS = "copy.json"
_REFUSED = "query-copies-refused"
_AGREEMENT = 0.999  # cosine
_PATIENCE = 60  # seconds, while another process makes the copy
_LARGE = 32 << 20  # bytes; larger files but the weights are told apart by size and time
_NOT_OF_THE_MODEL = {"onnx", "openvino"}
_DEPENDS_ON = ("onnx", "onnxruntime", "sentence-transformers", "tokenizers", "torch", "transformers")
_PROBES = [
    "attention",
    "Which optimizers cut memory without losing accuracy?",
    "WHAT DO THEY REPORT FOR β-Blockers, naïve CO₂ uptake and 蛋白质 (10⁻⁵)? 🙂",
    "Sentences that go on and on are cut off somewhere. " * 40,
    f"{'how robust are they ' * 90}to noise",
    "x",
]


@dataclass(frozen=True, slots=True)
class QueryCopy:
    """A whole and undamaged copy: its folder, and what is put before each query."""

    folder: Path
    prompt: str


def find_copy(model: Path, encoder: Encoder) -> QueryCopy | None:
    """The copy of the encoder in a model's folder; None where there is none, or a damaged one."""
    folder = _place(model, encoder)
    try:
        facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
        digests = Digests(folder)
        is_whole = all(digests.of(folder / name) == digest for name, digest in facts["files"].items())
        digests.remember()
        return QueryCopy(folder, str(facts["prompt"])) if is_whole else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def make_copy(
    model: Path,
    original: QueryEmbedder,
    export: Callable[[Path], str],
    opened: Callable[[QueryCopy], QueryEmbedder],
    notify: Callable[[str], None],
) -> None:
    """Make the copy of `original`, the encoder in a model's folder, unless it is known to be impossible.

    `export` writes it to a folder and returns what is put before queries, or raises EncoderError.
    Where no copy comes of it `notify` is told why, in one line: questions then take the encoder itself.
    """
    place, libraries = _place(model, original.encoder), _libraries()
    if recalled(_REFUSED).get(place.name) == libraries:
        return
    why = "questions are embedded with torch, which takes longer to load: no ONNX copy"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{place}.lock", timeout=_PATIENCE):
            if find_copy(model, original.encoder) is None:
                _make(place, original, export, opened)
    except EncoderError as error:
        remember(_REFUSED, place.name, libraries)
        notify(f"{why} ({error})")
    except OSError as error:
        notify(f"{why} in {place.parent} ({error.strerror or error})")


def discard_copy(copy: QueryCopy) -> None:
    """Delete a copy that cannot be opened, so that it is made again."""
    shutil.rmtree(copy.folder, ignore_errors=True)


def _make(
    place: Path,
    original: QueryEmbedder,
    export: Callable[[Path], str],
    opened: Callable[[QueryCopy], QueryEmbedder],
) -> None:
    new = place.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)  # of a process that was killed
    new.mkdir()
    try:
        copy = QueryCopy(new, export(new))
        _compare(original, copy, opened)
        _write_facts(copy)
        shutil.rmtree(place, ignore_errors=True)  # a damaged one
        new.rename(place)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _compare(original: QueryEmbedder, copy: QueryCopy, opened: Callable[[QueryCopy], QueryEmbedder]) -> None:
    """Whether a copy gives the encoder's own vectors, for queries alone and together.

    Raises:
        EncoderError: it does not.
    """
    expected = original.embed_queries(_PROBES)
    try:
        embedder = opened(copy)
        alone = np.concatenate([embedder.embed_queries([probe]) for probe in _PROBES])
        found = [alone, embedder.embed_queries(_PROBES)]
    except (OSError, ValueError) as error:
        raise EncoderError(str(error)) from error
    worst = min(float((vectors * expected).sum(axis=1).min()) for vectors in found)
    if not worst >= _AGREEMENT:  # nor where it is no number
        raise EncoderError(f"its vectors differ from the encoder's, cosine {worst:.3f}")


def _write_facts(copy: QueryCopy) -> None:
    digests = Digests(copy.folder)
    files = {path.name: digests.of(path) for path in copy.folder.iterdir()}
    facts = {"prompt": copy.prompt, "files": files, "made_with": _libraries()}
    (copy.folder / _FACTS).write_text(json.dumps(facts), encoding="utf-8")


def _place(model: Path, encoder: Encoder) -> Path:
    """Named by the weights' hash and by all else that the model is made of."""
    made_of: list[object] = [_FORMAT, encoder.revision]
    weights = weights_of(model)
    for name in sorted(path.relative_to(model) for path in model.rglob("*") if path.is_file()):
        path = model / name
        if path != weights and not _NOT_OF_THE_MODEL.intersection(name.parts):
            stat = path.stat()
            is_large = stat.st_size > _LARGE
            what = [stat.st_size, stat.st_mtime_ns] if is_large else sha256(path.read_bytes()).hexdigest()
            made_of.append([str(name), what])
    others = sha256(json.dumps(made_of).encode()).hexdigest()
    return cache_folder() / "query-copies" / f"{encoder.revision[:16]}-{others[:16]}"


def _libraries() -> str:
    return " ".join(f"{name} {version(name)}" for name in _DEPENDS_ON)
