"""Settings → adapters → Library; the only file that imports `rag.adapters`."""

import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from rag.chunking import SCHEME
from rag.cleaning import clean
from rag.database import FILE_NAME
from rag.embedding import Recipe
from rag.encoder import locate
from rag.errors import InputError, LibraryError
from rag.indexes import Indexes
from rag.interfaces import Embedder, Encoder, PaperEmbedder, QueryEmbedder
from rag.library import Library
from rag.settings import Settings
from rag.store import Store


def open_library(
    settings: Settings, *, create: bool, any_recipe: bool, notify: Callable[[str], None]
) -> Library:
    """See Library.open; `any_recipe` opens it to be re-embedded."""
    folder, encoder = locate(settings.encoder)
    return assemble(
        settings.library,
        Recipe(encoder, SCHEME),
        papers=lambda: _embedder(folder, encoder),
        queries=lambda: _embedder(folder, encoder),
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
    create: bool,
    any_recipe: bool,
    notify: Callable[[str], None],
) -> Library:
    """A library in a folder, with embedders that are called when first needed."""
    from rag.adapters.index_chroma import ChromaIndex
    from rag.adapters.index_tantivy import TantivyIndex

    _prepare_folder(path, create=create)
    store = Store(path)
    indexes = Indexes(path, store, ChromaIndex(), TantivyIndex(), notify)
    library = Library(path, store, indexes, recipe, papers, queries)
    if not any_recipe:
        library.check_recipe()
    return library


def print_notice(line: str) -> None:
    """One line on stderr for what the user should know and need not act on."""
    print(f"footnote: {line}", file=sys.stderr)  # noqa: T201


@lru_cache(maxsize=2)
def _embedder(folder: Path, encoder: Encoder) -> Embedder:
    from rag.adapters.embedder_sentence_transformers import SentenceTransformersEmbedder

    return SentenceTransformersEmbedder(folder, encoder)


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
