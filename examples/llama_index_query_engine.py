"""A library as the retriever of a LlamaIndex query engine: `python examples/llama_index_query_engine.py`.

Reads the sample collection into the folder `llama-index-example` and asks it a question, offline.
"""

from importlib.resources import as_file, files

from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine

from rag import Library

library = Library.open("llama-index-example")
with as_file(files("rag") / "sample" / "papers.jsonl") as sample:
    library.ingest(sample)
retriever = library.as_retriever(k=3, year=(2023, None))

# The mock answers with its prompt, which shows what a model is given; put yours in its place. Always name
# one: where none is given, LlamaIndex takes OpenAI's.
engine = RetrieverQueryEngine.from_args(retriever, llm=MockLLM())
response = engine.query("By how much does GaLore reduce the memory that optimizer states need?")

for source in response.source_nodes:
    facts = source.metadata
    print(f"{source.score:.2f}  {facts['title']} ({facts['year']})")
    print(f"      {library.paper(facts['paper_id']).abstract[facts['start'] : facts['end']]}")
print(f"\n{response}")
