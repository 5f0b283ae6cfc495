"""How soon the chat page answers, what it holds in memory, and how it bears many people at once.

    python scripts/page_figures.py FOLDER PAPERS.jsonl... [--sessions 20] [--seconds 120]

Libraries of the papers are made in FOLDER, Footnote's and LlamaIndex's; then, in a real Chromium: from the
start of `footnote ui` to an answered question, beside a minimal Gradio and LlamaIndex page, each three
times; and so many sessions that ask one question after another, each its own. Needs Debian's chromium.
"""

import argparse
import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import create_connection, socket

from playwright.async_api import Browser, Page, async_playwright

from eval.bench.inputs import Document
from eval.bench.systems import Source, encoder_path
from rag import Library, Paper

_TURNS = 3
_LIVE = "#fn-live"  # where Footnote's page shows the answer that is being written
_BOX = "#fn-question textarea, textarea[placeholder]"  # of either page
_PAUSE = 2.0  # seconds a person reads before the next question
_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
_PEER = Path(__file__).resolve().parents[1] / "eval" / "bench" / "peers" / "minimal_page.py"


@dataclass(slots=True)
class Heard:
    """What the sessions of a load saw."""

    first_tokens: list[float] = field(default_factory=list)
    wholes: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


async def main(folder: Path, files: list[Path], sessions: int, seconds: int) -> None:
    """Make what is missing in the folder, and print the figures."""
    ours, theirs = folder / "footnote", folder / "llamaindex"
    _prepare(ours, theirs, files)
    questions = _questions(Library.open(ours), sessions)
    async with _chromium() as browser:
        for name, command, answered in (
            ("footnote ui", _footnote(ours), f"{_LIVE} .fn-turn:not(:has(.fn-pulse)) .fn-sentence"),
            ("Gradio and LlamaIndex", _peer(theirs), ".bot.message"),
        ):
            runs = [await _first_answer(browser, command, questions[0][0], answered) for _ in range(_TURNS)]
            took, held = (statistics.median(each) for each in zip(*runs, strict=True))
            print(f"{name}: {took:.1f} s to the first answer, {held:.0f} MB then (medians of {_TURNS})")
        await _load(browser, _footnote(ours), questions, seconds)


def _prepare(ours: Path, theirs: Path, files: list[Path]) -> None:
    ours.parent.mkdir(parents=True, exist_ok=True)
    library = Library.open(ours)
    library.ingest(*files)
    library.search("makes the copy of the encoder")
    if not theirs.exists():
        from eval.bench.peers.llamaindex import LlamaIndexDefault

        documents = [Document(paper.paper_id, paper.text) for paper in library.papers() if paper.abstract]
        LlamaIndexDefault().ingest(Source([], documents), theirs)
    library.close()


def _questions(library: Library, sessions: int) -> list[list[str]]:
    """For each session questions of its own, that their papers' titles answer."""
    papers = [paper for paper in library.papers() if paper.abstract and paper.title]
    return [[_about(paper) for paper in papers[number::sessions]] for number in range(sessions)]


def _about(paper: Paper) -> str:
    return f"What is known of {paper.title.rstrip('.?')}?"


def _footnote(library: Path) -> list[str]:
    return [sys.executable, "-m", "rag.cli", "--library", str(library), "ui", "--port"]


def _peer(store: Path) -> list[str]:
    return [sys.executable, "-P", str(_PEER), str(store), encoder_path()]


async def _first_answer(
    browser: Browser, command: list[str], question: str, answered: str
) -> tuple[float, float]:
    """Seconds from the start of the process to an answer on the page, and megabytes it then holds."""
    started = time.perf_counter()
    with _serving(command) as (process, address):
        page = await _opened(browser, address)
        await _ask(page, question)
        await page.wait_for_selector(answered)
        took = time.perf_counter() - started
        held = _held(process)
        await page.context.close()
        return took, held


async def _load(browser: Browser, command: list[str], questions: list[list[str]], seconds: int) -> None:
    heard, memory = Heard(), list[float]()
    with _serving(command) as (process, address):
        pages = [await _opened(browser, address) for _ in questions]
        ends = time.perf_counter() + seconds
        people = [
            asyncio.create_task(_one_person(page, own, ends, heard))
            for page, own in zip(pages, questions, strict=True)
        ]
        while time.perf_counter() < ends:
            memory.append(_held(process))
            await asyncio.sleep(min(20, seconds / 6))
        await asyncio.gather(*people)
        memory.append(_held(process))
    p50, p95 = (statistics.quantiles(heard.first_tokens, n=20)[place] for place in (9, 18))
    print(f"{len(questions)} sessions, {seconds} s: {len(heard.wholes)} answers, {len(heard.wrong)} wrong")
    whole = statistics.median(heard.wholes)
    print(f"first words p50 {p50:.1f} s, p95 {p95:.1f} s; whole answers p50 {whole:.1f} s")
    print("memory, MB:", *(f"{each:.0f}" for each in memory))
    print(*heard.wrong[:5], sep="\n")


async def _one_person(page: Page, questions: list[str], ends: float, heard: Heard) -> None:
    for number, question in enumerate(questions * 100, start=1):
        if time.perf_counter() > ends:
            return
        asked = time.perf_counter()
        await _ask(page, question)
        turn = f"{_LIVE} #t{number}"
        await page.wait_for_selector(f"{turn} :is(.fn-sentence, .fn-no, .fn-failure)")
        heard.first_tokens.append(time.perf_counter() - asked)
        await page.wait_for_selector(f"{turn}:not(:has(.fn-pulse))")
        heard.wholes.append(time.perf_counter() - asked)
        if complaint := await _complaint(page, turn, question):
            heard.wrong.append(complaint)
        await asyncio.sleep(_PAUSE)


async def _complaint(page: Page, turn: str, question: str) -> str:
    """What is wrong with an answer: a failure, another's question, or not a word of the paper asked for."""
    if await page.locator(f"{turn} .fn-failure").count():
        return f"{question}: {await page.locator(f'{turn} .fn-failure').inner_text()}"
    shown = await page.locator(f"{turn} .fn-question").inner_text()
    if shown != question:
        return f"{question}: shown as {shown}"
    title = question.removeprefix("What is known of ").removesuffix("?")
    return "" if title in await page.locator(turn).inner_text() else f"{question}: its paper is not there"


async def _ask(page: Page, question: str) -> None:
    box = page.locator(_BOX).first
    await box.fill(question)
    await box.press("Enter")


async def _opened(browser: Browser, address: str) -> Page:
    context = await browser.new_context()
    page = await context.new_page()
    page.set_default_timeout(120_000)
    await page.goto(address)
    await page.locator(_BOX).first.wait_for()
    return page


@asynccontextmanager
async def _chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_FLAGS)
        yield browser
        await browser.close()


@contextmanager
def _serving(command: list[str]) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The page's process once its port is open, and its address."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}
    with subprocess.Popen([*command, str(port)], env=environment, stdout=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            while process.poll() is None and not _is_open(port):
                time.sleep(0.02)
            yield process, f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def _is_open(port: int) -> bool:
    try:
        create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _held(process: subprocess.Popen[bytes]) -> float:
    """Resident megabytes."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("papers", type=Path, nargs="+")
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=120)
    given = parser.parse_args()
    asyncio.run(main(given.folder, given.papers, given.sessions, given.seconds))
