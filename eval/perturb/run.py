"""A question file and an assistant → what changes with what should not matter, and with what should."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.asking import Ask
from eval.collection import Collection
from eval.folders import Told, described, prepared, write_results
from eval.lines import Json
from eval.perturb import editing, rewording, surroundings
from eval.perturb.kept import Answers
from eval.perturb.scene import Clean, Kind, Scene, Trial
from eval.perturb.tally import Tried, lines, report
from eval.questions import Question, read_questions
from eval.reading import Said
from rag import Assistant, FootnoteError, Settings

KINDS = {kind.name: kind for kind in (*rewording.KINDS, *surroundings.KINDS, *editing.KINDS)}
"""Everything that can be changed."""


@dataclass(frozen=True, slots=True)
class Perturbed:
    """What `footnote eval perturb --json` prints, and the seconds of each variant asked this time."""

    report: Json
    seconds: Mapping[str, Mapping[str, float]]


def perturb(
    path: Path,
    assistant: Assistant,
    *,
    only: Sequence[str] = (),
    k: int | None = None,
    limit: int | None = None,
    seed: int = 1,
    at_once: int = 1,
    out: Path | None = None,
    told: Told = lambda *_: None,
) -> Perturbed:
    """Ask the questions of a file, and again with one thing changed at a time: KINDS, or `only` some.

    Abstracts are edited in copies of the library, which are gone afterwards. `out` keeps the answers, and
    goes on with those of a run that was broken off.

    Raises:
        FootnoteError: a file cannot be understood, there is no such kind, or `out` holds another run.
        ModelError: the first question already finds no model.
    """
    kinds = [_kind(name) for name in only or KINDS]
    questions = read_questions(path)[:limit]
    if not questions:
        raise FootnoteError(f"{path}: holds no questions")
    library, k = assistant.library, k or Settings().top_k
    collection = Collection(library)
    golds = {question.id: _golds(question, collection, path) for question in questions}
    config = {
        "llm": assistant.model, "k": k, "seed": seed, "kinds": [kind.name for kind in kinds],
        "encoder": str(library.recipe.encoder), "reranker": library.reranker,
    }  # fmt: skip
    run = described("eval perturb", path.stem, list(map(asdict, questions)), library, config)
    with TemporaryDirectory(prefix="footnote-") as temporary:
        folder = prepared(out or Path(temporary), run)
        answers = Answers(folder, at_once, told)
        answers.drop_stale(questions, [kind.name for kind in kinds if kind.of_all])
        cleans = _clean(questions, golds, partial(assistant.ask, k=k), answers)
        tried = {}
        for kind in kinds:
            with TemporaryDirectory(prefix="footnote-") as copies:
                scene = Scene(assistant, k, cleans, collection, seed, Path(copies))
                tried[kind.name] = _tried(kind, scene, answers)
        found = {"dataset": path.stem, **report(kinds, cleans, tried), "papers": len(library), "run": run}
        answers.put_in_order()
        write_results(folder, run, lines(kinds, cleans, tried), found)
    return Perturbed(found, answers.seconds)


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise FootnoteError(f"“{name}” is no perturbation; choose from {', '.join(KINDS)}")
    return KINDS[name]


def _golds(question: Question, collection: Collection, path: Path) -> list[str]:
    """Ids of the gold papers that are there."""
    try:
        found = map(collection.named, question.gold_ids)
        return list(dict.fromkeys(paper.paper_id for paper in found if paper))
    except FootnoteError as error:
        raise FootnoteError(f"{path}: {error}") from None


def _clean(
    questions: Sequence[Question], golds: Mapping[str, list[str]], ask: Ask, answers: Answers
) -> list[Clean]:
    """The answers while nothing is changed; where no gold is named, what they cite is taken for it."""
    answered = zip(questions, answers.to("Asking", [(each, ask) for each in questions]), strict=True)
    return [Clean(asked, said, tuple(golds[asked.id] or said.cited_ids)) for asked, said in answered]


def _tried(kind: Kind, scene: Scene, answers: Answers) -> list[Tried]:
    """Ask all variants of a kind; the worst of everything is measured of an answer that failed."""
    try:
        trials = list(kind.trials(scene))
        said = answers.to(kind.name, [(trial.asked, trial.ask) for trial in trials])
    finally:
        for copied in scene.copies:
            copied.close()
    return [_one(kind, *each) for each in zip(trials, said, strict=True)]


def _one(kind: Kind, trial: Trial, said: Said) -> Tried:
    failed = said.failed or trial.clean.said.failed
    measures = kind.measures if trial.measures is None else trial.measures
    found = {} if failed else trial.judge(said)
    values = {name: kind.measures[name].worst if failed else found[name] for name in measures}
    return Tried(trial, said.text, values, failed)
