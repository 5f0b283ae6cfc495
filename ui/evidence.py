"""What an answer rests on, as the evidence panel shows it: each source cited, with the quoted words of its
abstract marked, then the papers that were found besides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rag import Answer, Citation, Evidence, Hit, Paper
from ui.turns import Turn

_NEAREST = 5  # papers shown where there is no answer

_PARTS = {
    "dense": "Meaning",
    "lexical": "Words",
    "feedback": "Papers like it",
    "rerank": "Reranker",
}


@dataclass(frozen=True, slots=True)
class Words:
    """A bit of an abstract; one with an id is quoted."""

    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A paper cited, under its number."""

    id: str
    marker: int
    paper: Paper
    abstract: tuple[Words, ...]
    doubt: str
    scores: list[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Found:
    """A paper found, and not cited."""

    paper: Paper
    scores: list[tuple[str, float]]


def sources(answer: Answer, key: str) -> list[Source]:
    """Exactly the papers cited, in the order of their numbers."""
    hits = {hit.paper.paper_id: hit for hit in answer.hits}
    return [
        Source(
            source_id(key, cited.marker),
            cited.marker,
            cited.paper,
            tuple(_marked(answer, key, cited)),
            f"{cited.verdict}: {cited.reason}" if cited.verdict != "supported" else "",
            _scores(hits.get(cited.paper.paper_id)),
        )
        for cited in answer.citations
    ]


def other_papers(turn: Turn) -> tuple[list[Found], str]:
    """The papers found and not cited, and what they are called."""
    answer = turn.answer
    if answer is None:
        return [_found(hit) for hit in turn.found or ()], "Papers found"
    cited = {citation.paper.paper_id for citation in answer.citations}
    others = [_found(hit) for hit in answer.hits if hit.paper.paper_id not in cited]
    if answer.abstained:
        return others[:_NEAREST], "Nearest papers"
    return others, "Retrieved but not cited" if cited else "Papers found"


def source_id(key: str, marker: int) -> str:
    """Id of a source on the page."""
    return f"{key}-s{marker}"


def words_id(answer: Answer, key: str, cited: Citation, start: int) -> str:
    """Id of the marked words that hold this place of the abstract."""
    spans = _spans(_quoted(answer, cited))
    holding = (first for first, last in spans if first <= start < last)
    return f"{source_id(key, cited.marker)}-w{next(holding, start)}"


def _marked(answer: Answer, key: str, cited: Citation) -> Iterable[Words]:
    abstract, end = cited.paper.abstract, 0
    for start, stop in _spans(_quoted(answer, cited)):
        if start > end:
            yield Words(abstract[end:start])
        yield Words(abstract[start:stop], words_id(answer, key, cited, start))
        end = stop
    if end < len(abstract):
        yield Words(abstract[end:])


def _quoted(answer: Answer, cited: Citation) -> Iterable[Evidence]:
    """What the citation quotes, and what each sentence that cites it rests on."""
    yield from cited.evidence
    for sentence in answer.sentences:
        if cited.marker in sentence.citations:
            yield from (each for each in sentence.evidence if each.paper_id == cited.paper.paper_id)


def _spans(quoted: Iterable[Evidence]) -> list[tuple[int, int]]:
    """From and to in the abstract, in order; those that overlap become one."""
    spans: list[tuple[int, int]] = []
    for start, end in sorted((each.start, each.end) for each in quoted):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def _found(hit: Hit) -> Found:
    return Found(hit.paper, _scores(hit))


def _scores(hit: Hit | None) -> list[tuple[str, float]]:
    """The score and its parts, under names that say what they compare."""
    if hit is None:
        return []
    return [("Score", hit.score), *_parts(hit.scores)]


def _parts(scores: Mapping[str, float]) -> Iterable[tuple[str, float]]:
    return ((name, scores[part]) for part, name in _PARTS.items() if part in scores)
