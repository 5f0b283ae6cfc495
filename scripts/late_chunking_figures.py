"""What late chunking brings and costs beside embedding each window and sentence as a text of its own.

    python scripts/late_chunking_figures.py BEIR_FOLDER [...]

The same papers, regions, fusion and questions; nDCG@10, compared exactly, and processor seconds of ingest.
"""

import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.dataset import corpus, document_id, read_beir
from eval.measures import scores
from eval.retrieval import search_all
from rag import Library
from rag.adapters.embedder_sentence_transformers import SentenceTransformersEmbedder  # noqa: TID251
from rag.encoding.encoder import locate

_WAYS = {"late": "mean+Normalize", "apart": "none: each region by itself"}


def main(folders: list[str]) -> None:
    """Print a line for each folder and way."""
    for folder in map(Path, folders):
        for way, pooling in _WAYS.items():
            mean, seconds = _measured(folder, pooling)
            print(f"{folder.name:12} {way:6} nDCG@10 {mean:.4f}  ingest {seconds:6.0f} s", flush=True)


def _measured(folder: Path, pooling: str) -> tuple[float, float]:
    path, encoder = locate("minilm")
    embedder = SentenceTransformersEmbedder(path, replace(encoder, pooling=pooling))
    data = read_beir(folder)
    with TemporaryDirectory() as temporary:
        library = Library.open(temporary, embedder=embedder)
        started = time.process_time()
        library.ingest(corpus(folder), format="jsonl", merge=False)
        seconds = time.process_time() - started
        searched = search_all(
            data.queries,
            lambda query: [document_id(hit.paper) for hit in library.search(query, 10, exact=True)],
        )
        library.close()
    return statistics.mean(scores(searched.run, data.qrels)["nDCG@10"].values()), seconds


if __name__ == "__main__":
    main(sys.argv[1:])
