"""What an answer claims, sentence by sentence → verdicts, footnotes and evidence.

Verification never repairs: it adds no citation and takes none away, it records what it finds.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.interfaces import Span
from rag.retrieval.retriever import Retriever
from rag.types import Citation, Hit, Paper, Sentence, Verdict
from rag.verdicts.claims import Finding, read_claims, read_sources
from rag.verdicts.form import foreign_links, invented_quotes
from rag.verdicts.judge import Judgement, Part, judge, own_words
from rag.verdicts.reader import Reader
from rag.words import letters

_TOO_MANY_MARKERS = 4  # places of one sentence
# "Zhao et al. (2024) show that", "According to the authors,": who says it, before what is said.
_SHOW = "demonstrate|find|found|note|noted|observe|report|show|shown|state"
_WHO_SAYS = re.compile(
    rf"(?P<who>\S.{{1,120}}?)\s(?:{_SHOW})(?:e?d|s)?\s(?:\w+ly\s)?that\s+"
    rf"|(?P<source>(?:according to|as (?:{_SHOW})(?:e?d)? (?:by|in))\s.{{2,120}}?),\s+",
    re.IGNORECASE,
)
_NAMES_NOBODY = frozenset(
    """
    abstract according al and article as authors by colleagues coworkers demonstrated et found has have in its
    noted of observed paper reported researchers showed shown stated study the their they this to work
    """.split()
)
_WORST_FIRST: tuple[Verdict, ...] = ("unsupported", "uncited", "weak", "supported")


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as it was written, without its markers, and what those say.

    `paper_ids` are the papers it cites, by first use; `unknown` the markers that mean no source; `markers`
    how many places in it are marked; `bare` whether a key stands outside brackets, as a word of the
    sentence. `shown`, `after` and `marks`: see Sentence.
    """

    text: str
    paper_ids: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    markers: int = 1
    bare: bool = False
    shown: str = ""
    after: str = " "
    marks: tuple[Span, ...] = ()


