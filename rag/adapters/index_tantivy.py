"""tantivy as the index of words: BM25 (k1 1.2, b 0.75) over title and abstract, stemmed, no stop words."""

import hashlib
import math
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path

import tantivy

from rag.interfaces import IndexEntry, Retired
from rag.words import STOP_WORDS

_HEAP = 64_000_000  # bytes the writer may use before it writes a segment
_ANALYZER = "english"


class TantivyIndex:
    """The kind: see WordIndexKind."""

    name = "tantivy"

    def terms(self, text: str) -> list[str]:
        """See WordIndexKind."""
        return _analyzer().analyze(text)

    def write(self, folder: Path, retired: Iterable[Retired], entries: Iterable[IndexEntry]) -> None:
        """See IndexKind."""
        folder.mkdir(parents=True, exist_ok=True)
        writer = _index(folder).writer(heap_size=_HEAP, num_threads=1)
        for paper in retired:
            writer.delete_documents_by_term("id", paper.paper_id)
        for entry in entries:
            writer.delete_documents_by_term("id", entry.paper_id)
            writer.add_document(tantivy.Document(id=entry.paper_id, text=entry.text))
        writer.commit()
        writer.wait_merging_threads()

    def fingerprint(self, folder: Path) -> str:
        """See IndexKind: the bytes of every file but the locks."""
        if not (folder / "meta.json").is_file():
            raise ValueError(f"{folder} holds no tantivy index")
        digest = hashlib.sha256()
        for path in sorted(folder.iterdir()):
            if path.suffix != ".lock":
                digest.update(path.name.encode())
                with path.open("rb") as stream:
                    digest.update(hashlib.file_digest(stream, "sha256").digest())
        return digest.hexdigest()

    def open(self, folder: Path) -> "OpenTantivyIndex":
        """See IndexKind."""
        return OpenTantivyIndex(folder)


class OpenTantivyIndex:
    """The papers that share the query's rarest words; see OpenWordIndex."""

    def __init__(self, folder: Path) -> None:
        self._index = _index(folder)
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    def search(self, query: str, k: int, within: Collection[str] | None = None) -> list[tuple[str, float]]:
        """Ids of papers with their BM25 scores. Any word may match: the query language is not used,
        since it would read "low-rank" as a phrase.
        """
        any_word = tantivy.Query.boolean_query(
            [
                (
                    tantivy.Occur.Should,
                    tantivy.Query.term_query(self._schema, "text", term, index_option="freq"),
                )
                for term in dict.fromkeys(_analyzer().analyze(query))
            ]
        )
        if within is not None:
            these = tantivy.Query.term_set_query(self._schema, "id", list(within))
            unscored = tantivy.Query.const_score_query(these, 0.0)
            any_word = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, any_word), (tantivy.Occur.Must, unscored)]
            )
        found = self._searcher.search(any_word, limit=k, count=False).hits
        # A document carries its id as a list of one value.
        return [(self._searcher.doc(address)["id"][0], float(score)) for score, address in found]

    def idf(self, term: str) -> float:
        """See OpenWordIndex."""
        papers, holding = self._searcher.num_docs, self._searcher.doc_freq("text", term)
        return math.log(1 + (papers - holding + 0.5) / (holding + 0.5))

    def close(self) -> None:
        """See OpenIndex; tantivy lets go of its files with the object."""


def _index(folder: Path) -> tantivy.Index:
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    schema.add_text_field("text", tokenizer_name=_ANALYZER, index_option="freq")
    index = tantivy.Index(schema.build(), path=str(folder))
    index.register_tokenizer(_ANALYZER, _analyzer())
    return index


@cache
def _analyzer() -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        tantivy.Filter.remove_long(60),
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.custom_stopword(sorted(STOP_WORDS)),
        tantivy.Filter.stemmer("english"),
    ):
        builder = builder.filter(step)
    return builder.build()
