"""Values → the JSON objects of the contract (docs/cli.md). Keys may be added here, never renamed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, get_args

from rag.draft_check import CheckedClaim, Status, Support
from rag.ingest.report import Findings, IngestReport, Problem
from rag.retrieval.explain import Explanation
from rag.types import Answer, Chunk, Citation, Evidence, Hit, Hits, Paper, Sentence

if TYPE_CHECKING:
    from rag.export.replay import Replay

Json = dict[str, Any]
EXAMPLES = 5  # findings of a kind; a report file has them all


def paper_json(paper: Paper) -> Json:
    """`paper`."""
    return {
        "id": paper.paper_id,
        "title": paper.title,
        "authors": list(paper.authors),
        "year": paper.year,
        "venue": paper.venue,
        "url": paper.link,
        "record_url": paper.url,
        "keywords": list(paper.keywords),
        "identifiers": dict(paper.identifiers),
        "sources": list(paper.sources),
        "abstract": paper.abstract,
    }


def hit_json(hit: Hit) -> Json:
    """`hit`."""
    return {
        "rank": hit.rank,
        "score": hit.score,
        "scores": dict(hit.scores),
        "paper": paper_json(hit.paper),
        "chunk": _chunk_json(hit.chunk),
    }


def search_json(query: str, hits: Hits, seconds: Mapping[str, float]) -> Json:
    """What `footnote search --json` prints."""
    return {
        "query": query,
        "hits": [hit_json(hit) for hit in hits],
        "within": hits.within,
        "excluded": dict(hits.excluded),
        "reason": hits.reason,
        "seconds": dict(seconds),
    }


def explanation_json(explanation: Explanation, seconds: Mapping[str, float]) -> Json:
    """What `footnote explain --json` prints."""
    said = explanation
    return {
        "query": said.query,
        "paper": paper_json(said.paper),
        "k": said.k,
        "within": said.within,
        "looked_at": said.looked_at,
        "rank": said.rank,
        "score": said.score,
        "scores": dict(said.scores),
        "weights": dict(said.weights),
        "chunk": said.chunk and _chunk_json(said.chunk),
        "words": {"matching": dict(said.matching), "lacking": dict(said.lacking)},
        "bar": said.bar,
        "missed_by": said.missed_by,
        "needs": list(said.needs),
        "reason": said.reason,
        "excluded": dict(said.excluded),
        "seconds": dict(seconds),
    }


def answer_json(answer: Answer) -> Json:
    """What `footnote ask --json` prints."""
    return {
        "question": answer.question,
        "query": answer.query,
        "k": answer.k,
        "filters": dict(answer.filters),
        "text": answer.text,
        "abstained": answer.abstained,
        "abstention": answer.abstention,
        "reason": answer.reason,
        "to_open": [paper_json(paper) for paper in answer.to_open],
        "confidence": answer.confidence,
        "forced": answer.forced,
        "notes": list(answer.notes),
        "sentences": [_sentence_json(sentence) for sentence in answer.sentences],
        "citations": [_citation_json(citation) for citation in answer.citations],
        "hits": [hit_json(hit) for hit in answer.hits],
        "excluded": dict(answer.excluded),
        "model": answer.model,
        "usage": dict(answer.usage),
        "seconds": dict(answer.seconds),
    }


def replay_json(replay: "Replay") -> Json:
    """What `footnote replay --json` prints."""
    return {
        "identical": replay.identical,
        "differences": {group: list(lines) for group, lines in replay.differences.items()},
        "versions": list(replay.versions),
        "answer": answer_json(replay.answer),
    }


def check_json(file: str, claims: Sequence[CheckedClaim]) -> Json:
    """What `footnote check --json` prints."""
    return {
        "file": file,
        "claims": [
            {
                "line": claim.line,
                "text": claim.text,
                "cited": list(claim.cited),
                "status": claim.status,
                "lacks_citation": claim.lacks,
                "supporting": [_support_json(each) for each in claim.supporting],
                "disagreeing": [_support_json(each) for each in claim.disagreeing],
                "own_citations": [_support_json(each) for each in claim.own],
                "unknown_keys": list(claim.unknown),
                "cut": claim.is_cut,
            }
            for claim in claims
        ],
        "counts": {status: sum(claim.status == status for claim in claims) for status in get_args(Status)},
        "lacking_citations": sum(claim.lacks for claim in claims),
    }


def ingest_json(report: IngestReport) -> Json:
    """What `footnote ingest --json` prints; the first few findings of a kind."""
    return _ingest_json(report, EXAMPLES)


def health_json(report: IngestReport) -> Json:
    """What `footnote ingest --report FILE.json` writes: the same with all findings that were kept."""
    return _ingest_json(report, None)


def _ingest_json(report: IngestReport, most: int | None) -> Json:
    return {
        "records": report.records,
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "duplicates": report.duplicates,
        "merged": report.merged,
        "removed": report.removed,
        "without_abstract": report.without_abstract,
        "rejected": [_problem_json(problem) for problem in report.rejected],
        "warnings": [_problem_json(problem) for problem in report.warnings],
        "papers": report.papers,
        "chunks": report.chunks,
        "seconds": report.seconds,
        "interrupted": report.interrupted,
        "health": {kind: _findings_json(found, most) for kind, found in report.health.items()},
    }


def _findings_json(found: Findings, most: int | None) -> Json:
    return {"count": found.count, "first": [asdict(finding) for finding in found.first[:most]]}


def _chunk_json(chunk: Chunk) -> Json:
    return {"id": chunk.chunk_id, "text": chunk.text, "start": chunk.start, "end": chunk.end}


def _sentence_json(sentence: Sentence) -> Json:
    return {
        "text": sentence.text,
        "marked_text": sentence.marked_text,
        "after": sentence.after,
        "marks": [list(span) for span in sentence.marks],
        "verdict": sentence.verdict,
        "code": sentence.code,
        "reason": sentence.reason,
        "citations": list(sentence.citations),
        "evidence": [_evidence_json(evidence) for evidence in sentence.evidence],
    }


def _citation_json(citation: Citation) -> Json:
    return {
        "marker": citation.marker,
        "paper": paper_json(citation.paper),
        "evidence": [_evidence_json(evidence) for evidence in citation.evidence],
        "verdict": citation.verdict,
        "reason": citation.reason,
    }


def _evidence_json(evidence: Evidence) -> Json:
    return {
        "paper_id": evidence.paper_id,
        "quote": evidence.quote,
        "start": evidence.start,
        "end": evidence.end,
    }


def _support_json(support: Support) -> Json:
    return {
        "paper": paper_json(support.paper),
        "key": support.key,
        "evidence": [_evidence_json(evidence) for evidence in support.evidence],
        "code": support.code,
        "reason": support.reason,
        "verdict": support.verdict,
    }


def _problem_json(problem: Problem) -> Json:
    return {"source": problem.source, "line": problem.line, "reason": problem.reason}
