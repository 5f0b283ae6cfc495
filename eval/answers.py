"""A question file and a library → answers, their scores, and a report; goes on where it was broken off."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.asking import Ask, ask_all, at_once
from eval.collection import Collection
from eval.folders import ANSWERS, Told, described, prepared, write_results
from eval.lines import Json, as_line, whole_lines, write_lines
from eval.questions import Question, read_questions
from eval.report import check_report_path, write_report
from eval.scoring import Scored, report, score_all, score_line
from eval.tiers import NO_MODELS, Models, Say, open_tiers, with_tiers
from rag import Assistant, FootnoteError, Library, Settings


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was asked, answered and scored; `seconds` by question, of those that were asked this time, and
    the calls that a judge took.
    """

    scored: Sequence[Scored]
    report: Json
    seconds: Mapping[str, Mapping[str, float]]
    judge_calls: int


def evaluate(
    path: Path,
    library: str | Path | Library | None,
    *,
    llm: str | None = None,
    k: int | None = None,
    limit: int | None = None,
    out: Path | None = None,
    page: Path | None = None,
    models: Models = NO_MODELS,
    told: Told = lambda *_: None,
    say: Say = lambda _: None,
) -> Evaluation:
    """Ask the questions of a file, the first `limit` of them, and score the answers.

    `out` keeps all of it; what a run that was broken off left there is not asked again, but for the
    failures at its end. `page` is a file for a report to read, .html, .md or .json. `models` give further
    columns; `say` is told what a judge will cost before it is asked.

    Raises:
        FootnoteError: a file cannot be understood, the library is not there or holds none of the gold
            papers, `out` holds another run, or judging takes more calls than are allowed.
        ModelError: the first question already finds no model, or the judge's first probe none.
    """
    if page:
        check_report_path(page)
    questions = read_questions(path)[:limit]
    if not questions:
        raise FootnoteError(f"{path}: holds no questions")
    opened = library if isinstance(library, Library) else Library.open(library, create=False)
    assistant = Assistant(opened, llm=llm)
    collection = Collection(opened)
    missing = _missing_golds(questions, collection, path)
    tiers = open_tiers(models, opened, at_once(models.judge or "none"))
    spec, k = llm or Settings().llm, k or Settings().top_k
    config = {"llm": spec, "k": k, "encoder": str(opened.recipe.encoder), "reranker": opened.reranker}
    data = [asdict(question) for question in questions]
    run = described("eval answers", path.stem, data, opened, config) | {"instruments": tiers.instruments}
    with TemporaryDirectory(prefix="footnote-") as temporary:
        folder = prepared(out or Path(temporary), run)
        ask = partial(assistant.ask, k=k)
        lines, seconds = _ask_the_rest(questions, ask, folder, told, at_once(spec))
        scored = score_all(questions, lines, collection)
        scored, facts, calls = with_tiers(scored, tiers, folder, collection, told, say)
        found = report(path.stem, scored, len(opened)) | {"missing_golds": missing, **facts, "run": run}
        write_results(folder, run, map(score_line, scored), found)
        if page:
            write_report(page, folder)
    return Evaluation(scored, found, seconds, calls)


def _missing_golds(questions: Sequence[Question], collection: Collection, path: Path) -> list[str]:
    """Gold papers that the collection has not; where it has none at all, it is the wrong one."""
    try:
        golds = {name: collection.named(name) for question in questions for name in question.gold_ids}
    except FootnoteError as error:
        raise FootnoteError(f"{path}: {error}") from None
    if golds and not any(golds.values()):
        raise FootnoteError(
            f"{path}: none of its {len(golds)} gold papers is in {collection.path}; give another library"
        )
    return [name for name, paper in golds.items() if paper is None]


def _ask_the_rest(
    questions: Sequence[Question], ask: Ask, folder: Path, told: Told, threads: int
) -> tuple[list[Json], dict[str, Mapping[str, float]]]:
    """Ask what the folder has no answer to yet, and add each line as it comes. Returns all lines in the order
    of the questions, as they are kept, and the seconds of those that were asked.
    """
    path, seconds = folder / ANSWERS, dict[str, Mapping[str, float]]()
    lines = {str(line.get("id")): line for line in _answered(path)}
    missing = [question for question in questions if question.id not in lines]
    write_lines(path, lines.values())  # without what was cut off
    with path.open("a", encoding="utf-8") as stream, closing(ask_all(missing, ask, threads)) as asked:
        for each in asked:
            if each.error and not lines:  # no model there: that says nothing of any answer
                raise each.error
            stream.write(as_line(each.line))
            stream.flush()
            lines[each.line["id"]] = each.line
            seconds[each.line["id"]] = each.seconds
            told("Asking", len(questions) - len(missing) + len(seconds), len(questions))
    write_lines(path, [lines[question.id] for question in questions])
    return whole_lines(path), seconds


def _answered(path: Path) -> list[Json]:
    """The whole lines of an earlier run, without the failures at its end, which may be those of an outage."""
    kept = whole_lines(path)
    while kept and "error" in kept[-1]:
        kept.pop()
    return kept
