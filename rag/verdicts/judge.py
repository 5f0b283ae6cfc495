"""One claim, the sources it cites and those it might have cited → what the rules find, the worst first."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

from rag.interfaces import Span
from rag.types import Evidence, Paper
from rag.verdicts.additions import added
from rag.verdicts.attribution import better_source
from rag.verdicts.bounds import bound_turned
from rag.verdicts.claims import Claim, Finding, Source
from rag.verdicts.contrast import sides_exchanged
from rag.verdicts.direction import contradiction
from rag.verdicts.evidence import Match, find, together
from rag.verdicts.exchange import exchanged, misplaced, names_exchanged
from rag.verdicts.hedging import overclaims
from rag.verdicts.nulls import null_denied
from rag.verdicts.numbers import figures, foreign_numbers
from rag.verdicts.poles import poles_exchanged
from rag.verdicts.reader import Reader
from rag.verdicts.scales import CHANGES
from rag.verdicts.support import SUPPORTED, adds, carriers, weigh

_MANY = 4  # sources
_LONGEST = 3_000  # characters; the rules compare each word with each, and what is longer is no sentence
_LONGEST_NAME = 2  # words
_OURS = re.compile(
    r"\b(?:we|our|here|this (?:paper|work|study|article|follow-up)|the (?:authors|proposed))\b", re.IGNORECASE
)
_CARRIED = {"quoted", "matches", "over_cited"}
_QUOTED = Finding("quoted", "supported", "the abstract's own words")


@dataclass(frozen=True, slots=True)
class Part:
    """What is found of one source that a claim cites, and the words of it that come nearest."""

    paper: Paper
    finding: Finding
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is found of a claim, and its sources one by one."""

    finding: Finding
    parts: tuple[Part, ...]


def judge(claim: Claim, cited: Sequence[Source], others: Sequence[Source], reader: Reader) -> Judgement:
    """Judge a claim by at least one cited source. `others` were shown beside them and are not cited.

    Rules go from the worst finding to the mildest, and the first that finds something decides.
    """
    matches = [find(claim, source) for source in cited]
    quotes = [quotation(claim.text, source.paper, source.spans) for source in cited]
    if any(quotes):
        finding = _QUOTED
    elif len(claim.text) > _LONGEST:
        finding = Finding("not_found", "unsupported", f"more than {_LONGEST:,} characters are not checked")
    else:
        finding = _contradicted(claim, matches, others, reader) or _overstated(claim, matches, reader)
    if finding.verdict == "supported" and (many := _over_cited(claim, matches)):
        finding = many
    parts = tuple(
        Part(match.source.paper, _of_source(match, matches, claim, finding), quote or match.evidence)
        for match, quote in zip(matches, quotes, strict=True)
    )
    idle = next((part.finding for part in parts if part.finding.code == "idle_citation"), None)
    return Judgement(idle if idle and finding.verdict == "supported" else finding, parts)


def own_words(text: str, paper: Paper, spans: Sequence[Span]) -> Judgement | None:
    """What `judge` finds of a text that cites one paper and is a whole sentence of it, or several, without
    reading more than where its sentences stand; None of any other text.
    """
    quote = quotation(text, paper, spans)
    return Judgement(_QUOTED, (Part(paper, _QUOTED, quote),)) if quote else None


def quotation(text: str, paper: Paper, spans: Sequence[Span]) -> tuple[Evidence, ...]:
    """Where the text stands in the abstract, if it is a whole sentence of it, or several."""
    starts, ends = {start for start, _ in spans}, {end for _, end in spans}
    abstract, text = paper.abstract, text.strip()
    start = abstract.find(text) if text else -1
    while start >= 0:
        if start in starts and start + len(text) in ends:
            return (Evidence(paper.paper_id, text, start, start + len(text)),)
        start = abstract.find(text, start + 1)
    return ()


def _contradicted(
    claim: Claim, matches: Sequence[Match], others: Sequence[Source], reader: Reader
) -> Finding | None:
    """What no reader would let pass; None if there is nothing of the kind."""
    terms = reader.terms
    better = better_source(claim, together(claim, matches), others)
    if better:
        return Finding("wrong_source", "unsupported", f"it rather is what “{better.source.paper.title}” says")
    strange = foreign_numbers(claim.text, figures([match.source.paper for match in matches]))
    if strange:
        return Finding("number", "unsupported", _nowhere(strange, matches))
    if swapped := exchanged(claim.text, _sentences(matches), claim.stems, terms):
        return Finding("swapped_number", "unsupported", _other_way_round(swapped))
    if swapped := misplaced(claim.text, [*_sentences(matches), *_besides(matches)], claim.stems, terms):
        reason = f"the abstract has “{swapped[1]}” where the sentence has “{swapped[0]}”"
        return Finding("swapped_number", "unsupported", reason)
    supported = weigh(claim, matches, terms)
    if supported.verdict == "unsupported":
        return supported
    against = _turned_round(claim, matches, reader)
    return Finding("direction", "unsupported", against) if against else None


