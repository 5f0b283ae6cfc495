"""Words that point one way or the other, in pairs of opposites; plain lists, to be read and added to."""

import re
from functools import lru_cache

# scale: words that point up on it | words that point down. `*` stands for any ending.
_SCALES = """
    amount:     increas* rise rises rising rose risen grow* grew rais* widen* expand* boost* enlarg* amplif*
                strengthen* lengthen* doubl* tripl* climb* soar* swell* escalat* inflat* heighten*
              | decreas* fall falls fell falling fallen drop drops dropped dropping reduc* shrink* shrank
                shrunk lowers lowered lowering narrow narrows narrowed narrowing cut cuts cutting declin*
                diminish* shorten* lessen* weaken* sav* decay* halv*
                dwindl* curb* curtail* trim* slash* plummet* plung* dips dipped compress*
    number:     more most greater | less least fewer
    size:       larger bigger longer wider deeper taller heavier
              | smaller shorter narrower shallower lighter
    height:     high higher | low lower
    degree:     major strong* severe* considerabl* substantial* greatly heavily
              | minor weak weakly slight* little negligibl* hardly barely modest* minimal marginal*
    bound:      upwards | downwards
    speed:      faster fastest fast quick* sooner speed* accelerat* rapid* | slow*
    quality:    better best outperform* surpass* exceed* beat beats beating superior improv* gain gains gained
                ahead outscor* excel* outrank* stronger help helps helped helping enhanc* optimal pays
              | worse worst underperform* lag lags lagg* trail trails trailed behind inferior degrad*
                deteriorat* worsen* hurt* harm harms harmed weaker hinder* compromis* suffer* suboptimal
    ease:       easier easiest easily simpler | harder hardest difficult difficulty
    cost:       expensive* costly costlier | cheap cheaper cheapest cheaply inexpensive*
    keeping:    keep keeps kept keeping retain* preserv* intact maintain* persist*
              | clears cleared clearing discard* remov* abandon* forget* forgot* lose loses lost losing
                sacrific* erase* disappear* vanish*
    leave:      allow* enabl* permit* | prevent* forbid* prohibit* preclud* prevents impede* thwart*
    outcome:    succeed* success* | fail fails failed failing failure*
    stability:  stable stabl* stabil* | unstable instab* unstabl*
    order:      linear* | quadratic*
    need:       essential necessary crucial vital | unnecessary dispensable irrelevant superfluous optional
    enough:     sufficient* enough suffices | insufficient* inadequate
    sign:       positive* | negative*
    density:    dense* | sparse*
    time:       early earlier initially | late later finally
    rank:       first | last
    arithmetic: multiply multiplied multiplying | divide divided dividing
    addition:   add adds added adding | subtract*
    updating:   updat* modif* alter* adjust* retrain*
              | froze* freez* untouched unmodified unaltered
    sharing:    shared shares sharing common pooled | unshared duplicat*
    joining:    joint* together combin* merg* unif* fuse* fusing coupl*
              | separately apart decoupl* disentangl* isolat*
    supply:     abundant plentiful ample rich | scarce scant* poor* limited
    evenness:   even* uniform* balanced equally | uneven* skewed imbalanced concentrated
    regularity: regular* consistent* | irregular* erratic* inconsistent*
    continuity: continuous* | discrete*
    sync:       synchron* | asynchron*
    determined: deterministic* | random* stochastic*
    agreement:  agree* consistent* align* | disagree* conflict*
    following:  follow* obey* respect* adher* | deviat* diverg* violat* depart*
    attraction: attract* favo* prefer* | repel* disfavo* reject*
    safety:     safe safely safer | unsafe dangerous* risk*
    growth:     overestimat* overstat* | underestimat* understat*
    fitting:    overfit* | underfit*
    end:        begin* start* | end ends ended ending stop* finish*
    supervised: labeled labelled supervised | unlabeled unlabelled unsupervised
    directness: direct directly | indirect*
    visible:    visible reveal* show shows expos* | hidden hide* conceal* mask*
    rise:       above | below beneath
    when:       before prior beforehand | after afterwards
    share:      majority | minority
    extreme:    maximum maximal* maximiz* | minimum minimal* minimiz*
    presence:   present includ* | absent exclud* omit*
    likeness:   similar* alike same identical* | different* differ differs dissimilar* unlike
    bearing:    support* confirm* corroborat* | contradict* refut* disprov*
    merit:      advantage* strength* benefi* | disadvantage* weakness* drawback* shortcoming*
    parallel:   parallel* | sequential* serial*
    locality:   local* | global*
    dynamics:   dynamic* | static*
    suddenness: sudden* abrupt* | gradual*
    frequency:  often frequent* | rarely seldom
    exactness:  exact exactly | approximate approximately
"""
_LEVEL = "match* equal equals equivalent comparabl* par parity rival*"  # in quality, neither up nor down

