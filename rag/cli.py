"""The `footnote` command: each subcommand parses, calls the library, and prints."""

import time
from importlib.metadata import version
from pathlib import Path
from typing import Unpack

import click

from rag.commands.shell import (
    INTERRUPTED,
    Commands,
    Shared,
    field_by_column,
    filter_options,
    json_option,
    library_option,
    may_remove,
    print_json,
    run_and_exit,
)
from rag.retrieval.filters import FilterArguments


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(version("footnote-rag"), prog_name="footnote")
@library_option
@json_option
@click.pass_context
def footnote(ctx: click.Context, library: str | None, as_json: bool) -> None:
    """Ask questions of research-paper abstracts. Every sentence of the answer carries a footnote to the
    exact words of an abstract.

    Start with `footnote demo`, then give it your own papers:

    \b
      footnote --library my-papers ingest listing.txt
      footnote --library my-papers ask "Which optimizers cut memory?"
    """
    ctx.obj = Shared(library, as_json)
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@footnote.shared_command
def demo(shared: Shared) -> None:
    """Answer a question from the sample collection, offline.

    The sample goes into a library of its own, not into yours.

    \b
      footnote demo
    """
    from rag.commands.demo import QUESTION, ask_the_sample
    from rag.commands.terminal import Terminal
    from rag.commands.terminal_answers import show_demo
    from rag.export.payload import answer_json

    report, answer = ask_the_sample(shared)
    if shared.as_json:
        print_json(answer_json(answer))
    else:
        show_demo(Terminal(), QUESTION, report, answer, str(shared.library))


@footnote.shared_command
@click.argument(
    "paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(exists=True, path_type=Path)
)
@click.option(
    "--format",
    "format_name",
    metavar="FORMAT",
    help="What the files are, where it is not seen: bibtex, ris, nbib, wos, refworks, ovid, pubmed-xml,"
    " endnote-xml, arxiv-atom, jsonl, json, csv, tsv, listing.",
)
@click.option(
    "--map",
    "mapped",
    metavar="FIELD=COLUMN",
    multiple=True,
    help="Which column or key holds a field: abstract=Summary.",
)
@click.option("--sync", is_flag=True, help="Also remove what these files or folders no longer hold.")
@click.option(
    "--report",
    "report_path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the health report in full, as .json or .html.",
)
def ingest(
    shared: Shared,
    paths: tuple[Path, ...],
    format_name: str | None,
    mapped: tuple[str, ...],
    *,
    sync: bool,
    report_path: Path | None,
) -> int | None:
    """Read files, or folders of files, into the library.

    Reads pasted listings (title and abstract in turn), BibTeX, RIS, PubMed (.nbib and XML), EndNote XML,
    Web of Science, RefWorks and Ovid exports, arXiv feeds and snapshots, JSON of OpenAlex, Semantic
    Scholar, Crossref and Zotero, JSON lines, CSV and TSV, also compressed. What cannot be used is
    reported with file and line, and the rest goes in; records of one paper are merged. Files read
    before cost little; Ctrl-C keeps what was committed.

    \b
      footnote --library my-papers ingest listing.txt exports/
      footnote --library my-papers ingest table.csv --map abstract=Summary
      footnote --library my-papers ingest refs.bib --sync --report health.html
    """
    from rag.commands.overview import check_report_path, show_report, write_report
    from rag.commands.terminal import Terminal, progress_shown
    from rag.export.payload import ingest_json

    columns = field_by_column(mapped)
    if report_path:
        check_report_path(report_path)
    library = shared.open_library(create=True)
    with progress_shown(Terminal(stderr=True), "Ingesting") as progress:
        report = library.ingest(
            *paths,
            format=format_name,
            columns=columns,
            sync=may_remove if sync else False,
            progress=progress,
        )
    if shared.as_json:
        print_json(ingest_json(report))
    else:
        show_report(Terminal(), report)
    if report_path:
        write_report(report_path, report)
        Terminal(stderr=True).say(f"The health report in full is in {report_path}.")
    return INTERRUPTED if report.interrupted else None


@footnote.shared_command
@click.argument("query")
@click.option("-k", default=10, show_default=True, type=click.IntRange(1, 1000), help="Papers to show.")
@filter_options
def search(shared: Shared, query: str, k: int, **filters: Unpack[FilterArguments]) -> None:
    """Find the papers nearest to a query.

    Each is shown with the words that matched best and the parts of its score.

    \b
      footnote --library my-papers search "low-rank projection of gradients" -k 5
      footnote --library my-papers search "low-rank adaptation" --year 2021: --author hu
    """
    from rag.commands.terminal import Terminal, show_hits
    from rag.export.payload import search_json

    started = time.perf_counter()
    hits = shared.open_library().search(query, k, **filters)
    if shared.as_json:
        print_json(search_json(query, hits, {"total": time.perf_counter() - started}))
    else:
        show_hits(Terminal(), hits)


footnote.elsewhere(
    "ask", "rag.commands.answers:ask", "Answer a question from the abstracts, every sentence with its source."
)


