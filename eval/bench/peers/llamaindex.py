"""LlamaIndex with its defaults."""

from pathlib import Path

import chromadb
from llama_index.core import Document, StorageContext, VectorStoreIndex
from llama_index.core.node_parser import SentenceSplitter
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.chroma import ChromaVectorStore

from eval.bench.systems import Source, encoder_path

COLLECTION = "papers"  # minimal_llamaindex.py opens it


class LlamaIndexDefault:
    """SentenceSplitter, HuggingFaceEmbedding and ChromaVectorStore, each with its defaults; the model is
    named, as LlamaIndex would else ask OpenAI.
    """

    def __init__(self) -> None:
        self._embed_model = HuggingFaceEmbedding(model_name=encoder_path())

    def ingest(self, source: Source, store: Path) -> None:
        """See System."""
        collection = chromadb.PersistentClient(str(store)).create_collection(COLLECTION)
        self._index = VectorStoreIndex.from_documents(
            [Document(text=document.text, id_=document.id) for document in source.documents],
            storage_context=StorageContext.from_defaults(
                vector_store=ChromaVectorStore(chroma_collection=collection)
            ),
            embed_model=self._embed_model,
            transformations=[SentenceSplitter()],
        )

    def search(self, query: str, k: int) -> list[str]:
        """See System."""
        found = self._index.as_retriever(similarity_top_k=k).retrieve(query)
        return list(dict.fromkeys(str(each.node.ref_doc_id) for each in found))
