"""Words that point one way or the other, and words that deny; plain lists, to be read and added to."""

import re
from functools import lru_cache

from rag.verdicts.opposites import OPPOSITES, PAIRS

AS_FAST = "equallyfast"
_LEVEL = "match* equal equals equivalent comparabl* par parity rival*"  # in quality, neither up nor down

_CONSTANT = "constant constantly flat"

OF_SUBJECTS = {"number", "size", "height"}
"""Scales that tell one subject from another ("larger models") as often as what becomes of it."""

MEASURES = {
    "amount", "number", "speed", "quality", "cost", "value", "gain", "effect", "spread", "sharing", "supply",
    "degree", "stability", "firmness", "merit", "height",
}  # fmt: skip
"""Scales of what can be made more or less: to lower the speed is to be slower."""
CHANGES = {"amount", "number", "level", "quality", "speed", "effect"}
"""Scales of what becomes more or less, better or worse."""
ACTS = {"training"}
"""Pairs of what is done to a thing, where listing both says which is done to which."""

DENIALS = """
    no not never without neither nor none nothing nobody dispens* lack* avoid* forgo* forego* eschew* bypass*
    circumvent* sidestep* ignor* neglect* disregard*
"""
REPLACED = "insteadof"
"""What stands behind it is not so in one place only: "linearly instead of quadratically"."""
LITTLE = "hardly barely scarcely little few negligibl* seldom rarely "
SLIGHT = "minor slight* modest* weak minimal*"
"""The first all but deny what stands behind them, the second only make it less."""
PHRASE_ENDS = """
    and but while whereas although though yet however because since so which that until unless when if is are
    was were be been has have to of in on at by for with from into over under through between across as than
    before after
"""
"""Words at which what is denied ends."""
CONDITIONS = "as when whenever once if"

OPPOSITE = re.compile(
    r"un(?!der|it|i[qfv]|til|ion)(?=\w{4})|in(?=sensitiv|dependen|accura|compatib|feasib|complete|consisten|effectiv"
    r"|efficien|capab|appropria|applicab|conclusiv|visib|variant|variab|equal|flexib|frequen|adequa|separab|valid"
    r"|exact|direct(?:ly)?$|active$|stabil|signifi|access)|im(?=possib|practic|perfect|precis|balanc|permeab|plausib)"
    r"|ir(?=regular|relevan|reversib|replaceab)|dis(?=agree|advantag|similar|continu|connect|entangl|allow)"
    r"|de(?=central|coupl|stabili|compress)|mis(?=align|classif|match|predict)|non-?(?=\w{4})"
)
"""What makes a word its opposite: `unchanged`, `incompatible`."""


def pattern(words: str) -> re.Pattern[str]:
    """One that matches each of the words, `*` being any ending."""
    return re.compile("|".join(word.replace("*", "[a-z]*") for word in words.split()))


@lru_cache(maxsize=10_000)
def scales_of(word: str) -> tuple[tuple[str, int], ...]:
    """The scales of a word in lower case and its way there: 1 up, -1 down, 0 level. A hyphenated one
    ("lower-level") is a name, and on none.
    """
    return tuple((scale, way) for scale, way, words in _ALL if words.fullmatch(word))


@lru_cache(maxsize=10_000)
def pairs_of(word: str) -> tuple[tuple[str, int], ...]:
    """The same for pairs that tell two things apart, and of one thing alone say nothing."""
    return tuple((pair, way) for pair, way, words in _PAIRS if words.fullmatch(word))


def _read(table: str) -> list[tuple[str, int, re.Pattern[str]]]:
    found = []
    for scale, words in re.findall(r"(\w+):([^:]*)(?=\n\s+\w+:|\s*$)", table):
        up, down = words.split("|")
        found += [(scale, 1, pattern(up)), (scale, -1, pattern(down))]
    return found


_ALL = [
    *_read(OPPOSITES),
    ("quality", 0, pattern(_LEVEL)),
    ("speed", 0, pattern(AS_FAST)),
    ("amount", 0, pattern(_CONSTANT)),
]
_PAIRS = _read(PAIRS)
