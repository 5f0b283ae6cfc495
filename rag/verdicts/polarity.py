"""Which way the words of a text point: up or down, better or worse, said or denied; and of what."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.verdicts.phrases import in_plain_words
from rag.verdicts.scales import (
    ACTS,
    CONDITIONS,
    DENIALS,
    LITTLE,
    MEASURES,
    OF_SUBJECTS,
    OPPOSITE,
    PHRASE_ENDS,
    REPLACED,
    SLIGHT,
    pairs_of,
    pattern,
    scales_of,
)

_TOKEN = re.compile(r"[A-Za-z0-9]+(?:[.'’@][A-Za-z0-9]+)*(?:-[A-Za-z0-9.]+)*|[,.;:!?()—]")
_ATTRIBUTES = {"best", "worst", "same", "different"}  # before a noun they only tell which
_STAND_INS = {"one", "ones", "those", "such"}
_PRONOUNS = {"it", "them", "him", "her", "both"}
_ADVERB = re.compile("[a-z]+ly|be|been|used|able|much|any|even|still|very|always|makes?|lets?")
_SIZES = {"larger": {"large", "larger", "big", "bigger"}, "smaller": {"small", "smaller"}}
_CUT = re.compile(r"[,;:()—]|with|by|for|in|at|to|from|than|whereas|while|but")
_CLAUSE_END = re.compile(
    "[,;:.()—]|and|or|whereas|while|but|which|that|who|when|if|as|than|because|so|once|though"
)
_PREPOSITION = re.compile("with|by|for|in|at|to|from|on|into|over|under|per|through|between|across|without")
_OR = {"or", "nor"}
_LESSENS = re.compile("less|lower(s|ed|ing)?|(reduc|remov|eliminat|minimi[sz]|suppress|curb).*")
_HAS = {"has", "have", "had", "times", "using", "uses", "use"}
_NEED = pattern("need* requir* reli* rely* depend* demand* call calls asks must necessit* with")
_NEEDED = pattern("need* requir* involv* necessary called")
_GOVERNED = 4  # words after "needs" that may be what is needed
_NEAR = 7  # words on either side that tell what a word speaks of
_LISTED = 2  # words on either side among which its other may be named with it
_CONDITION = 4  # words after "as" or "when" that say when, and not what
_DENIAL, _LITTLE, _SLIGHT = pattern(DENIALS), pattern(LITTLE + SLIGHT), pattern(SLIGHT)
_END = pattern(PHRASE_ENDS)
_WHEN = pattern(CONDITIONS)


@dataclass(frozen=True, slots=True)
class Pointer:
    """A word that points somewhere.

    `key` is its scale, or for a word on none its `stem`. `sign` is where it points on its scale (1, -1, or 0
    for level); for other words whether it is said (1), denied (-1) or said of little (0). `near` are the
    stems around it, by closeness, `before` those up to it, `subject` those since the last comma or
    preposition, and `than` those that it is compared with
    ("faster than …"); `all` are those of the sentence. `denied` are the stems of the phrase that is denied
    with it by the word `by`, `replaced` those of what stands in its place ("linearly instead of …"). `needed`
    is whether it is what something needs, `of_subject` whether it tells which subject is spoken of ("larger
    models"). `paired` words are on a scale of scales.pairs_of only; a word that
    `opens` the sentence tells what is done ("removing a stage"), not what becomes of it.
    """

    text: str
    key: str
    stem: str
    on_scale: bool
    sign: int
    near: Mapping[str, float]
    bound: Mapping[str, float]
    before: frozenset[str]
    subject: frozenset[str]
    than: frozenset[str]
    all: frozenset[str]
    denied: frozenset[str]
    by: str
    replaced: frozenset[str]
    needed: bool
    of_subject: bool
    paired: bool = False
    opens: bool = False


@dataclass(slots=True)
class _Word:
    text: str
    stems: Sequence[str]
    scales: tuple[tuple[str, int], ...] = ()
    sign: int = 1
    denied: frozenset[str] = frozenset()
    by: str = ""
    replaced: frozenset[str] = frozenset()


def pointers(text: str, terms: Callable[[str], Sequence[str]]) -> list[Pointer]:
    """All of a sentence, in order; `terms` turns a text into stems."""
    words = [_read(token, terms) for token in _TOKEN.findall(in_plain_words(text))]
    _mark_denials(words)
    stems = _stems(words)
    return [pointer for place in range(len(words)) for pointer in _pointers(words, place, stems)]


def _read(token: str, terms: Callable[[str], Sequence[str]]) -> _Word:
    scales = scales_of(token.lower())
    opposite = None if scales else OPPOSITE.match(token.lower())
    if opposite:
        stems = terms(token[opposite.end() :])
        return _Word(token, stems, (), -1, frozenset(stems))
    return _Word(token, () if token.lower() in _STAND_INS else terms(token), scales)


def _pointers(words: list[_Word], place: int, stems: frozenset[str]) -> Iterator[Pointer]:
    word = words[place]
    before, after = words[max(0, place - _NEAR) : place], words[place + 1 : place + 1 + _NEAR]
    if word.text.lower() in _ATTRIBUTES and _is_of_subject(before, after):
        return
    if word.scales and (_is_condition(before) or _is_compared_with(before) or _is_degree(word, after)):
        return
    rest = words[place + 1 : place + 1 + 2 * _NEAR]
    than = next((i for i, w in enumerate(rest) if w.text.lower() == "than"), None)
    of_subject = _is_of_subject(before, after)
    turned = _turned(before)
    keys = [
        (_scale(name, of_subject, after), way * (turned if name in MEASURES else 1) * word.sign)
        for name, way in word.scales
    ]
    if of_subject and than is not None:  # "needs fewer steps than"
        keys += [("amount", sign) for key, sign in keys if key in OF_SUBJECTS]
    if not keys:
        keys = [(stem, word.sign) for stem in word.stems if not stem.isdigit()]
    for key, sign in keys:
        yield Pointer(
            word.text, key, next(iter(word.stems), key), bool(word.scales), sign,
            dict.fromkeys({*word.stems} - {key}, 0.0) | _closeness(before[::-1]) | _closeness(after),
            _bound(before[::-1]) | _bound(after),
            _stems([*before, word, *rest[:than]] if than is None else words[: place + 1 + than]),
            _stems(_subject(before)), _than(rest), stems, word.denied, word.by, word.replaced,
            _is_needed(before, after), of_subject, opens=_opens(word, place),
        )  # fmt: skip
    none = frozenset[str]()
    for key, sign in _pairs(words, place):
        yield Pointer(
            word.text, key, next(iter(word.stems), key), True, sign, {}, _bound(before[::-1]) | _bound(after),
            none, none, none, none, none, "", none, False, False, paired=True,
        )  # fmt: skip


def _pairs(words: list[_Word], place: int) -> Iterator[tuple[str, int]]:
    """The pairs of a word, but for those it is listed in ("keys and values")."""
    around = words[max(0, place - _LISTED) : place + 1 + _LISTED]
    beside = {pair for word in around for pair in pairs_of(word.text.lower())}
    for key, sign in pairs_of(words[place].text.lower()):
        if (key, -sign) not in beside or key in ACTS:
            yield key, sign


def _is_needed(before: list[_Word], after: list[_Word]) -> bool:
    """Whether something "needs" it, or it "is needed"."""
    return any(_NEED.fullmatch(word.text.lower()) for word in before[-_GOVERNED:]) or any(
        _NEEDED.fullmatch(word.text.lower()) for word in after
    )


def _scale(name: str, of_subject: bool, after: list[_Word]) -> str:
    """What "is larger", or "less than" something, has changed; "larger models" are what is spoken of."""
    than = bool(after) and after[0].text.lower() == "than"
    return "amount" if (name == "size" and not of_subject) or (name == "number" and than) else name


def _subject(before: list[_Word]) -> list[_Word]:
    cuts = [place for place, word in enumerate(before) if _CUT.fullmatch(word.text.lower())]
    return before[cuts[-1] + 1 :] if cuts else before


def _is_degree(word: _Word, after: list[_Word]) -> bool:
    """Whether it is the "more" of "more slowly"."""
    return any(name == "number" for name, _ in word.scales) and bool(after and after[0].scales)


def _is_of_subject(before: list[_Word], after: list[_Word]) -> bool:
    """Whether it stands before a noun, but for one that something has."""
    has = any(word.text.lower() in _HAS for word in before[-2:])
    return not has and bool(after) and bool(after[0].stems) and not _is_end(after[0].text)


def _is_condition(before: list[_Word]) -> bool:
    """Whether a word stands in a clause like "as inputs grow"."""
    for distance, word in enumerate(reversed(before[-_CONDITION:])):
        if not word.text[0].isalnum():
            return False
        if _WHEN.fullmatch(word.text.lower()):
            plays_a_part = before[len(before) - distance : len(before) - distance + 1]
            is_part = bool(plays_a_part) and plays_a_part[0].text.lower() in {"a", "an"}
            return distance > 0 and not is_part  # "as fast as" and "as a help" are none
    return False


def _opens(word: _Word, place: int) -> bool:
    """Whether it opens the sentence as what is done: "Removing a stage lowers the score"."""
    return place == 0 and word.text.endswith("ing")


def _is_compared_with(before: list[_Word]) -> bool:
    """Whether a word stands behind "than", in what something else is compared with."""
    texts = [word.text.lower() for word in before[-_CONDITION:]]
    return "than" in texts and all(text[0].isalnum() for text in texts[texts.index("than") :])


def _turned(before: list[_Word]) -> int:
    """-1 in "less expensive" and "lowers the speed"."""
    return -1 if any(_LESSENS.fullmatch(word.text.lower()) for word in before[-2:]) else 1


def _than(after: list[_Word]) -> frozenset[str]:
    """What follows the next "than" in the sentence, up to the end of the phrase."""
    texts = [word.text.lower() for word in after]
    if "than" not in texts or any(text in ".;" for text in texts[: texts.index("than")]):
        return frozenset()
    phrase: list[_Word] = []
    following = after[texts.index("than") + 1 :]
    if following and following[0].text.lower() in _PRONOUNS:
        return frozenset()  # of what it stands for nothing is known
    for word in following:
        if _stems(phrase) and _is_end(word.text):
            break
        phrase.append(word)
    return _stems(phrase)


def _mark_denials(words: list[_Word]) -> None:
    """What stands behind a "not", up to the end of its phrase, is denied; behind "slightly" it is little."""
    for place, word in enumerate(words):
        text = word.text.lower()
        if text == REPLACED or _DENIAL.fullmatch(text) or _LITTLE.fullmatch(text):
            instead = _stems(words[max(0, place - 2) : place]) if text == REPLACED else frozenset[str]()
            for phrase in _phrases(words, place + 1):
                head = next((w for w in phrase if w.scales or not _ADVERB.fullmatch(w.text.lower())), None)
                for other in phrase:
                    if not other.scales or other is head:
                        _mark(other, text, _stems(phrase), instead)
                        other.sign = (
                            0 if place == 0 and text == "without" and not other.scales else other.sign
                        )
                    else:
                        other.by = text


def _mark(word: _Word, by: str, denied: frozenset[str], instead: frozenset[str]) -> None:
    word.by = by
    if word.scales and _SLIGHT.fullmatch(by) and not any(name == "effect" for name, _ in word.scales):
        return
    word.denied, word.replaced = denied, instead
    word.sign = -word.sign if word.scales or _DENIAL.fullmatch(by) else 0


def _phrases(words: list[_Word], first: int) -> list[list[_Word]]:
    """The words that say something from there on, up to the end of their phrase, apart at each "or"."""
    phrases: list[list[_Word]] = [[]]
    for word in words[first:]:
        if _is_end(word.text) and (phrases[0] or not word.text[0].isalnum()):
            break
        if word.text.lower() in _OR and phrases[-1]:
            phrases.append([])
        if word.stems or word.scales:
            phrases[-1].append(word)
    return phrases


def _is_end(text: str) -> bool:
    return not text[0].isalnum() or bool(_END.fullmatch(text.lower()))


def _closeness(words: list[_Word]) -> dict[str, float]:
    """1 for the stems next to a word, and less and less for those further off."""
    return {
        stem: 1 - distance / (_NEAR + 1)
        for distance, word in reversed([*enumerate(words)])
        for stem in word.stems
    }


def _stems(words: list[_Word]) -> frozenset[str]:
    """Large and larger are one here, and so are small and smaller: they tell subjects apart."""
    found = {stem for word in words for stem in word.stems}
    texts = {word.text.lower() for word in words}
    return frozenset(found | {size for size, said in _SIZES.items() if texts & said})


def _bound(words: list[_Word]) -> dict[str, float]:
    """1 for the stems next to a word, a quarter for the next, a ninth, and so on to the end of the clause."""
    bound: dict[str, float] = {}
    distance = 0
    for word in words:
        if _CLAUSE_END.fullmatch(word.text.lower()):
            break
        distance += bool(word.stems) or bool(_PREPOSITION.fullmatch(word.text.lower()))
        bound |= {stem: distance**-2 for stem in word.stems if stem not in bound}
    return bound
