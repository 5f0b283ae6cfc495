"""How soon the chat page answers, and what it then holds in memory, beside a minimal page.

    python scripts/page_start.py FOLDER PAPERS...

Libraries of the papers are made in FOLDER, Footnote's and LlamaIndex's; then, in a real Chromium, from the
start of `footnote ui` to an answered question, and of a Gradio and LlamaIndex page, in turns.
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
from pathlib import Path
from socket import create_connection, socket

from playwright.async_api import Browser, Page, async_playwright

from eval.bench.inputs import Document
from eval.bench.systems import Source, encoder_path
from rag import Library

_TURNS = 3
_QUESTION = "How can the memory that training needs be reduced?"
_BOX = "#fn-question textarea, textarea[placeholder]"  # of either page
_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
_PEER = Path(__file__).resolve().parents[1] / "eval" / "bench" / "peers" / "minimal_page.py"


async def main(folder: Path, files: list[Path]) -> None:
    """Make what is missing in the folder, and print the figures."""
    ours, theirs = folder / "footnote", folder / "llamaindex"
    _prepare(ours, theirs, files)
    sites = {
        "footnote ui": (_footnote(ours), "#fn-live .fn-turn:not(:has(.fn-pulse)) .fn-sentence"),
        "Gradio and LlamaIndex": (_peer(theirs), ".bot.message"),
    }
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in sites}
    async with _chromium() as browser:
        for _ in range(_TURNS):
            for name, (command, answered) in sites.items():
                found[name].append(await _first_answer(browser, command, answered))
    for name, runs in found.items():
        took, held = (statistics.median(each) for each in zip(*runs, strict=True))
        print(f"{name}: {took:.1f} s to the first answer, {held:.0f} MB then (medians of {_TURNS})")


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


def _footnote(library: Path) -> list[str]:
    return [
        sys.executable,
        "-c",
        "from rag.cli import main; main()",
        "--library",
        str(library),
        "ui",
        "--port",
    ]


def _peer(store: Path) -> list[str]:
    return [sys.executable, "-P", str(_PEER), str(store), encoder_path()]


async def _first_answer(browser: Browser, command: list[str], answered: str) -> tuple[float, float]:
    """Seconds from the start of the process to an answer on the page, and megabytes it then holds."""
    started = time.perf_counter()
    with _serving(command) as (process, address):
        page = await _opened(browser, address)
        await _ask(page, _QUESTION)
        await page.wait_for_selector(answered)
        took = time.perf_counter() - started
        held = _held(process)
        await page.context.close()
        return took, held


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
    given = parser.parse_args()
    asyncio.run(main(given.folder, given.papers))
