"""What people thought of answers → questions with known answers, to measure with."""

import json
from dataclasses import dataclass
from typing import Any

from rag.activity import Activity, SavedTurn
from rag.library import Library


@dataclass(frozen=True, slots=True)
class Feedback:
    """What people thought of answers, as lines of a question file (docs/evaluation.md).

    `questions` can be asked as they are; `to_complete` lack what a good answer would be, which a person
    has to write. `unreadable` counts answers that were kept as this version cannot read them.
    """

    questions: tuple[dict[str, Any], ...]
    to_complete: tuple[dict[str, Any], ...]
    unreadable: int = 0


def feedback_questions(library: Library) -> Feedback:
    """The answers that were voted or noted on: what a good one cites is gold, and another says no more than
    its note. A question asked again under the same filter has the golds of the last vote.
    """
    rated = Activity(library).rated()
    by_vote = sorted(rated, key=lambda turn: turn.vote != "")  # else in their order
    last = {(turn.answer.query, json.dumps(turn.answer.filters, sort_keys=True)): turn for turn in by_vote}
    return Feedback(
        tuple(_question(turn) for turn in last.values() if turn.vote == "up"),
        tuple(_unfinished(turn) for turn in last.values() if turn.vote != "up"),
        rated.unreadable,
    )


def _question(turn: SavedTurn) -> dict[str, Any]:
    answer = turn.answer
    cited = [citation.paper.paper_id for citation in answer.citations]
    kind = "unanswerable" if answer.abstained else "multi" if len(cited) > 1 else "single"
    return {
        "id": f"feedback-{turn.id}",
        "type": kind,
        "style": "feedback",
        "question": answer.query,
        "gold_ids": cited,
        "gold_quotes": [
            {"id": evidence.paper_id, "quote": evidence.quote}
            for citation in answer.citations
            for evidence in citation.evidence
        ],
        "answer": " ".join(sentence.text for sentence in answer.sentences),
        "nuggets": [],
        "must_contain": [],
        "note": turn.note,
    }


def _unfinished(turn: SavedTurn) -> dict[str, Any]:
    """Without what its answer rested on, which is what someone found wrong or had something to say of."""
    golds: dict[str, Any] = {"type": "", "gold_ids": [], "gold_quotes": [], "answer": ""}
    answered = "wrong_answer" if turn.vote else "noted_answer"
    return {**_question(turn), **golds, answered: turn.answer.text}
