"""What retrieval is measured on: queries, and which documents are relevant to each."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from rag import FootnoteError, Library, Paper

Qrels = dict[str, dict[str, int]]
"""Grades by query id and document id. Above 0 is relevant; a document that is not named is not."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Queries by id, each with at least one relevant document, and their judgements."""

    name: str
    queries: Mapping[str, str]
    qrels: Qrels


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a question file. `gold_ids` are ids or exact titles of papers; none: unanswerable."""

    id: str
    question: str
    gold_ids: tuple[str, ...]


def read_beir(folder: Path, split: str = "test", limit: int | None = None) -> Dataset:
    """The queries of a BEIR folder that `qrels/SPLIT.tsv` judges; the first `limit` of them.

    Raises:
        FootnoteError: a file is missing or cannot be understood, or a judged query is not there.
    """
    texts = {_id(line, at): _said(line, "text") for at, line in _lines(folder / "queries.jsonl")}
    qrels = _read_qrels(_qrels_file(folder, split))
    if unknown := [query for query in qrels if query not in texts]:
        raise FootnoteError(f"{folder}: qrels judge {unknown[0]}, which is no query of queries.jsonl")
    queries = {query: text for query, text in texts.items() if query in qrels}
    return _dataset(folder.resolve().name, queries, qrels, limit)


def documents(folder: Path) -> set[str]:
    """Ids of the documents of a BEIR folder that say anything."""
    lines = _lines(corpus(folder))
    return {_id(line, at) for at, line in lines if _said(line, "title") or _said(line, "text")}


def corpus(folder: Path) -> Path:
    """The file with a BEIR folder's documents."""
    return folder / "corpus.jsonl"


def read_questions(path: Path) -> list[Question]:
    """The questions of a file of JSON lines with `id`, `question` and `gold_ids`.

    Raises:
        FootnoteError: a line cannot be understood, or an id stands on two.
    """
    questions: dict[str, Question] = {}
    for at, line in _lines(path):
        said, golds = line.get("question"), line.get("gold_ids", [])
        if not isinstance(said, str) or not isinstance(golds, list):
            raise FootnoteError(f"{at}: a question needs “question”, a text, and “gold_ids”, a list")
        question = Question(_id(line, at, "id"), said, tuple(map(str, golds)))
        if question.id in questions:
            raise FootnoteError(f"{at}: the id {question.id} is an earlier question's, too")
        questions[question.id] = question
    return list(questions.values())


def judged(path: Path, library: Library, limit: int | None = None) -> Dataset:
    """The answerable questions of a file, their golds found in the library; the first `limit` of them.

    Raises:
        FootnoteError: a gold is no paper of the library, or a title is that of several.
    """
    titled: dict[str, list[str]] = {}
    for paper in library.papers():
        titled.setdefault(paper.title, []).append(document_id(paper))
    questions = [question for question in read_questions(path) if question.gold_ids]
    qrels = {
        q.id: dict.fromkeys((_resolved(gold, titled, library, path) for gold in q.gold_ids), 1)
        for q in questions
    }
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


def _resolved(gold: str, titled: Mapping[str, list[str]], library: Library, path: Path) -> str:
    found = titled.get(gold, [])
    if len(found) > 1:
        raise FootnoteError(f"{path}: {len(found)} papers have the title “{gold}”; give an id")
    if found:
        return found[0]
    try:
        return document_id(library.paper(gold))
    except FootnoteError:
        raise FootnoteError(
            f"{path}: “{gold}” is neither an id nor the exact title of a paper of {library.path}"
        ) from None


def _qrels_file(folder: Path, split: str) -> Path:
    path = folder / "qrels" / f"{split}.tsv"
    if path.is_file():
        return path
    there = sorted(each.stem for each in (folder / "qrels").glob("*.tsv"))
    say = f"use --split with one of {', '.join(there)}" if there else "a BEIR folder has qrels/test.tsv"
    raise FootnoteError(f"{path}: no such file; {say}")


def _read_qrels(path: Path) -> Qrels:
    qrels: Qrels = {}
    for number, line in enumerate(_text(path).splitlines(), start=1):
        cells = line.split("\t")
        is_header = number == 1 and not cells[-1].strip().lstrip("-").isdigit()
        if is_header or not line.strip():
            continue
        try:
            query, document, grade = cells
            qrels.setdefault(query.strip(), {})[document.strip()] = int(grade)
        except ValueError:
            raise FootnoteError(
                f"{path}:{number}: not “query-id, corpus-id, score” with tabs between"
            ) from None
    return qrels


def _lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a file of JSON lines, each with where it stands."""
    for number, line in enumerate(_text(path).splitlines(), start=1):
        if not line.strip():
            continue
        at = f"{path}:{number}"
        try:
            value = json.loads(line)
        except ValueError as error:
            raise FootnoteError(f"{at}: not valid JSON ({error})") from None
        if not isinstance(value, dict):
            raise FootnoteError(f"{at}: not a JSON object")
        yield at, value


def _id(line: Mapping[str, Any], at: str, key: str = "_id") -> str:
    if not (said := _said(line, key)):
        raise FootnoteError(f"{at}: no “{key}”")
    return said


def _said(line: Mapping[str, Any], key: str) -> str:
    value = line.get(key)
    return "" if value is None else str(value).strip()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise FootnoteError(f"{path}: cannot be read ({why})") from None
