"""fp32 or bf16 for papers: what the setting says or, for `auto`, what this processor is faster with."""

import platform
import re
from collections.abc import Callable
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Literal

from rag.encoding.cache import recalled, remember
from rag.interfaces import Encoder

Precision = Literal["fp32", "bf16"]

_REMEMBERED = "precision"
_CLEARLY = 1.2  # times as fast; less is not worth the rounding
_ROUNDS = 3
_HOPELESS = 0.3  # times as fast: what no disturbance explains


def faster_precision(encoder: Encoder, trial: Callable[[Precision], float]) -> Precision:
    """The precision in which papers are embedded fastest here, by `trial`, which takes its seconds.

    Tried once for each processor, torch and encoder; then remembered.
    """
    key = _key(encoder)
    if (known := recalled(_REMEMBERED).get(key)) in ("fp32", "bf16"):
        return "bf16" if known == "bf16" else "fp32"
    found: Precision = "bf16" if _is_bf16_faster(trial) else "fp32"
    remember(_REMEMBERED, key, found)
    return found


def _is_bf16_faster(trial: Callable[[Precision], float]) -> bool:
    """Taken in turns, so that what else runs here slows both, and by the middle one, as it may slow one."""
    trial("fp32"), trial("bf16")  # the first time has more to do
    ratios: list[float] = []
    while len(ratios) < _ROUNDS and (not ratios or max(ratios) > _HOPELESS):
        ratios.append(trial("fp32") / trial("bf16"))
    return median(ratios) > _CLEARLY


def _key(encoder: Encoder) -> str:
    """Names what the answer depends on; a processor is what it can do, too: a guest may see less of it."""
    try:
        said = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
        processor = re.findall(r"^(?:model name|flags|Features)\s*: (.*)$", said, re.MULTILINE)[:2]
    except OSError:
        processor = []
    made_of = [*(processor or [platform.machine(), platform.processor()]), version("torch"), encoder.revision]
    return sha256("\n".join(made_of).encode()).hexdigest()[:16]
