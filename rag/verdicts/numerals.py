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

UNITS = {
    "percent": r"%|per ?cent(?:age points?)?|(?:[a-z]+ )?points?|pp|p\.p\.",
    "times": r"[x×]|-?fold|times",
    "kb": "Ki?B|kilobytes?",
    "mb": "Mi?B|megabytes?",
    "gb": "Gi?B|gigabytes?",
    "tb": "Ti?B|terabytes?",
    "bit": "bits?",
    "byte": "bytes?",
    "ms": "ms|milliseconds?",
    "second": "s|secs?|seconds?",
    "minute": "mins?|minutes?",
    "hour": r"(?:[CG]PU[- ])?(?:h|hrs?|hours?)",
    "day": r"(?:[CG]PU[- ])?days?",
    "week": "weeks?",
    "month": "months?",
    "year": "years?",
    "gflop": r"(?:G|giga)flops?",
    "tflop": r"(?:T|tera)flops?",
    "pflop": r"(?:P|peta)flops?",
    "hz": "hz|hertz",
    "khz": "khz",
    "mhz": "mhz",
    "ghz": "ghz",
    "watt": "W|watts?",
    "kilowatt": "kW|kilowatts?",
    "mm": "mm",
    "cm": "cm",
    "km": "km",
    "mg": "mg",
    "kg": "kg",
    "celsius": "°C",
    "magnitude": "(?:orders? of magnitude|factors? of (?:ten|10))",
}
SIZES = {
    "ms": ("time", 1e-3), "second": ("time", 1.0), "minute": ("time", 60.0), "hour": ("time", 3600.0),
    "day": ("time", 86400.0), "week": ("time", 604800.0),
    "bit": ("memory", 1.0), "byte": ("memory", 8.0),
    "gflop": ("speed", 1e9), "tflop": ("speed", 1e12), "pflop": ("speed", 1e15),
}  # fmt: skip
"""What units measure, and how large they are: 24 hours are a day."""
_UNIT = "|".join(f"(?P<{name}>{pattern})" for name, pattern in UNITS.items())
RATIOS = {"percent", "times", "part"}
"""Units that say how much of something else."""
_AFTER = r"(?![A-Za-z0-9])"
DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
_COUNTED = "|".join(WORDS)
_TIMES = "|".join(UNITS[unit] for unit in ("ms", "second", "minute", "hour", "day", "week", "month", "year"))
QUANTITY = re.compile(
    rf"(?<![A-Za-z0-9._])(?!(?<=\()\d\))(?:(?P<digits>{DIGITS})(?P<suffix>(?:bn|[kKmMbBtT]){_AFTER})?"
    rf"|(?P<words>(?:{_COUNTED})(?:[- ](?:{_COUNTED}))*)(?!(?!fold)[a-z]|(?<=zero)-)"
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
LOOSE = re.compile(  # "every tenth step", "every ten steps", "hundreds of steps", "a few dozen", "a million"
    rf"(?<![A-Za-z0-9])(?:every (?:(?P<every>{'|'.join(EVERY)})"
    rf"|(?P<each>{DIGITS}|{_COUNTED})(?= [a-z])(?! (?:{_TIMES})\b))|(?:an?|few|several|many|some) "
    rf"(?P<scale>{'|'.join(SCALES)})|(?P<plural>{'|'.join(SCALES)})s)"
    r"(?: (?P<more>million|billion|trillion))?(?![a-z])",
    re.IGNORECASE,
)
