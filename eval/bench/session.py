"""The order of measurements: systems take turns, so that a machine that slows down slows all of them."""

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Any

from eval.bench.inputs import Collection, Job, Task
from eval.bench.processes import run_python
from eval.bench.systems import BF16, KINDS, OURS, THEIRS, encoder_path
from rag import FootnoteError

Record = dict[str, Any]
"""One measurement: its `kind`, what was measured, and the figures or how it `failed`."""

_SCRIPT = Path(__file__).parent / "peers" / "minimal_llamaindex.py"
_COMMAND = "from rag.cli import main; main()"


@dataclass(frozen=True, slots=True)
class Plan:
    """The first collection is measured `repeat` times, the others once; `sizes` are papers to invent."""

    collections: tuple[Collection, ...]
    systems: tuple[str, ...]
    repeat: int
    sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Session:
    """Measures in a working folder; each measurement is noted as soon as it is there."""

    plan: Plan
    folder: Path
    runs: Path  # where ranked lists go
    note: Callable[[Record], None]
    say: Callable[[str], None]

    def measure(self) -> None:
        """Measure all that is planned."""
        for number, collection in enumerate(self.plan.collections):
            turns = range(1, self.plan.repeat + 1 if number == 0 else 2)
            self._take_turns(collection, turns)
            if number == 0 and self._task(collection).exists():
                self._cold_starts(collection)
            shutil.rmtree(self._store(collection, ""), ignore_errors=True)
        for size in self.plan.sizes:
            self._scale(size)

    def _take_turns(self, collection: Collection, turns: range) -> None:
        """What Footnote cannot take in is not measured: it reads the files for all."""
        precision = ""
        for turn, system in product(turns, self.plan.systems):
            if system == BF16 and precision != "bf16":
                continue
            found = self._one(collection, system, turn)
            if system == OURS and "failed" in found:
                return
            precision = found.get("precision", precision)

    def _one(self, collection: Collection, system: str, repeat: int) -> Record:
        self.say(f"{collection.name}: {KINDS[system].title}, {repeat}")
        store = self._store(collection, f"{system}-{repeat}")
        store.parent.mkdir(parents=True, exist_ok=True)
        run = str(self.runs / f"{collection.name}-{system}.trec") if repeat == 1 else None
        job = Job(system, collection, str(self._task(collection)), str(store), run, time.time())
        found = self._in_process(job)
        what = {"kind": "system", "collection": collection.name, "system": system, "repeat": repeat}
        self.note(what | found)
        if repeat > 1:  # the first one's stays, for cold starts
            shutil.rmtree(store, ignore_errors=True)
        return found

    def _cold_starts(self, collection: Collection) -> None:
        question = next(iter(Task.read(self._task(collection)).queries.values()))
        library = ("--library", str(self._store(collection, f"{OURS}-1")))
        commands: dict[str, tuple[str, ...]] = {
            "footnote ask": ("-c", _COMMAND, *library, "ask", "--", question),
            "footnote search": ("-c", _COMMAND, *library, "search", "--", question),
        }
        store = self._store(collection, f"{THEIRS}-1")
        if store.exists():
            commands["minimal LlamaIndex script"] = (str(_SCRIPT), str(store), encoder_path(), question)
        for repeat, (name, command) in product(range(1, self.plan.repeat + 1), commands.items()):
            self.say(f"cold start: {name}, {repeat}")
            ended = run_python(*command)
            figures: Record = {"seconds": ended.seconds, "peak_bytes": ended.peak_bytes}
            self.note(
                {"kind": "cold", "command": name, "repeat": repeat}
                | ({"failed": ended.error} if ended.error else figures)
            )

    def _scale(self, size: int) -> None:
        from eval.bench.scale import measure  # not before the others are done, as it loads numpy

        self.say(f"{size} invented papers")
        folder = self.folder / f"scale-{size}"
        folder.mkdir()
        try:
            found = measure(size, folder)
        except FootnoteError as error:
            found = {"failed": str(error)}
        self.note({"kind": "scale", "papers": size, **found})
        shutil.rmtree(folder, ignore_errors=True)

    def _in_process(self, job: Job) -> Record:
        """What a worker found."""
        job_path, result_path = self.folder / "job.json", self.folder / "result.json"
        job_path.write_text(json.dumps(asdict(job)), encoding="utf-8")
        ended = run_python("-m", "eval.bench.worker", str(job_path), str(result_path))
        if ended.error:
            return {"failed": ended.error}
        found: Record = json.loads(result_path.read_text(encoding="utf-8"))
        return found

    def _store(self, collection: Collection, name: str) -> Path:
        return self.folder / "collections" / collection.name / name

    def _task(self, collection: Collection) -> Path:
        return self._store(collection, "task.json")
