"""A question, and answers to it made by hand."""

from collections.abc import Sequence
from typing import Any

from eval.questions import Nugget, Question, Quote
from eval.reading import Said, read_answer

ONE, TWO, THREE, FAR = (f"doi:10.5555/fixture.{n:03}" for n in (1, 2, 3, 40))
TONE = "It began on average 34 minutes after sunset and lasted 11 minutes"
THIN = "The model fails for crusts thinner than 6 mm, which flex instead of holding a cavity."
ASKED = Question(
    "q", "How long after sunset did the tone begin?", "single", "specific", (ONE,), (Quote(ONE, TONE),), "",
    (Nugget("tone began 34 minutes after sunset", ("34 min after dusk",)), Nugget("it lasted 11 minutes")),
    (("34 min",),),
)  # fmt: skip
UNANSWERABLE = Question("u", "Who tuned the pan?", "unanswerable", "off_topic")


def said(
    text: str, cites: Sequence[str] = (ONE, TWO), shown: Sequence[str] = (ONE, TWO, THREE), **more: Any
) -> Said:
    """An answer with markers in its text, [1] being the first of the papers it cites."""
    citations = [{"marker": n, "paper": {"id": i}, "evidence": []} for n, i in enumerate(cites, start=1)]
    hits = [{"paper": {"id": paper_id}} for paper_id in shown]
    return read_answer({"text": text, "abstained": False, "citations": citations, "hits": hits, **more})


RIGHT = said(f"{TONE} [1]")
ABSTAINED = said("The abstracts do not tell.", abstained=True)
EMPTY, CRASHED = said(""), read_answer({"id": "q", "error": "ValueError: no"})
