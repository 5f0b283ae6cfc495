"""Words that point one way or the other, in pairs of opposites; plain lists, to be read and added to."""

import re
from functools import lru_cache

# scale: words that point up on it | words that point down. `*` stands for any ending.
_SCALES = """
    amount:     increas* rise rises rising rose risen grow* grew rais* widen* expand* boost* enlarg* amplif*
                strengthen* lengthen* doubl* tripl* climb* soar* swell* escalat* inflat* heighten*
              | decreas* fall falls fell falling fallen drop drops dropped dropping reduc* shrink* shrank
                shrunk lowers lowered lowering narrow narrows narrowed narrowing cut cuts cutting declin*
                diminish* shorten* lessen* weaken* sav* decays decayed decaying halv*
                dwindl* curb* curtail* trim* slash* plummet* plung* dips dipped compress* disappear* vanish*
    number:     more most greater | less least fewer
    size:       larger bigger longer wider deeper taller heavier
              | smaller shorter narrower shallower lighter
    height:     high higher | low lower
    degree:     major strong* severe* considerabl* substantial* greatly heavily
              | minor weak weakly slight* little negligibl* hardly barely modest* minimal marginal*
    bound:      upwards | downwards
    speed:      faster fastest fast quick* sooner speed* accelerat* rapid* | slow*
    quality:    better best outperform* surpass* exceed* beat beats beating superior improv* gain gains gained
                ahead outscor* outpac* excel* outrank* stronger help helps helped helping enhanc* optimal pays
              | worse worst underperform* lag lags lagg* trail trails trailed behind inferior degrad*
                deteriorat* worsen* hurt* harm harms harmed weaker hinder* compromis* suffer* suboptimal
                damag* impair* ruin* spoil* wreck* destroy*
    ease:       easy easier easiest easily simpler effortless*
              | hard harder hardest difficult difficulty difficulties complicated
    cost:       expensive* costly costlier | cheap cheaper cheapest cheaply inexpensive*
    keeping:    keep keeps kept keeping retain* preserv* intact maintain* persist*
              | clears cleared clearing discard* remov* abandon* forget* forgot* lose loses lost losing evict*
                sacrific* erase* disappear* vanish* drop dropped dropping drops omit*
    leave:      allow* enabl* permit* | prevent* forbid* prohibit* preclud* prevents impede* thwart*
                hamper*
    outcome:    succeed* success* works worked | fail fails failed failing failure* collaps* breaks
    firmness:   robust* insensitiv* resilien* toleran* | sensitiv* fragile brittle vulnerab*
    truth:      correct correctly | incorrect* wrong wrongly false erroneous*
    activity:   busy active | idle inactive
    openness:   public* open openly | private* proprietary closed
    bending:    flexib* | rigid* inflexib*
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
    joining:    joint* together combin* merg* unif* fuse* fusing coupl* compatib*
              | separately apart decoupl* disentangl* isolat* incompatib* conflict* clash*
    supply:     abundant plentiful ample rich | scarce scant* poor* limited
    evenness:   even* uniform* balanced equally | uneven* skewed imbalanced concentrated
    regularity: regular* consistent* | irregular* erratic* inconsistent*
    continuity: continuous* | discrete*
    sync:       synchron* | asynchron*
    determined: deterministic* | random* stochastic*
    agreement:  agree* consistent* align* | disagree*
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
AS_FAST = "equallyfast"
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
    return [*found, ("quality", 0, pattern(_LEVEL)), ("speed", 0, pattern(AS_FAST))]


@lru_cache(maxsize=10_000)
def scales_of(word: str) -> tuple[tuple[str, int], ...]:
    """The scales of a word in lower case and its way there: 1 up, -1 down, 0 level. A hyphenated one
    ("lower-level") is a name, and on none.
    """
    return tuple((scale, way) for scale, way, words in _ALL if words.fullmatch(word))


_ALL = _scales()
