"""Ask questions of research-paper abstracts; every sentence of the answer carries a checked footnote.

The front door: everything outside this package uses these names and no others. They are imported when
first asked for, so that `footnote --help` need not load numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.activity import Activity, SavedConversation, SavedTurn
    from rag.assistant import Assistant
    from rag.chunking import sentences
    from rag.errors import FootnoteError, ModelError
    from rag.export.payload import answer_json, explanation_json, search_json
    from rag.export.references import web_address
    from rag.export.restored import answer_from_json
    from rag.facets import Facets, count_passing, facets_of
    from rag.feedback import Feedback, feedback_questions
    from rag.ingest.report import IngestReport
    from rag.interfaces import ChatModel, Embedder, Encoder, Message, SupportModel
    from rag.landscape import Landscape, landscape_of
    from rag.library import Library
    from rag.models.hanging_up import HangUp
    from rag.records import as_stored
    from rag.retrieval.explain import Explanation
    from rag.retrieval.filters import FilterArguments, years_from
    from rag.settings import Settings
    from rag.types import Answer, Chunk, Citation, Evidence, Hit, Hits, Paper, Sentence
    from rag.wiring import open_chat_model, open_support_model

__all__ = [
    "Activity",
    "Answer",
    "Assistant",
    "ChatModel",
    "Chunk",
    "Citation",
    "Embedder",
    "Encoder",
    "Evidence",
    "Explanation",
    "Facets",
    "Feedback",
    "FilterArguments",
    "FootnoteError",
    "HangUp",
    "Hit",
    "Hits",
    "IngestReport",
    "Landscape",
    "Library",
    "Message",
    "ModelError",
    "Paper",
    "SavedConversation",
    "SavedTurn",
    "Sentence",
    "Settings",
    "SupportModel",
    "answer_from_json",
    "answer_json",
    "as_stored",
    "count_passing",
    "explanation_json",
    "facets_of",
    "feedback_questions",
    "landscape_of",
    "open_chat_model",
    "open_support_model",
    "search_json",
    "sentences",
    "web_address",
    "years_from",
]

_MODULES = {
    "Activity": "rag.activity",
    "Assistant": "rag.assistant",
    "ChatModel": "rag.interfaces",
    "Embedder": "rag.interfaces",
    "Encoder": "rag.interfaces",
    "Explanation": "rag.retrieval.explain",
    "Facets": "rag.facets",
    "Feedback": "rag.feedback",
    "FilterArguments": "rag.retrieval.filters",
    "FootnoteError": "rag.errors",
    "HangUp": "rag.models.hanging_up",
    "IngestReport": "rag.ingest.report",
    "Landscape": "rag.landscape",
    "Library": "rag.library",
    "Message": "rag.interfaces",
    "ModelError": "rag.errors",
    "SavedConversation": "rag.activity",
    "SavedTurn": "rag.activity",
    "Settings": "rag.settings",
    "SupportModel": "rag.interfaces",
    "answer_from_json": "rag.export.restored",
    "answer_json": "rag.export.payload",
    "as_stored": "rag.records",
    "count_passing": "rag.facets",
    "explanation_json": "rag.export.payload",
    "facets_of": "rag.facets",
    "feedback_questions": "rag.feedback",
    "landscape_of": "rag.landscape",
    "open_chat_model": "rag.wiring",
    "open_support_model": "rag.wiring",
    "search_json": "rag.export.payload",
    "sentences": "rag.chunking",
    "web_address": "rag.export.references",
    "years_from": "rag.retrieval.filters",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'rag' has no attribute {name!r}")
    return getattr(import_module(_MODULES.get(name, "rag.types")), name)


def __dir__() -> list[str]:
    return __all__
