"""The benchmark on invented papers, at a size that takes seconds."""

from pathlib import Path

from eval.bench.scale import measure


def test_every_step_is_measured_on_the_real_pipeline(tmp_path: Path) -> None:
    found = measure(40, tmp_path)
    assert found["papers"] == found["ingest"]["papers"] == 40
    assert found["add"]["papers"] == 50
    assert found["search"]["recall@10"] == 1.0
    for step in ("ingest", "first open", "open", "search", "add"):
        assert found[step]["peak_bytes"] > 0
    for latency in found["search"]["ms"].values():
        assert 0 < latency["p50"] <= latency["p95"]
    stages = found["ingest"]["stages"]
    assert {"embed", "chroma write", "tantivy write", "read and store"} <= stages.keys()
