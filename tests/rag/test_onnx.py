"""Questions need no torch: an encoder's copy for them gives the same vectors, or there is none."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from rag import Library
from rag.adapters.embedder_onnx import OnnxEmbedder
from rag.adapters.embedder_sentence_transformers import SentenceTransformersEmbedder
from rag.adapters.export_onnx import export_queries
from rag.encoding.encoder import locate
from rag.encoding.query_copy import QueryCopy, find_copy, make_copy
from rag.interfaces import QueryEmbedder
from rag.testing import HashEmbedder, invented_papers, write_jsonl

TinyModel = Callable[..., Path]
QUERIES = [
    "alpha",
    "Does ALPHA depend on beta, or on the end of gamma?",
    "delta epsilon the title of " * 30,
    "Größe, naïve CO₂, 蛋白质 – 🙂 of alpha",
    *(f"beta {'gamma ' * n}" for n in range(20)),
]


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own-cache"))
    return tmp_path / "own-cache"


class Maker:
    """Makes the copy of a model, as opening a library does; counts how often, and keeps what it says."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.encoder = locate(str(folder))
        self.original = SentenceTransformersEmbedder(self.folder, self.encoder)
        self.exports = 0
        self.said: list[str] = []

    def make(self, original: QueryEmbedder | None = None) -> QueryCopy | None:
        make_copy(self.folder, original or self.original, self._export, self.opened, self.said.append)
        return find_copy(self.folder, self.encoder)

    def opened(self, copy: QueryCopy) -> OnnxEmbedder:
        return OnnxEmbedder(copy.folder, copy.prompt, self.encoder)

    def _export(self, folder: Path) -> str:
        self.exports += 1
        return export_queries(self.original.model, folder)


@pytest.mark.parametrize(
    ("pooling", "layers", "query"),
    [
        ("mean", [], ""),
        ("mean", ["Normalize"], "Ask: "),
        ("cls", ["Dense", "Normalize"], ""),
        ("max", ["Dense"], "Ask: "),
        ("lasttoken", [], ""),
        (("mean", "max"), ["Normalize"], ""),
    ],
)
def test_a_copy_gives_a_query_the_vector_the_encoder_gives(
    pooling: str, layers: list[str], query: str, tiny_model: TinyModel, own_cache: Path
) -> None:
    maker = Maker(tiny_model(pooling, *layers, query=query))
    copy = maker.make()
    assert maker.said == []
    assert copy is not None
    expected = maker.original.embed_queries(QUERIES)
    together = maker.opened(copy).embed_queries(QUERIES)
    alone = np.concatenate([maker.opened(copy).embed_queries([each]) for each in QUERIES[:4]])
    assert np.allclose(together, expected, atol=1e-5)
    assert np.allclose(alone, expected[:4], atol=1e-5)


def test_what_differs_from_the_encoder_is_refused_in_one_line_and_not_tried_again(
    tiny_model: TinyModel, own_cache: Path
) -> None:
    maker = Maker(tiny_model())
    other = HashEmbedder(16)
    other.encoder = maker.encoder
    assert maker.make(other) is None
    assert maker.make(other) is None
    assert maker.exports == 1
    [line] = maker.said
    assert "differ" in line
    assert "\n" not in line


