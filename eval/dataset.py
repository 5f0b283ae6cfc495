"""What retrieval is measured on: queries, and which documents are relevant to each."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from eval.collection import Collection
from eval.lines import read_lines, read_text, said
from eval.questions import read_questions
from rag import FootnoteError, Library, Paper

Qrels = dict[str, dict[str, int]]
"""Grades by query id and document id. Above 0 is relevant; a document that is not named is not."""

_QRELS = (".tsv", ".trec", ".qrels", ".txt")
_BEIR_COLUMNS, _TREC_COLUMNS = 3, 4


@dataclass(frozen=True, slots=True)
class Dataset:
    """Queries by id, each with at least one relevant document, and their judgements."""

    name: str
    queries: Mapping[str, str]
    qrels: Qrels


def read_beir(folder: Path, split: str = "test", limit: int | None = None) -> Dataset:
    """The queries of a BEIR folder that `qrels/SPLIT.tsv` judges, or a TREC file; the first `limit` of them.

    Raises:
        FootnoteError: a file is missing or cannot be understood, or a judged query is not there.
    """
    texts = {_id(line, at): said(line, "text") for at, line in read_lines(folder / "queries.jsonl")}
    qrels = _read_qrels(_qrels_file(folder, split))
    if unknown := [query for query in qrels if query not in texts]:
        raise FootnoteError(f"{folder}: qrels judge {unknown[0]}, which is no query of queries.jsonl")
    queries = {query: text for query, text in texts.items() if query in qrels}
    return _dataset(folder.resolve().name, queries, qrels, limit)


def documents(folder: Path) -> set[str]:
    """Ids of the documents of a BEIR folder that say anything."""
    return {_id(line, at) for at, line in read_lines(corpus(folder)) if said(line, "title", "text")}


def corpus(folder: Path) -> Path:
    """The file with a BEIR folder's documents."""
    return folder / "corpus.jsonl"


def judged(path: Path, library: Library, limit: int | None = None) -> Dataset:
    """The answerable questions of a file, their golds found in the library; the first `limit` of them.

    Raises:
        FootnoteError: a gold is no paper of the library, or a title is that of several.
    """
    collection = Collection(library)
    questions = [question for question in read_questions(path) if question.gold_ids]
    qrels = {q.id: {document_id(_gold(g, collection, path)): 1 for g in q.gold_ids} for q in questions}
    return _dataset(path.stem, {q.id: q.question for q in questions}, qrels, limit)


def document_id(paper: Paper) -> str:
    """What judgements call a paper: its number in a test collection, else its id."""
    return paper.identifiers.get("beir", paper.paper_id)


def _dataset(name: str, queries: Mapping[str, str], qrels: Qrels, limit: int | None) -> Dataset:
    """Without queries to which nothing is relevant: what they should find cannot be said."""
    answerable = (query for query in queries if any(grade > 0 for grade in qrels[query].values()))
    kept = list(islice(answerable, limit))
    if not kept:
        raise FootnoteError(f"{name}: no query has a relevant document, so there is nothing to measure")
    return Dataset(name, {query: queries[query] for query in kept}, {query: qrels[query] for query in kept})


def _gold(name: str, collection: Collection, path: Path) -> Paper:
    try:
        paper = collection.named(name)
    except FootnoteError as error:
        raise FootnoteError(f"{path}: {error}") from None
    if paper is None:
        raise FootnoteError(
            f"{path}: “{name}” is neither an id nor the exact title of a paper of {collection.path}"
        )
    return paper


def _qrels_file(folder: Path, split: str) -> Path:
    for ending in _QRELS:
        if (path := folder / "qrels" / f"{split}{ending}").is_file():
            return path
    there = sorted({each.stem for each in (folder / "qrels").glob("*") if each.suffix in _QRELS})
    say = f"use --split with one of {', '.join(there)}" if there else "a BEIR folder has qrels/test.tsv"
    raise FootnoteError(f"{folder / 'qrels' / split}.tsv: no such file; {say}")


def _read_qrels(path: Path) -> Qrels:
    """BEIR's three columns with tabs between, with or without a header, or TREC's four."""
    qrels: Qrels = {}
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        cells = line.split("\t")
        if len(cells) != _BEIR_COLUMNS and len(line.split()) == _TREC_COLUMNS:
            cells = line.split()
        is_header = number == 1 and not cells[-1].strip().lstrip("-").isdigit()
        if is_header or not line.strip():
            continue
        try:
            query, *_, document, grade = (cell.strip() for cell in cells)
            qrels.setdefault(query, {})[document] = int(grade)
        except ValueError:
            raise FootnoteError(
                f"{path}:{number}: not “query-id, corpus-id, score” with tabs between, nor TREC’s four"
            ) from None
    return qrels


def _id(line: Mapping[str, object], at: str) -> str:
    if not (name := said(line, "_id")):
        raise FootnoteError(f"{at}: no “_id”")
    return name
