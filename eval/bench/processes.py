"""A command in a process of its own: how it ended, how long it took from start to exit, its peak memory."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO

# What is measured must not depend on a network, nor reach one.
_OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False"}


@dataclass(frozen=True, slots=True)
class Ended:
    """`error` is the last line on stderr of a process that failed, else empty."""

    seconds: float
    peak_bytes: int
    error: str


def run_python(*arguments: str) -> Ended:
    """Run this Python with these arguments, the current folder not among its imports, and wait."""
    with TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own commands
            [sys.executable, "-P", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=os.environ | _OFFLINE,
        )
        code, peak = _waited(process)
        return Ended(time.perf_counter() - started, peak, _why(code, errors) if code else "")


def peak_bytes(maxrss: int) -> int:
    """What a system counts in kilobytes, but macOS in bytes."""
    return maxrss if sys.platform == "darwin" else maxrss * 1024


def _waited(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """Its exit code and peak memory, of which the system tells whoever waits for it."""
    try:
        _, status, usage = os.wait4(process.pid, 0)
    except KeyboardInterrupt:
        process.kill()
        process.wait()
        raise
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, peak_bytes(usage.ru_maxrss)


def _why(code: int, errors: IO[bytes]) -> str:
    """What killed it, or the last line that it wrote."""
    if code < 0:
        return f"ended by {signal.Signals(-code).name}"
    errors.seek(0)
    lines = errors.read().decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), f"exit code {code}")
