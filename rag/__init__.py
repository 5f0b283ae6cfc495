"""Ask questions of research-paper abstracts; every sentence of the answer carries a checked footnote.

The front door: everything outside this package uses these names and no others. They are imported when
first asked for, so that `footnote --help` need not load numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.errors import FootnoteError
    from rag.explain import Explanation
    from rag.interfaces import Embedder, Encoder
    from rag.library import Library
    from rag.report import IngestReport
    from rag.settings import Settings
    from rag.types import Answer, Chunk, Citation, Evidence, Hit, Hits, Paper, Sentence

__all__ = [
    "Answer",
    "Assistant",
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
    "Paper",
    "Sentence",
    "Settings",
]

_MODULES = {
    "Assistant": "rag.assistant",
    "Embedder": "rag.interfaces",
    "Encoder": "rag.interfaces",
    "Explanation": "rag.explain",
    "FootnoteError": "rag.errors",
    "IngestReport": "rag.report",
    "Library": "rag.library",
    "Settings": "rag.settings",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'rag' has no attribute {name!r}")
    return getattr(import_module(_MODULES.get(name, "rag.types")), name)


def __dir__() -> list[str]:
    return __all__
