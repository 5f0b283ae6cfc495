"""A real Chromium at the real page: `footnote ui` in a process of its own, on loopback."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
_PATIENCE = 20_000  # milliseconds; a machine may be busy
expect.set_options(timeout=_PATIENCE)

Visit = Callable[..., "Visitor"]


@dataclass
class Visitor:
    """A person at the page, and what went wrong while they were."""

    page: Page
    address: str
    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    asked: int = 0

    @property
    def box(self) -> Locator:
        return self.page.get_by_role("textbox", name="Question")

    @property
    def turn(self) -> Locator:
        """The last one."""
        return self.page.locator("#fn-live .fn-turn")

    def ask(self, question: str) -> Locator:
        """Ask, and wait until the answer is whole."""
        self.begin(question)
        return self.whole()

    def begin(self, question: str) -> None:
        self.box.fill(question)
        self.box.press("Enter")

    def whole(self) -> Locator:
        self.asked += 1
        self.page.wait_for_selector(f"#fn-live #t{self.asked}:not(:has(.fn-pulse))")
        return self.turn

    def open(self, pane: str) -> None:
        """Turn to a pane; a phone keeps most of them in a menu."""
        tab = self.page.locator(".tab-container:not(.visually-hidden) [role=tab]", has_text=pane)
        if not tab.count():
            self.page.get_by_label("More tabs").click()
            tab = self.page.locator(".overflow-dropdown button", has_text=pane)
        tab.click()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed after each file: Playwright keeps an event loop running, and later tests start their own."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.skip("no Chromium here: the chat page was not driven in a browser (apt-get install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def site(browser: Browser, sample_copy: Callable[[], Path]) -> Iterator[str]:
    """Address of the page on the sample collection, without a model."""
    with page_served(*footnote_ui(sample_copy())) as address:
        yield address


@pytest.fixture(scope="module")
def hostile(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a page whose papers and model are full of scripts, markup and styles."""
    folder = str(tmp_path_factory.mktemp("hostile"))
    with page_served([sys.executable, "-m", "tests.browser.hostile_page", folder], {}) as address:
        yield address


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Visit]:
    """`visit(color_scheme="dark")`: open the page as a new person; what it asked of others fails the test."""
    visitors: list[Visitor] = []

    def open_page(address: str = site, **how: object) -> Visitor:
        context = browser.new_context(accept_downloads=True, **how)  # type: ignore[arg-type]
        context.set_default_timeout(_PATIENCE)
        visitor = watched(context.new_page(), address)
        visitors.append(visitor)
        visitor.page.goto(address)
        visitor.page.wait_for_selector(".fn-example, .fn-welcome")
        return visitor

    yield open_page
    for visitor in visitors:
        visitor.page.context.close()
        assert not visitor.dialogs
        assert not visitor.errors
        assert not [
            url for url in visitor.requests if not url.startswith((visitor.address, "data:", "blob:"))
        ]


def harm_seen(page: Page, script: str) -> dict[str, object]:
    """What a script that looks for harm finds."""
    page.wait_for_timeout(300)  # for what would run to have run
    found: dict[str, object] = page.evaluate(script)
    return found


def watched(page: Page, address: str) -> Visitor:
    """Every request, dialog and error is noted."""
    visitor = Visitor(page, address)

    def dismiss(dialog: object) -> None:
        visitor.dialogs.append(str(dialog))

    def note(request: Request) -> None:
        visitor.requests.append(request.url)

    page.on("dialog", dismiss)
    page.on("request", note)
    page.on("pageerror", lambda error: visitor.errors.append(str(error)))
    return visitor


def footnote_ui(library: Path, *options: str) -> tuple[list[str], dict[str, str]]:
    """The command and environment of a page on a library."""
    command = [sys.executable, "-c", "from rag.cli import main; main()", "--library", str(library), "--json"]
    return [*command, "ui", *options], {}


@contextmanager
def page_served(command: list[str], settings: dict[str, str]) -> Iterator[str]:
    """Address of a page served by a process of its own for as long as the context lasts."""
    with page_running(command, settings) as (address, _):
        yield address


@contextmanager
def page_running(
    command: list[str], settings: dict[str, str]
) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """The same, and the process."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FOOTNOTE_")}
    env = {**kept, "PYTHONPATH": str(ROOT), **settings}
    with (
        TemporaryFile("w+") as complaints,
        subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=complaints, text=True) as process,
    ):
        assert process.stdout
        try:
            line = process.stdout.readline()
            complaints.seek(0)
            assert line, complaints.read()
            yield json.loads(line)["address"], process
        finally:
            process.kill()
