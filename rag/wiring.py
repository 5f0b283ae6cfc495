"""Settings → adapters → Library; the only file that imports `rag.adapters`."""

import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from rag.chunking import SCHEME
from rag.embedding import Recipe
from rag.encoder import locate
from rag.errors import IndexMismatchError, InputError, LibraryError
from rag.indexes import Indexes
from rag.interfaces import Embedder, Encoder
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
        lambda: _embedder(folder, encoder),
        create=create,
        any_recipe=any_recipe,
        notify=notify,
    )


def assemble(
    path: Path,
    recipe: Recipe,
    embedder: Callable[[], Embedder],
    *,
    create: bool,
    any_recipe: bool,
    notify: Callable[[str], None],
) -> Library:
    """A library in a folder, with the embedder given."""
    from rag.adapters.index_chroma import ChromaIndex
    from rag.adapters.index_tantivy import TantivyIndex

    _prepare_folder(path, create=create)
    store = Store(path)
    if not any_recipe:
        _check_recipe(path, store, recipe)
    indexes = Indexes(path, store, ChromaIndex(), TantivyIndex(), notify)
    return Library(path, store, indexes, recipe, embedder)


def print_notice(line: str) -> None:
    """One line on stderr for what the user should know and need not act on."""
    print(f"footnote: {line}", file=sys.stderr)  # noqa: T201


@lru_cache(maxsize=2)
def _embedder(folder: Path, encoder: Encoder) -> Embedder:
    from rag.adapters.embedder_sentence_transformers import SentenceTransformersEmbedder

    return SentenceTransformersEmbedder(folder, encoder)


def _prepare_folder(path: Path, *, create: bool) -> None:
    if path.exists() and not path.is_dir():
        raise LibraryError(f"{path}: a library is a folder, and this is a file; choose another path")
    if not (path / "library.db").exists():
        if not create:
            raise InputError(
                f"{path}: no library there yet; make one with `footnote --library {path} ingest FILE`"
            )
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(f"{path}: cannot be made ({error.strerror}); choose another path") from error


def _check_recipe(path: Path, store: Store, recipe: Recipe) -> None:
    made = store.recipe
    if made is None or made == recipe:
        return
    what = (
        f"encoder {made.encoder}, and the settings say {recipe.encoder}"
        if made.encoder != recipe.encoder
        else f"chunking “{made.chunking}”, and this version makes “{recipe.chunking}”"
    )
    raise IndexMismatchError(
        f"{path}: made with {what}; set FOOTNOTE_ENCODER back, or re-embed all papers with "
        f"`footnote --library {path} reindex`"
    )
