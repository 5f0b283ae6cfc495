"""How numbers are written: their words, scales and units, and the patterns they are found by."""

import re

_SMALL = "one two three four five six seven eight nine ten eleven twelve".split()
_TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
WORDS = {word: float(n) for n, word in enumerate(_SMALL + _TEENS, start=1)} | {
    word: 10.0 * n for n, word in enumerate(_TENS, start=2)
}
WORDS["zero"] = 0.0
_ORDINALS = "second third fourth fifth sixth seventh eighth ninth tenth".split()
_TENTHS = "twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth hundredth".split()
EVERY = (
    {word: float(n) for n, word in enumerate(_ORDINALS, start=2)}
    | {word: 10.0 * n for n, word in enumerate(_TENTHS, start=2)}
    | {"other": 2.0, "twelfth": 12.0, "thousandth": 1e3}
)
SCALES = {"dozen": 12.0, "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
SUFFIXES = {"k": 1e3, "m": 1e6, "b": 1e9, "bn": 1e9, "t": 1e12}
_PARTS = "half third quarter fifth sixth seventh eighth ninth tenth hundredth thousandth millionth".split()
PART_VALUES = dict(zip(_PARTS, [1 / n for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 100, 1e3, 1e6)], strict=True))
PART_VALUES |= {word: 1 / EVERY[word] for word in ("twelfth", *_TENTHS[:-1])}
MULTIPLES = {
    "halv": 0.5, "doubl": 2.0, "twice": 2.0, "twofold": 2.0, "tripl": 3.0, "thrice": 3.0, "quadrupl": 4.0,
    "quintupl": 5.0,
}  # fmt: skip

_PREFIXES = {
    "pico": ("p", 1e-12), "nano": ("n", 1e-9), "micro": ("[µμu]", 1e-6), "milli": ("m", 1e-3),
    "centi": ("c", 1e-2), "kilo": ("k", 1e3), "mega": ("M", 1e6), "giga": ("G", 1e9), "tera": ("T", 1e12),
    "peta": ("P", 1e15),
}  # fmt: skip
# A measure, its sign, its word, and which prefixes it is met with.
_SI = {
    "time": ("s", "seconds?", "nano micro milli"),
    "length": ("m", "met(?:re|er)s?", "nano micro milli centi kilo"),
    "mass": ("g", "gram(?:me)?s?", "nano micro milli kilo"),
    "volume": ("[lL]", "lit(?:re|er)s?", "micro milli"),
    "amount": ("mol", "moles?", "nano micro milli"),
    "concentration": ("M", "molar", "nano micro milli"),
    "energy": ("J", "joules?", "pico nano micro milli kilo mega"),
    "power": ("W", "watts?", "micro milli kilo mega"),
    "voltage": ("V", "volts?", "micro milli kilo"),
    "pressure": ("Pa", "pascals?", "kilo mega giga"),
    "frequency": ("Hz", "hertz", "kilo mega giga"),
    "speed": ("(?i:flops?)", "flops?", "giga tera peta"),
    "memory": ("b", "bytes?", "kilo mega giga tera"),
}
_LETTER = r"(?:(?<=\d)|(?<=\d ))(?!.-[a-z])(?-i:"  # "two W bosons" and "2 V-shaped" have no unit
_WHOLE = {  # without a prefix, and what is measured otherwise; how large in the measure's own unit
    "second": ("s|secs?|seconds?", ("time", 1.0)),
    "minute": ("mins?|minutes?", ("time", 60.0)),
    "hour": (r"(?:[CG]PU[- ])?(?:h|hrs?|hours?)", ("time", 3600.0)),
    "day": (r"(?:[CG]PU[- ])?days?", ("time", 86400.0)),
    "week": ("weeks?|wks?", ("time", 604800.0)),
    "month": ("months?|mths?", ("months", 1.0)),
    "year": ("years?|yrs?", ("months", 12.0)),
    "bit": ("bits?", ("memory", 0.125)),
    "byte": ("bytes?", ("memory", 1.0)),
    "metre": (f"met(?:re|er)s?|{_LETTER}m)", ("length", 1.0)),
    "gram": (f"gram(?:me)?s?|{_LETTER}g)", ("mass", 1.0)),
    "litre": (f"lit(?:re|er)s?|{_LETTER}L)", ("volume", 1.0)),
    "joule": (f"joules?|{_LETTER}J)", ("energy", 1.0)),
    "watt": (f"watts?|{_LETTER}W)", ("power", 1.0)),
    "volt": (f"volts?|{_LETTER}V)", ("voltage", 1.0)),
    "pascal": ("pascals?|(?-i:Pa)", ("pressure", 1.0)),
    "hz": ("hertz|hz", ("frequency", 1.0)),
    "celsius": ("°C|degrees? (?:celsius|centigrade)", ("celsius", 1.0)),
    "fahrenheit": ("°F|degrees? fahrenheit", ("fahrenheit", 1.0)),
    "decibel": ("dB|decibels?", ("loudness", 1.0)),
    "mmhg": ("mm ?Hg", ("mmhg", 1.0)),
}  # fmt: skip
UNITS = {
    "percent": r"%|per ?cent(?:age points?)?|(?:[a-z]+ )?points?|pp|p\.p\.",
    "times": r"[x×]|-?fold|times",
    "magnitude": "(?:orders? of magnitude|factors? of (?:ten|10))",
}
SIZES: dict[str, tuple[str, float]] = {}
"""What units measure, and how large they are: 24 hours are a day."""
for _measure, (_sign, _word, _met) in _SI.items():
    for _prefix in _met.split():
        _short, _size = _PREFIXES[_prefix]
        _cased = "" if _measure in {"memory", "frequency"} else "-i"  # "gb" is met for GB
        _i = "i?" if _measure == "memory" else ""  # GiB
        UNITS[f"{_prefix}_{_measure}"] = f"(?{_cased}:{_short}{_i}{_sign})|{_prefix}{_word}"
        SIZES[f"{_prefix}_{_measure}"] = (_measure, _size)
