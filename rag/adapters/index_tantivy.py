"""tantivy as the index of words: BM25 (k1 1.2, b 0.75) over title and abstract, stemmed, no stop words."""

import json
import math
import os
import shutil
from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path

import tantivy

from rag.indexes.digests import MEMORY
from rag.interfaces import Changes
from rag.words import STOP_WORDS

_HEAP = 64_000_000  # bytes the writer may use before it writes a segment
_ANALYZER = "english"
_MARGIN = 2  # times as many papers are looked at as must hold k that pass, if all are as likely to


class TantivyIndex:
    """The kind: see WordIndexKind."""

    name = "tantivy"
    k1 = 1.2  # tantivy takes no other

    def terms(self, text: str) -> list[str]:
        """See WordIndexKind."""
        return _analyzer().analyze(text)

    def copy(self, folder: Path, new: Path) -> None:
        """See IndexKind. tantivy never changes a file, it writes others: they can be shared."""
        shutil.copytree(folder, new, copy_function=_share, ignore=shutil.ignore_patterns("*.lock", MEMORY))

    def write(self, folder: Path, changes: Changes) -> None:
        """See IndexKind."""
        folder.mkdir(parents=True, exist_ok=True)
        writer = _index(folder).writer(heap_size=_HEAP, num_threads=1)
        for paper_id in changes.retired:
            writer.delete_documents_by_term("id", paper_id)
        for entry in changes.entries:
            writer.delete_documents_by_term("id", entry.paper_id)
            writer.add_document(tantivy.Document(id=entry.paper_id, text=entry.text))
        writer.commit()
        writer.wait_merging_threads()

    def fingerprint(self, folder: Path, digest: Callable[[Path], str]) -> str:
        """See IndexKind: every file but the locks."""
        if not (folder / "meta.json").is_file():
            raise ValueError(f"{folder} holds no tantivy index")
        paths = (path for path in folder.iterdir() if path.suffix != ".lock" and path.name != MEMORY)
        return " ".join(f"{path.name}={digest(path)}" for path in sorted(paths))

    def open(self, folder: Path) -> "OpenTantivyIndex":
        """See IndexKind."""
        return OpenTantivyIndex(folder)


class OpenTantivyIndex:
    """The papers that share the query's rarest words; see OpenWordIndex."""

    def __init__(self, folder: Path) -> None:
        self._index = _index(folder)
        self._schema = self._index.schema
        self._searcher = self._index.searcher()
        self._written = _written(folder)
        self._counted: dict[str, int] = {}

    def search(self, query: str, k: int, within: Collection[str] | None = None) -> list[tuple[str, float]]:
        """Ids of papers with their BM25 scores. Any word may match: the query language is not used,
        since it would read "low-rank" as a phrase.
        """
        any_word = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, self._scored(term)) for term in dict.fromkeys(_analyzer().analyze(query))]
        )
        if within is None:
            return self._best(any_word, k)
        found = self._best_beyond(any_word, k, within)
        return self._best(self._only(any_word, within), k) if found is None else found

    def idf(self, term: str) -> float:
        """See OpenWordIndex."""
        return _idf(self._searcher.num_docs, self._holding(term))

    def close(self) -> None:
        """See OpenIndex; tantivy lets go of its files with the object."""

    def _scored(self, term: str) -> tantivy.Query:
        """Papers with a term. tantivy's idf counts those that were deleted, too: weighted, it does not."""
        weight = self.idf(term) / _idf(self._written, self._searcher.doc_freq("text", term))
        return tantivy.Query.boost_query(self._term(term), weight)

    def _holding(self, term: str) -> int:
        """How many papers have a term; where some were deleted they have to be counted."""
        if self._written == self._searcher.num_docs:
            return self._searcher.doc_freq("text", term)
        if term not in self._counted:
            found = self._searcher.search(self._term(term), limit=1, count=True)
            self._counted[term] = found.count  # type: ignore[attr-defined] # the stubs lack it
        return self._counted[term]

    def _term(self, term: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, "text", term, index_option="freq")

    def _best(self, query: tantivy.Query, k: int) -> list[tuple[str, float]]:
        found = self._searcher.search(query, limit=k, count=False).hits
        # A document carries its id as a list of one value.
        return [(self._searcher.doc(address)["id"][0], float(score)) for score, address in found]

    def _best_beyond(
        self, query: tantivy.Query, k: int, within: Collection[str]
    ) -> list[tuple[str, float]] | None:
        """The best k by looking at more than k, where a share of the papers passes that makes it likely
        to do and cheaper than a query for each id; None where it is not, or did not do.
        """
        papers = self._searcher.num_docs
        if len(within) ** 2 < k * papers:
            return None
        looked_at = _MARGIN * k * papers // len(within)
        found = self._best(query, looked_at)
        kept = [(paper_id, score) for paper_id, score in found if paper_id in within]
        return kept[:k] if len(kept) >= k or len(found) < looked_at else None

    def _only(self, query: tantivy.Query, within: Collection[str]) -> tantivy.Query:
        these = tantivy.Query.term_set_query(self._schema, "id", list(within))
        unscored = tantivy.Query.const_score_query(these, 0.0)
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, unscored)])


def _idf(papers: int, holding: int) -> float:
    return math.log(1 + (papers - holding + 0.5) / (holding + 0.5))


def _written(folder: Path) -> int:
    """How many documents are in the index, those that were deleted and are not yet gone among them."""
    segments = json.loads((folder / "meta.json").read_text(encoding="utf-8"))["segments"]
    return sum(segment["max_doc"] for segment in segments)


def _index(folder: Path) -> tantivy.Index:
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    schema.add_text_field("text", tokenizer_name=_ANALYZER, index_option="freq")
    index = tantivy.Index(schema.build(), path=str(folder))
    index.register_tokenizer(_ANALYZER, _analyzer())
    return index


def _share(file: str, new: str) -> None:
    """A second name for a file; a copy where the disk knows no such thing."""
    try:
        os.link(file, new)
    except OSError:
        shutil.copyfile(file, new)


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
