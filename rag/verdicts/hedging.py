"""The hedge guard: what an abstract says with reserve is not said without, nor made larger than it is."""

import re
from collections.abc import Callable, Sequence

from rag.verdicts.numerals import WORDS
from rag.verdicts.quantities import before, read, same

# Strong words of a sentence, and what of its evidence gives a right to them.
_STRONG = [
    (
        (
            r"(?<!at )(?<!than )(?<!are )(?<!were )all(?! of [A-Z])"
            r"(?! (?:the )?(?:two|three|four|five|six|seven|eight|\d+)\b)"
            rf"|every(?! (?:\d|(?!one\b)(?:{'|'.join(WORDS)})|one of the \d))"
            r"|everywhere|always|any(?! (?:one|given|of))"
            r"|whichever|whatever (?:the|its|their)|universally|invariably|without exception"
        ),
        r"all|every|each|always|any|both|whole|entire\w*|across|throughout|no|none|never|regardless|whatever",
    ),
    (
        r"never|no\b[^.;]{0,40}\b(?:at all|whatsoever)",
        r"never|not|no|none|without|cannot|nothing|n't|missing|absent",
    ),
    (
        (
            r"guarantee\w*|prov(?:es?|ed|en)|conclusively|definitively|undoubtedly|certainly|ensur(?:es?|ed|ing)"
            r"|unquestionably|beyond (?:any )?doubt|as (?:a )?fact"
        ),
        r"guarantee\w*|pro(?:v\w+|of\w*)|theor\w+|bounds?|conclusive\w*|definitive\w*|certain\w*",
    ),
    (
        r"eliminat\w*|complete(?:ly)?|entirely|fully|perfect(?:ly)?|totally|wholly|exactly|identical(?:ly)?|lossless(?:ly)?",
        (
            r"(?:eliminat|complet|entire|perfect|total|whol|full|exact|precise|identical|equal|lossless|avoid|unchang|unalter)\w*"
            r"|(?:remov|vanish|disappear)\w*|same|no|not|none|never|nothing|without|free|every"
        ),
    ),
]
_NEARBY = {_STRONG[0][1], _STRONG[3][1]}  # a right to "all" is given where the same is spoken of
# Words before a noun that claim much, and those that claim less of the same noun.
_RAISED = [
    (r"all(?: the| of the| other)?|every|each|any", r"most|(?<!as )many|some|several|few|part of|certain"),
    (r"no|without(?: any)?", r"little|weak|hardly any|minor|small|slight|negligible|limited|modest|minimal"),
    (
        r"prevents?|eliminates?|stops?|abolish\w*|avoids?",
        (
            r"(?:lower|reduc|decreas|lessen|cut|limit)\w* (?:the )?"
            r"(?:incidence|risk|rate|chance|odds|likelihood|frequency) of"
        ),
    ),
    (
        r"exactly|precisely|fully|completely|perfectly|entirely|wholly|just as",
        r"nearly|almost|approximately|roughly|about|largely|partly|mostly|close to",
    ),
]
# Words that say why, and those that only say what goes together.
_CAUSE = re.compile(
    r"\b(?:caus(?:es|ed|ing)|due to|because|leads? to|results? in|demonstrates? that)\b", re.IGNORECASE
)
_NO_CAUSE = re.compile(
    r"\b(?:associated with|correlat\w*|linked to|perhaps because|one interpretation|confound\w*"
    r"|trend(?:ed)? towards?|(?:cannot|could not|unable to) (?:separate|tell|distinguish|disentangle)"
    r"|r ?= ?[-−–]?0?\.\d+)(?!\w)",
    re.IGNORECASE,
)
_RESERVES = (
    r"perhaps|maybe|may|might|could(?! be \w+ed\b| not\b)|possibly|preliminary|interpretation|likel(?:y|iest)"
    r"|un(?:proven|confirmed|clear(?! (?:why|how))|certain)|inconclusive|doubtful"
    r"|too (?:few|small|short|early) to"
    r"|seems?|appears? to|(?:suggest|conjectur|hypothes|tentative|argu|believ)\w*|speculat(?:es?|ed|ion)"
)
_CAUTIONS = (
    r"can|some|sometimes|often|usually|typically|mostly|most|many|tends?|partly|part of|in part|little|hardly"
    r"|weak|evidence|apparently|presumably|probably|one reading|par|almost|about|around|roughly|in line"
    r"|at least|up to|hints?|advis\w*|recommend\w*|propos\w*"
    r"|(?:indicat|report|claim|comparabl|similar|near|close|approximat|approach)\w*"
)
_RESERVE = re.compile(rf"\b(?:{_RESERVES})\b", re.IGNORECASE)
_CAUTION = re.compile(rf"\b(?:{_RESERVES}|{_CAUTIONS})\b", re.IGNORECASE)
_ALMOST = re.compile(
    r"\b(?:nearly|almost|most|mostly|about|around|roughly|par"
    r"|(?:comparabl|similar|near|close|approximat|approach)\w*)\b",
    re.IGNORECASE,
)
_NEARLY = re.compile(
    r"\b(?:nearly|almost|near|close to|most of|part of)\s+(?:the |that |those )?(?=[A-Za-z])", re.IGNORECASE
)
_LIMIT = re.compile(
    r"\b(?:up to|as (?:much|many|high|large) as|at (?:most|best)|no more than)\s+(?:about |over )?$",
    re.IGNORECASE,
)
_LIMITED = re.compile(  # the same in the many ways a sentence may say it
    r"\b(?:up to|as (?:much|many|high|low|large|long|few|little) as|at (?:most|best)|no more than|maximum of"
    r"|max|peak|until|under|below|within|even|past|(?:reach|limit)\w*)\b[^.;:]{0,20}$",
    re.IGNORECASE,
)
_AT_MOST = re.compile(r"\bat (?:most|best)\b", re.IGNORECASE)
_DENIED = re.compile(
    r"\b(?:not|no|without|never|neither|nor|cannot|hardly|barely|(?:giv\w+|gave) up"
    r"|(?:drop|abandon|avoid|lack|prevent|discard)\w*|rather than|instead of|whether|if)\W+(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
_MOST = 40  # numbers of a sentence that are looked at
_NOUN = 4  # letters; a shorter one says little
_SPOKEN_OF = 6  # words on either side of a reserve that tell what it is about
_LEAST_FOLLOWING = 2  # words behind it that do so if the sentence has all of them
_LEAST_SPOKEN_OF = 3  # words of its clause that do so alone
_CLAUSE = re.compile(r"[,;:.()](?= |$)")
_SHARE = 0.6  # of them that a sentence must have to be about the same

Terms = Callable[[str], Sequence[str]]


def overclaims(text: str, evidence: Sequence[str], abstracts: str, terms: Terms) -> str:
    """What the sentence says more strongly than its evidence, in one line; empty where it does not.

    `abstracts` are those that the evidence is from, whole.
    """
    return (
        _strong_word(text, evidence, abstracts)
        or _raised(text, evidence)
        or _limit_dropped(text, evidence)
        or _reserve_dropped(text, evidence, terms)
        or _nearly_dropped(text, evidence, terms)
    )


def _strong_word(text: str, evidence: Sequence[str], abstracts: str) -> str:
    for strong, licence in _STRONG:
        found = re.finditer(rf"\b(?:{strong})\b", text, re.IGNORECASE)
        said = [one for one in found if not _DENIED.search(before(text, one.start()))]
        where = " ".join(evidence) if licence in _NEARBY else abstracts
        if said and not re.search(rf"\b(?:{licence})\b", where, re.IGNORECASE):
            return f"“{said[0].group()}” goes beyond what the abstract says"
    cause, reserve = _CAUSE.search(text), _NO_CAUSE.search(" ".join(evidence))
    if cause and reserve and not _NO_CAUSE.search(text):
        return f"the abstract says “{reserve.group()}”, the sentence “{cause.group()}”"
    return ""


def _raised(text: str, evidence: Sequence[str]) -> str:
    """Across “most benchmarks” is not on “every benchmark”."""
    for much, less in _RAISED:
        for said in re.finditer(rf"\b({much}) (\w+)(?: (\w+))?", text, re.IGNORECASE):
            for noun in (noun.rstrip("s") for noun in said.groups("")[1:] if len(noun) >= _NOUN):
                weaker = re.compile(rf"\b({less}) (?:\w+ )?{noun}(?:s|es)?\b", re.IGNORECASE)
                if found := _first(weaker, evidence, unless=much):
                    return f"the abstract says “{found}”, the sentence “{said.group()}”"
    return ""


def _first(pattern: re.Pattern[str], evidence: Sequence[str], unless: str) -> str:
    for sentence in evidence:
        found = pattern.search(sentence)
        if found and not re.search(rf"\b(?:{unless})\b", sentence, re.IGNORECASE):
            return found.group()
    return ""


def _limit_dropped(text: str, evidence: Sequence[str]) -> str:
    """By “up to 65 percent” is not by “65 percent”."""
    if _AT_MOST.search(text):
        return ""
    for quantity in read(text)[0][:_MOST]:
        if _LIMITED.search(before(text, quantity.span[0])):
            continue
        places = [
            bool(_LIMIT.search(before(sentence, other.span[0])))
            for sentence in evidence
            for other in read(sentence)[0][:_MOST]
            if other.unit == quantity.unit and same(quantity, other)
        ]
        if places and all(places):
            return f"the abstract says “up to” of {quantity.text}"
    return ""


def _reserve_dropped(text: str, evidence: Sequence[str], terms: Terms) -> str:
    if _CAUTION.search(text):
        return ""
    said = set(terms(text))
    for sentence in evidence:
        for reserve in _RESERVE.finditer(sentence):
            about = _spoken_of(sentence[: reserve.start()], sentence[reserve.end() :], said, terms)
            if about and len(about & said) >= _SHARE * len(about):
                return f"the abstract says it with reserve (“{reserve.group()}”), the sentence flatly"
    return ""


def _spoken_of(first: str, last: str, said: set[str], terms: Terms) -> set[str]:
    """What a reserve between two parts of a sentence is about: what follows it in its clause, if all of that
    is `said`; else its clause, if that says enough; else the words around it.
    """
    following = {*terms(_CLAUSE.split(last)[0])}
    if len(following) >= _LEAST_FOLLOWING and following <= said:
        return following
    clause = {*terms(_CLAUSE.split(first)[-1]), *following}
    around = {*terms(first)[-_SPOKEN_OF:], *terms(last)[:_SPOKEN_OF]}
    return clause if _LEAST_SPOKEN_OF <= len(clause) < len(around) else around


def _nearly_dropped(text: str, evidence: Sequence[str], terms: Terms) -> str:
    """A “near optimal” choice is not an “optimal” one; before a number it hardly matters."""
    if _ALMOST.search(text):
        return ""
    said = set(terms(text))
    for sentence in evidence:
        for nearly in _NEARLY.finditer(sentence):
            phrase, earlier = re.split(r"[,.;:]", sentence[nearly.end() :])[0], sentence[: nearly.start()]
            what = terms(phrase)[:2]
            if len(what) == 1 and said.isdisjoint(terms(earlier)[-2:]):
                continue  # a word alone may be spoken of otherwise
            if what and said.issuperset(what) and not any(stem.isdigit() for stem in what):
                return f"the abstract says “{sentence[nearly.start() : nearly.end() + 20].strip()}…”"
    return ""
