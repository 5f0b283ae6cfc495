"""A library's search as a LlamaIndex retriever, for its query engines and agents."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from rag.types import Hit

_AUTHORS = 3  # named before "et al.", as LlamaIndex counts metadata as text
_NOT_FOR_THE_MODEL = ("paper_id", "title", "link", "start", "end")  # the text has the title


class LibraryRetriever(BaseRetriever):
    """One node a paper, best first: title and abstract under the paper's id, with the hit's score."""

    def __init__(self, search: Callable[[str], Sequence[Hit]]) -> None:
        super().__init__()
        self._search = search

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [
            NodeWithScore(node=_node(hit), score=hit.score) for hit in self._search(query_bundle.query_str)
        ]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


def _node(hit: Hit) -> TextNode:
    """The metadata hold what is known; `start` and `end` are the best chunk's place in the abstract."""
    paper = hit.paper
    more = " et al." if len(paper.authors) > _AUTHORS else ""
    metadata: dict[str, Any] = {
        "paper_id": paper.paper_id,  # the node's own id is lost where an engine splits it
        "title": paper.title,
        "authors": ", ".join(paper.authors[:_AUTHORS]) + more,
        "year": paper.year,
        "venue": paper.venue,
        "link": paper.link,
        "start": hit.chunk.start,
        "end": hit.chunk.end,
    }
    known = {name: value for name, value in metadata.items() if value not in ("", None)}
    return TextNode(
        id_=paper.paper_id,
        text=paper.text.strip(),
        metadata=known,
        excluded_llm_metadata_keys=list(_NOT_FOR_THE_MODEL),
        excluded_embed_metadata_keys=list(metadata),
    )
