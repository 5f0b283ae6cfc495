"""Papers are embedded in what is faster here, which is tried once; their vectors stay the same."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rag import Library
from rag.adapters.embedder_sentence_transformers import SentenceTransformersEmbedder
from rag.encoding.encoder import locate
from rag.encoding.precision import Precision, faster_precision
from rag.interfaces import Encoder

TinyModel = Callable[..., Path]
ENCODER = Encoder("any", "1", 8, "mean")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own-cache"))


class Clock:
    """Trials that take what a processor would."""

    def __init__(self, **seconds: float) -> None:
        self.seconds = seconds
        self.trials = 0

    def __call__(self, precision: Precision) -> float:
        self.trials += 1
        return self.seconds[precision]


@pytest.mark.parametrize(("bf16", "chosen"), [(0.3, "bf16"), (0.95, "fp32"), (3.0, "fp32")])
def test_bf16_is_chosen_only_where_it_is_clearly_faster(bf16: float, chosen: str) -> None:
    assert faster_precision(ENCODER, Clock(fp32=1.0, bf16=bf16)) == chosen


def test_a_processor_is_tried_once_for_each_encoder() -> None:
    clock, other = Clock(fp32=1.0, bf16=0.2), Clock(fp32=1.0, bf16=2.0)
    assert faster_precision(ENCODER, clock) == "bf16"
    assert faster_precision(ENCODER, other) == "bf16"
    assert (clock.trials > 2, other.trials) == (True, 0)
    assert faster_precision(Encoder("other", "2", 8, "mean"), other) == "fp32"


def test_one_disturbed_trial_does_not_decide() -> None:
    fp32, bf16 = iter([9, 1, 1, 1]), iter([9, 0.3, 1.4, 0.3])
    trial = {"fp32": fp32, "bf16": bf16}
    assert faster_precision(ENCODER, lambda precision: next(trial[precision])) == "bf16"


@pytest.mark.parametrize("layers", [(), ("mean",), ("cls", "Dense", "Normalize")], ids=str)
def test_papers_in_bf16_have_nearly_the_vectors_of_fp32(
    layers: tuple[str, ...], tiny_model: TinyModel
) -> None:
    embedder = SentenceTransformersEmbedder(*locate(str(tiny_model(*layers)) if layers else "minilm"))
    texts = ["On alpha\nBeta is sweet, and gamma is iron ore.", "The delta\n" + "It ends. " * 40]
    regions = [[((0, len(text)),), ((0, 8), (14, 30))] for text in texts]
    exact, question = embedder.embed_regions(texts, regions), embedder.embed_queries(["What is iron?"])
    rounded = embedder.using("bf16").embed_regions(texts, regions)
    assert (np.concatenate(exact) * np.concatenate(rounded)).sum(axis=1).min() > 0.995
    assert not np.array_equal(exact, rounded)
    assert np.array_equal(embedder.embed_queries(["What is iron?"]), question)


def test_each_library_keeps_its_own_precision(tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, opened = str(tiny_model()), []
    for precision in ("fp32", "bf16"):
        monkeypatch.setenv("FOOTNOTE_PRECISION", precision)
        opened.append(Library.open(precision, encoder=encoder))
    assert [library.precision for library in reversed(opened)] == ["bf16", "fp32"]
    assert [library.precision for library in opened] == ["fp32", "bf16"]
