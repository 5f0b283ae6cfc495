"""The `footnote bench` command; rag/cli.py names it and imports this when it is called."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from eval.bench.inputs import Collection, cut
from eval.bench.machine import machine, settings, versions
from eval.bench.session import Plan, Record, Session
from eval.bench.systems import KINDS, NOTES, OURS, require
from eval.dataset import corpus, documents, read_beir
from eval.questions import read_questions
from rag import FootnoteError

_FAILED, _INTERRUPTED = 3, 130  # exit codes: something outside did, Ctrl-C
_RESULTS = "results.jsonl"
_WIDTH = 140  # of tables that go to a file
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--questions",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Questions about the papers at PATH, with the ids or titles of those that answer them.",
)
@click.option("--beir", multiple=True, type=_FOLDER, metavar="DIR", help="A BEIR folder; may be repeated.")
@click.option("--scale", default="", metavar="N,N,…", help="Also measure stages on so many invented papers.")
@click.option(
    "--repeat",
    default=3,
    show_default=True,
    type=click.IntRange(1),
    metavar="N",
    help="Turns of each system.",
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only N queries, and smaller BEIR sets.")
@click.option(
    "--systems",
    default=",".join(KINDS),
    metavar="NAME,…",
    help=f"Of {', '.join(KINDS)}; Footnote is always one.",
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Keep all, with a picture."
)
def bench(
    paths: tuple[Path, ...],
    *,
    library: str | None,
    as_json: bool,
    questions: Path | None,
    beir: tuple[Path, ...],
    scale: str,
    repeat: int,
    limit: int | None,
    systems: str,
    out: Path | None,
) -> int | None:
    """Measure Footnote beside LlamaIndex's default, the bare encoder and BM25.

    All take in the same papers with the same encoder, each in a process of its own, in turns; the first
    collection --repeat times. Measured are ingest, search, cold start, memory, disk, and, where papers
    were judged, nDCG@10 and recall. Needs `pip install 'footnote-rag[bench]'`. What was measured before
    Ctrl-C is reported.

    \b
      footnote bench listing.txt --questions questions.jsonl --out bench-1
      footnote bench --beir beir/med --beir beir/cranfield --repeat 1
      footnote bench --scale 1000,10000,100000
    """
    names, sizes = _names(systems), _sizes(scale)
    if library:
        raise FootnoteError("bench makes libraries of its own; leave --library out")
    if questions and not paths:
        raise FootnoteError("--questions are about the papers at PATH; give one")
    if not (paths or beir or sizes):
        raise FootnoteError("nothing to measure; give files with papers, --beir DIR or --scale N")
    require(names if paths or beir else (), *(["matplotlib"] if out else []))
    if out and (out / _RESULTS).exists():
        raise FootnoteError(f"{out}: holds the results of another run; choose another folder")
    with TemporaryDirectory(prefix="footnote-bench-", ignore_cleanup_errors=True) as folder:
        collections = _collections(paths, questions, beir, limit, Path(folder))
        plan = Plan(collections, names, repeat, sizes)
        records, interrupted = _measured(plan, Path(folder), out)
    if all("failed" in record for record in records):
        raise FootnoteError(records[0]["failed"])
    report = _report(records, plan)
    _present(report, out, as_json=as_json)
    if interrupted:
        return _INTERRUPTED
    return _FAILED if report["failed"] else None


def _collections(
    paths: tuple[Path, ...],
    questions: Path | None,
    beir: tuple[Path, ...],
    limit: int | None,
    folder: Path,
) -> tuple[Collection, ...]:
    """What was given, read once before the long work begins."""
    found = []
    if questions:
        read_questions(questions)
    for each in beir:
        read_beir(each), documents(each)
    if paths:
        given = tuple(str(path.absolute()) for path in paths)
        asked = str(questions.absolute()) if questions else None
        found.append(Collection(paths[0].resolve().stem, given, questions=asked, limit=limit))
    for each in beir:
        used = cut(each, folder / "cut-beir" / each.resolve().name, limit) if limit else each.absolute()
        found.append(Collection(each.resolve().name, (str(corpus(used)),), beir=str(used), limit=limit))
    names = [collection.name for collection in found]
    if twice := [name for name in names if names.count(name) > 1]:
        raise FootnoteError(f"two collections are called {twice[0]}; rename a folder")
    return tuple(found)


def _measured(plan: Plan, folder: Path, out: Path | None) -> tuple[list[Record], bool]:
    """What was measured, and whether the user broke it off."""
    records: list[Record] = []
    runs = (out or folder) / "runs"
    runs.mkdir(parents=True, exist_ok=True)
    with _kept(out, records) as note:
        try:
            Session(plan, folder, runs, note, _say).measure()
        except KeyboardInterrupt:
            if not records:
                raise
            return records, True
    return records, False


@contextmanager
def _kept(out: Path | None, records: list[Record]) -> Iterator[Callable[[Record], None]]:
    """What notes a record: in memory, and at once in a file, so that nothing is lost."""
    if out is None:
        yield records.append
        return
    with (out / _RESULTS).open("x", encoding="utf-8") as stream:

        def note(record: Record) -> None:
            records.append(record)
            stream.write(f"{json.dumps(record)}\n")
            stream.flush()

        yield note


def _report(records: list[Record], plan: Plan) -> dict[str, Any]:
    # Not before all was measured: what a process holds when it starts another counts as the other's.
    from eval.bench.summary import summarised

    facts = {"machine": machine(), "versions": versions(), "settings": settings(), "repeat": plan.repeat}
    return facts | summarised(records) | {"notes": NOTES}


def _present(report: dict[str, Any], out: Path | None, *, as_json: bool) -> None:
    if out:
        from eval.bench.picture import draw

        (out / "report.json").write_text(f"{json.dumps(report, indent=2)}\n", encoding="utf-8")
        draw(report, out / "bench.png")
    if as_json:
        click.echo(json.dumps(report, indent=2))
        return
    from rich.console import Console

    from eval.bench.tables import show

    console = Console(highlight=False, markup=False)
    show(report, console if console.is_terminal else Console(highlight=False, markup=False, width=_WIDTH))
    if out:
        _say(f"All figures are in {out}, the picture in {out / 'bench.png'}.")


def _names(said: str) -> tuple[str, ...]:
    wanted = {name.strip() for name in said.split(",") if name.strip()}
    if unknown := sorted(wanted - KINDS.keys()):
        raise FootnoteError(f"--systems: no system {unknown[0]}; choose from {', '.join(KINDS)}")
    return tuple(name for name in KINDS if name in wanted or name == OURS)


def _sizes(said: str) -> tuple[int, ...]:
    try:
        sizes = tuple(int(size.replace("_", "")) for size in said.split(",") if size.strip())
    except ValueError:
        raise FootnoteError(f"--scale {said}: write numbers of papers, as in 1000,10000") from None
    if any(size < 1 for size in sizes):
        raise FootnoteError(f"--scale {said}: a collection has at least one paper")
    return sizes


def _say(line: str) -> None:
    click.echo(f"footnote bench: {line}", err=True)
