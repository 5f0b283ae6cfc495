"""An ingest report, a library's facts, a replay: short for a terminal, the report whole for a file."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment
from rich.text import Text

from rag.cleaning import clean
from rag.commands.terminal import INDENT, Terminal, papers
from rag.errors import InputError
from rag.export.payload import health_json
from rag.ingest.health import KINDS
from rag.ingest.report import Finding, IngestReport, Problem

if TYPE_CHECKING:
    from rag.export.replay import Replay

_MOST_PROBLEMS = 10  # lines of a kind on a terminal; a report file has them all
_MOST_ROWS = 15  # bars of a chart
_BAR = 32  # characters
_TITLE = 70  # characters of one in a finding


def show_report(console: Terminal, report: IngestReport) -> None:
    """What an ingest did and found: an example of each kind and the first problems."""
    counted = (
        (report.added, "added"),
        (report.updated, "updated"),
        (report.merged, "added to by another source"),
        (report.unchanged, "unchanged"),
        (report.without_abstract, "without an abstract (kept, not searched)"),
        (report.duplicates, "repeated records folded in"),
        (report.removed, "removed: no longer in their source"),
        (len(report.rejected), "rejected"),
    )
    said = ", ".join(f"{n} {what}" for n, what in counted if n) or "nothing new"
    console.say(f"{report.records} records read: {said} in {report.seconds:.1f} s.")
    console.say(f"The library now holds {papers(report.papers)} with an abstract, in {report.chunks} chunks.")
    _show_problems(console, "Rejected", report.rejected)
    _show_problems(console, "Warnings", report.warnings)
    if report.health:
        console.say("Health of these records:", "bold yellow")
    for kind, found in report.health.items():
        example = f", as {_named(found.first[0])}" if found.first else ""
        console.say(f"{found.count:>6}  {KINDS[kind]}{example}", indent=INDENT)
    if report.interrupted:
        console.say(
            "Stopped at a committed batch: what is counted above is in; run it again to go on.", "bold"
        )


def check_report_path(path: Path) -> Path:
    """The path, before anything is read, so that no report is lost after an hour's import.

    Raises:
        InputError: it cannot be written there, or is neither JSON nor HTML.
    """
    if path.suffix.lower() not in (".json", ".html", ".htm"):
        raise InputError(f"--report {path}: a report is written as .json or .html; name the file so")
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise InputError(f"--report {path}: not a file in a folder that is there; choose another path")
    return path


def write_report(path: Path, report: IngestReport) -> None:
    """The report in full, as JSON or as a page, by the name of the file."""
    if path.suffix.lower() == ".json":
        text = json.dumps(health_json(report), ensure_ascii=False, indent=2)
    else:
        template = files("rag.commands").joinpath("health.html").read_text(encoding="utf-8")
        page = Environment(autoescape=True).from_string(template)
        text = page.render(report=report, kinds=KINDS)
    path.write_text(text, encoding="utf-8")


def show_info(console: Terminal, info: Mapping[str, Any], notes: list[str]) -> None:
    """A collection at a glance."""
    shown = dict(info)
    faults = _to_mend(shown.pop("index_faults"))
    for name, value in shown.items():
        label = name.replace("_", " ")
        if name == "by_year":
            _show_chart(console, "papers by year", _by_decade(value) if len(value) > _MOST_ROWS else value)
        elif name == "by_source":
            _show_chart(console, "papers by source", _largest(value))
        elif name == "calibration":
            console.say(Text.assemble((label, "bold"), f": {_calibration(value)}"))
        elif isinstance(value, Mapping):
            console.say(label, "bold")
            for key, count in value.items():
                console.say(f"{count:>12,}  {key}", indent=INDENT)
        else:
            said = ", ".join(value) if isinstance(value, list) else value
            console.say(Text.assemble((label, "bold"), f": {said}"))
    for note in (*faults, *notes):
        console.say(note, "yellow")


def _to_mend(faults: Mapping[str, str]) -> list[str]:
    return [f"the {index} index {fault}; the next search mends it" for index, fault in faults.items()]


def _calibration(measured: Mapping[str, Any] | None) -> str:
    """What a library's probes came to."""
    if not measured:
        return "none yet, so typical values decide what is answered; it comes with an ingest of some papers"
    return (
        f"a question is answered from a closeness of {measured['bar']:.2f}; of {measured['probes']} probes "
        f"{measured['answered']:.0%} are with their own paper here, and without it {measured['refused']:.0%} "
        "are refused"
    )


def show_replay(console: Terminal, question: str, replay: "Replay") -> None:
    """Whether the answer is the same as in its passport, and what is not, by what it is about."""
    console.say(f"{clean(question)}\n", "bold")
    same_words = not {"sentences", "outcome"} & replay.differences.keys()
    if replay.identical:
        console.say("The same answer.", "bold green")
    else:
        console.say(
            "The same answer, but not all else:" if same_words else "Not the same answer:", "bold yellow"
        )
    for group, lines in replay.differences.items():
        console.say(f"\n{group.capitalize()}", "bold")
        for line in lines:
            console.say(clean(line), indent=INDENT)
    if replay.versions:
        console.say(f"\nVersions since then: {clean(', '.join(replay.versions))}", "dim")


def _show_problems(console: Terminal, title: str, problems: Sequence[Problem]) -> None:
    if not problems:
        return
    console.say(f"{title}:", "bold yellow")
    for problem in problems[:_MOST_PROBLEMS]:
        console.say(clean(str(problem)), indent=INDENT)
    if len(problems) > _MOST_PROBLEMS:
        more = len(problems) - _MOST_PROBLEMS
        console.say(f"… and {more} more; --report FILE lists them all", indent=INDENT)


def _named(finding: Finding) -> str:
    """Where a record is, which one it is, and what is the matter."""
    where = f"{_shorter(finding.source)}:{finding.line}" if finding.line else _shorter(finding.source)
    title = finding.title if len(finding.title) <= _TITLE else f"{finding.title[:_TITLE]}…"
    detail = f" ({finding.detail})" if finding.detail else ""
    return f"{where} {finding.paper_id}{f' “{title}”' if title else ''}{detail}"


def _shorter(source: str) -> str:
    """The last two parts of a file's path, without what a terminal would obey."""
    return clean("/".join(Path(source).parts[-2:]))


def _show_chart(console: Terminal, title: str, counts: Mapping[str, int]) -> None:
    console.say(title, "bold")
    width, most = max(map(len, counts), default=0), max(counts.values(), default=1)
    for label, count in counts.items():
        bar = "█" * round(_BAR * count / most)
        console.say(f"{label:<{width}} {count:>9,}  {bar}".rstrip(), indent=INDENT)


def _by_decade(by_year: Mapping[str, int]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for year, count in by_year.items():
        counts[f"{year[:3]}0s" if year.isdecimal() else year] += count
    return dict(counts)


def _largest(counts: Mapping[str, int]) -> dict[str, int]:
    """The first rows of counts that come largest first, by as much of each path as tells them apart."""
    first = dict(list(counts.items())[:_MOST_ROWS])
    named = Counter(map(_shorter, first))
    shown = {
        _shorter(source) if named[_shorter(source)] == 1 else clean(source): n for source, n in first.items()
    }
    rest = len(counts) - len(first)
    return shown | ({f"and {rest} more": sum(counts.values()) - sum(first.values())} if rest else {})
