"""A run that `--out` made → one page that shows all of it, read offline; or Markdown, or JSON."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape

from eval.cards import Papers, card
from eval.causes import CAUSES
from eval.charts import flow, interval_bar, stack
from eval.compare import compare, scale_of
from eval.folders import ANSWERS, REPORT, SCORES, read_description, read_scores
from eval.gate import gate
from eval.lines import Json, read_lines, read_object
from eval.metrics import FIGURES, PRIMARY
from eval.outcomes import Outcome, summary
from eval.shown import figure, interval
from rag import FootnoteError

_PAGES = {".html": "report.html.j2", ".htm": "report.html.j2", ".md": "report.md.j2"}
_MARKUP = re.compile(r"([\\`*_\[\]<>|#&])")


def check_report_path(path: Path) -> None:
    """Before the long work, not after it.

    Raises:
        FootnoteError: no report can be written there, or its ending names no format.
    """
    if path.suffix.lower() not in (*_PAGES, ".json"):
        raise FootnoteError(f"{path}: a report is written as .html, .md or .json; name the file so")
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise FootnoteError(f"{path}: not a file in a folder that is there; choose another path")


def write_report(path: Path, run: Path, against: Path | None = None) -> None:
    """Write what is in a run's folder, and with `against` what changed since that run, by the file's ending.

    The same runs give the same bytes.

    Raises:
        FootnoteError: a folder holds no finished run of `eval answers`, or the two cannot be compared.
    """
    check_report_path(path)
    _require_answers(run)
    found = read_object(run / REPORT)
    changes = compare(against, run) if against else None
    if path.suffix.lower() == ".json":
        told = {**found, "against": changes} if changes else found
        text = json.dumps(told, ensure_ascii=False, indent=2)
    else:
        pages = Environment(
            loader=FileSystemLoader(Path(__file__).parent),
            autoescape=select_autoescape(["html.j2"]),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        pages.filters |= {"figure": figure, "interval": interval, "plain": _plain}
        page = pages.get_template(_PAGES[path.suffix.lower()])
        text = page.render(_shown(run, found, against, changes))
    path.write_text(f"{text.rstrip()}\n", encoding="utf-8")


def _require_answers(run: Path) -> None:
    if (command := read_description(run)["command"]) != "eval answers":
        raise FootnoteError(f"{run}: holds a run of `{command}`; a report shows one of `eval answers`")
    if any("golds" not in line for line in read_scores(run).values()):
        raise FootnoteError(
            f"{run}/{SCORES}: of an earlier version; give its command again, nothing is asked anew"
        )


def _shown(run: Path, found: Json, against: Path | None, changes: Json | None) -> Json:
    scores, papers = read_scores(run), Papers()
    answers = {str(line["id"]): line for _, line in read_lines(run / ANSWERS)}
    before = {name: line["cause"] for name, line in read_scores(against).items()} if against else {}
    if missing := [name for name in scores if name not in answers]:
        raise FootnoteError(f"{run}/{ANSWERS}: no answer to {missing[0]}; give its command again")
    cards = [card(line, answers[name], papers, before.get(name)) for name, line in scores.items()]
    return {
        "run": found,
        "metrics": list(_metrics(found["metrics"], changes)),
        "slices": {name: rows for name in PRIMARY if (rows := _slices(name, scores.values()))},
        "causes": CAUSES,
        "stack": stack(found["causes"]),
        "against": _against(run, against, changes, before, scores) if against and changes else None,
        "cards": cards,
        "types": sorted({line["type"] for line in cards} - {""}),
        "styles": sorted({line["style"] for line in cards} - {""}),
        "papers": papers.listed,
    }


def _metrics(metrics: Mapping[str, Json], changes: Json | None) -> Iterable[Json]:
    """Those that apply, the declared ones first."""
    for name in [*PRIMARY, *(name for name in metrics if name not in PRIMARY)]:
        if (found := metrics[name])["n"]:
            yield {
                **found,
                "name": name,
                "primary": name in PRIMARY,
                "lower": scale_of(name).lower_is_better,
                "what": FIGURES[name].what,
                "blind": FIGURES[name].blind,
                "tier": FIGURES[name].tier,
                "bar": interval_bar(found["mean"], found["ci95"], scale_of(name)),
                "change": changes and changes["metrics"].get(name),
            }


def _slices(metric: str, scores: Iterable[Json]) -> list[Json]:
    """A metric by type and by style of question, the worst lower bound first."""
    parts: dict[tuple[str, str], list[Json]] = {}
    for line in scores:
        for kind in ("type", "style"):
            if line[kind]:
                parts.setdefault((kind, line[kind]), []).append(line)
    rows = [{"kind": kind, "name": name, **_of(metric, lines)} for (kind, name), lines in parts.items()]
    return sorted(
        (row for row in rows if row["n"]), key=lambda row: (row["ci95"][0], row["kind"], row["name"])
    )


def _of(metric: str, lines: Iterable[Json]) -> Json:
    pairs = [(_outcome(metric, line), bool(line["failed"])) for line in lines]
    scale = scale_of(metric)
    failed = sum(failed and outcome.status != "na" for outcome, failed in pairs)
    found = summary([outcome for outcome, _ in pairs], scale, failed)
    return {**found, "bar": interval_bar(found["mean"], found["ci95"], scale)}


def _outcome(metric: str, line: Json) -> Outcome:
    value = line["scores"].get(metric)
    status = "error" if metric in line["errors"] else "na"
    return Outcome(None, status) if value is None else Outcome(value)  # type: ignore[arg-type]


def _against(
    run: Path, against: Path, changes: Json, before: Mapping[str, str], scores: Mapping[str, Json]
) -> Json:
    found = read_object(against / REPORT)
    return {
        "run": found,
        "changes": sorted(changes["changes"], key=lambda each: -len(each["ids"])),
        "gate": gate(against, run),
        "stack": stack(found["causes"]),
        "flow": flow((before[name], line["cause"]) for name, line in scores.items()),
    }


def _plain(text: object) -> str:
    """Text that Markdown takes as text, in a table, too."""
    return _MARKUP.sub(r"\\\1", " ".join(str(text).split()))
