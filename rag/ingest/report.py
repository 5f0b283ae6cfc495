"""What an ingest found and did: problems, findings on the records' health, and the report of both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a reader or ingest has to say of a record: which file, which line, what.

    `line` counts from 1 and is None where the whole file is meant. What is only a warning was taken.
    After one that `cuts_off` nothing more of the file was read. A record that `was_read` was understood,
    and is of no use.
    """

    source: str
    line: int | None
    reason: str
    is_warning: bool = False
    cuts_off: bool = False
    was_read: bool = False

    def __str__(self) -> str:
        return f"{self.source}{'' if self.line is None else f':{self.line}'}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A record that the health report names, with enough to find it again."""

    source: str
    line: int | None
    paper_id: str
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found of one kind: how many, and the first of them."""

    count: int
    first: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did.

    `records` were read; `added`, `updated`, `merged` (another source told more of it) and `unchanged`
    count papers, each once; `without_abstract` those among them that are kept but not searched;
    `duplicates` records that fell together with another of this run; `removed` papers that a synced
    source no longer holds. `papers` (with an abstract) and `chunks` are the library's totals
    afterwards. `health` maps kinds of finding (see health.KINDS) to what was found.
    `interrupted`: stopped by the user after a committed batch.
    """

    records: int
    added: int
    updated: int
    unchanged: int
    duplicates: int
    merged: int
    without_abstract: int
    removed: int
    rejected: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    papers: int
    chunks: int
    seconds: float
    interrupted: bool = False
    health: Mapping[str, Findings] = field(default_factory=dict)

    @property
    def health_in_words(self) -> Mapping[str, Findings]:
        """`health` under what each kind says of a record."""
        from rag.ingest.health import KINDS

        return {KINDS[kind]: found for kind, found in self.health.items()}
