"""The sample collection, read and asked one question: what `footnote demo` shows."""

import shutil
from importlib.resources import as_file, files

from platformdirs import user_data_path

from rag.assistant import Assistant
from rag.commands.shell import Shared
from rag.commands.terminal import Terminal, progress_shown
from rag.errors import LibraryError
from rag.ingest.report import IngestReport
from rag.types import Answer

QUESTION = "By how much does GaLore reduce the memory that optimizer states need?"


def ask_the_sample(shared: Shared) -> tuple[IngestReport, Answer]:
    """Answer the question from the sample, read into the library that was named or one of its own."""
    if shared.library is not None:
        return _ask(shared)
    shared.library = str(user_data_path("footnote") / "demo")
    try:
        return _ask(shared)
    except LibraryError:  # of another version, say; it is but a copy of the sample
        shutil.rmtree(shared.library)
        return _ask(shared)


def _ask(shared: Shared) -> tuple[IngestReport, Answer]:
    library = shared.open_library(create=True)
    with (
        as_file(files("rag") / "sample" / "papers.jsonl") as sample,
        progress_shown(Terminal(stderr=True), "Reading") as progress,
    ):
        report = library.ingest(sample, progress=progress)
    return report, Assistant(library).ask(QUESTION)