def _turned_round(claim: Claim, matches: Sequence[Match], reader: Reader) -> str:
    """What the abstracts say the other way round, in one line."""
    terms, evidence = reader.terms, _sentences(matches)
    if bounds := bound_turned(claim.text, evidence):
        return f"the abstract says “{bounds[1]}”, the sentence “{bounds[0]}”"
    if sides_exchanged(claim.text, evidence, claim.stems, terms):
        return "the abstract has the two sides the other way round"
    own = frozenset(stem for match in matches for stem in terms(_own_name(match.source.paper)))
    claimed = reader.pointers(claim.text)
    said = [pointer for sentence in evidence for pointer in reader.pointers(sentence)]
    idf = {stem: weight for stem, weight in claim.stems.items() if stem not in own}
    if poles := poles_exchanged(claimed, said, idf):
        return _other_way_round((poles[0].text, poles[1].text))
    if names := names_exchanged(claim.text, evidence, claim.stems, terms):
        return _other_way_round(names)
    if null := null_denied(claim.text, evidence, idf, terms, _tells_change(reader)):
        return f"the abstract says “{null}”"
    background = [sentence for match in matches for sentence in _background(match.source, reader)]
    return contradiction(
        claim.text, evidence, claim.stems, reader.pointers, own, _besides(matches), background
    )


def _tells_change(reader: Reader) -> Callable[[str], bool]:
    return lambda text: any(p.key in CHANGES and p.sign for p in reader.pointers(text) if not p.paired)


def _overstated(claim: Claim, matches: Sequence[Match], reader: Reader) -> Finding:
    """What is said too strongly, or besides; else how well the rest is carried."""
    evidence, abstracts = _sentences(matches), " ".join(match.source.paper.text for match in matches)
    if stronger := overclaims(claim.text, evidence, abstracts, reader.terms):
        return Finding("over_claim", "weak", stronger)
    supported = weigh(claim, matches, reader.terms)
    said = " ".join(_all_of(match.source.paper) for match in matches)
    if supported.verdict != "supported" or not (words := added(claim, said, evidence, reader)):
        return supported
    return Finding("added", "weak", _nowhere(words, matches))


def _other_way_round(words: tuple[str, str]) -> str:
    return f"the abstract has “{words[0]}” and “{words[1]}” the other way round"


def _over_cited(claim: Claim, matches: Sequence[Match]) -> Finding | None:
    needed = carriers(claim, matches)
    if len(matches) < _MANY or needed > _MANY // 2:
        return None
    carry = "one of them carries" if needed == 1 else f"{needed} of them carry"
    return Finding("over_cited", "weak", f"it cites {len(matches)} sources where {carry} it")


def _of_source(match: Match, matches: Sequence[Match], claim: Claim, finding: Finding) -> Finding:
    """What is found of the sentence holds for each source, but for those that others leave idle."""
    others = [other for other in matches if other is not match]
    if finding.code not in _CARRIED or not others or adds(match, others, claim):
        return finding
    if match.support >= SUPPORTED and not foreign_numbers(claim.text, figures([match.source.paper])):
        return finding  # adds nothing, but would do by itself
    return Finding("idle_citation", "weak", f"the abstract of {match.source.name} adds nothing to it")


def _own_name(paper: Paper) -> str:
    """`GaLore` of "GaLore: Memory-Efficient Training"; empty where the title has none."""
    name, colon, _ = paper.title.partition(":")
    return name if colon and len(name.split()) <= _LONGEST_NAME else ""


def _sentences(matches: Sequence[Match]) -> list[str]:
    return [match.source.text(place)[:_LONGEST] for match in matches for place in match.places]


def _besides(matches: Sequence[Match]) -> list[str]:
    """The sentences of the same abstracts that are no evidence."""
    return [
        match.source.text(place)[:_LONGEST]
        for match in matches
        for place in range(len(match.source.spans))
        if place not in match.places
    ]


def _background(source: Source, reader: Reader) -> list[str]:
    """The sentences before the first that speaks of the paper's own work, if one does."""
    texts = [source.text(place) for place in range(len(source.spans))]
    name = frozenset(reader.terms(_own_name(source.paper)))
    own = (i for i, text in enumerate(texts) if _OURS.search(text) or name.intersection(reader.terms(text)))
    return texts[: next(own, 0)]


def _all_of(paper: Paper) -> str:
    """All that may be said of a paper because it stands in its record."""
    return " ".join([paper.text, *paper.authors, paper.venue, paper.link, *chain(*paper.identifiers.items())])


def _nowhere(words: Sequence[str], matches: Sequence[Match]) -> str:
    named = ", ".join(f"“{word}”" for word in dict.fromkeys(words))
    verb = "stands" if len({*words}) == 1 else "stand"
    return f"{named} {verb} nowhere in the abstract of {_names(matches)}"


def _names(matches: Sequence[Match]) -> str:
    return " or ".join(match.source.name for match in matches)
