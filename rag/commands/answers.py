"""The commands that answer and prove: `ask`, `replay`, which asks again, and `check`."""

from pathlib import Path
from typing import Unpack

import click

from rag.assistant import Assistant
from rag.commands.exports import check_exports, write_exports
from rag.commands.overview import show_replay
from rag.commands.shell import Shared, export_option, filter_options, print_json
from rag.commands.terminal import Terminal
from rag.commands.terminal_answers import show_as_it_comes, show_check
from rag.draft_check import check_draft
from rag.draft_text import read_draft
from rag.errors import ModelError
from rag.export.passport import read_passport
from rag.export.payload import answer_json, check_json, replay_json
from rag.export.replay import replay as ask_again
from rag.retrieval.filters import FilterArguments
from rag.settings import load_settings


@click.argument("question")
@click.option(
    "--llm", metavar="SPEC", help="What writes the answer [FOOTNOTE_LLM], as ollama/qwen3:8b or none."
)
@click.option("-k", type=click.IntRange(1, 100), help="Papers the answer may draw on [FOOTNOTE_TOP_K, 8].")
@click.option("--force", is_flag=True, help="Answer also where the abstracts seem not to tell.")
@filter_options
@export_option
def ask(
    library: str | None,
    question: str,
    llm: str | None,
    k: int | None,
    *,
    as_json: bool,
    force: bool,
    exports: tuple[tuple[str, Path], ...],
    **filters: Unpack[FilterArguments],
) -> None:
    """Answer a question from the abstracts, every sentence with its source.

    Without a language model the answer is the abstracts' own sentences; with one (docs/models.md) it is
    prose, and each sentence that the abstracts do not bear out is named. Where they do not tell, it says
    so, why, and which papers came nearest.

    \b
      footnote --library my-papers ask "By how much does GaLore reduce optimizer memory?"
      footnote --library my-papers ask "Which optimizers cut memory?" --llm ollama/qwen3:8b
    """
    check_exports(exports)
    assistant = Assistant(Shared(library).open_library(), llm=llm)
    try:
        if as_json:
            answer = assistant.ask(question, k=k, force=force, **filters)
            print_json(answer_json(answer))
        else:
            events = assistant.stream(question, k=k, force=force, **filters)
            answer = show_as_it_comes(Terminal(), events, prose=assistant.writes)
    except ModelError as error:
        if as_json and error.answer:
            print_json({**answer_json(error.answer), "error": str(error)})
        raise
    write_exports(exports, answer, assistant.library, load_settings(llm=llm))


@click.argument(
    "passport_file", metavar="PASSPORT", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def replay(library: str | None, passport_file: Path, *, as_json: bool) -> None:
    """Ask an answer's question again, and say what is not as it was.

    PASSPORT is a file that `footnote ask --export passport FILE` wrote. The library and the settings are
    those of now; what they change is shown, and is no failure.

    \b
      footnote --library my-papers replay galore.json
    """
    before = read_passport(passport_file)
    replayed = ask_again(before, Shared(library).open_library(), load_settings())
    if as_json:
        print_json(replay_json(replayed))
    else:
        show_replay(Terminal(), before.question, replayed)


@click.argument("draft", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(library: str | None, draft: Path, *, as_json: bool) -> None:
    """Look each claim of your own draft up in the library.

    DRAFT is plain text, Markdown or LaTeX. For each sentence that claims something: the abstracts that
    bear it out, with the words and the key to cite them by, or those that speak against it. What it
    cites itself, by a key of this library's .bib or by author and year, is judged as well.

    \b
      footnote --library my-papers check introduction.md
    """
    text = read_draft(draft)
    claims = check_draft(text, Shared(library).open_library())
    if as_json:
        print_json(check_json(str(draft), claims))
    else:
        show_check(Terminal(), str(draft), claims)
