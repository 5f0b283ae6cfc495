"""The least a LlamaIndex user writes for a chat page on a persisted store; scripts/page_start.py times it.

python minimal_page.py STORE ENCODER PORT
"""

import sys

import chromadb
import gradio as gr
from llama_index.core import VectorStoreIndex
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.chroma import ChromaVectorStore

store, encoder, port = sys.argv[1:]
collection = chromadb.PersistentClient(store).get_collection("papers")
index = VectorStoreIndex.from_vector_store(
    ChromaVectorStore(chroma_collection=collection), embed_model=HuggingFaceEmbedding(model_name=encoder)
)
retriever = index.as_retriever(similarity_top_k=8)


def answer(message: str, history: list[object]) -> str:  # noqa: ARG001 - what ChatInterface calls
    """What was found, as there is no language model here either."""
    return "\n\n".join(str(found.text) for found in retriever.retrieve(message))


gr.ChatInterface(answer).launch(server_port=int(port), quiet=True)
