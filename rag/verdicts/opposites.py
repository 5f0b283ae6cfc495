"""Pairs of opposite words, a scale each; plain lists, to be read and added to.

scale: words that point up on it | words that point down. `*` stands for any ending. A word may be on several.
"""

OPPOSITES = """
    amount:     increas* rise rises rising rose risen grow* grew rais* widen* expand* boost* enlarg* amplif*
                strengthen* lengthen* doubl* tripl* quadrupl* climb* soar* swell* escalat* inflat* heighten*
                surg* balloon* magnif* intensif* deepen* broaden* extend* prolong* elevat* augment* mount*
                multiplies upscal* upsiz* lifts lifted lifting
              | decreas* fall falls fell falling fallen drop drops dropped dropping reduc* shrink* shrank
                shrunk lowers lowered lowering narrow narrows narrowed narrowing cut cuts cutting declin*
                diminish* shorten* lessen* weaken* sav* decays decayed decaying halv*
                dwindl* curb* curtail* trim* slash* plummet* plung* dips dipped compress* disappear* vanish*
                abat* subsid* wane wanes waned waning taper* tumbl* sink sinks sank recede* erod* deplet*
                downscal* downsiz* ease eases eased easing deflat* tighten*
    number:     more most greater | less least fewer fewest
    size:       larger bigger longer wider deeper taller heavier thicker
              | smaller shorter narrower shallower lighter thinner slimmer
    level:      higher upper greater more | lower less fewer
    height:     high highest upper uppermost top | low lowest lowermost bottom
    grade:      good excellent satisfactory | poor poorly bad badly unsatisfactory
    degree:     major strong* severe* considerabl* substantial* greatly heavily vast* enormous* huge hugely
                dramatic* drastic* markedly sharply pronounced profound*
              | minor weak weakly slight* little negligibl* hardly barely modest* minimal marginal*

    speed:      faster fastest fast quick* sooner speed* accelerat* rapid* swift* hasten* expedit*
              | slow* delay* sluggish* decelerat*
    quality:    better best outperform* surpass* exceed* beat beats beating superior improv* gain gains gained
                ahead outscor* outpac* excel* outrank* stronger help helps helped helping enhanc* optimal pays
                outdo outdoes outdid outclass* overtak* overtook eclips* wins won
              | worse worst underperform* lag lags lagg* trail trails trailed behind inferior degrad*
                deteriorat* worsen* hurt* harm harms harmed weaker hinder* compromis* suffer* suboptimal
                damag* impair* ruin* spoil* wreck* destroy* poorer poorest loses lost
    use:        useful* help* valuable worthwhile fruitful productive benefi* contribut* pays works worked
                matter* effective*
              | useless* worthless futile* ineffective* pointless counterproductive fruitless unhelpful
    value:      better best outperform* surpass* exceed* improv* gain gains help* benefi* useful* effective*
                works worked succeed* success* advantage* strengths robust* stable holds
              | worse worst underperform* trails lags harm* hurt* damag* degrad* suffer* loses lost
                fail fails failed failing failure* collaps* useless* ineffective* drawback* weakness* ruin*
                breaks broke unstable fragile
    ease:       easy easier easiest easily simpler effortless* straightforward* trivial*
                convenient*
              | hard harder hardest difficult difficulty difficulties complicated awkward* tricky cumbersome
                problematic challenging resist resists resisted resisting troublesome burdensome laborious
    complexity: simple simpler simplest plain straightforward
              | complex complicated intricate sophisticated elaborate convoluted
    cost:       expensive* costly costlier dear dearer prohibitive* pricey
              | cheap cheaper cheapest cheaply inexpensive* affordabl* economical* free
    keeping:    keep keeps kept keeping retain* preserv* intact maintain* persist* remember*
                conserv*
              | clears cleared clearing discard* remov* abandon* forget* forgot* lose loses lost losing evict*
                sacrific* erase* disappear* vanish* drop dropped dropping drops omit* delet* overwrit*
                surrender* relinquish* forfeit* jettison* shed sheds
    storing:    stor* cach* keep keeps kept memoriz*
              | recomput* regenerat* discard*
    effect:     affects affected affecting damag* harm harms harmed harming hurt* ruin* impair* destroy*
                disrupt* degrad* collaps* breaks broke
              | unaffected unharmed unimpaired unnoticed intact harmless*
    leave:      allow* enabl* permit* let lets support supports supported admit admits
              | prevent* forbid* prohibit* preclud* prevents impede* thwart* hamper* inhibit* obstruct*
                hinder* bars barred exclud*
    outcome:    succeed* success* works worked viable feasibl* solv*
              | fail fails failed failing failure* collaps* breaks broke broken crash* stumbl*
    firmness:   robust* insensitiv* resilien* toleran* tolerat* withstand* immune
              | sensitiv* fragile brittle vulnerab* susceptib*
    truth:      correct correctly true | incorrect* wrong wrongly false erroneous* mistaken*
    activity:   busy active activated | idle inactive deactivated
    openness:   public* open openly free freely | private* proprietary closed restricted secret
    bending:    flexib* adaptive* adaptab* | rigid* inflexib*
    strictness: strict* tight* stringent* tighten* enforc* impos* demand* insist* | loose* lax relax* lenient*
    stability:  stable stabl* stabil* steady steadily | unstable instab* unstabl* destabil* volatil* erratic*
    order:      linear* | quadratic* exponential*
    need:       essential* necessary crucial* vital indispensable important* critical* pivotal mandatory
                required fundamental* decisive* significant significance matter matters mattered
              | unnecessary dispensable irrelevant superfluous optional unimportant expendable redundant
                needless* negligib* immaterial insignificant*
    enough:     sufficient* enough suffices suffice sufficed ample adequate*
              | insufficient* inadequate* lacking
    sign:       positive* | negative*
    density:    dense* | sparse*
    time:       early earlier initially | late later finally eventually
    rank:       first earliest oldest foremost | last final* latest
    arithmetic: multiply multiplied multiplying multiplies multiplication | divide divided dividing divides
    addition:   add adds adding added insert* introduc* attach* append* prepend* inject*
              | subtract* remov* eliminat* strip* delet* detach*
    updating:   updat* modif* alter* adjust* retrain*
              | froze* freez* untouched unmodified unaltered
    sharing:    shared shares share sharing common pooled
              | unshared duplicat*
    spread:     shard* partition* divid* distribut* scatter* slic*
              | replicat* duplicat* copied copying
    joining:    joint* together combin* merg* unif* fuse* fusing coupl* compatib* fold folds folded absorb*
              | separately apart decoupl* disentangl* isolat* incompatib* conflict* clash*

    plenty:     many numerous | few handful
    supply:     abundant* plentiful ample rich plenty unlimited endless* | scarce* scant* poor* limited short
    evenness:   even* uniform* balanced equally | uneven* skewed imbalanced concentrat* lopsided
    regularity: regular* consistent* | irregular* erratic* inconsistent*
    continuity: continuous* | discrete*
    sync:       synchron* | asynchron*
    determined: deterministic* predictab* | random* stochastic* unpredictab*
    agreement:  agree* consistent* align* coincid* concur* conform*
              | disagree* contradict* conflict* contrary inconsisten* discrepan*
    following:  follow* obey* respect* adher* | deviat* diverg* violat* depart*
    convergence: converg* | diverg*
    attraction: attract* favo* prefer* | repel* disfavo* reject*
    acceptance: accept* adopt* approv* | reject* refus* declin*
    safety:     safe safely safer | unsafe dangerous* risk*
    growth:     overestimat* overstat* | underestimat* understat*
    fitting:    overfit* | underfit*
    end:        begin* start* continu* proceed* resum* | end ends ended ending stop* finish* ceas* halt* quit*
    supervised: labeled labelled supervised | unlabeled unlabelled unsupervised
    directness: direct directly | indirect*
    visible:    visible reveal* show shows expos* | hidden hide* conceal* mask*
    rise:       above | below beneath
    place:      inside internal* inner | outside external* outer
    when:       before prior beforehand advance | after afterwards afterward
    line:       online | offline
    share:      majority | minority
    extreme:    maximum maximal* maximiz* | minimum minimal* minimiz*
    presence:   present includ* | absent exclud* omit* missing
    likeness:   similar* alike same identical* | different* differ differs differed dissimilar* unlike
    bearing:    support* confirm* corroborat* validat* verif* | contradict* refut* disprov* rebut*
    merit:      advantage* strengths benefi* virtue*
              | disadvantage* weakness* drawback* shortcoming* liability handicap*
    gain:       gain* improvement* boost* profit* | deficit* degradation* penalt*
    relief:     mitigat* alleviat* reliev* | exacerbat* aggravat*
    parallel:   parallel* simultaneous* concurrent* | sequential* serial*
    locality:   local* | global*
    dynamics:   dynamic* | static*
    suddenness: sudden* abrupt* | gradual*
    frequency:  often frequent* always usually typically commonly | rarely seldom infrequent* occasional* rare
    constancy:  always permanent* constantly | sometimes occasional* temporar* rarely seldom
    exactness:  exact exactly precise* lossless* | approximate approximately approximat* inexact* lossy rough
    trust:      reliab* trust* dependabl* | unreliab* distrust* untrust*
"""

PAIRS = """
    portion:    most majority | few some handful minority rest others selected
    sequence:   first former earlier | second latter later last
    training:   train trains trained training trainable tune tunes tuned update updates updated learn*
              | frozen fixed froze freezes untouched
    bulk:       large larger big bigger huge | small smaller tiny little
    length:     long longer | short shorter
    width:      wide wider broad | narrow narrower
    depth:      deep deeper | shallow shallower
    age:        old older previous | new newer recent
    breadth:    general generic | specific special particular
    make:       simple simpler | complex complicated
    count:      single one | several multiple many
    layer:      outer upper | inner lower
    pass:       forward | backward
    matrix:     row rows | column columns
    cache:      key keys | value values
    operand:    weight weights | activation activations
    half:       encoder* | decoder*
    couple:     teacher* | student*
    resource:   memory | computation compute time speed
    phase:      training | inference
    vector:     magnitude | direction
"""
"""Words that tell two things apart in one sentence."""
