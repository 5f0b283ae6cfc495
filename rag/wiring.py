"""Settings → adapters → Library; the only file that imports `rag.adapters`."""

import sys
from collections.abc import Callable
from functools import cached_property, lru_cache, partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Literal

from rag.chunking import SCHEME
from rag.cleaning import clean
from rag.encoding.embedding import Recipe
from rag.encoding.encoder import locate, locate_reranker, locate_writer, revision_of
from rag.encoding.precision import faster_precision
from rag.encoding.query_copy import QueryCopy, discard_copy, find_copy, make_copy
from rag.errors import InputError, LibraryError, SettingsError
from rag.indexes.indexes import Indexes
from rag.interfaces import ChatModel, Embedder, Encoder, PaperEmbedder, QueryEmbedder, Reranker, SupportModel
from rag.library import Library
from rag.models.spec import IN_PROCESS, NONE, model_server
from rag.settings import Settings, load_settings, variable
from rag.store.database import FILE_NAME
from rag.store.store import Store
from rag.types import Hits

if TYPE_CHECKING:
    from llama_index.core.base.base_retriever import BaseRetriever

    from rag.adapters.embedder_sentence_transformers import SentenceTransformersEmbedder

_SUPPORT = "the support model"
_LOADING = Lock()  # one thread at a time: it takes seconds and much memory


def open_library(
    settings: Settings,
    embedder: Embedder | None,
    *,
    create: bool,
    any_recipe: bool,
    notify: Callable[[str], None],
) -> Library:
    """See Library.open; `any_recipe` opens it to be re-embedded."""
    papers: Callable[[], PaperEmbedder]
    queries: Callable[[], QueryEmbedder]
    if embedder is None:
        folder, encoder = locate(settings.encoder)
        embedders = _Embedders(folder, encoder, settings.precision, notify)
        papers, queries = (lambda: embedders.papers), (lambda: embedders.queries)
    else:
        encoder = embedder.encoder
        papers = queries = lambda: embedder
    named = settings.reranker
    return assemble(
        settings.library,
        Recipe(encoder, SCHEME),
        papers=papers,
        queries=queries,
        reranker=partial(_reranker, locate_reranker(named), named) if named else None,
        create=create,
        any_recipe=any_recipe,
        notify=notify,
    )


def assemble(
    path: Path,
    recipe: Recipe,
    *,
    papers: Callable[[], PaperEmbedder],
    queries: Callable[[], QueryEmbedder],
    reranker: Callable[[], Reranker] | None = None,
    create: bool,
    any_recipe: bool,
    notify: Callable[[str], None],
) -> Library:
    """A library in a folder, with models that are called when first needed."""
    from rag.adapters.index_chroma import ChromaIndex
    from rag.adapters.index_tantivy import TantivyIndex

    _prepare_folder(path, create=create)
    store = Store(path)
    indexes = Indexes(path, store, ChromaIndex(), TantivyIndex(), notify)
    library = Library(path, store, indexes, recipe, papers, queries, reranker)
    if not any_recipe:
        library.check_recipe()
    return library


def open_model(settings: Settings) -> ChatModel | None:
    """The model that FOOTNOTE_LLM names, None for `none`; nothing is contacted before its first reply.

    Raises:
        SettingsError: it needs a key, a URL or a package that is not there.
        EncoderError: it is to run in this process, and is not on this machine.
    """
    provider, _, name = settings.llm.partition("/")
    if settings.llm == NONE:
        return None
    try:
        if provider == IN_PROCESS:
            from rag.adapters.llm_huggingface import HuggingFaceModel

            return HuggingFaceModel(
                *locate_writer(name), settings.llm, settings.llm_timeout, settings.llm_context
            )
        server = model_server(settings, variable)
        if provider == "ollama":
            from rag.adapters.llm_ollama import open_ollama

            return open_ollama(server)
        if provider == "anthropic":
            from rag.adapters.llm_anthropic import open_anthropic

            return open_anthropic(server)
        from rag.adapters.llm_openai import open_openai

        return open_openai(server)
    except ModuleNotFoundError as error:
        extra = provider.removesuffix("-like")
        raise SettingsError(
            f"FOOTNOTE_LLM={settings.llm}: {error.name} is not installed; "
            f'install it with `pip install "footnote-rag[{extra}]"`'
        ) from error


