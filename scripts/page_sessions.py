"""Many sessions at the chat page at once, as browsers hold them, and what that costs.

    python scripts/page_sessions.py LIBRARY --sessions 20 --seconds 120

Each session asks again and again, questions that nobody else asks, and looks whether what it is shown is
about them. Prints how soon an answer's first words came, and the server's memory at intervals.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
import httpx
import numpy as np

from rag import Library

_ROOT = Path(__file__).resolve().parents[1]
_LOOKS = 6  # at the server's memory, while the sessions ask


@dataclass
class Seen:
    """What one session saw."""

    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@click.command()
@click.argument("library", type=click.Path(exists=True, path_type=Path))
@click.option("--sessions", default=20, show_default=True)
@click.option("--seconds", default=120, show_default=True)
def main(library: Path, sessions: int, seconds: int) -> None:
    """Serve LIBRARY in a process of its own, and ask it from many sessions at once."""
    titles = [paper.title for paper in islice(Library.open(library, create=False).papers(), 50)]
    command = [
        sys.executable,
        "-c",
        "from rag.cli import main; main()",
        "--library",
        str(library),
        "--json",
        "ui",
    ]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own
        try:
            address = json.loads(next(iter(server.stdout or [])))["address"]
            print(*report(address, titles, sessions, seconds, server.pid), sep="\n")
        finally:
            server.kill()


def report(address: str, titles: list[str], sessions: int, seconds: int, server: int) -> Iterator[str]:
    """Lines on a run."""
    until = time.monotonic() + seconds
    ask_event = asking_event(address)
    with ThreadPoolExecutor(sessions) as pool:
        running = [
            pool.submit(session, address, ask_event, titles, number, until) for number in range(sessions)
        ]
        held = [_held_after(seconds / _LOOKS, server) for _ in range(_LOOKS)]
        seen = [each.result() for each in running]
    first = [each for one in seen for each in one.first]
    whole = [each for one in seen for each in one.whole]
    faults = [fault for one in seen for fault in one.faults]
    yield f"{sessions} sessions, {seconds} s: {len(whole)} answers, {len(faults)} faults"
    yield from faults[:5]
    for name, times in (("first words", first), ("whole answer", whole)):
        yield f"{name}: p50 {np.percentile(times, 50):.2f} s, p95 {np.percentile(times, 95):.2f} s"
    yield f"memory in MB, at equal intervals: {', '.join(f'{each:.0f}' for each in held)}"


def _held_after(seconds: float, process: int) -> float:
    time.sleep(seconds)
    return resident(process)


def resident(process: int) -> float:
    """Megabytes that a process holds in memory, where Linux says so."""
    status = Path(f"/proc/{process}/status")
    found = re.search(r"VmRSS:\s+(\d+)", status.read_text() if status.exists() else "")
    return int(found[1]) / 1000 if found else float("nan")


def asking_event(address: str) -> dict[str, Any]:
    """The event that a question sets off: its number, and what goes into it where nothing was typed; `box`
    and `browser` are the ids of what holds the question, and of what tells whose the history is.
    """
    config = httpx.get(f"{address}config", trust_env=False).json()
    components = {each["id"]: each for each in config["components"]}
    (box,) = (each["id"] for each in config["components"] if each["props"].get("elem_id") == "fn-question")
    (event,) = (each for each in config["dependencies"] if [box, "submit"] in map(list, each["targets"]))
    inputs = [components[each] for each in event["inputs"]]
    (browser,) = (each["id"] for each in inputs if each["type"] == "browserstate")
    return {
        "number": event["id"],
        "box": box,
        "browser": browser,
        "ids": event["inputs"],
        "values": [None if each["type"] == "state" else each["props"].get("value") for each in inputs],
    }


def session(address: str, event: dict[str, Any], titles: list[str], number: int, until: float) -> Seen:
    """One person who asks until the time is up."""
    seen, mine, count = Seen(), uuid4().hex[:10], 0
    with httpx.Client(base_url=address, timeout=120, trust_env=False) as client:
        while time.monotonic() < until:
            sign = f"visitor{number}question{count}x"
            question = f"What is {titles[(number + 7 * count) % len(titles)]}? {sign}"
            try:
                one_question(client, event, mine, question, sign, seen)
            except httpx.HTTPError as error:
                seen.faults.append(f"{sign}: {error!r}")
            count += 1
    return seen


def one_question(
    client: httpx.Client, event: dict[str, Any], mine: str, question: str, sign: str, seen: Seen
) -> None:
    """Ask, and read what comes as a browser does."""
    own = {event["box"]: question, event["browser"]: mine}
    values = [own.get(each, value) for each, value in zip(event["ids"], event["values"], strict=True)]
    started, first, told = time.monotonic(), 0.0, ""
    body = {"data": values, "fn_index": event["number"], "session_hash": mine, "trigger_id": event["box"]}
    client.post("gradio_api/queue/join", json={**body, "event_data": None}).raise_for_status()
    with client.stream("GET", "gradio_api/queue/data", params={"session_hash": mine}) as stream:
        for line in stream.iter_lines():
            told += line
            first = first or (time.monotonic() - started if "fn-sentence" in line else 0.0)
            if '"process_completed"' in line or '"close_stream"' in line:
                break
    if '"success":false' in told.replace(" ", "") or ("fn-sentence" not in told and "fn-no" not in told):
        seen.faults.append(f"{sign}: no answer: {told[-300:]}")
    if set(re.findall(r"visitor\d+question", told)) != {sign.partition("question")[0] + "question"}:
        seen.faults.append(f"{sign}: somebody else's question, or not its own")
    seen.first.append(first or time.monotonic() - started)
    seen.whole.append(time.monotonic() - started)


if __name__ == "__main__":
    main()
