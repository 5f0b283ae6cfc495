"""An answer as `footnote ask --json` prints it → what it claims and cites, read once for all metrics."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eval.lines import Json
from eval.wording import markers
from rag import Evidence, sentences

Quoted = Mapping[int, tuple[Evidence, ...]]
"""What a citation rests on, by marker."""
_NO_SOURCE = "unknown_key"  # the code of a sentence whose marker means none of the sources
_NOT_KEPT = 0
"""Stands for that marker, which is not kept."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer without its markers, the ids of the papers it cites, by first use, which of
    its markers mean no paper, and the words it rests on.
    """

    text: str
    cites: tuple[str, ...]
    unknown: tuple[int, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """An answer. `failed` is why there is none, else empty; `shown` are the ids of the papers it could draw
    on, best first; `cited` the papers as it renders them; `evidence` its quotes in reading order.
    """

    failed: str = ""
    abstained: bool = False
    confidence: float | None = None
    text: str = ""
    statements: tuple[Statement, ...] = ()
    shown: tuple[str, ...] = ()
    cited: tuple[Json, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def cited_ids(self) -> list[str]:
        """The ids of the papers cited, by first use."""
        return list(dict.fromkeys(paper_id for each in self.statements for paper_id in each.cites))

    @property
    def unknown(self) -> int:
        """How many markers mean no paper, each once; those that nobody kept count as one a sentence."""
        found = [marker for each in self.statements for marker in each.unknown]
        return len(set(found) - {_NOT_KEPT}) + found.count(_NOT_KEPT)

    @property
    def prose(self) -> str:
        """What it claims, without markers; nothing where it abstained."""
        return "" if self.abstained else " ".join(each.text for each in self.statements)


def read_answer(line: Mapping[str, Any]) -> Said:
    """Read one line of answers.jsonl; one with an `error`, or that says nothing, has failed."""
    if "error" in line:
        return Said(failed=str(line["error"]))
    abstained, text = bool(line.get("abstained")), str(line.get("text") or "")
    if not abstained and not text.strip():
        return Said(failed="the answer is empty")
    papers = {citation["marker"]: citation["paper"] for citation in line.get("citations", ())}
    ids = {marker: str(paper["id"]) for marker, paper in papers.items()}
    told = line.get("sentences")
    quoted = {citation["marker"]: _evidence(citation["evidence"]) for citation in line.get("citations", ())}
    statements = (_told(s, ids, quoted) for s in told) if told else _read(text, ids, quoted)
    return Said(
        abstained=abstained,
        confidence=line.get("confidence"),
        text=text,
        statements=tuple(s for s in statements if not abstained or s.cites or s.unknown),
        shown=tuple(dict.fromkeys(str(hit["paper"]["id"]) for hit in line.get("hits", ()))),
        cited=tuple(papers.values()),
        evidence=_evidence(e for s in line.get("sentences", ()) for e in s.get("evidence", ()))
        or tuple(each for evidence in quoted.values() for each in evidence),
    )


def _told(sentence: Mapping[str, Any], ids: Mapping[int, str], quoted: Quoted) -> Statement:
    """A sentence whose markers are listed beside it: brackets in its text are the abstract's own."""
    marked = list(dict.fromkeys(sentence["citations"]))
    cites = tuple(dict.fromkeys(ids[marker] for marker in marked if marker in ids))
    unknown = [marker for marker in marked if marker not in ids]
    unknown += [_NOT_KEPT] * (sentence.get("code") == _NO_SOURCE)
    own = _evidence(sentence.get("evidence", ()))
    return Statement(sentence["text"], cites, tuple(unknown), own or _of(marked, quoted))


def _read(text: str, ids: Mapping[int, str], quoted: Quoted) -> Iterator[Statement]:
    """Sentences of a text with markers in it; one after a full stop belongs to the sentence before."""
    plain, found = markers(text)
    spans = sentences(plain, 1)
    starts = [start for start, _ in spans]
    marked: list[dict[int, None]] = [{} for _ in spans]
    for number, place in found:
        of = max((i for i, start in enumerate(starts) if start < place), default=0)
        marked[of][number] = None
    for (start, end), numbers in zip(spans, marked, strict=True):
        cites = tuple(dict.fromkeys(ids[number] for number in numbers if number in ids))
        unknown = tuple(number for number in numbers if number not in ids)
        yield Statement(plain[start:end], cites, unknown, _of(numbers, quoted))


def _of(markers: Iterable[int], quoted: Quoted) -> tuple[Evidence, ...]:
    return tuple(each for marker in markers for each in quoted.get(marker, ()))


def _evidence(values: Iterable[Mapping[str, Any]]) -> tuple[Evidence, ...]:
    return tuple(Evidence(each["paper_id"], each["quote"], each["start"], each["end"]) for each in values)
