"""Phrases, and the plain words they are read as before they are looked at word by word."""

import re
from functools import lru_cache

from rag.verdicts.scales import AS_FAST

_TIMES = r"(?:[a-z]+|\d[\d.]*) times|\d[\d.]* ?[x×]"
_SIGNS = "evidence|signs?|indications?|proof|support|trace"
_VIRTUES = "accura|efficien|effectiv|robust|reliab|precis|capable|powerful"
_MAJOR = "large|big|huge|great|clear|serious|considerable|substantial|dominant|decisive|profound"
_CHANGES = "chang|effect|impact|influence|differen|evidence"
_NUMBER = (
    r"(?=[ ~$]*(?:about )?(?:\d|an? (?:half|third|quarter|fifth|tenth|percent|dozen|hundred|thousand|\d)"
    r"|one\b|half\b|two\b|three\b|four\b|five\b))"
)
_WAYS = "problems?|difficult(?:y|ies)|challenges?|obstacles?|trouble"
_WORTH = "use|help|value|benefit|avail|consequence|importance|relevance"
_VERBS = "contribut|matter|help|add|bring|mean|chang|affect|suffer|harm|hurt|differ"
_VERBS += "|vari|degrad|los|gain|benefit|cost"
_REACH = "(?:reach|match|attain|equal|rival|keep up with|keep pace with)"
_AUXILIARY = "is|are|was|were|has|have|had|does|do|did|can"
_AGREEMENT = "agreement|accord|correspondence|consistency"
_AMOUNT = "(?:number|amount|quantity)s? of"
_EFFECT = (
    "(?:effect|influence|impact|difference|change|variation|deviation|disturbance|perturbation|fluctuation|error"
    "|loss|gain|improvement|benefit|cost|risk|bias|contribution|correlation|dependence|discrepancy|reduction"
    "|increase|uncertainty)(?:e?s)?"
)
_COPULA = rf"{_EFFECT} (?:is|are|was|were|be|been|remains?|remained) (?:(?:very|quite|rather|relatively) )?"
_STOP = r"(?=[,.;]|$| (?:and|but|in|at|for|near|with|when)\b)"
_STATISTICS = re.compile(r" ?[(\[](?=[^()\[\]]*(?:\b[pPnr] ?[<>=≤]|CI\b|\bSD\b|\brange\b))[^()\[\]]*[)\]]")
_PLAIN = [  # in plain words, whatever stands around them
    (
        (
            rf"\bneither ([^,;:.]{{2,40}}?) nor ((?:[\w-]+ ){{1,6}}?)({_AUXILIARY})\b"
            r"(?! (?:needed|necessary|required))"
        ),
        r"\1 and \2\3 not",
    ),
    (
        r"\bno ((?!and\b|but\b)[a-z][^,;:.]{3,60}?) (better|worse|faster|slower|higher|lower) than\b",
        r"\1 not \2 than",
    ),
    (r"\bno (?:more|less) (?:slowly|quickly|rapidly) than\b", AS_FAST),
    (r"\b(?:keeps?|kept|keeping) (?:on )?(?=[a-z]+ing\b)", "continues "),
    (r"\ba (?:\w+ )?strength\b(?= (?:of|is|was)\b)", "strengths"),
    (r"\bnothing to do with\b", "not related to"),
    (r"\b(\w+) less than (?:feared|expected|thought|assumed|hoped)\b", r"hardly \1"),
    (r"\bspeaks? to\b", "address"),
    (rf"\bnone of ([^,;:.]{{2,40}}?) ({_AUXILIARY})\b", r"\1 \2 not"),
    (r"\bnot without\b", "with"),
    (
        (
            r"\bwithout (?:(?:resorting|recourse) to|relying on|(?:the )?(?:need|use) (?:for|of))"
            r"(?: \w+ such as)?(?= )"
        ),
        "without",
    ),
    (r"\bunless ([^,;:.]{2,60}?) (is|are|was|were|do|does)\b(?! not)", r"if \1 \2 not"),
    (r"\b(?:not|never|cannot) (?:be )?(?:neglected|ignored|disregarded|overlooked)\b", "matters"),
    (r"\b(?:can|may|could|might) be (?:neglected|ignored|disregarded)\b", "negligible"),
    (rf"\b(?:good|fair|close|excellent|reasonable|satisfactory|in|into) (?:{_AGREEMENT})\b", "agrees"),
    (rf"\b(?:poor|little|no|weak|bad) (?:{_AGREEMENT})\b|\bat odds\b|\bin contradiction\b", "disagrees"),
    (rf"\b(?:(?:an?|the) )?(?:large|great|high|vast|huge|considerable) {_AMOUNT}\b", "many"),
    (rf"\b(?:(?:an?|the) )?(?:small|low|tiny|limited) {_AMOUNT}\b|\bonly a (?:few|handful of)\b", "few"),
    (rf"\b({_COPULA})(large|big|huge){_STOP}", r"\1major"),
    (rf"\b({_COPULA})(small|tiny|slight){_STOP}", r"\1minor"),
    (r"(?<!no )(?<!little )\bat the (?:cost|expense|price) of\b", "sacrificing"),
    (
        (
            rf"\b({_VERBS})(\w*) (?:only |very |but )?(?:hardly anything|next to nothing|nothing|little)\b"
            r"(?! (?:more|less))"
        ),
        r"hardly \1\2",
    ),
    (r"\b(?:next to|almost|virtually|practically|essentially) (?:no|nothing|none)\b", "hardly any"),
    (rf"\bof (?:little|hardly any|no|limited) (?:{_WORTH})\b", "hardly helps"),
    (rf"\bpos(?:e|es|ed|ing) (?:no|few|hardly any|little) (?:real )?(?:{_WAYS})\b", "easy"),
    (rf"\bpos(?:e|es|ed|ing) (?:an? )?(?:\w+ )?(?:{_WAYS})\b", "hard"),
    (r"\bmak(?:e|es|ing) (?:no|little|hardly any) difference\b", "hardly matters"),
    (r"\b(?:hold|hang|cling)s? on ?to\b", "keeps"),
    (r"\b(?:giv(?:e|es|ing)|gave|given) up\b", "drops"),
    (r"\b(?:throw(?:s|n|ing)?|threw|cast(?:s|ing)?) (?:away|out|off)\b", "discards"),
    (r"\b(?:leav(?:e|es|ing)|left) out\b", "omits"),
    (
        (
            r"\b(?:get(?:s|ting)? by|got by|mak(?:e|es|ing) do|do(?:es|ing)?|did|manag(?:e|es|ed|ing)"
            r"|cop(?:e|es|ed|ing)) without\b"
        ),
        "without",
    ),
    (r"\bin (?:the )?absence of\b", "without"),
    (r"\b(?:go(?:es|ing)?|went|gone) up\b", "rises"),
    (r"\b(?:go(?:es|ing)?|went|gone|com(?:e|es|ing)|came) down\b", "falls"),
    (r"\b(?:(?:go(?:es|ing)?|carr(?:y|ies|ying)) on|continu(?:e|es|ed|ing)) until\b", "continues past"),
    (r"\b(?:go(?:es|ing)?|carr(?:y|ies|ying)) on\b", "continues"),
    (rf"\b(?:fail(?:s|ed|ing)? to|(?:do|does|did|can)(?: ?not|n['’]t)) {_REACH}\b", "trails than"),
    (
        (
            r"\b(?:keep(?:s|ing)?|kept|catch(?:es)?|caught) up with\b"
            r"|\b(?:com(?:e|es|ing)|came|get(?:s|ting)?|got) (?:\w+ )?(?:close|near) to\b"
            r"|\bhold(?:s|ing)? (?:up|its own) against\b|\bdraw(?:s|ing)? level with\b"
        ),
        "equals than",
    ),
    (
        r"\b(?:(?:falls?|fell|falling|well|far|a little|slightly|somewhat|way) )+short(?: of)?\b",
        "trails than",
    ),
    (r"\bthan (?:an? |the )?(?:\w+ )?(?:number|amount|set|handful|quantity) of\b", "than"),
    (r"\bless well\b", "worse"),
    (
        r"\bloss(?:es)? (?=(?:of|in) (?:\w+ )?(?:accuracy|quality|performance|precision|fidelity))",
        "degradation ",
    ),
    (r"\b(accuracy|quality|performance|precision|fidelity) loss(?:es)?\b", r"degradation of \1"),
    (r"\bwhatever (?=the|its|their)", "not depends on "),
    (r"\bcosts? (?=(?:\w+ ){0,3}(?:accuracy|quality|performance|precision)\b)", "loses "),
    (r"\bbecom(?:e|es|ing) (?:minor|negligible|small|tiny|insignificant)\b", "falls"),
    (r"\bbecom(?:e|es|ing) (?:large|major|big|severe|significant|considerable)\b", "rises"),
    (
        (
            r"\b(loss|degradation of \w+|drop|effect|cost|change|rise|overhead|difference|harm|damage)(\w*) "
            r"(?:is|are|was|were|remains?|stays?) (?:negligible|minimal|marginal|insignificant|minor)\b"
        ),
        r"negligible \1\2",
    ),
    (r"\b(?:hardly|not|never|barely|rarely) (?:found|seen|observed|shown|reported) to\b", "not"),
    (r"\b(?:only )?every (?:few |several )?(?:hundreds?|thousands?|dozens?|\d+)\b", r"rarely \g<0>"),
    (r"\b(?:at|in|on) (?:every|each) (?:single )?(?=step|iteration)", r"always \g<0>"),
    (r"\b(?:switch|turn)(?:ed|s)? on\b|(?<=always )on\b", "activated"),
    (r"\bonly (?=when|if)\b", "sometimes "),
    (r"\b(?:fall(?:s|ing)?|fell|com(?:e|es|ing)|came) apart\b|\bbr(?:eak|eaks|oke) down\b", "collapses"),
    (r"\b(?:switch|turn)(?:ed|s)? off\b", "deactivated"),
    (r"\b(?:by no means|in no way|anything but)\b", "not"),
    (r"\b(?:ha(?:s|ve|d) yet|ceas(?:e|es|ed)) to\b", "not"),
    (r"\b(?:strong|good|skilled) at\b", "strengths in"),
    (r"\b(?:weak|bad|poor) at\b|\bstruggl(?:e|es|ed|ing) (?:with|at)\b", "weaknesses in"),
    (r"\b(?:los(?:e|es|ing)|lost) (?:out )?(?:to|against)\b|\bno match for\b", "trails than"),
    (r"\b(?:regardless|irrespective) of\b|\bno matter (?:how|what|which)\b", "not depends on"),
    (r"\b(?:(?:is|are|as) )?(?:a )?functions? of\b|\bvar(?:y|ies|ied) with\b", "depends on"),
    (r"\bout of date\b", "outdated"),
    (r"\bup to date\b", "current"),
    (r"(?:^|(?<=, ))like (?=\w)", "similar to "),
    (r"\bat (?:no|zero) (?:\w+ )?(?:cost|price|expense)\b|\bfor free\b|\bfree of charge\b", "without cost"),
    (r"\bzero (?=(?:loss|cost|overhead|latency|effect|impact|drop|degradation|benefit|gain)\b)", "no "),
    (
        (
            r"\b(?:becom|gett?|grow)(?:e|es|s|ing)? (?:ever |increasingly )?"
            r"(?:costlier|dearer|more (?:expensive|costly))\b"
        ),
        "cost grows",
    ),
    (
        (
            r"\b(?:becom|gett?|grow)(?:e|es|s|ing)? (?:ever |increasingly )?"
            r"(?:cheaper|less (?:expensive|costly))\b"
        ),
        "cost falls",
    ),
]
_READ_AS = [
    (re.compile(pattern, re.IGNORECASE), plain)
    for pattern, plain in [
        (r"\bcannot\b", "can not"),
        *_PLAIN,
        (r"\ba few\b", "some"),
        (r"\b(?:not|never) (?:has|have|needs?) to(?: be)?\b", "not"),
        (r"\b(?:has|have|had) to be\b", "needs to be"),
        (r"\b(?:unable|not able|incapable|impossible|unsuited|unfit|refus(?:es|ed)) (?:to|of|for)\b", "not"),
        (r"\btoo (\w+) to\b", r"\1 and not"),
        (r"\bcan not (?:cope with|handle|tolerate|support|accommodate|deal with)\b", "no"),
        (r"\b(?:as (?:it|they) (?:is|are|was|were)|alone)(?=[,.;]|$)", "untouched"),
        (r"\b(?:relative to|compared (?:with|to)|in comparison (?:with|to)|(?<=rises )over)(?= \w)", "than"),
        (r"\b(?:takes?|took|needs?|needed) (?:longer|more time)\b", "slower"),
        (r"\b(?:takes?|took|needs?|needed|in) less time\b", "faster"),
        (r"\bnothing (?:but|other than|except)\b", "only"),
        (r"\b(?:does|do|did) away with\b|\bobviat\w+|\b(?:gets?|got) rid of\b", "avoids"),
        (
            (
                rf"\b(?:little|hardly any|scant|no) (?:{_SIGNS})"
                r"(?: (?:was|were|is|are) (?:found|seen|observed))?"
                r"(?: (?:of|that|for))?\b"
            ),
            "not",
        ),
        (r"\b(more|less|fewer) and \1\b", r"\1"),
        (rf"\b(?:twice|double|triple|{_TIMES}) as (?:many|much) as\b", "more than"),
        (
            rf"\b(?:twice|double|triple|{_TIMES}) (?:as (?:many|much)|the)((?: [a-z]+){{1,3}}?) (?:as|of)\b",
            r"more\1 than",
        ),
        (rf"\b(?:twice|double|triple|{_TIMES}) as (?:many|much)\b", "more"),
        (r"\bhalf (?:as (?:many|much)|the)((?: [a-z]+){1,3}?) (?:as|of)\b", r"fewer\1 than"),
        (r"\bhalf (?:of )?what\b", "fewer than what"),
        (r"\bhalf as (?:many|much)\b", "fewer"),
        (r"\b([a-z]+)-free\b", r"no \1"),
        (r"\brul(?:es?|ed|ing) out\b", "prevents"),
        (r"\b(no|without|not)(?: any)? (?:further|additional|extra|special)\b", r"\1"),
        (r"(?<=[a-z])n['’]t\b", " not"),
        (r"^[^.,;]*\b(?:until|unless)\b(?=.*\w)", ""),  # before it, it was otherwise
        (r"\bas (?:much|many|few|little|low|high) as\b", ""),
        (r"\btoo (?:large|big|long)\b", "larger"),
        (r"\btoo (?:small|short)\b", "smaller"),
        (rf"\b(?:{_MAJOR}) (?={_CHANGES})", "major "),
        (rf"\b(?:little|hardly any|small|slight|negligible|modest|limited) (?={_CHANGES})", "minor "),
        (r"\bminor (effect|impact|influence)\b", r"minor \1 unaffected"),
        (
            r"\b((?:all )?\w+(?: of(?: \w+){1,3})?) (?:is|are|was|were) (?:missing|absent|lacking)\b",
            r"no \1",
        ),
        (
            (
                r"\b(?:is|are|was|were|be|been) (?:\w+ )?(?:outperform|outscor|outdone|beaten|surpass|exceed"
                r"|overtaken|outpac|outclass|eclips|bettered)"
                r"(?:e?d)?((?: (?!by\b)\w+){0,8}) by\b"
            ),
            r"trails\1 than",
        ),
        (r"\b(\w+) no more than\b(?! (?:\w+ )?(?:\d|an?\b|one\b))", r"not \1 more than"),
        (
            r"\b(?:more|less|greater|larger|higher|fewer|worse|better|smaller|lower) (?=if (?:one|we|you)\b)",
            "",
        ),
        (
            (
                r"\b(?:keep|leav|retain|preserv)(?:s|es|ing|e)?"
                r"(?= (?:its|their|the same) (?:\w+ )?(?:value|weight))"
            ),
            "freezes",
        ),
        (r"\b(?:kept|prevented|stopped|protected) from\b", "not"),
        (
            r"\b(?:keeps?|kept|prevent(?:s|ed)?|stop(?:s|ped)?|protect(?:s|ed)?) ((?:\w+ ){1,5}?)from\b",
            r"\1not",
        ),
        (r"\b(?:remov|eliminat|avoid)(?:e?s|ing) the need (?:to|for)\b", "not"),
        (r"\bkeeps? pace with\b", "equals"),
        (r"\btimes the (?=throughput|speed)", "times faster "),
        (r"\b(\w+(?: per \w+)?) (?:stays?|remains?|is kept) (?:the same|constant|unchanged)\b", r"no \1"),
        (r"\bno longer\b", "not"),
        (r"\bnot as (?:good|well) as\b", "worse than"),
        (r"\bf[ae]ll(?:s|ing)? behind\b", "behind"),
        (r"\bf[ae]ll(?:s|ing)? (?:far |well |clearly )?below\b(?! (?:\w+ )?\d+(?![-\w]))", "behind "),
        (r"\b(?:far |well |clearly )?below (?=that|those|the level|[A-Z])", "behind "),
        (r"\b(to|can|may|will|would) lower\b", r"\1 reduce"),
        (r"\b(?:rather than|instead of|, (?:but )?not|but not)\b", "insteadof"),
        (r"\b(?:fail(?:s|ed)? to|far from|free (?:of|from))\b", "not"),
        (r"\b(?:not|no)\b(?= (?:only|just|merely|matter)\b)", ""),
        (
            rf"(?<!\w)(?:at least|(?:more|greater|larger|higher) than|over|above|exceeding|>)(?!\w){_NUMBER}",
            "upwards",
        ),
        (rf"(?<!\w)(?:at most|(?:less|fewer|smaller|lower) than|under|below|<)(?!\w){_NUMBER}", "downwards"),
        (r"\b(?:at least )?(?:just |equally )?as (?:fast|quickly|rapidly) as\b", AS_FAST),
        (r"\b(?:at least )?as (?:good|well) as\b|\b(?:on a )?level with\b|\bon a level\b", "equal"),
        (r"\bat (?:least|most|best|worst)\b", ""),
        (r"\b(?:no|not) (?=upwards)", ""),
        (rf"\bmore (?={_VIRTUES})", "better "),
        (rf"\bless (?={_VIRTUES})", "worse "),
        (r"\b(?:falls?|fell|well)(?: far)? short(?: of)?\b", "trails"),
        (r"\b(outperform|surpass|exceed|beat|outscor|underperform|trail)(\w*)", r"\1\2 than"),
        (r"\b(behind|ahead of|superior to|inferior to|(?:less|more) for)\b", r"\1 than"),
    ]
]
"""Phrases, and the words they are read as; what two things are compared by ends in "than"."""


@lru_cache(maxsize=2_000)  # the abstracts of an answer are read for each of its sentences
def in_plain_words(text: str) -> str:
    """A text with its phrases in the words that the scales and denials know."""
    text = _STATISTICS.sub("", text)
    for phrase, plain in _READ_AS:
        text = phrase.sub(plain, text)
    return text
