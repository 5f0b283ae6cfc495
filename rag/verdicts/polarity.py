"""Which way the words of a text point: up or down, better or worse, said or denied; and of what."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.verdicts.denials import Word, is_end, mark_denials, stems_of
from rag.verdicts.numerals import WORDS
from rag.verdicts.phrases import in_plain_words
from rag.verdicts.scales import (
    ACTS,
    CONDITIONS,
    MEASURES,
    OF_SUBJECTS,
    OPPOSITE,
    pairs_of,
    pattern,
    scales_of,
)

_TOKEN = re.compile(r"[A-Za-z0-9]+(?:[.'’@][A-Za-z0-9]+)*(?:-[A-Za-z0-9.]+)*|[,.;:!?()—]")
_ATTRIBUTES = frozenset("best worst highest lowest same different".split())  # before a noun, only tell which
_STAND_INS = {"one", "ones", "those", "such"}
_PRONOUNS = {"it", "them", "him", "her", "both"}
_CUT = re.compile(r"[,;:()—]|with|by|for|in|at|to|from|than|whereas|while|but")
_CLAUSE_END = re.compile(
    "[,;:.()—]|and|or|whereas|while|but|which|that|who|when|if|as|than|because|so|once|though"
)
_PREPOSITION = re.compile("with|by|for|in|at|to|from|on|into|over|under|per|through|between|across|without")
_LESSENS = re.compile("less|lower(s|ed|ing)?|(reduc|remov|eliminat|minimi[sz]|suppress|curb).*")
_HAS = {"has", "have", "had", "times", "using", "uses", "use"}
_NEED = pattern("need* requir* reli* rely* depend* demand* call calls asks must necessit* with")
_NEEDED = pattern("need* requir* involv* necessary called")
_GOVERNED = 4  # words after "needs" that may be what is needed
_NEAR = 7  # words on either side that tell what a word speaks of
_LISTED = 2  # words on either side among which its other may be named with it
_CONDITION = 4  # words after "as" or "when" that say when, and not what
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


def pointers(text: str, terms: Callable[[str], Sequence[str]]) -> list[Pointer]:
    """All of a sentence, in order; `terms` turns a text into stems."""
    words = [_read(token, terms) for token in _TOKEN.findall(in_plain_words(text))]
    mark_denials(words)
    stems = stems_of(words)
    return [pointer for place in range(len(words)) for pointer in _pointers(words, place, stems)]


def _read(token: str, terms: Callable[[str], Sequence[str]]) -> Word:
    scales = scales_of(token.lower())
    opposite = None if scales else OPPOSITE.match(token.lower())
    if opposite:
        stems = terms(token[opposite.end() :])
        return Word(token, stems, (), -1, frozenset(stems))
    stems = () if token.lower() in _STAND_INS else terms(token)
    return Word(
        token, stems or ([token.lower()] if token.lower() in WORDS.keys() - _STAND_INS else ()), scales
    )


def _pointers(words: list[Word], place: int, stems: frozenset[str]) -> Iterator[Pointer]:
    word = words[place]
    before, after = words[max(0, place - _NEAR) : place], words[place + 1 : place + 1 + _NEAR]
    tells_which = word.text.lower() in _ATTRIBUTES and _is_of_subject(before, after)
    if tells_which or word.text.lower() == "significantly":  # which tells how sure it is, not what
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
            stems_of([*before, word] if than is None else words[: place + 1 + than]),
            stems_of(_subject(before)), _than(rest), stems, word.denied, word.by, word.replaced,
            _is_needed(before, after), of_subject, opens=_opens(word, place),
        )  # fmt: skip
    none = frozenset[str]()
    for key, sign in _pairs(words, place):
        yield Pointer(
            word.text, key, next(iter(word.stems), key), True, sign, {}, _bound(before[::-1]) | _bound(after),
            none, none, none, none, none, "", none, False, False, paired=True,
        )  # fmt: skip


def _pairs(words: list[Word], place: int) -> Iterator[tuple[str, int]]:
    """The pairs of a word, but for those it is listed in ("keys and values")."""
    around = words[max(0, place - _LISTED) : place + 1 + _LISTED]
    beside = {pair for word in around for pair in pairs_of(word.text.lower())}
    for key, sign in pairs_of(words[place].text.lower()):
        if (key, -sign) not in beside or key in ACTS:
            yield key, sign


def _is_needed(before: list[Word], after: list[Word]) -> bool:
    """Whether something "needs" it, or it "is needed"."""
    return any(_NEED.fullmatch(word.text.lower()) for word in before[-_GOVERNED:]) or any(
        _NEEDED.fullmatch(word.text.lower()) for word in after
    )


def _scale(name: str, of_subject: bool, after: list[Word]) -> str:
    """What "is larger", or "less than" something, has changed; "larger models" are what is spoken of."""
    than = bool(after) and after[0].text.lower() == "than"
    return "amount" if (name == "size" and not of_subject) or (name == "number" and than) else name


def _subject(before: list[Word]) -> list[Word]:
    cuts = [place for place, word in enumerate(before) if _CUT.fullmatch(word.text.lower())]
    return before[cuts[-1] + 1 :] if cuts else before


def _is_degree(word: Word, after: list[Word]) -> bool:
    """Whether it is the "more" of "more slowly"."""
    return any(name == "number" for name, _ in word.scales) and bool(after and after[0].scales)


def _is_of_subject(before: list[Word], after: list[Word]) -> bool:
    """Whether it stands before a noun, but for one that something has."""
    has = any(word.text.lower() in _HAS for word in before[-2:])
    return not has and bool(after) and bool(after[0].stems) and not is_end(after[0].text)


def _is_condition(before: list[Word]) -> bool:
    """Whether a word stands in a clause like "as inputs grow"."""
    for distance, word in enumerate(reversed(before[-_CONDITION:])):
        if not word.text[0].isalnum():
            return False
        if _WHEN.fullmatch(word.text.lower()):
            plays_a_part = before[len(before) - distance : len(before) - distance + 1]
            is_part = bool(plays_a_part) and plays_a_part[0].text.lower() in {"a", "an"}
            return distance > 0 and not is_part  # "as fast as" and "as a help" are none
    return False


def _opens(word: Word, place: int) -> bool:
    """Whether it opens the sentence as what is done: "Removing a stage lowers the score"."""
    return place == 0 and word.text.endswith("ing")


def _is_compared_with(before: list[Word]) -> bool:
    """Whether a word stands behind "than", in what something else is compared with."""
    texts = [word.text.lower() for word in before[-_CONDITION:]]
    return "than" in texts and all(text[0].isalnum() for text in texts[texts.index("than") :])


def _turned(before: list[Word]) -> int:
    """-1 in "less expensive" and "lowers the speed"."""
    texts = [word.text.lower() for word in before[-2:]]
    return -1 if texts[-1:] == ["smaller"] or any(map(_LESSENS.fullmatch, texts)) else 1


def _than(after: list[Word]) -> frozenset[str]:
    """What follows the next "than" in the sentence, up to the end of the phrase."""
    texts = [word.text.lower() for word in after]
    if "than" not in texts or any(text in ".;" for text in texts[: texts.index("than")]):
        return frozenset()
    phrase: list[Word] = []
    following = after[texts.index("than") + 1 :]
    if following and following[0].text.lower() in _PRONOUNS:
        return frozenset()  # of what it stands for nothing is known
    for word in following:
        if not word.text[0].isalnum() or (stems_of(phrase) and is_end(word.text) and word.text != "of"):
            break
        phrase.append(word)
    return stems_of(phrase)


def _closeness(words: list[Word]) -> dict[str, float]:
    """1 for the stems next to a word, and less and less for those further off."""
    return {
        stem: 1 - distance / (_NEAR + 1)
        for distance, word in reversed([*enumerate(words)])
        for stem in word.stems
    }


def _bound(words: list[Word]) -> dict[str, float]:
    """1 for the stems next to a word, a quarter for the next, a ninth, and so on to the end of the clause."""
    bound: dict[str, float] = {}
    distance = 0
    for word in words:
        if _CLAUSE_END.fullmatch(word.text.lower()):
            break
        distance += bool(word.stems) or bool(_PREPOSITION.fullmatch(word.text.lower()))
        bound |= {stem: distance**-2 for stem in word.stems if stem not in bound}
    return bound
