"""The best hits in a new order: that of a model which reads the query and each paper together."""

from collections.abc import Sequence
from dataclasses import replace

from rag.interfaces import Reranker
from rag.types import Hit

JUDGED = 50  # hits, however many are asked for: each costs a pass through the model


def rerank(query: str, hits: Sequence[Hit], reranker: Reranker) -> list[Hit]:
    """The first hits by the reranker's score, which becomes a part `rerank`, then the others as they were.

    A place keeps its fused score whichever paper takes it: rerankers differ in scale, and what reads
    scores was fitted on these. Papers that the reranker cannot tell apart keep their order.
    """
    judged = hits[:JUDGED]
    scores = reranker.scores(query, [hit.paper.text for hit in judged])
    best = sorted(range(len(judged)), key=lambda i: -scores[i])
    return [
        *(
            replace(
                judged[i],
                rank=place.rank,
                score=place.score,
                scores={**judged[i].scores, "rerank": scores[i]},
            )
            for place, i in zip(judged, best, strict=True)
        ),
        *hits[JUDGED:],
    ]
