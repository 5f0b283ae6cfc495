"""Additions: a detail that stands nowhere in the abstract, in a sentence that it otherwise carries."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile

from rag.verdicts.claims import Claim
from rag.verdicts.reader import Reader
from rag.verdicts.scales import scales_of
from rag.words import STOP_WORDS

# Fitted on tests/data/verdicts/a to e.jsonl together. A higher _NEAR finds more details, and takes
# more free wordings for one.
_NEAR = 0.45  # cosine of two words that may stand for each other
_SAME_START, _SAME_PART = 5, 0.6  # letters that two words begin with, and their part of the longer one
_WORD = re.compile(r"[A-Za-z0-9]+(?:[.'’][A-Za-z0-9]+)*")
_NAME = re.compile(r"[A-Z]\w+|[a-z]+[A-Z]\w*|[a-z]+\d\w*")
# Words that tell how a thing is said or counted, not what is said.
_FRAME = frozenset(
    """
    author authors paper papers study work works method approach technique scheme according
    report reports reported show shows shown find finds found indicate indicates suggest suggests
    experiment experiments result results measured measure analysis recommend recommends introduces
    propose proposes proposed present call called since whatever whereas while although though yet
    however hence thus therefore moreover because despite unlike like instead rather roughly around
    approximately nearly almost about just only even merely well far much many lot several single
    double twice both each every whole entire full per across along alongside onto together former
    latter another first second overall use uses used using make makes made making take takes taken
    taking took get gets give gives giving given let lets keep keeps kept need needs needed require
    requires required become becomes turn turns come comes brings bring put puts set sets way ways
    leave leaves left range ranges depending include included including involve involved handled
    compared relative permit permits thing nothing else everything matter matters enable enables allow
    allows able run runs
    demonstrate demonstrates demonstrated observe observes observed note notes noted argue argues argued claim
    claims claimed state states stated examine examines examined investigate investigates investigated explore
    explores explored study studies studied consider considers considered discuss discusses describe describes
    described explain explains explained address addresses addressed tackle tackles aim aims target targets
    seek seeks try tries tried attempt attempts achieve achieves achieved attain attains attained obtain
    obtains obtained reach reaches reached yield yields deliver delivers provide provides provided offer
    offers produce produces produced perform performs performed carry carried conduct conducted apply applies
    applied employ employs employed utilize utilizes adopt adopts exploit exploits leverage leverages rely
    relies consist consists comprise comprises remain remains remained stay stays stayed appear appears seem
    seems tend tends prove proves proved turned amount amounts refer refers mean means imply implies reveal
    reveals highlight highlights believed thought wisdom assumed served serves serve
    notably particularly especially specifically namely essentially basically largely mainly mostly primarily
    indeed merely simply typically usually generally commonly often sometimes occasionally furthermore
    additionally also besides nevertheless nonetheless otherwise meanwhile subsequently consequently
    accordingly similarly likewise conversely respectively altogether actually really already soon later
    contrary contrast thanks owing instead
    version variant variants kind kinds type types form forms sort case cases instance example number amount
    degree extent part parts portion share rest remainder handful series variety purpose goal idea notion
    concept problem problems issue issues solution remedy reason reasons cause causes effect effects
    consequence outcome outcomes finding findings conclusion evidence fact facts aspect aspects property
    factor factors role basis ground procedure process strategy framework researchers sign signs
    good bad new old great little real possible necessary available certain various particular
    general main important easily quickly
    happen happens happened occur occurs go goes going went somewhere look looks looking see sees seen read
    spend spends spent deserve deserves notice noticed count counts partly fairly rather somewhat
    """.split()
)


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of whole abstracts and their titles, and what they are found by."""

    words: frozenset[str]
    stems: frozenset[str]
    scales: frozenset[str]
    initials: str


def added(claim: Claim, abstracts: str, evidence: Sequence[str], reader: Reader) -> list[str]:
    """Words of a claim that say what its sources do not: names, and two or more in a row.

    A word is found where the abstracts have it, another of its family or one on its scale (scales.py), or
    where it is near to one of the evidence. `abstracts` hold titles, too.
    """
    said = _read(abstracts, reader)
    words = list(_content(claim))
    strange = [word for word in words if not _is_found(word, said, reader)]
    first = _WORD.match(claim.text)
    names = [word for word in strange if _is_name(word, first is not None and word == first.group())]
    names = [name for name in names if name.lower() not in said.initials]
    others = sorted({word.lower() for text in evidence for word in _words(text)})
    if len(strange) < 2 or not others:
        return names
    nearest = reader.nearness([word.lower() for word in strange], others).max(axis=1)
    lacking = {word for word, near in zip(strange, nearest, strict=True) if near < _NEAR}
    runs = [list(run) for is_lacking, run in groupby(words, lacking.__contains__) if is_lacking]
    return names or next((run for run in runs if len(run) > 1), [])


def _content(claim: Claim) -> Iterator[str]:
    """The words that say something, without numbers, in order."""
    spans = [number.span for number in claim.numbers]
    for found in _WORD.finditer(claim.text):
        word, (start, end) = found.group(), found.span()
        is_number = any(a < end and start < b for a, b in spans)
        is_number |= bool(re.search(r"\d", word)) and not word.islower()  # the number guard's
        if not is_number and len(word) > 1 and word.lower() not in STOP_WORDS | _FRAME:
            yield word


def _is_name(word: str, opens: bool) -> bool:
    """A capital says little of the word that opens a sentence."""
    return bool(_NAME.fullmatch(word)) and not (opens and word[1:].islower())


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if word.lower() not in STOP_WORDS]


def _read(abstracts: str, reader: Reader) -> _Said:
    words = [word.lower() for word in _WORD.findall(abstracts)]
    return _Said(
        frozenset(words),
        frozenset(reader.terms(abstracts)),
        frozenset(name for word in {*words} for name, _ in scales_of(word)),
        "".join(word[0] for word in words)
        + " "
        + "".join(word[0] for word in words if word not in STOP_WORDS),
    )


def _is_found(word: str, said: _Said, reader: Reader) -> bool:
    lower = word.lower()
    if (
        lower in said.words
        or lower.removesuffix("s") in said.words
        or said.stems.issuperset(reader.terms(word))
    ):
        return True
    return any(name in said.scales for name, _ in scales_of(lower)) or any(
        _are_of_a_family(lower, other) for other in said.words
    )


def _are_of_a_family(one: str, other: str) -> bool:
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    return shared >= _SAME_START and shared >= _SAME_PART * max(len(one), len(other))
