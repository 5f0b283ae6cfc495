"""Adding papers from the page: files dropped on it, how far they are, and what came of them."""

import asyncio
import shutil
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import gradio as gr

from rag import FootnoteError, IngestReport, Library
from ui.markup import rendered

LARGEST = "100mb"
"""Of one file."""

FOLDER = "uploads"
"""In the library's folder, so that a file that is dropped again takes the place of what it said before."""

_LOOK = 0.2  # seconds between two looks at how far it is
_HINT = "Drop files here to add papers: BibTeX, RIS, PubMed, EndNote, CSV, JSON and others, up to {} each."
_BUSY = "Papers are being taken in already; drop the files again when that is done."


def import_pane(library: Library, largest: str) -> gr.State:
    """Put the drop zone on the page; returns what changes when an import has ended."""
    size = f"{largest.removesuffix('mb')} MB"
    gr.HTML(rendered("line.html.j2", line=_HINT.format(size)), apply_default_css=False)
    dropped = gr.File(
        file_count="multiple", type="filepath", label="Add papers", height=140, elem_id="fn-drop"
    )
    told = gr.HTML("", apply_default_css=False)
    ended = gr.State(0)
    dropped.upload(
        _taking_in(library),
        dropped,
        told,
        show_progress="hidden",
        concurrency_limit=None,
        api_visibility="private",
    ).then(
        lambda: (None, time.time()),
        None,
        [dropped, ended],
        show_progress="hidden",
        api_visibility="private",
    )
    return ended


def _taking_in(library: Library) -> Callable[..., AsyncIterator[str]]:
    lock = Lock()  # one import at a time: a second one would move files under the first

    async def take_in(said: Sequence[str] | None) -> AsyncIterator[str]:
        """What is told. It goes on though the tab be closed; of the files nothing stays."""
        files = [Path(file) for file in dict.fromkeys(said or ())]
        if not files:
            return
        if not lock.acquire(blocking=False):
            _discard(files)
            yield import_html(problem=_BUSY)
            return
        run = _Import(library, files, lock)
        while not run.task.done():
            yield import_html(done=run.done, total=run.total)
            await asyncio.wait([run.task], timeout=_LOOK)
        report, problem = run.task.result()
        yield import_html(report=report, problem=problem)

    return take_in


class _Import:
    """One import in a thread of its own; `done` of `total` records are dealt with."""

    def __init__(self, library: Library, files: Sequence[Path], lock: Lock) -> None:
        self.done = self.total = 0
        self._library, self._files, self._lock = library, files, lock
        self.task = asyncio.create_task(asyncio.to_thread(self._run))

    def _run(self) -> tuple[IngestReport | None, str]:
        folder = self._library.path / FOLDER
        try:
            _check_names(self._files)
            folder.mkdir(exist_ok=True)
            paths = [Path(shutil.move(file, folder / file.name)) for file in self._files]
            return self._library.ingest(*paths, progress=self._note), ""
        except FootnoteError as error:
            return None, str(error).replace(f"{folder}/", "")
        except OSError as error:
            return None, f"The files were not stored: {error.strerror}. Free some space and drop them again."
        finally:
            shutil.rmtree(folder, ignore_errors=True)  # the library keeps their records
            _discard(self._files)
            self._lock.release()

    def _note(self, progress: Any) -> None:  # noqa: ANN401 - Progress is no public name
        self.done, self.total = progress.done, progress.total


def _check_names(files: Sequence[Path]) -> None:
    """A name is how a file is known again, so of two that share one the library would forget the first."""
    names = Counter(file.name.casefold() for file in files)
    if twice := next((file.name for file in files if names[file.name.casefold()] > 1), ""):
        raise FootnoteError(f"{twice}: two files have this name; rename one, and drop them again")


def _discard(files: Sequence[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def import_html(done: int = 0, total: int = 0, report: IngestReport | None = None, problem: str = "") -> str:
    """How far an import is, what came of it, or why nothing did."""
    return rendered("import.html.j2", done=done, total=total, report=report, problem=problem)
