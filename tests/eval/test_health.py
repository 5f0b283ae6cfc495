"""`footnote eval health`: what is wrong with a library is told, with no question asked of it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from eval.health import health
from rag import Library, Paper
from rag.interfaces import Region
from rag.testing import HashEmbedder, hash_library, invented_papers, sample_papers, write_jsonl
from tests.conftest import Run

PAPERS = invented_papers(40)
UNREAD, CENTRE = PAPERS[7].title, "Proceedings of everything"


class Blind(HashEmbedder):
    """Sees nothing in one of the papers."""

    def embed_regions(
        self, texts: Sequence[str], regions: Sequence[Sequence[Region]]
    ) -> list[NDArray[np.float32]]:
        vectors = super().embed_regions(texts, regions)
        return [each * (not text.startswith(UNREAD)) for text, each in zip(texts, vectors, strict=True)]


class Leaning(HashEmbedder):
    """Sees something of one paper in all the others."""

    def embed_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        vectors = super().embed_queries(queries)
        vectors[:, 0] += [9.0 if query.startswith(CENTRE) else 0.7 for query in queries]
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def made(folder: Path, papers: Sequence[Paper] = PAPERS) -> Library:
    library = hash_library(folder)
    library.ingest(write_jsonl(folder / "papers.jsonl", papers))
    return library


def kinds(report: dict[str, Any]) -> list[str]:
    return [finding["kind"] for finding in report["findings"]]


def test_a_sound_library_finds_its_papers_and_needs_nothing(tmp_path: Path) -> None:
    found = health(made(tmp_path), sample=20)
    assert (found.report["papers"], found.report["sampled"], found.report["findings"]) == (40, 20, [])
    assert found.is_sound
    for name in ("title@1", "first_sentence@10", "last_sentence@5", "rarest_terms@10"):
        figure = found.report["metrics"][name]
        assert (figure["mean"], figure["n"]) == (1.0, 20)
        assert figure["ci95"][0] < 1.0
    assert len(found.seconds) == 80


def test_a_paper_whose_vector_points_nowhere_is_told(tmp_path: Path) -> None:
    library = Library.open(tmp_path, embedder=Blind())
    library.ingest(write_jsonl(tmp_path / "papers.jsonl", PAPERS))
    found = health(library, sample=5)
    assert not found.is_sound
    assert kinds(found.report) == ["unusable-vector"]
    assert UNREAD in found.report["findings"][0]["text"]


def test_two_papers_that_say_the_same_are_told(tmp_path: Path) -> None:
    twin = replace(PAPERS[3], title=f"{PAPERS[3].title} reprinted", year=1984)
    found = health(made(tmp_path, [*PAPERS, twin]))
    assert kinds(found.report) == ["duplicate"]
    assert PAPERS[3].title in found.report["findings"][0]["text"]
    assert found.report["metrics"]["first_sentence@1"]["mean"] == 1.0  # who finds one has found the other
    assert found.is_sound


def test_a_damaged_index_is_told_though_searching_mends_it(tmp_path: Path) -> None:
    made(tmp_path).close()
    library = hash_library(tmp_path)
    [data] = (tmp_path / "indexes").glob("chroma-*/*/data_level0.bin")
    data.write_bytes(data.read_bytes()[:100])
    for memory in (tmp_path / "indexes").glob("*/digests.json"):
        memory.unlink()
    first, second = (health(library, sample=3) for _ in range(2))
    assert (kinds(first.report), first.is_sound) == (["index"], False)
    assert first.report["index"]["faults"] == {"chroma": "is missing or damaged"}
    assert (kinds(second.report), second.is_sound) == ([], True)


def test_a_paper_that_is_near_to_everything_is_told(tmp_path: Path) -> None:
    library = Library.open(tmp_path, embedder=Leaning())
    centre = Paper(CENTRE, "All proceedings of that year in one.", year=1990)
    library.ingest(write_jsonl(tmp_path / "papers.jsonl", [*invented_papers(120), centre]))
    found = health(library, sample=3)
    assert kinds(found.report) == ["hub"]
    assert CENTRE in found.report["findings"][0]["text"]
    assert found.report["hubs"]["first"][0]["occurrences"] > 35


def test_papers_without_abstract_are_told(tmp_path: Path) -> None:
    found = health(made(tmp_path, [*PAPERS, Paper("No words", "", year=1990)]), sample=3)
    assert (kinds(found.report), found.report["without_abstract"]) == (["no-abstract"], 1)


def test_two_runs_give_the_same_bytes_but_for_the_manifest(
    footnote: Callable[..., Run], tmp_path: Path
) -> None:
    library = Library.open(tmp_path / "lib", encoder="minilm")
    library.ingest(write_jsonl(tmp_path / "papers.jsonl", sample_papers()[:12]))
    library.close()
    runs = [footnote("--library", library.path, "eval", "health", "--out", out) for out in ("one", "two")]
    assert [run.code for run in runs] == [0, 0]
    assert "A search takes" in runs[0].out
    for name in ("run.json", "report.json"):
        assert Path("one", name).read_bytes() == Path("two", name).read_bytes()
    assert set(json.loads(Path("one/manifest.json").read_text())["search"]) == {"p50", "p95"}
    printed = footnote("--library", library.path, "eval", "health", "--json")
    assert json.loads(printed.out) == json.loads(Path("one/report.json").read_text(encoding="utf-8"))


def test_a_library_without_abstracts_is_refused_in_one_line(
    footnote: Callable[..., Run], tmp_path: Path
) -> None:
    Library.open(tmp_path / "empty").close()
    run = footnote("--library", tmp_path / "empty", "eval", "health")
    assert (run.code, run.out) == (2, "")
    assert "holds no abstracts yet" in run.err


@pytest.mark.parametrize("sample", [1, 1_000])
def test_any_sample_will_do(tmp_path: Path, sample: int) -> None:
    assert health(made(tmp_path), sample=sample).report["sampled"] == min(sample, 40)
