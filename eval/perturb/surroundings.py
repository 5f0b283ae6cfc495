"""The same question among other papers: in another order, with near misses, twice there, not there."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from eval.neighbours import twins_of
from eval.perturb.edits import duplicate
from eval.perturb.scene import LESS, MORE, STABLE, Clean, Kind, Scene, Trial, Values, stability
from eval.questions import Question
from eval.reading import Said
from rag import Answer, Assistant, Hit

_SHARES = {0: 0, 50: 1, 80: 4, 100: 4}
"""By percentage of near misses, how many there are to the one paper that answers; at 100 it is not there."""


def _order(scene: Scene) -> Iterator[Trial]:
    """Backwards, and shuffled; what is found is the same."""
    for clean in scene.cleans:
        if clean.said.failed or clean.said.abstained:
            continue
        hits = list(scene.library.search(clean.question.question, scene.k, without=clean.question.without))
        shuffled = scene.chance(clean.question.id).sample(hits, len(hits))
        for name, order in (("backwards", hits[::-1]), ("shuffled", shuffled)):
            if order != hits:
                ask = partial(_answer_from, assistant=scene.assistant, hits=order)
                yield Trial(clean, _named(clean, f"order~{name}"), ask, partial(_kept, clean))


def _answer_from(
    question: str, *, assistant: Assistant, hits: Sequence[Hit], without: Sequence[str] = ()
) -> Answer:
    return assistant.answer_from(question, [hit for hit in hits if hit.paper.paper_id not in without])


def _kept(clean: Clean, said: Said) -> Values:
    values = stability(clean, said)
    return {name: values[name] for name in ("citations", "flips")}


def _distractors(scene: Scene) -> Iterator[Trial]:
    """One paper that answers and was cited, among more and more near misses; in the end only these."""
    for clean in scene.cleans:
        cited = [target for target in clean.targets if target in clean.said.cited_ids]
        if not cited:
            continue
        gone = [*clean.targets, *clean.question.without]
        found = scene.library.search(clean.question.question, max(_SHARES.values()), without=gone)
        misses = [hit.paper.paper_id for hit in found]
        for share, count in _SHARES.items():
            papers = [*misses[:count], *(cited[:1] if share < 100 else ())]
            asked, measured = _named(clean, f"distractors~{share}"), _measured(share)
            ask = partial(scene.ask, among=papers)
            yield Trial(clean, asked, ask, partial(_among, cited[0], measured), [measured])


def _measured(share: int) -> str:
    return f"cites@{share}" if share < 100 else "abstained@100"


def _among(target: str, measured: str, said: Said) -> Values:
    found = said.abstained if measured == "abstained@100" else target in said.cited_ids
    return {measured: float(found)}


def _duplicate(scene: Scene) -> Iterator[Trial]:
    """Every paper that answers is there twice."""
    again = {copy.paper_id: paper.paper_id for paper in scene.targets() for copy in [duplicate(paper)]}
    ask = scene.ask_of_copy([duplicate(paper) for paper in scene.targets()])
    for clean in scene.cleans:
        if clean.targets:
            yield Trial(clean, _named(clean, "duplicate"), ask, partial(stability, clean, again=again))


def _leave_one_out(scene: Scene) -> Iterator[Trial]:
    """The papers that answer, and what says nearly the same, are gone."""
    twins = twins_of(scene.library)
    searched = {paper.paper_id for paper in scene.targets()}
    for clean in scene.cleans:
        gone = [name for target in clean.targets if target in searched for name in (target, *twins(target))]
        if gone:
            without = tuple(dict.fromkeys([*gone, *clean.question.without]))
            asked = replace(_named(clean, "leave-one-out"), without=without)
            was_cited = set(without) & set(clean.said.cited_ids)
            measures = ["abstained", "cites_gone", *(["unchanged"] if was_cited else [])]
            yield Trial(clean, asked, scene.ask, partial(_left, clean, frozenset(without)), measures)


def _left(clean: Clean, gone: frozenset[str], said: Said) -> Values:
    return {
        "abstained": float(said.abstained),
        "cites_gone": float(bool(gone & set(said.cited_ids)) or said.unknown > 0),
        "unchanged": float(bool(said.prose) and said.prose == clean.said.prose),
    }


def _named(clean: Clean, name: str) -> Question:
    return replace(clean.question, id=f"{clean.question.id}~{name}")


KINDS = (
    Kind("order", {"citations": MORE, "flips": LESS}, _order),
    Kind(
        "distractors",
        {_measured(share): MORE for share in _SHARES},
        _distractors,
    ),
    Kind("duplicate", STABLE, _duplicate, of_all=True),
    Kind("leave-one-out", {"abstained": MORE, "cites_gone": LESS, "unchanged": LESS}, _leave_one_out),
)
