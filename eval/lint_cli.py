"""`footnote eval lint`."""

import json
from pathlib import Path

import click

from eval.lines import Json
from eval.lint import KINDS
from eval.lint import lint as check
from eval.shown import console
from rag import FootnoteError, Library

_FOUND = 1  # exit code: a gate says no


@click.argument(
    "questions", metavar="QUESTIONS", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def lint(questions: Path, *, library: str | None, as_json: bool) -> int:
    """Say what is wrong with a question file, line by line, before anybody trusts its figures.

    Finds golds that are missing or not unique, quotes that stand in no abstract, questions copied from
    the abstract that answers them, answers that stand in the question, and duplicates. Exit code 0 if
    there is nothing to mend, 1 if there is, 2 if the file cannot be used at all. Without a library only
    the file itself is checked.

    \b
      footnote --library my-papers eval lint questions.jsonl
    """
    opened, why_not = _opened(library)
    found = check(questions, opened)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _show(found, why_not)
    return _FOUND if found["findings"] else 0


def _opened(library: str | None) -> tuple[Library | None, str]:
    """The library; where none was asked for and there is none, why golds are not looked up."""
    try:
        return Library.open(library, create=False), ""
    except FootnoteError as error:
        if library is not None:
            raise
        return None, f"Golds were not looked up: {error}"


def _show(found: Json, why_not: str) -> None:
    shown = console()
    for each in found["findings"]:
        shown.print(f"{each['file']}:{each['line']}: {each['kind']}: {each['text']}", soft_wrap=True)
    for kind, count in found["counts"].items():
        shown.print(f"{count:>5}  {kind}: {KINDS[kind]}")
    if overlap := found["overlap"]:
        shown.print(
            f"Of a question's words {overlap['median']:.0%}, by rarity, stand in a gold abstract (median); "
            "the fewer, the harder for a search by words."
        )
    if why_not:
        shown.print(why_not)
    if not found["findings"]:
        shown.print(f"{found['n']} questions, nothing to mend.")
