"""Ask questions of research-paper abstracts; every sentence of the answer carries a checked footnote.

The front door: everything outside this package uses these names and no others. They are imported when
first asked for, so that `footnote --help` need not load numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.chunking import sentences
    from rag.errors import FootnoteError, ModelError
    from rag.export.payload import answer_json
    from rag.ingest.report import IngestReport
    from rag.interfaces import ChatModel, Embedder, Encoder, Message, SupportModel
    from rag.library import Library
    from rag.records import as_stored
    from rag.retrieval.explain import Explanation
    from rag.settings import Settings
    from rag.types import Answer, Chunk, Citation, Evidence, Hit, Hits, Paper, Sentence
    from rag.wiring import open_chat_model, open_support_model

__all__ = [
    "Answer",
    "Assistant",
    "ChatModel",
    "Chunk",
    "Citation",
    "Embedder",
    "Encoder",
    "Evidence",
    "Explanation",
    "FootnoteError",
    "Hit",
    "Hits",
    "IngestReport",
    "Library",
    "Message",
    "ModelError",
    "Paper",
    "Sentence",
    "Settings",
    "SupportModel",
    "answer_json",
    "as_stored",
    "open_chat_model",
    "open_support_model",
    "sentences",
]

_MODULES = {
    "Assistant": "rag.assistant",
    "ChatModel": "rag.interfaces",
    "Embedder": "rag.interfaces",
    "Encoder": "rag.interfaces",
    "Explanation": "rag.retrieval.explain",
    "FootnoteError": "rag.errors",
    "IngestReport": "rag.ingest.report",
    "Library": "rag.library",
    "Message": "rag.interfaces",
    "ModelError": "rag.errors",
    "Settings": "rag.settings",
    "SupportModel": "rag.interfaces",
    "answer_json": "rag.export.payload",
    "as_stored": "rag.records",
    "open_chat_model": "rag.wiring",
    "open_support_model": "rag.wiring",
    "sentences": "rag.chunking",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'rag' has no attribute {name!r}")
    return getattr(import_module(_MODULES.get(name, "rag.types")), name)


def __dir__() -> list[str]:
    return __all__
