"""A passport's question asked again, and what is not as it was."""

import difflib
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from rag.assistant import Assistant
from rag.errors import InputError
from rag.export.passport import Named, Passport, passport_of
from rag.library import Library
from rag.settings import Settings
from rag.types import Answer, Sentence

_TOLERANCE = 1e-6  # processors round differently
_MADE_WITH = ("encoder", "chunking", "reranker", "model", "generation")
_OUTCOME = ("query", "abstention", "confidence", "reason", "forced", "to_open", "notes")


@dataclass(frozen=True, slots=True)
class Replay:
    """`differences` are lines by what they are about: library, made with, ranking, sentences, outcome.
    `versions` are lines on what may be the cause, and is no difference by itself.
    """

    answer: Answer
    differences: Mapping[str, tuple[str, ...]]
    versions: tuple[str, ...]

    @property
    def identical(self) -> bool:
        """Whether all is as it was, but for times and versions."""
        return not self.differences


def replay(before: Passport, library: Library, settings: Settings) -> Replay:
    """Ask again, with the model of these settings, and compare. A follow-up is asked as the full question
    that it was rewritten to.

    Raises:
        InputError: the passport's question or filters cannot be used, or the library holds no abstracts.
        ModelError: the model gave no whole answer.
    """
    filters = asdict(before.filters)
    answer = Assistant(library, settings).ask(before.query, k=before.k, force=before.forced, **filters)
    now = passport_of(answer, library, settings)
    found = {
        "library": _library(before, now, library),
        "made with": _fields(_MADE_WITH, before, now),
        "ranking": _ranking(before, now),
        "sentences": _sentences(before, now),
        "outcome": _fields(_OUTCOME, before, now),
    }
    differences = {group: lines for group, said in found.items() if (lines := tuple(said))}
    versions = (
        f"{name} {before.versions.get(name, 'unknown')} → {after}"
        for name, after in now.versions.items()
        if before.versions.get(name) != after
    )
    return Replay(answer, differences, tuple(versions))


def _library(before: Passport, now: Passport, library: Library) -> Iterator[str]:
    if before.library.fingerprint == now.library.fingerprint:
        return
    papers, after = before.library.papers, now.library.papers
    yield f"{papers} papers → {after}" if papers != after else "as many papers, but not the same"
    for paper in {paper.paper_id: paper for paper in (*before.ranking, *before.citations)}.values():
        try:
            found = library.paper(paper.paper_id)
        except InputError:
            yield f"gone: {_called(paper)}"
            continue
        if found.content_hash != paper.content:
            yield f"changed: {_called(paper)}"


def _fields(names: tuple[str, ...], before: Passport, now: Passport) -> Iterator[str]:
    for name in names:
        was, is_now = getattr(before, name), getattr(now, name)
        if not _same(was, is_now):
            yield f"{name.replace('_', ' ')}: {_shown(was)} → {_shown(is_now)}"


def _ranking(before: Passport, now: Passport) -> Iterator[str]:
    was, is_now = ({hit.paper_id: hit for hit in made.ranking} for made in (before, now))
    for paper_id, hit in is_now.items():
        if paper_id not in was:
            yield f"new at place {hit.rank}: {_called(hit)}"
        elif was[paper_id].rank != hit.rank:
            yield f"place {was[paper_id].rank} → {hit.rank}: {_called(hit)}"
    for paper_id, hit in was.items():
        if paper_id not in is_now:
            yield f"no longer found, was at place {hit.rank}: {_called(hit)}"
    kept = was.keys() & is_now.keys()
    if not all(
        _same(was[i].scores | {"": was[i].score}, is_now[i].scores | {"": is_now[i].score}) for i in kept
    ):
        furthest = max(abs(was[paper_id].score - is_now[paper_id].score) for paper_id in kept)
        yield f"scores of papers found both times differ, by up to {furthest:.6f}"


def _sentences(before: Passport, now: Passport) -> Iterator[str]:
    one, other = ([sentence.marked_text for sentence in made.sentences] for made in (before, now))
    changed = list(difflib.unified_diff(one, other, n=0, lineterm=""))[2:]  # below the names of files
    yield from (f"{line[0]} {line[1:]}" for line in changed if not line.startswith("@@"))
    was = {sentence.text: sentence for sentence in before.sentences}
    for sentence in now.sentences:
        if sentence.text in was:
            yield from _judgement(was[sentence.text], sentence)
    cited = {citation.marker: citation for citation in before.citations}
    for citation in now.citations:
        earlier = cited.get(citation.marker)
        if earlier and earlier.paper_id != citation.paper_id:
            yield f"[{citation.marker}] {_called(earlier)} → {_called(citation)}"
        elif earlier and (earlier.verdict, earlier.evidence) != (citation.verdict, citation.evidence):
            yield f"[{citation.marker}] quotes other words, or has another verdict: {_called(citation)}"


def _judgement(was: Sentence, is_now: Sentence) -> Iterator[str]:
    if (was.verdict, was.code, was.reason) != (is_now.verdict, is_now.code, is_now.reason):
        yield f"{was.verdict} ({was.reason}) → {is_now.verdict} ({is_now.reason}): “{is_now.text}”"
    elif was.evidence != is_now.evidence:
        yield f"rests on other words: “{is_now.text}”"


def _called(paper: Named) -> str:
    return f"“{paper.title}” ({paper.paper_id})" if paper.title else paper.paper_id


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6f}"
    if isinstance(value, tuple | Mapping):
        said = (f"{name} {each}" for name, each in value.items()) if isinstance(value, Mapping) else value
        return ", ".join(map(str, said)) or "none"
    return "none" if value in (None, "") else str(value)


def _same(one: object, other: object) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(value, other[key]) for key, value in one.items())
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=0, abs_tol=_TOLERANCE)
    return one == other
