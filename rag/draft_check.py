"""A text of the user's own → for each claim in it, the abstracts that bear it out or speak against it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from rag.cleaning import clean
from rag.draft_keys import MARKS, meant, names, read_keys
from rag.draft_text import Said, read_claiming
from rag.errors import InputError
from rag.library import Library
from rag.types import Evidence, Hit, Paper, Verdict
from rag.verdicts.claims import Claim, Source, read_claims, read_sources
from rag.verdicts.evidence import find
from rag.verdicts.judge import Part, judge
from rag.verdicts.reader import Reader

Status = Literal["supported", "partly", "disagrees", "not_found"]

_LOOKED_AT = 8  # papers for each claim
# Of papers that nobody cited one is bound to come near, so more is asked than of a cited one (of 2).
_NEAR, _ABOUT = 1.1, 1.0
_AGAINST = frozenset({"number", "direction", "swapped_number"})
_PARTLY = frozenset({"over_claim", "added", "partly"})


@dataclass(frozen=True, slots=True)
class Support:
    """What one paper of the library says of a claim; `key` is its key in a bibliography."""

    paper: Paper
    key: str
    evidence: tuple[Evidence, ...]
    code: str
    reason: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A sentence of a draft: the line it begins on, from 1, its own citations as they are written there,
    and what the library says of it, the nearest paper first.

    `own` are the papers of the library that it cites, judged like those of an answer, and `unknown` what it
    cites by a key that means none. `is_cut` is whether only its beginning was looked at.
    """

    line: int
    text: str
    cited: tuple[str, ...]
    status: Status
    supporting: tuple[Support, ...]
    disagreeing: tuple[Support, ...]
    own: tuple[Support, ...] = ()
    unknown: tuple[str, ...] = ()
    is_cut: bool = False

    @property
    def lacks(self) -> bool:
        """Whether a citation could be put here and none is."""
        return self.status == "supported" and not self.cited


def check_draft(text: str, library: Library) -> list[CheckedClaim]:
    """Look each claim of a text up in the library, and judge what it cites itself.

    Where another process takes a paper out meanwhile, it is left out.
    """
    said, retriever = read_claiming(text), library.retriever
    claims = read_claims([each.bare for each in said], retriever)
    hits = [retriever.search(claim.text, claim.vector, _LOOKED_AT) for claim in claims]
    keys = read_keys(library.papers())
    cited = [{name: meant(key, keys) for key, name in names(each.text).items()} for each in said]
    papers = {hit.paper.paper_id: hit.paper for each in hits for hit in each}
    own = {paper_id for each in cited for paper_id in each.values() if paper_id} - papers.keys()
    sources = _sources([*papers.values(), *_those_there(own, library)], keys, library)
    reader = Reader(retriever.terms, retriever.embed)
    return [
        _checked(each, claim, found, own, sources, reader)
        for each, claim, found, own in zip(said, claims, hits, cited, strict=True)
    ]


def _those_there(paper_ids: Iterable[str], library: Library) -> Iterator[Paper]:
    for paper_id in paper_ids:
        with suppress(InputError):
            yield library.paper(paper_id)


def _sources(papers: Iterable[Paper], keys: Mapping[str, str], library: Library) -> dict[str, Source]:
    """By paper id, each named by its key."""
    key_of = {paper_id: key for key, paper_id in keys.items()}
    named = {f"[@{key_of[paper.paper_id]}]": paper for paper in papers if paper.paper_id in key_of}
    return {source.paper.paper_id: source for source in read_sources(named, library.retriever)}


def _checked(
    said: Said,
    claim: Claim,
    hits: Iterable[Hit],
    cited: Mapping[str, str | None],
    sources: Mapping[str, Source],
    reader: Reader,
) -> CheckedClaim:
    found = _named(sources, (hit.paper.paper_id for hit in hits))
    own = _named(sources, cited.values())
    others = [source for source in found if source not in own]
    judged = judge(claim, own, others, reader).parts if own else ()
    status, supporting, against = _looked_up(claim, found, reader)
    return CheckedClaim(
        said.line,
        clean(said.text),
        tuple(match.group() for match in MARKS.finditer(said.text)),
        status,
        supporting,
        against,
        tuple(_support(part, source) for part, source in zip(judged, own, strict=True)),
        tuple(name for name, paper_id in cited.items() if paper_id not in sources),
        said.is_cut,
    )


def _named(sources: Mapping[str, Source], paper_ids: Iterable[str | None]) -> list[Source]:
    """Those of these papers, once each."""
    return [sources[each] for each in dict.fromkeys(filter(None, paper_ids)) if each in sources]


def _looked_up(
    claim: Claim, found: Sequence[Source], reader: Reader
) -> tuple[Status, tuple[Support, ...], tuple[Support, ...]]:
    """What papers say that nobody cited: whether they bear it out, which do, at least in part, and which
    speak against it.
    """
    near = sorted(((find(claim, source).support, source) for source in found), key=lambda each: -each[0])
    supporting, partly, against = list[Support](), list[Support](), list[Support]()
    for nearness, source in near:
        if nearness < _ABOUT:
            continue
        [part] = judge(claim, [source], [], reader).parts
        finding = part.finding
        if finding.verdict == "supported" and (nearness >= _NEAR or finding.code == "quoted"):
            supporting.append(_support(part, source))
        elif finding.code in _AGAINST:
            against.append(_support(part, source))
        elif finding.code in _PARTLY:
            partly.append(_support(part, source))
    status: Status = (
        "supported" if supporting else "disagrees" if against else "partly" if partly else "not_found"
    )
    return status, tuple(supporting or partly), tuple(against)


def _support(part: Part, source: Source) -> Support:
    key, finding = source.name.strip("[@]"), part.finding
    return Support(part.paper, key, part.evidence, finding.code, finding.reason, finding.verdict)
