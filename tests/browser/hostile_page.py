"""`python -m tests.browser.hostile_page FOLDER`: a page on papers, and with a model, full of what would do
harm in a page that lets it.
"""

import re
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from rag import Assistant, Paper
from rag.interfaces import Message
from rag.testing import ScriptedChatModel, hash_library, write_jsonl
from tests.ui.payloads import PAYLOADS, URLS
from ui.app import build_app, serve

SAYS = "The memory of the optimizer falls by 65 percent."


def papers() -> list[Paper]:
    """One for each payload, which stands in every field."""
    return [
        Paper(
            f"{payload} {number}",
            f"{payload} {SAYS} Paper {number} says so {payload}.",
            (payload, f"Ann {payload}"),
            2000 + number % 25,
            payload,
            URLS[number % len(URLS)],
            (payload,),
        )
        for number, payload in enumerate(shown for shown in PAYLOADS if "\ud800" not in shown)
    ]


def reply(messages: Sequence[Message]) -> str:
    """Every payload, each with a citation of the next source."""
    keys = list(dict.fromkeys(re.findall(r"\[([a-z]+\d+)\]", messages[-1].content)))
    said = (f"{SAYS} {payload} [{keys[n % len(keys)]}]." for n, payload in enumerate(PAYLOADS))
    return "\n".join(said)


def main(folder: Path) -> None:
    """Serve until killed; the address is printed as `footnote --json ui` does."""
    library = hash_library(folder / "library")
    library.ingest(write_jsonl(folder / "papers.jsonl", papers()))
    model = ScriptedChatModel(*[reply] * 10, piece=400, context=1_000_000)
    address = serve(build_app(Assistant(library, llm=model)))
    sys.stdout.write(f'{{"address": "{address}"}}\n')
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
