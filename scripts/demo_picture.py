"""Draw docs/demo.svg: what `footnote demo` prints, as a picture.

python scripts/demo_picture.py
"""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

_PICTURE = Path(__file__).resolve().parents[1] / "docs" / "demo.svg"
_WIDTH = 100


def main() -> None:
    """Run the demo as on a terminal and keep the picture, without its first line and the last few."""
    shown = subprocess.run(
        [sys.executable, "-c", "from rag.cli import main; main()", "demo"],
        env={**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(_WIDTH)},
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout
    console = Console(record=True, width=_WIDTH, file=io.StringIO(), force_terminal=True, highlight=False)
    console.print("$ make demo", style="dim")
    console.print(Text.from_ansi(shown.partition("\n")[2].partition("Where to go next")[0]))
    svg = console.export_svg(title="footnote demo")
    # rich asks for a font from the web; a local one serves.
    _PICTURE.write_text(re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