def verify(
    drafts: Sequence[Draft], hits: Sequence[Hit], retriever: Retriever
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """Judge each sentence by the abstracts it cites; docs/verdicts.md says by which rules.

    Papers are numbered from 1 by first use; one that is not among the hits gets no number, as there is
    nothing to show for it. A citation has the worst verdict of the sentences that rest on it.
    """
    shown = {hit.paper.paper_id: hit.paper for hit in hits}
    used = dict.fromkeys(i for draft in drafts for i in draft.paper_ids if i in shown)
    markers = {paper_id: n for n, paper_id in enumerate(used, start=1)}
    names = {f"[{markers[i]}]" if i in markers else f"“{paper.title}”": paper for i, paper in shown.items()}
    cites = [tuple(i for i in dict.fromkeys(draft.paper_ids) if i in shown) for draft in drafts]
    judgements = _judge_all(drafts, cites, names, retriever)
    sentences = tuple(
        _sentence(draft, [shown[i] for i in cited], tuple(markers[i] for i in cited), judgement)
        for draft, cited, judgement in zip(drafts, cites, judgements, strict=True)
    )
    parts = [part for judgement in judgements if judgement for part in judgement.parts]
    return sentences, tuple(
        _citation(n, [part for part in parts if part.paper.paper_id == i]) for i, n in markers.items()
    )


def _judge_all(
    drafts: Sequence[Draft], cites: Sequence[Sequence[str]], names: Mapping[str, Paper], retriever: Retriever
) -> list[Judgement | None]:
    """What the abstracts say of each sentence; None for those that cite none."""
    judgements = _quoted(drafts, cites, names.values(), retriever)
    citing = [i for i, cited in enumerate(cites) if cited and not judgements[i]]
    sources = {source.paper.paper_id: source for source in read_sources(names, retriever)} if citing else {}
    claims = read_claims(
        [_claimed(drafts[i].text, [sources[j].paper for j in cites[i]]) for i in citing], retriever
    )
    reader = Reader(retriever.terms, retriever.embed)
    for i, claim in zip(citing, claims, strict=True):
        others = [source for paper_id, source in sources.items() if paper_id not in cites[i]]
        judgements[i] = judge(claim, [sources[paper_id] for paper_id in cites[i]], others, reader)
    return judgements


def _quoted(
    drafts: Sequence[Draft], cites: Sequence[Sequence[str]], papers: Iterable[Paper], retriever: Retriever
) -> list[Judgement | None]:
    """Of each sentence that is the own words of the one paper it cites: for these no vector is needed, nor
    any other paper.
    """
    shown = {paper.paper_id: paper for paper in papers}
    holding = {
        i: shown[cited[0]]
        for i, (draft, cited) in enumerate(zip(drafts, cites, strict=True))
        if len(cited) == 1 and draft.text in shown[cited[0]].abstract
    }
    judgements: list[Judgement | None] = [None] * len(drafts)
    for (i, paper), sentences in zip(holding.items(), retriever.sentences(holding.values()), strict=True):
        judgements[i] = own_words(drafts[i].text, paper, sentences.spans)
    return judgements


def _claimed(text: str, cited: Sequence[Paper]) -> str:
    """What a sentence says without who says it, where that names the papers cited and nothing else."""
    found = _WHO_SAYS.match(text)
    if not found or any(text in paper.abstract for paper in cited):
        return text
    own = {word for p in cited for word in letters(f"{p.title} {p.year} {' '.join(p.authors)}").split()}
    names = letters(found["who"] or found["source"]).split()
    return text[found.end() :] if own.union(_NAMES_NOBODY).issuperset(names) else text


def _sentence(
    draft: Draft, cited: Sequence[Paper], markers: tuple[int, ...], judgement: Judgement | None
) -> Sentence:
    """The worst that is found decides; of what is as bad, the rule that comes first."""
    findings = [*_of_form(draft, cited), *([judgement.finding] if judgement else [])]
    worst = min(findings, key=lambda finding: _WORST_FIRST.index(finding.verdict))
    evidence = tuple(words for part in judgement.parts for words in part.evidence) if judgement else ()
    return Sentence(
        draft.text, worst.verdict, worst.reason, markers, worst.code, evidence,
        draft.shown, draft.after, draft.marks,
    )  # fmt: skip


def _of_form(draft: Draft, cited: Sequence[Paper]) -> Iterator[Finding]:
    """What is wrong with the way it cites, quotes and links, the worst first."""
    strange = [*draft.unknown, *(i for i in draft.paper_ids if i not in {paper.paper_id for paper in cited})]
    if strange:
        yield Finding(
            "unknown_key", "unsupported", f"it cites {_listed(strange)}, which was not among the sources"
        )
    if links := foreign_links(draft.text, cited):
        yield Finding("link", "unsupported", f"{_listed(links)} is none of the papers it cites")
    if quotes := invented_quotes(draft.text, cited):
        yield Finding("quote", "unsupported", f"{_listed(quotes)} stands in no abstract that it cites")
    if not draft.paper_ids and not draft.unknown:
        yield Finding("no_citation", "uncited", "it cites no source")
    if draft.markers >= _TOO_MANY_MARKERS:
        yield Finding("over_cited", "weak", f"it is marked in {draft.markers} places")
    if draft.bare:
        yield Finding(
            "key_in_prose", "weak", "it speaks of a source by its key, which means nothing to a reader"
        )


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)


def _citation(marker: int, parts: Sequence[Part]) -> Citation:
    """A citation has the worst verdict of the sentences that rest on it."""
    worst = min((part.finding for part in parts), key=lambda finding: _WORST_FIRST.index(finding.verdict))
    evidence = dict.fromkeys(words for part in parts for words in part.evidence)
    return Citation(marker, parts[0].paper, tuple(evidence), worst.verdict, worst.reason)
