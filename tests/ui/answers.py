"""Answers made by hand, for what is shown of them."""

from collections.abc import Sequence
from dataclasses import replace

from rag import Answer, Chunk, Citation, Evidence, Hit, Paper, Sentence

ABSTRACT = "Adam keeps two statistics. The memory falls by 65 percent. Quality stays close to the baseline."
QUOTE = "The memory falls by 65 percent."
PAPER = Paper(
    "GaLore: Training by Projection", ABSTRACT, ("Jiawei Zhao", "Beidi Chen"), 2024, "ICML",
    identifiers={"arxiv": "2403.03507"},
)  # fmt: skip
OTHER = Paper("LoRA: Low-Rank Adaptation", "Weights are frozen.", ("Edward Hu",), 2021)


def evidence(paper: Paper = PAPER, quote: str = QUOTE) -> Evidence:
    start = paper.abstract.index(quote)
    return Evidence(paper.paper_id, quote, start, start + len(quote))


def hit(paper: Paper, rank: int = 1) -> Hit:
    chunk = Chunk(paper.paper_id, 0, 0, len(paper.abstract), paper.abstract)
    return Hit(rank, 0.8, {"dense": 0.7, "lexical": 0.4}, paper, chunk)


def answer(text: str = "It falls by 65 percent.", paper: Paper = PAPER, **changes: object) -> Answer:
    """One supported sentence that cites one paper, with another found besides."""
    words = evidence(paper, paper.abstract[27:58]) if paper.abstract == ABSTRACT else whole(paper)
    made = Answer(
        "How much memory is saved?",
        "How much memory is saved?",
        (Sentence(text, "supported", "", (1,), evidence=(words,)),),
        (Citation(1, paper, (words,), "supported", ""),),
        (hit(paper), hit(OTHER, 2)),
        0.9,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def whole(paper: Paper) -> Evidence:
    return Evidence(paper.paper_id, paper.abstract, 0, len(paper.abstract))


def abstained(hits: Sequence[Hit] = (hit(PAPER), hit(OTHER, 2))) -> Answer:
    return answer(
        sentences=(), citations=(), hits=tuple(hits), abstention="abstracts_do_not_tell",
        reason="the abstracts do not tell", to_open=(PAPER,),
    )  # fmt: skip
