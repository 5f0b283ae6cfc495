"""Read files damaged at random: nothing but Footnote's own errors may come out, and nothing may hang.

python scripts/fuzz_readers.py SECONDS FOLDER...

Takes every file in the folders as a seed, damages a copy (bytes changed, cut out, repeated, put in from
another file, cut off) and reads it as it looks and under a random format. Prints the counts, and each
failure with the seed that makes it again; exits with 1 if there was one.
"""

import random
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from rag import readers
from rag.errors import FootnoteError
from rag.readers import FORMATS, ReadAs
from rag.records import Entry

_LONGEST = 20  # seconds for one file; a sound one takes a fraction of one
_TRICKY = [
    b"<",
    b"&",
    b"{",
    b"}",
    b"\\",
    b"$",
    b"@",
    b'"',
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"\xc3",
    b"ER  - ",
    b"<!ENTITY a 'b'>",
]


def main() -> None:
    """Damage and read until the time is up."""
    seconds, folders = float(sys.argv[1]), [Path(folder) for folder in sys.argv[2:]]
    seeds = [path.read_bytes() for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    names = [path.name for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    counts, failures, end, n = Counter[str](), 0, time.monotonic() + seconds, 0
    signal.signal(signal.SIGALRM, _too_long)
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            rng = random.Random(n)
            of = rng.randrange(len(seeds))
            path = Path(folder) / names[of]
            path.write_bytes(_damaged(seeds[of], seeds, rng))
            for read_as in (ReadAs(), ReadAs(rng.choice(FORMATS))):
                try:
                    counts.update(_read(path, read_as))
                except Exception:  # noqa: BLE001 - which is what is looked for
                    failures += 1
                    print(f"seed {n}, {names[of]}, as {read_as.format_name or 'it looks'}:")
                    traceback.print_exc(limit=-4, file=sys.stdout)
            path.unlink()
            n += 1
    print(f"{n:,} damaged files of {len(seeds)}, each read twice: {dict(counts)}; {failures} failures")
    sys.exit(1 if failures else 0)


def _read(path: Path, read_as: ReadAs) -> Counter[str]:
    signal.alarm(_LONGEST)
    try:
        items = list(readers.read(path, read_as))
        return Counter("records" if isinstance(item, Entry) else "problems" for item in items)
    except FootnoteError:
        return Counter({"files refused": 1})
    finally:
        signal.alarm(0)


def _too_long(*_: object) -> None:
    raise TimeoutError(f"longer than {_LONGEST} s")


def _damaged(seed: bytes, seeds: list[bytes], rng: random.Random) -> bytes:
    data = bytearray(seed[: rng.choice([2_000, 20_000, len(seed)])])
    for _ in range(rng.choice([1, 3, 30])):
        at = rng.randrange(len(data) + 1)
        to = min(len(data), at + rng.choice([1, 1, 2, 40, 1_000]))
        damage = rng.randrange(6)
        if damage == 0 and at < len(data):
            data[at] = rng.randrange(256)
        elif damage == 1:
            del data[at:to]
        elif damage == 2:
            data[at:at] = data[at:to] * rng.choice([1, 2, 50])
        elif damage == 3:
            data[at:at] = rng.choice(_TRICKY) * rng.choice([1, 1, 2, 500])
        elif damage == 4:
            other = rng.choice(seeds)
            start = rng.randrange(len(other) + 1)
            data[at:at] = other[start : start + rng.choice([10, 200, 2_000])]
        else:
            del data[max(at, 200) :]
    return bytes(data)


if __name__ == "__main__":
    main()