@footnote.shared_command
@click.argument("question")
@click.argument("paper")
@click.option("-k", default=10, show_default=True, type=click.IntRange(1, 1000), help="Papers to be among.")
@filter_options
def explain(shared: Shared, question: str, paper: str, k: int, **filters: Unpack[FilterArguments]) -> None:
    """Say why a paper ranks where it does for a question.

    PAPER is an id or a whole title. Shows its place, each part of its score, the words of the question
    that it holds and lacks, and what it would have needed to be among the first.

    \b
      footnote --library my-papers explain "Which optimizers cut memory?" arxiv:2403.03507
    """
    from rag.commands.terminal import Terminal, show_explanation
    from rag.export.payload import explanation_json
    from rag.settings import load_settings

    started = time.perf_counter()
    explanation = shared.open_library().explain(question, paper, k, **filters)
    if shared.as_json:
        print_json(explanation_json(explanation, {"total": time.perf_counter() - started}))
    else:
        show_explanation(Terminal(), explanation, load_settings().reranker)


@footnote.shared_command
def info(shared: Shared) -> None:
    """Show what the library holds and what made it.

    Papers by source and by year, chunks, sizes on disk, encoder.

    \b
      footnote --library my-papers info
    """
    from rag.commands.overview import show_info
    from rag.commands.terminal import Terminal
    from rag.settings import unknown_variables

    facts = shared.open_library(any_recipe=True).info()
    unknown = unknown_variables()
    if shared.as_json:
        print_json({**facts, "unknown_settings": unknown})
    else:
        notes = [f"{name} is set, but is no setting of Footnote; see .env.example" for name in unknown]
        show_info(Terminal(), facts, notes)


@footnote.shared_command
@click.argument("papers", nargs=-1, required=True, metavar="PAPER...")
def remove(shared: Shared, papers: tuple[str, ...]) -> None:
    """Take papers out of the library by id.

    `footnote search` shows ids. Where one of them is unknown, none is taken out.

    \b
      footnote --library my-papers remove arxiv:2403.03507
    """
    from rag.commands.terminal import Terminal
    from rag.export.payload import paper_json

    removed = shared.open_library().remove(papers)
    if shared.as_json:
        print_json({"removed": [paper_json(paper) for paper in removed]})
        return
    for paper in removed:
        Terminal().say(f"removed {paper.paper_id}: {paper.title}")


@footnote.shared_command
def reindex(shared: Shared) -> None:
    """Write both indexes anew, re-embedding if the encoder changed.

    The library answers as before until all is done; a run broken off goes on where it stopped.

    \b
      FOOTNOTE_ENCODER=models/my-encoder footnote --library my-papers reindex
    """
    from rag.commands.terminal import Terminal, papers, progress_shown

    library = shared.open_library(any_recipe=True)
    with progress_shown(Terminal(stderr=True), "Embedding") as progress:
        embedded = library.reindex(progress)
    if shared.as_json:
        print_json({"embedded": embedded, **library.info()})
    else:
        Terminal().say(f"{papers(embedded)} embedded again, both indexes written anew.")


# What lives elsewhere is named here, and imported when it is called.
footnote.elsewhere(
    "export", "rag.commands.exports:export", "Write all papers to a file, as .jsonl, .bib or .ris."
)
footnote.elsewhere(
    "replay", "rag.commands.answers:replay", "Ask an answer's question again, and say what changed."
)
footnote.elsewhere(
    "check", "rag.commands.answers:check", "Look each claim of your own draft up in the library."
)
footnote.elsewhere("ui", "ui.cli:ui", "Open the chat page in a browser.")
evaluation = footnote.subgroup("eval", "Measure how good answers and retrieval are, offline.")
evaluation.elsewhere(
    "retrieval", "eval.retrieval_cli:retrieval", "Score what searching finds for judged queries."
)
evaluation.elsewhere(
    "answers", "eval.answers_cli:answers", "Score the answers to questions with known answers."
)
evaluation.elsewhere("compare", "eval.compare_cli:compare", "Compare two runs over the same questions.")
evaluation.elsewhere("gate", "eval.compare_cli:gate", "Say whether one run is as good as another.")
evaluation.elsewhere("report", "eval.report_cli:report", "Make one page of a run, to read and to hand on.")
evaluation.elsewhere(
    "perturb", "eval.perturb.cli:perturb", "Say how answers change with what should not matter."
)
evaluation.elsewhere("health", "eval.health_cli:health", "Say how well a library finds its own papers.")
evaluation.elsewhere("lint", "eval.lint_cli:lint", "Say what is wrong with a question file, line by line.")
evaluation.elsewhere("questions", "eval.making.cli:questions", "Make questions about your own papers.")
footnote.elsewhere("bench", "eval.bench.cli:bench", "Measure Footnote beside LlamaIndex's default.")


def main() -> None:
    """Run the command; see shell.run_and_exit."""
    run_and_exit(footnote)
