"""What files hash to, remembered while they look untouched: gigabytes are read once, not at each start."""

import json
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

MEMORY = "digests.json"
"""The file that a folder's digests are remembered in; it is not a part of what the folder holds."""

# Some file systems tell times to two seconds only: what is younger when it is read could change
# once more and look the same.
_SETTLED = 2.5
_BLOCK = 1 << 20

_Stamp = list[int]


class Digests:
    """Digests of the files of one folder, remembered in `memory`, by default a file beside them.

    The default, CRC-32, tells damage, not malice.
    """

    def __init__(
        self, folder: Path, memory: Path | None = None, digest: Callable[[Path], str] | None = None
    ) -> None:
        self._folder = folder
        self._memory = memory or folder / MEMORY
        self._digest = digest or _crc32
        self._known = _remembered(self._memory)
        self._is_new = False

    def of(self, path: Path) -> str:
        """Digest of a file, which is read only if size, times or inode are not as when it was last read.

        Raises:
            OSError: it cannot be read.
        """
        name, stamp = str(path.relative_to(self._folder)), _stamp(path)
        if name in self._known and self._known[name][0] == stamp:
            return self._known[name][1]
        started = time.time_ns()
        digest = self._digest(path)
        if started - max(stamp[1:3]) > _SETTLED * 1e9 and stamp == _stamp(path):
            self._known[name] = (stamp, digest)
            self._is_new = True
        return digest

    def remember(self) -> None:
        """Keep what was read for the next process; where that cannot be written, it reads again."""
        if not self._is_new:
            return
        new = self._memory.with_name(f"{self._memory.name}.{time.time_ns()}")
        try:
            self._memory.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps(self._known), encoding="utf-8")
            new.replace(self._memory)
        except OSError:
            with suppress(OSError):
                new.unlink()


def _remembered(path: Path) -> dict[str, tuple[_Stamp, str]]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {name: ([*map(int, stamp)], str(digest)) for name, (stamp, digest) in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _stamp(path: Path) -> _Stamp:
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]


def _crc32(path: Path) -> str:
    crc = 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            crc = zlib.crc32(block, crc)
    return f"{crc:08x}"
