"""Pictures of the chat page in each state, from the sample collection: `make screenshots`.

python scripts/screenshots.py docs/screens
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.resources import as_file, files
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from rag import Assistant, Library, ModelError
from rag.interfaces import Message
from rag.testing import ScriptedChatModel

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUESTION = "By how much does GaLore reduce the memory that optimizer states need?"
UNANSWERABLE = "How many eggs do emperor penguins lay in a breeding season?"
DESK = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)
BROKEN_OFF = ModelError("scripted: broke off in the middle of its reply; ask again, or choose another model")
NEW = """@article{tides, title={Tide Tables for Sparse Attention}, author={Moor, Ada}, year={2025},
  abstract={We schedule which tokens attend to which by a fixed table. Cost falls by a third.}}
@article{ebb, title={Ebb and Flow of Caches}, author={Moor, Ada}, year={2024}}
"""
PROSE = (
    "GaLore projects the gradient of each weight matrix into a small subspace for the optimizer [{0}1]. "
    "Memory for optimizer states falls by up to 65.5 percent, and by up to 82.5 percent with 8 bits [{0}1]. "
    "It reduces memory by 95 percent in every network [{0}1]. Many groups use it today."
)


def main(folder: Path, wanted: Sequence[str]) -> None:
    """Write pictures of the states wanted, or of all, to a folder."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    from ui.app import build_app, serve

    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        sys.exit("screenshots: no Chromium here; install Debian's `chromium`, or Google Chrome")
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as temporary, sync_playwright() as playwright:
        library = sample_library(Path(temporary) / "sample")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        plain = serve(build_app(Assistant(library)))
        prose = serve(build_app(Assistant(library, llm=ScriptedChatModel(*[write] * 9))))
        broken = Assistant(library, llm=ScriptedChatModel(*[(write, BROKEN_OFF)] * 3))
        other = serve(build_app(broken, runs=kept_runs(Path(temporary))))
        for name, (address, acts) in states(plain, prose, other, new_papers(Path(temporary))).items():
            if not wanted or name in wanted:
                photograph(browser, folder / name, address, acts)
        browser.close()
        library.close()
    print(
        *sorted(f"{picture.stat().st_size // 1000:4} kB {picture}" for picture in folder.iterdir()), sep="\n"
    )


Act = Callable[[Page], None]


def states(plain: str, prose: str, other: str, file: Path) -> Mapping[str, tuple[str, Sequence[Act]]]:
    """By name: which page, and what is done there before the picture. `other` has a model that breaks off,
    and evaluations; `file` is taken in last, as it changes the collection.
    """
    answered = partial(ask, question=QUESTION)
    return {
        "welcome": (plain, []),
        "answer": (plain, [answered, lambda page: page.locator("a.fn-marker").first.click()]),
        "prose": (prose, [answered, lambda page: page.locator(".fn-tag").first.focus()]),
        "no-answer": (plain, [partial(ask, question=UNANSWERABLE)]),
        "filters": (plain, [open_filters]),
        "history": (plain, [answered, partial(open_pane, name="History")]),
        "collection": (plain, [partial(open_pane, name="Collection")]),
        "compare": (prose, [partial(open_pane, name="Compare"), compare]),
        "broken-off": (other, [answered]),
        "evaluation": (other, [partial(open_pane, name="Evaluation")]),
        "imported": (plain, [partial(open_pane, name="Collection"), partial(drop, file=file)]),
    }


def photograph(browser: Browser, stem: Path, address: str, acts: Sequence[Act]) -> None:
    """One state on a desk by day and by night, and on a phone."""
    pages = {
        "light": browser.new_page(viewport=DESK, color_scheme="light", reduced_motion="reduce"),
        "dark": browser.new_page(viewport=DESK, color_scheme="dark", reduced_motion="reduce"),
        "phone": browser.new_page(viewport=PHONE, color_scheme="light", reduced_motion="reduce"),
    }
    for kind, page in pages.items():
        page.goto(address)
        page.wait_for_selector(".fn-welcome")
        for act in acts:
            act(page)
        page.wait_for_timeout(900)  # for the page to have come to rest
        picture = Image.open(BytesIO(page.screenshot()))
        picture.convert("RGB").quantize(128).save(stem.with_name(f"{stem.name}-{kind}.png"), optimize=True)
        page.close()


def ask(page: Page, question: str) -> None:
    """Ask, and wait for the whole answer."""
    page.get_by_role("textbox", name="Question").fill(question)
    page.keyboard.press("Enter")
    page.wait_for_selector("#fn-live .fn-turn:not(:has(.fn-pulse))")
    page.wait_for_timeout(500)


def compare(page: Page) -> None:
    """Ask both, and wait for both answers."""
    page.locator("#fn-compare-question textarea").fill(QUESTION)
    page.get_by_role("button", name="Compare").click()
    page.wait_for_selector("#fn-compare :text('cited by both')")


def drop(page: Page, file: Path) -> None:
    """Drop a file, and wait for the report on it."""
    page.locator("#fn-drop input[type=file]").set_input_files(file)
    page.locator("[role=tabpanel]:visible :text('added')").first.wait_for()


def open_filters(page: Page) -> None:
    """With some of them set."""
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("From year").fill("2023")
    page.wait_for_timeout(1000)


def open_pane(page: Page, name: str) -> None:
    """Also one that a phone keeps in a menu."""
    tab = page.locator(".tab-container:not(.visually-hidden) [role=tab]", has_text=name)
    if not tab.count():
        page.locator(".overflow-menu > button").click()
        tab = page.locator(".overflow-dropdown button", has_text=name)
    tab.click()
    page.wait_for_timeout(2500)


def sample_library(folder: Path) -> Library:
    """The demo collection."""
    library = Library.open(folder)
    with as_file(files("rag") / "sample" / "papers.jsonl") as sample:
        library.ingest(sample)
    return library


def kept_runs(folder: Path) -> Path:
    """A folder with two evaluations of the fixture, of eight papers and of two."""
    fixture, runs = ROOT / "eval" / "fixture", folder / "runs"
    footnote = [
        sys.executable,
        "-c",
        "from rag.cli import main; main()",
        "--library",
        str(folder / "fixture"),
    ]
    subprocess.run([*footnote, "ingest", fixture / "papers.jsonl"], check=True, capture_output=True)  # noqa: S603
    asked = [*footnote, "eval", "answers", str(fixture / "questions.jsonl")]
    for papers in ("8", "2"):
        command = [*asked, "-k", papers, "--out", str(runs / f"from-{papers}-papers")]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    return runs


def new_papers(folder: Path) -> Path:
    """A file to take in: one paper that is new, and one without an abstract."""
    file = folder / "new.bib"
    file.write_text(NEW, encoding="utf-8")
    return file


def write(messages: Sequence[Message]) -> str:
    """What stands for a model: two sentences that are borne out, and two that are not."""
    found = re.findall(r"\[([a-z]+)1\]", messages[-1].content)
    return PROSE.format(found[0] if found else "")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
