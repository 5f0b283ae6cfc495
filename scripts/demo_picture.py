"""Draw docs/demo.svg: what `footnote demo` prints, as a picture.

python scripts/demo_picture.py
"""

import io
import re
import tempfile
from pathlib import Path

from rich.console import Console

from rag import Assistant, Library
from rag.cli import DEMO_QUESTION
from rag.terminal import show_answer

_PICTURE = Path(__file__).resolve().parents[1] / "docs" / "demo.svg"


def main() -> None:
    """Ask the demo's question of the sample and keep the picture."""
    sample = Path(__file__).resolve().parents[1] / "rag" / "sample" / "papers.jsonl"
    with tempfile.TemporaryDirectory() as folder:
        library = Library.open(folder)
        library.ingest(sample)
        answer = Assistant(library).ask(DEMO_QUESTION)
    console = Console(record=True, width=100, file=io.StringIO(), force_terminal=True, highlight=False)
    console.print("$ make demo\n", style="dim")
    console.print(f"{DEMO_QUESTION}\n", style="bold")
    show_answer(console, answer)
    svg = console.export_svg(title="footnote demo")
    # rich asks for a font from the web; a local one serves.
    _PICTURE.write_text(re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
