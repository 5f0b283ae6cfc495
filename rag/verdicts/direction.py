"""The direction guard: nothing rises that the abstract says falls, nothing is so that it says is not."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rag.verdicts.likeness import SEVERAL, is_denied_in_one, likeness, shared_beside
from rag.verdicts.polarity import Pointer
from rag.verdicts.scales import OF_SUBJECTS, SLIGHT, pattern

# How much of what a word of the sentence speaks of, by weight, a word of the abstract must speak of, too, to
# be held against it. How they were fitted, and on what: docs/verdicts.md.
_POINTING = 0.2  # both on one scale
_ASIDE = 2.0  # times more alike must be what is not evidence
_VALUE = 0.3  # one is good and the other bad, each in its own way
_SUBJECTS = 0.3  # both tell which things are spoken of
_LEVEL = 0.3  # the abstract says of two things that they are level
_LEVEL_HERE = 0.7  # the sentence says so, the abstract does not
_DENIED_THERE = 0.2  # the abstract denies what the sentence says
_NEEDED = 0.15  # the same of something that is needed or not, there or without it
_DENIED_HERE = 0.6  # the sentence denies what the abstract says: it may say it of something else
_DENIED_TOGETHER = 0.2  # the same of several words that stand together in both
_WHOLE = 0.5  # of a phrase that is denied must be said
_CLEARER = 0.1  # than any word of the abstract that agrees with the sentence
_OPPOSITE = 0.15  # "reliable", "unreliable"
_NEEDED_AT_ALL = 0.05  # it is needed here, and not there
_SAME_WORD = 0.03  # both on one scale by one word, which one of them denies
_OTHER_WORD = 0.35  # the same by two words
_COMPARED = 0.6  # weight of what the sentence compares with that the abstract speaks of instead
_SLIGHT = pattern(SLIGHT)
# Stems behind a "than" that do not tell what is compared with.
_ANY = frozenset("larger smaller large small other rest usual expect fear".split())


@dataclass(frozen=True, slots=True)
class _Clash:
    claimed: Pointer
    said: Pointer
    alike: float


def contradiction(
    text: str,
    evidence: Sequence[str],
    idf: Mapping[str, float],
    read: Callable[[str], Sequence[Pointer]],
    own: frozenset[str] = frozenset(),
    besides: Sequence[str] = (),
    background: Iterable[str] = (),
) -> str:
    """Where the sentence and the evidence point opposite ways, in one line; empty where they do not.

    `idf` weighs the stems of the sentence, `read` is polarity.pointers; `own` are the names
    that the papers' titles give to what an abstract calls "the method". Of the sentences `besides` the
    evidence counts only what they say is not needed. What the sentences of the `background` say, of earlier
    work, may be denied of the paper's own.
    """
    idf = {stem: weight for stem, weight in idf.items() if stem not in own}
    claimed = [pointer for pointer in read(text) if not pointer.paired]
    said = [pointer for sentence in evidence for pointer in read(sentence) if not pointer.paired]
    said += [p for sentence in besides for p in read(sentence) if p.needed and p.denied and not p.paired]
    if exchanged := _replaced(claimed) & _said(said) and _replaced(said) & _said(claimed):
        return f"the abstract has it the other way round with “{' '.join(sorted(exchanged))}”"
    elsewhere = {*background}
    here = [p for sentence in evidence if sentence not in elsewhere for p in read(sentence) if not p.paired]
    clashes = [
        clash
        for pointer in claimed
        if (
            clash := _clash(
                pointer, claimed, here if pointer.denied and not pointer.on_scale else said, own, idf
            )
        )
    ]
    if not clashes:
        clashes = _aside(claimed, said, besides, own, idf, read)
    scales = [clash.claimed.key for clash in clashes if clash.claimed.on_scale]
    words = {clash.claimed.text for clash in clashes if clash.claimed.on_scale}
    if len(words) > 1 and scales[0] in OF_SUBJECTS and clashes[0].claimed.of_subject:
        return ""  # "larger networks learn more" is said as "smaller networks learn less"
    worst = max(clashes, key=lambda clash: clash.alike, default=None)
    return _explain(worst, idf) if worst else ""


def _aside(
    claimed: Sequence[Pointer],
    said: Sequence[Pointer],
    besides: Iterable[str],
    own: frozenset[str],
    idf: Mapping[str, float],
    read: Callable[[str], Sequence[Pointer]],
) -> list[_Clash]:
    """What the rest of the abstract says against the sentence, where its evidence is silent."""
    rest = [p for sentence in besides for p in read(sentence) if p.on_scale and not p.paired]
    silent = [p for p in claimed if p.on_scale and not any(_are_comparable(p, other) for other in said)]
    return [clash for p in silent if (clash := _clash(p, claimed, rest, own, idf, _ASIDE))]


def _clash(
    claimed: Pointer,
    beside: Sequence[Pointer],
    said: Sequence[Pointer],
    own: frozenset[str],
    idf: Mapping[str, float],
    strictly: float = 1.0,
) -> _Clash | None:
    """What speaks most against a word of the sentence, if it does so more than anything speaks for it."""
    worst, agreed = None, 0.0
    denied_here, denied_there = _denied(beside, said), _denied(said, beside)
    known = frozenset[str]().union(*(other.all for other in said)) - own
    for other in said:
        if not _are_comparable(claimed, other):
            continue
        alike = likeness(claimed, other, idf)
        agrees = (
            _agree_on_scale(claimed, other, known | own, idf)
            if claimed.on_scale
            else _agree_in_words(claimed, other, known)
        )
        agrees = agrees or bool(claimed.denied & denied_there or other.denied & denied_here)
        if agrees:
            agreed = max(agreed, 0.0 if _is_taken(other, claimed, beside) else alike)
        elif alike >= strictly * _bar(claimed, other) and (not worst or alike > worst.alike):
            clash = _Clash(claimed, other, alike)
            worst = worst if _fits_better(clash, beside, idf) else clash
    if not worst or (agreed and (worst.alike < agreed + _CLEARER or not worst.said.sign)):
        return None
    return worst


def _fits_better(clash: _Clash, beside: Iterable[Pointer], idf: Mapping[str, float]) -> bool:
    """Whether another word of the sentence says what the abstract says there: it speaks of both."""
    claimed, said = clash.claimed, clash.said
    return any(
        p.on_scale
        and p.key == said.key
        and p.sign == said.sign
        and likeness(p, said, idf) >= clash.alike
        and shared_beside(p, said, idf) >= shared_beside(claimed, said, idf)
        for p in beside
        if p is not claimed and claimed.on_scale
    )


def _is_taken(other: Pointer, claimed: Pointer, beside: Iterable[Pointer]) -> bool:
    """Whether the sentence has the very same word elsewhere, of what the abstract says it of."""
    return (
        claimed.on_scale
        and claimed.stem != other.stem
        and any(p.stem == other.stem and p.key == other.key and p.sign == other.sign for p in beside)
    )


def _are_comparable(claimed: Pointer, other: Pointer) -> bool:
    if (claimed.opens and not other.text.endswith("ing")) or (
        other.opens and not claimed.text.endswith("ing")
    ):
        return False
    return claimed.key == other.key and claimed.on_scale == other.on_scale


def _agree_on_scale(
    claimed: Pointer, other: Pointer, known: frozenset[str], idf: Mapping[str, float]
) -> bool:
    """`known` are the stems of the evidence, and the names of its own."""
    than = claimed.than - _ANY
    if than and not than & known and not other.than & claimed.before:
        return True  # it compares with something else
    if than and other.than and other.than.isdisjoint(claimed.than | claimed.before):
        return True  # so does the abstract
    if not claimed.sign:
        return not other.sign or bool(other.denied) or likeness(claimed, other, idf) < _LEVEL_HERE
    if not other.sign:
        return bool(claimed.denied)  # not worse may be level
    if claimed.denied and _SLIGHT.fullmatch(other.by):
        return True  # said too strongly, no more
    return (claimed.sign == other.sign) != _turned_round(claimed, other, idf)


def _agree_in_words(claimed: Pointer, other: Pointer, known: frozenset[str]) -> bool:
    """Whether a word is denied in both or in none, or not as much as to be held against the sentence."""
    if claimed.replaced:  # by what the abstract does not speak of at all
        return bool(other.denied or claimed.replaced & known)
    if claimed.sign * other.sign >= 0:
        return True
    denial, elsewhere = (claimed, other) if claimed.sign < 0 else (other, claimed)
    if len(denial.denied & elsewhere.all) < _WHOLE * len(denial.denied):
        return True
    if _stands_together(claimed, other):
        return False
    return claimed.sign < 0 and not (claimed.before - claimed.denied) & other.all


def _bar(claimed: Pointer, other: Pointer) -> float:
    if claimed.on_scale:
        return _bar_on_scale(claimed, other)
    if _is_opposite(claimed) != _is_opposite(other) and claimed.stem == other.stem:
        return _OPPOSITE
    if claimed.sign < 0:
        return _DENIED_TOGETHER if _stands_together(claimed, other) else _DENIED_HERE
    if claimed.needed:
        return _NEEDED_AT_ALL
    return _NEEDED if other.needed else _DENIED_THERE


def _bar_on_scale(claimed: Pointer, other: Pointer) -> float:
    if is_denied_in_one(claimed, other):
        return _SAME_WORD
    if bool(claimed.denied) != bool(other.denied):
        return _OTHER_WORD
    if claimed.of_subject and other.of_subject and claimed.key in {"size", "height"}:
        return _SUBJECTS
    if claimed.key == "value":
        return _VALUE
    return _POINTING if other.sign else _LEVEL


def _is_opposite(pointer: Pointer) -> bool:
    """Whether it is denied by its own "un-"."""
    return bool(pointer.denied) and not pointer.by


def _stands_together(claimed: Pointer, other: Pointer) -> bool:
    """Whether the whole phrase behind the "not" is what the abstract says."""
    is_phrase = claimed.by in {"not", "no", "without"} and len(claimed.denied) >= SEVERAL
    return is_phrase and claimed.denied <= other.near.keys() | {other.key}


def _turned_round(claimed: Pointer, other: Pointer, idf: Mapping[str, float]) -> bool:
    """Whether they compare the same two things, the one "A with B" and the other "B with A"."""
    if not claimed.than:
        return False
    if not other.than:  # "B is slower" for "A is slower than B"
        speaks_of_it = _weight(claimed.than & other.subject, idf) >= _COMPARED * _weight(claimed.than, idf)
        shared = _weight(claimed.subject & other.subject - claimed.than, idf)
        return speaks_of_it and shared < _weight(claimed.than, idf)
    both = (claimed.than & claimed.before) | (other.than & other.before)
    crossed = (other.than & claimed.before) | (claimed.than & other.before)
    return _weight(crossed - both, idf) > _weight((other.than & claimed.than) - both, idf)


def _weight(stems: Iterable[str], idf: Mapping[str, float]) -> float:
    return sum(idf.get(stem, 1.0) for stem in stems)


def _denied(words: Iterable[Pointer], others: Iterable[Pointer]) -> frozenset[str]:
    """What is denied, but for an "un-" that the others have as well."""
    texts = {other.text for other in others}
    return frozenset().union(*(word.denied for word in words if word.by or word.text not in texts))


def _replaced(words: Sequence[Pointer]) -> frozenset[str]:
    """What something else stands in place of."""
    return frozenset(word.key for word in words if word.replaced and not word.on_scale) - _said(words)


def _said(words: Iterable[Pointer]) -> frozenset[str]:
    return frozenset(word.key for word in words if word.sign > 0 and not word.on_scale)


def _explain(clash: _Clash, idf: Mapping[str, float]) -> str:
    claimed, said = clash.claimed, clash.said
    if claimed.on_scale and not said.sign:
        return f"the abstract finds them level, the sentence says “{claimed.text}”"
    if claimed.on_scale and _turned_round(claimed, said, idf):
        return f"the abstract compares them the other way round (“{said.text}”)"
    return f"the abstract says {_shown(said)}, the sentence {_shown(claimed)}"


def _shown(pointer: Pointer) -> str:
    return f"“{pointer.text}” with a “not”" if pointer.denied else f"“{pointer.text}”"