OF_SUBJECTS = {"number", "size", "height"}
"""Scales that tell one subject from another ("larger models") as often as what becomes of it."""

DENIALS = "no not never without neither nor none nothing dispens* lack* avoid*"
REPLACED = "insteadof"
"""What stands behind it is not so in one place only: "linearly instead of quadratically"."""
LITTLE = "hardly barely scarcely little few negligibl* seldom rarely "
SLIGHT = "minor slight* modest* weak minimal*"
"""The first all but deny what stands behind them, the second only make it less."""
PHRASE_ENDS = """
    and but while whereas although though yet however because since so which that until unless when if is are
    was were be been has have to of in on at by for with from into over under through between across as than
"""
"""Words at which what is denied ends."""
CONDITIONS = "as when whenever once if"

_VIRTUES = "accura|efficien|effectiv|robust|reliab|precis|capable|powerful"
_CHANGES = "chang|effect|impact|influence|differen|evidence"
_NUMBER = (
    r"(?=[ ~$]*(?:about )?(?:\d|an? (?:half|third|quarter|fifth|tenth|percent|dozen|hundred|thousand|\d)"
    r"|one\b|half\b|two\b|three\b|four\b|five\b))"
)
READ_AS = [
    (re.compile(pattern, re.IGNORECASE), plain)
    for pattern, plain in [
        (r"\bcannot\b", "can not"),
        (r"\b(no|without|not)(?: any)? (?:further|additional|extra|special)\b", r"\1"),
        (r"(?<=[a-z])n['’]t\b", " not"),
        (r"^[^.;]*\b(?:until|unless)\b(?=.*\w)", ""),  # before it, it was otherwise
        (r"\bas (?:much|many|few|little|low|high) as\b", ""),
        (r"\btoo (?:large|big|long)\b", "larger"),
        (r"\btoo (?:small|short)\b", "smaller"),
        (rf"\b(?:large|big|huge|great|clear|serious|considerable|substantial) (?={_CHANGES})", "major "),
        (rf"\b(?:little|hardly any|small|slight|negligible|modest|limited) (?={_CHANGES})", "minor "),
        (
            r"\b((?:all )?\w+(?: of(?: \w+){1,3})?) (?:is|are|was|were|being) (?:missing|absent|lacking)\b",
            r"no \1",
        ),
        (
            (
                r"\b(?:is|are|was|were|be|been) (?:\w+ )?(?:outperform|outscor|outdone|beaten|surpass|exceed)"
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
        (r"\b(?:keep|prevent|stop|protect)s? ((?:\w+ ){1,5}?)from\b", r"\1not"),
        (r"\b(?:remov|eliminat|avoid)(?:e?s|ing) the need (?:to|for)\b", "not"),
        (r"\bkeeps? pace with\b", "equals"),
        (r"\btimes the (?=throughput|speed)", "times faster "),
        (r"\b(\w+(?: per \w+)?) (?:stays?|remains?|is kept) (?:the same|constant|unchanged)\b", r"no \1"),
        (r"\bno longer\b", "not"),
        (r"\bnot as (?:good|well) as\b", "worse than"),
        (r"\bfall(?:s|ing)? behind\b", "behind"),
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

OPPOSITE = re.compile(
    r"un(?!der|it|i[qfv]|til|ion)(?=\w{4})|in(?=sensitiv|dependen|accura|compatib|feasib|complete|consisten|effectiv"
    r"|efficien|capab)|im(?=possib|practic|perfect|precis)|non-?(?=\w{4})"
)
"""What makes a word its opposite: `unchanged`, `incompatible`."""


def pattern(words: str) -> re.Pattern[str]:
    """One that matches each of the words, `*` being any ending."""
    return re.compile("|".join(word.replace("*", "[a-z]*") for word in words.split()))


def _scales() -> list[tuple[str, int, re.Pattern[str]]]:
    found = []
    for scale, words in re.findall(r"(\w+):([^:]*)(?=\n\s+\w+:|\s*$)", _SCALES):
        up, down = words.split("|")
        found += [(scale, 1, pattern(up)), (scale, -1, pattern(down))]
    return [*found, ("quality", 0, pattern(_LEVEL))]


@lru_cache(maxsize=10_000)
def scale_of(word: str) -> tuple[str, int] | None:
    """The scale of a word in lower case and its way there: 1 up, -1 down, 0 level. A hyphenated one
    ("lower-level") is a name, and on none.
    """
    return next(((scale, way) for scale, way, words in _ALL if words.fullmatch(word)), None)


_ALL = _scales()