def open_chat_model(spec: str) -> ChatModel:
    """The model of a spec, like `ollama/qwen3:8b`, with the other settings as they are; nothing is
    contacted before its first reply.

    Raises:
        SettingsError: it names no model, or needs a key, a URL or a package that is not there.
        EncoderError: it is to run in this process, and is not on this machine.
    """
    model = open_model(load_settings(llm=spec))
    if model is None:
        raise SettingsError(f"{spec}: is no model; give one, like ollama/qwen3:8b")
    return model


def open_support_model(name: str) -> SupportModel:
    """A cross-encoder by its folder or name, looked up on this machine: one that tells entailment, or one
    made for reranking.

    Raises:
        EncoderError: it is not there, or tells neither.
    """
    folder = locate_reranker(name, _SUPPORT)
    from rag.adapters.cross_encoder import CrossEncoderSupport

    return CrossEncoderSupport(folder, name, revision_of(folder))


def llama_index_retriever(search: Callable[[str], Hits]) -> "BaseRetriever":
    """See Library.as_retriever."""
    from rag.adapters.retriever_llama_index import LibraryRetriever

    return LibraryRetriever(search)


def print_notice(line: str) -> None:
    """One line on stderr for what the user should know and need not act on."""
    print(f"footnote: {line}", file=sys.stderr)  # noqa: T201


class _Embedders:
    """An encoder for papers, and its copy for questions, each loaded when it is first asked for."""

    def __init__(
        self,
        folder: Path,
        encoder: Encoder,
        precision: Literal["auto", "fp32", "bf16"],
        notify: Callable[[str], None],
    ) -> None:
        self._folder, self._encoder, self._precision, self._notify = folder, encoder, precision, notify

    @cached_property
    def papers(self) -> PaperEmbedder:
        """The encoder itself, in the precision of the settings."""
        found, said = self._original, self._precision
        return found.using(faster_precision(self._encoder, found.trial) if said == "auto" else said)

    @cached_property
    def queries(self) -> QueryEmbedder:
        """The copy; the encoder itself where there can be none."""
        copy = self._find_copy()
        if copy is None and self._original:  # whose loading makes the copy
            copy = self._find_copy()
        if copy is None:
            return self._original
        try:
            return _opened_copy(copy, self._encoder)
        except OSError:
            discard_copy(copy)
            return self._original

    @cached_property
    def _original(self) -> "SentenceTransformersEmbedder":
        with _LOADING:
            found = _sentence_transformers(self._folder, self._encoder)
            if self._find_copy() is None:
                from rag.adapters.export_onnx import export_queries

                make_copy(
                    self._folder,
                    found,
                    export=lambda folder: export_queries(found.model, folder),
                    opened=lambda copy: _open_copy(copy, self._encoder),
                    notify=self._notify,
                )
            return found

    def _find_copy(self) -> QueryCopy | None:
        return find_copy(self._folder, self._encoder)


@lru_cache(maxsize=2)
def _sentence_transformers(folder: Path, encoder: Encoder) -> "SentenceTransformersEmbedder":
    from rag.adapters.embedder_sentence_transformers import SentenceTransformersEmbedder

    return SentenceTransformersEmbedder(folder, encoder)


def _open_copy(copy: QueryCopy, encoder: Encoder) -> QueryEmbedder:
    from rag.adapters.embedder_onnx import OnnxEmbedder

    return OnnxEmbedder(copy.folder, copy.prompt, encoder)


_opened_copy = lru_cache(maxsize=2)(_open_copy)


@lru_cache(maxsize=1)
def _reranker(folder: Path, name: str) -> Reranker:
    from rag.adapters.cross_encoder import CrossEncoderReranker

    return CrossEncoderReranker(folder, name)


def _prepare_folder(path: Path, *, create: bool) -> None:
    if not str(path).isprintable():  # Chroma takes no such path, nor does a terminal
        raise LibraryError(f"{clean(str(path))}: the path holds unprintable characters; choose another")
    try:
        if path.exists() and not path.is_dir():
            raise LibraryError(f"{path}: a library is a folder, and this is a file; choose another path")
        if (path / FILE_NAME).exists():
            return
        if not create:
            raise InputError(
                f"{path}: no library there yet; make one with `footnote --library {path} ingest FILE`"
            )
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(f"{path}: cannot be used ({error.strerror}); choose another path") from error
