"""A question → the same question as others would type it: mistyped, in other words, with other names."""

import re
from collections.abc import Iterator, Mapping
from random import Random

TYPOS = 2
"""Mistyped variants of a question."""

_WORDS_A_TYPO = 8
_SHORTEST = 4  # letters of a word that is mistyped
_KEYS = "qwertyuiop asdfghjkl zxcvbnm".split()
_BESIDE = {key: row[max(0, i - 1) : i] + row[i + 1 : i + 2] for row in _KEYS for i, key in enumerate(row)}
_WORD = re.compile(r"[^\W\d_]+")

# Of science prose; each may stand for the other, whatever it is said of.
_ALIKE = tuple(
    tuple(pair.split("/"))
    for pair in """
    shows/demonstrates show/demonstrate improves/enhances improve/enhance reduces/lowers reduce/lower
    uses/employs use/employ method/approach methods/approaches large/big larger/bigger fast/quick
    faster/quicker about/roughly obtain/get need/require needs/requires cause/reason effect/influence
    start/begin
    """.split()
)
_SPELT = tuple(
    tuple(pair.split("/"))
    for pair in """
    modelling/modeling behaviour/behavior colour/color fibre/fiber optimisation/optimization
    generalisation/generalization tokenisation/tokenization quantisation/quantization
    regularisation/regularization fine-tuning/finetuning pre-training/pretraining metre/meter centre/center
    """.split()
)
_POLITE = "Could you please tell me: {}"
_QUERY_STOPS = frozenset(
    "a an the of in on to for and or is are was were be been do does did how what which why when where who"
    " whose whom that this these those it its with by from as at than then can could would should will has"
    " have had there their they them much many".split()
)


def typos(question: str, random: Random) -> Iterator[str]:
    """Variants with a slip of the fingers in one of eight words."""
    for _ in range(TYPOS):
        words = [match for match in _WORD.finditer(question) if len(match[0]) >= _SHORTEST]
        wrong = random.sample(words, min(len(words), 1 + len(question.split()) // _WORDS_A_TYPO))
        text = question
        for match in sorted(wrong, key=lambda match: -match.start()):
            text = f"{text[: match.start()]}{_mistyped(match[0], random)}{text[match.end() :]}"
        yield text


def paraphrases(question: str) -> Iterator[str]:
    """The same asked politely, in other words of science, in the other spelling, and as a bare query."""
    yield _POLITE.format(question[:1].lower() + question[1:] if _is_plain(question) else question)
    yield from (_exchanged(question, pairs) for pairs in (_ALIKE, _SPELT))
    words = (word.strip("?.,;:") for word in question.split())
    yield " ".join(word for word in words if word.lower() not in _QUERY_STOPS)


def renamed(question: str, glossary: Mapping[str, str]) -> Iterator[str]:
    """An acronym written out, or a long form shortened: the first of each that the question holds."""
    for acronym, expansion in glossary.items():
        for said, instead, case in ((acronym, expansion, re.NOFLAG), (expansion, acronym, re.IGNORECASE)):
            parts = re.split(rf"(?<!\w){re.escape(said)}(?=s?(?!\w))", question, flags=case)
            if len(parts) > 1:
                yield instead.join(parts)
                return


def _mistyped(word: str, random: Random) -> str:
    """One letter doubled, left out, exchanged with the next, or its neighbour on the keyboard."""
    place = random.randrange(1, len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    beside = random.choice(_BESIDE.get(letter.lower(), letter) or letter)
    return random.choice(
        [before + letter + letter + after, before + after, before + after[:1] + letter + after[1:],
         before + beside + after]
    )  # fmt: skip


def _is_plain(question: str) -> bool:
    """Whether it begins with a word that is capital only as the first."""
    return question.split()[:1] != [] and question.split()[0].lower() in _QUERY_STOPS


def _exchanged(question: str, pairs: tuple[tuple[str, ...], ...]) -> str:
    other = {one: two for pair in pairs for one, two in (pair, pair[::-1])}
    any_of = "|".join(sorted(map(re.escape, other), key=len, reverse=True))
    return re.sub(rf"\b(?:{any_of})\b", lambda match: other[match[0]], question)