def test_a_model_that_cannot_be_exported_is_left_to_torch_in_one_line(
    tiny_model: TinyModel, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker = Maker(tiny_model())
    monkeypatch.setattr(maker.original.model[1], "forward", lambda features: features["no such thing"])
    assert maker.make() is None
    [line] = maker.said
    assert "no such thing" in line


@pytest.mark.parametrize("name", ["model.onnx", "weights.bin", "tokenizer.json", "copy.json"])
def test_a_damaged_copy_is_not_opened_but_made_again(
    name: str, tiny_model: TinyModel, own_cache: Path
) -> None:
    maker = Maker(tiny_model())
    copy = maker.make()
    assert copy is not None
    damaged = copy.folder / name
    damaged.write_bytes(damaged.read_bytes()[:-1])
    assert find_copy(maker.folder, maker.encoder) is None
    assert maker.make() == copy


def test_a_change_of_the_model_that_is_not_its_weights_makes_another_copy(
    tiny_model: TinyModel, own_cache: Path
) -> None:
    maker = Maker(tiny_model())
    maker.make()
    settings = maker.folder / "config_sentence_transformers.json"
    settings.write_text(json.dumps({**json.loads(settings.read_text()), "prompts": {"query": "Ask: "}}))
    assert find_copy(maker.folder, maker.encoder) is None


def test_a_killed_export_leaves_nothing_that_is_opened(tiny_model: TinyModel, own_cache: Path) -> None:
    folder = tiny_model()
    code = f"""
import os, signal, sys
from pathlib import Path
from rag.encoding.encoder import locate
from rag.encoding.query_copy import make_copy
from rag.testing import HashEmbedder
folder, encoder = locate({str(folder)!r})
embedder = HashEmbedder(16)
embedder.encoder = encoder
def export(into):
    (into / "model.onnx").write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
make_copy(folder, embedder, export, None, print)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -signal.SIGKILL
    maker = Maker(folder)
    assert find_copy(maker.folder, maker.encoder) is None
    copy = maker.make()
    assert copy is not None
    assert [path for path in copy.folder.parent.iterdir() if path.is_dir()] == [copy.folder]


def test_two_that_make_it_at_once_end_with_one_good_copy(tiny_model: TinyModel, own_cache: Path) -> None:
    maker = Maker(tiny_model())
    copy = maker.make()
    assert copy is not None
    (copy.folder / "copy.json").unlink()
    files = {
        name: (copy.folder / name).read_bytes() for name in ("model.onnx", "weights.bin", "tokenizer.json")
    }

    def export(folder: Path) -> str:
        for name, content in files.items():
            (folder / name).write_bytes(content)
        return copy.prompt

    makers = [
        Thread(target=make_copy, args=(maker.folder, maker.original, export, maker.opened, maker.said.append))
        for _ in range(4)
    ]
    for each in makers:
        each.start()
    for each in makers:
        each.join()
    assert maker.said == []
    assert find_copy(maker.folder, maker.encoder) == copy


def test_a_cache_that_cannot_be_written_only_means_no_copy(
    tiny_model: TinyModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a-file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "a-file"))
    said: list[str] = []
    library = Library.open("lib", encoder=str(tiny_model()), notify=said.append)
    library.ingest(write_jsonl("a.jsonl", invented_papers(3)))
    assert len(library.search("alpha beta")) == 3
    [line] = said
    assert "no ONNX copy" in line
    library.close()


# Runs the command in a process of its own and says what of these it has loaded.
ASK = """
import sys
from rag.cli import main
try:
    main()
finally:
    print(*sorted({"torch", "transformers", "sentence_transformers"} & sys.modules.keys()), file=sys.stderr)
"""


@pytest.mark.parametrize("command", ["ask", "search"])
def test_with_a_copy_questions_load_no_torch_and_report_to_nobody(
    command: str, sample_library: Library, tmp_path: Path
) -> None:
    asked = [
        sys.executable,
        "-c",
        ASK,
        "--library",
        str(sample_library.path),
        command,
        "How is memory saved?",
    ]
    sample_library.search("makes the copy, where no test did before")
    # The tests share a cache, where other libraries write too: this process gets one with our part alone.
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "footnote").symlink_to(Path(os.environ["XDG_CACHE_HOME"]) / "footnote")
    environment = os.environ | {"XDG_CACHE_HOME": str(cache)}
    run = subprocess.run(asked, capture_output=True, text=True, check=True, env=environment)
    assert run.stdout
    assert run.stderr.split() == []
    # onnxruntime would keep what it reports to its maker here.
    assert [path.name for path in cache.iterdir()] == ["footnote"]
