"""The least a LlamaIndex user writes to ask a persisted store one question; `footnote bench` times it.

python minimal_llamaindex.py STORE ENCODER QUESTION
"""

import sys

import chromadb
from llama_index.core import VectorStoreIndex
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.chroma import ChromaVectorStore

store, encoder, question = sys.argv[1:]
collection = chromadb.PersistentClient(store).get_collection("papers")
index = VectorStoreIndex.from_vector_store(
    ChromaVectorStore(chroma_collection=collection), embed_model=HuggingFaceEmbedding(model_name=encoder)
)
for found in index.as_retriever(similarity_top_k=10).retrieve(question):
    print(found.score, found.text)
