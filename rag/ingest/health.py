"""How healthy the records of an import are: what is missing, short, foreign, broken or there twice."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rag.ingest.report import Finding, Findings
from rag.records import Entry
from rag.types import Paper

KINDS: Mapping[str, str] = {
    "merged": "found to be a paper known by another identifier",
    "torn": "with the identifiers of two papers (kept apart)",
    "near_duplicates": "nearly the abstract of another paper (not merged)",
    "no_abstract": "without an abstract (kept, not searched)",
    "no_title": "without a title",
    "no_year": "without a year",
    "no_identifier": "without a DOI, arXiv id or PMID",
    "short_abstract": "abstract of fewer than 25 words",
    "long_abstract": "longer than the encoder reads at once (read in parts)",
    "not_english": "not in English, it seems",
    "suspicious_characters": "suspicious characters or left-over markup",
    "copyright_lines": "copyright line cut off the abstract",
}
"""Kinds of finding, in the order of the report, with what each says of a record."""

MOST = 10_000  # findings of a kind that are kept; all are counted
_SHORT = 25  # words
# Words that English has and its neighbours have not. Of 7 900 English abstracts in our development sets two
# have fewer than this share of them, sentences in seven other languages none or nearly none.
_ENGLISH = frozenset("the and of to that with this are which from by these its than our was were".split())
_LEAST_ENGLISH = 0.06
_LEAST_WORDS = 20  # to judge a language by
_WORD = re.compile(r"[^\W\d_]+")
# The replacement character, private use, a lone C1 letter pair as of UTF-8 read as Latin-1, left-over
# tags and entities, LaTeX commands.
_SUSPICIOUS = re.compile(
    r"\ufffd|[\ue000-\uf8ff]|[ÃÂ][\u0080-\u00bf]|â€|</?[a-z]+:?[a-z]+[ >/]"
    r"|&[a-z]+;|&#\d+;|\\[a-zA-Z]{2,}|\?{3,}"
)


@dataclass(slots=True)
class Health:
    """Findings of one import, gathered record by record."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, list[Finding]] = field(default_factory=dict)

    def look_at(self, entry: Entry) -> None:
        """Note what can be seen of a record by itself."""
        for kind, detail in _symptoms(entry):
            self.note(kind, entry, detail)

    def note(self, kind: str, entry: Entry, detail: str = "") -> None:
        """Note one finding."""
        record, paper = entry.record, entry.paper
        self._keep(kind, Finding(record.source, record.line, paper.paper_id, paper.title, detail))

    def note_near_duplicates(self, pairs: Iterable[tuple[Paper, Paper]]) -> None:
        """Note pairs of papers that are stored; on which line they stood is not known any more."""
        for paper, other in pairs:
            detail = f"nearly that of {other.paper_id}"
            self._keep(
                "near_duplicates", Finding(paper.sources[0], None, paper.paper_id, paper.title, detail)
            )

    def findings(self) -> dict[str, Findings]:
        """All that was found, by kind in the order of KINDS."""
        return {kind: Findings(self.counts[kind], self.first[kind]) for kind in KINDS if kind in self.first}

    def _keep(self, kind: str, finding: Finding) -> None:
        self.counts[kind] += 1
        kept = self.first.setdefault(kind, [])
        if len(kept) < MOST:
            kept.append(finding)


def _symptoms(entry: Entry) -> Iterator[tuple[str, str]]:
    paper = entry.paper
    said = {
        "no_abstract": paper.abstract,
        "no_title": paper.title,
        "no_year": paper.year,
        "no_identifier": paper.identifiers,
    }
    yield from ((kind, "") for kind, value in said.items() if not value)
    words = _WORD.findall(paper.abstract.lower())
    if 0 < len(words) < _SHORT:
        yield "short_abstract", f"{len(words)} words"
    if language := _foreign_language(entry, words):
        yield "not_english", language
    if suspicious := _SUSPICIOUS.search(f"{paper.title} {paper.abstract}"):
        yield "suspicious_characters", repr(suspicious.group())
    if entry.copyright_line:
        yield "copyright_lines", entry.copyright_line


def _foreign_language(entry: Entry, words: list[str]) -> str:
    """What the record says of its language, or that few of its words are English; else nothing."""
    said = entry.record.fields.get("language", "")
    said = (said if isinstance(said, str) else " ".join(said)).strip()
    if said:
        return "" if said.lower().startswith("en") else f"the record says {said}"
    if len(words) < _LEAST_WORDS:
        return ""
    share = sum(1 for word in words if word in _ENGLISH) / len(words)
    return f"{share:.0%} of its words are English function words" if share < _LEAST_ENGLISH else ""
