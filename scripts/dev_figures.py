"""Figures on a question file: retrieval, evidence and abstention, as a library now answers.

    python scripts/dev_figures.py LIBRARY QUESTIONS.jsonl

The questions' gold papers are titles and their gold quotes exact words. Becomes part of `eval/`.
"""

import json
import statistics
import sys
from pathlib import Path
from typing import Any

from eval.measures import scores
from rag import Answer, Assistant, Evidence, Library
from rag.cleaning import clean
from rag.markup import plain_text

Question = dict[str, Any]


def main(library_path: str, questions_path: str) -> None:
    """Ask every question once and print the figures."""
    assistant = Assistant(Library.open(library_path, create=False))
    for name, value in figures(assistant, read_questions(Path(questions_path))).items():
        print(f"{value:8.4f}  {name}" if isinstance(value, float) else f"{value:8}  {name}")


def read_questions(path: Path) -> list[Question]:
    """The questions of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def figures(assistant: Assistant, questions: list[Question]) -> dict[str, float]:
    """Means over the answerable questions, and numbers abstained, by name."""
    answers = {q["id"]: assistant.ask(q["question"]) for q in questions}
    answerable = [q for q in questions if q["gold_ids"]]
    measured = {
        "nDCG@10, answerable": statistics.mean(_ndcg(assistant.library, q) for q in answerable),
        **{
            f"gold sentence among the first {n}": statistics.mean(
                _evidence_hit(q, assistant, answers[q["id"]], n) for q in answerable
            )
            for n in (1, 3, 5)
        },
        "answerable": len(answerable),
        "abstained, answerable": sum(answers[q["id"]].abstained for q in answerable),
    }
    for style in dict.fromkeys(q["style"] for q in questions if not q["gold_ids"]):
        of_style = [q for q in questions if q["style"] == style]
        measured[style] = len(of_style)
        measured[f"abstained, {style}"] = sum(answers[q["id"]].abstained for q in of_style)
        measured[f"AUROC of the confidence, {style}"] = _auroc(
            [answers[q["id"]].confidence for q in answerable], [answers[q["id"]].confidence for q in of_style]
        )
    quotes = [e for a in answers.values() for c in a.citations for e in c.evidence]
    measured["quotes"] = len(quotes)
    measured["quotes, exact"] = sum(
        assistant.library.paper(e.paper_id).abstract[e.start : e.end] == e.quote for e in quotes
    )
    measured["seconds a question, median"] = statistics.median(a.seconds["total"] for a in answers.values())
    return measured


def _auroc(answerable: list[float], others: list[float]) -> float:
    """How often an answerable question has the higher confidence of two."""
    wins = [(one > other) + (one == other) / 2 for one in answerable for other in others]
    return statistics.mean(wins)


def _ndcg(library: Library, question: Question) -> float:
    run = {question["id"]: [hit.paper.title for hit in library.search(question["question"], 10)]}
    qrels = {question["id"]: dict.fromkeys(question["gold_ids"], 1)}
    return scores(run, qrels)["nDCG@10"][question["id"]]


def _evidence_hit(question: Question, assistant: Assistant, answer: Answer, n: int) -> float:
    """Whether one of the first n quotes and a gold quote cover half of the shorter one together.

    An abstained question is a miss.
    """
    evidence = _in_reading_order(answer)[:n]
    return any(
        _overlaps(assistant.library, e, gold["id"], gold["quote"])
        for e in evidence
        for gold in question["gold_quotes"]
    )


def _in_reading_order(answer: Answer) -> list[Evidence]:
    return [evidence for sentence in answer.sentences for evidence in sentence.evidence]


def _overlaps(library: Library, evidence: Evidence, gold_title: str, gold_quote: str) -> bool:
    paper = library.paper(evidence.paper_id)
    gold_quote = clean(plain_text(gold_quote))  # as the abstracts are
    start = paper.abstract.find(gold_quote)
    if paper.title != gold_title or start < 0:
        return False
    shared = min(evidence.end, start + len(gold_quote)) - max(evidence.start, start)
    return shared * 2 >= min(len(gold_quote), len(evidence.quote))


if __name__ == "__main__":
    main(*sys.argv[1:])