UNITS |= {unit: pattern for unit, (pattern, _) in _WHOLE.items()}
SIZES |= {unit: size for unit, (_, size) in _WHOLE.items()}
_UNIT = "|".join(f"(?P<{name}>{pattern})" for name, pattern in UNITS.items())
RATIOS = {"percent", "times", "part"}
"""Units that say how much of something else."""
_AFTER = r"(?![A-Za-z0-9])"
DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
_COUNTED = "|".join(WORDS)
_BETWEEN = rf"(?:hundred|thousand)(?: and)?(?=[- ](?:{_COUNTED}))"  # "three hundred twenty-one"
QUANTITY = re.compile(
    rf"(?<![A-Za-z0-9._])(?!(?<=\()\d\))(?:(?P<digits>{DIGITS})(?P<suffix>(?:bn|[kKmMbBtT]){_AFTER})?"
    rf"|(?P<words>(?:{_COUNTED})(?:[- ](?:{_COUNTED}|{_BETWEEN})){{0,9}})(?!(?!fold)[a-z]|(?<=zero)-)"
    r"(?P<and_half> and a half)?)"
    rf"(?:[- ]?(?P<scale>{'|'.join(SCALES)})(?![a-z]))?"
    rf"(?:(?: or (?:more|fewer|less) |[- ]?)(?:{_UNIT}){_AFTER})?",
    re.IGNORECASE,
)
FRACTION = re.compile(
    rf"(?<![A-Za-z0-9])(?:(?P<count>an?|{_COUNTED})[- ])?(?P<part>{'|'.join(PART_VALUES)})"
    r"(?P<plural>s)?(?!-?[a-z]|[- ]precision)"
    r"|(?<![A-Za-z])(?P<multiple>(?:doubl|tripl|halv|quadrupl|quintupl)(?:e[sd]?|ing)|twice|thrice|twofold)(?![a-z])",
    re.IGNORECASE,
)
IN_SO_MANY = re.compile(
    rf"(?<![A-Za-z0-9.])(?P<some>{'|'.join(_SMALL)}) in(?: every)? (?P<all>{'|'.join(_SMALL)})"
    r"(?![A-Za-z0-9-]| (?:dimension|minute|hour|day|week|month|year|language|step|stage|part|group)s?\b)",
    re.IGNORECASE,
)
LOOSE = re.compile(  # "every tenth step", "every ten steps", "hundreds of steps", "a few dozen", "a million"
    rf"(?<![A-Za-z0-9])(?:every (?:(?P<every>{'|'.join(EVERY)})"
    rf"|(?P<each>{DIGITS}|(?!one){_COUNTED})(?= [a-z])(?! (?:{'|'.join(UNITS.values())})\b))"
    r"|(?:an?|few|several|many|some) "
    rf"(?P<scale>{'|'.join(SCALES)})|(?P<plural>{'|'.join(SCALES)})s)"
    r"(?: (?P<more>million|billion|trillion))?(?![a-z])",
    re.IGNORECASE,
)
