"""The same question in other words: typos, paraphrases by rule, acronyms for expansions and back."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from eval.perturb.glossary import glossary
from eval.perturb.scene import STABLE, Clean, Kind, Scene, Trial, stability
from eval.perturb.wordings import paraphrases, renamed, typos


def _typos(scene: Scene) -> Iterator[Trial]:
    return _reworded(scene, "typos", lambda clean: typos(_text(clean), scene.chance(clean.question.id)))


def _paraphrase(scene: Scene) -> Iterator[Trial]:
    return _reworded(scene, "paraphrase", lambda clean: paraphrases(_text(clean)))


def _acronym(scene: Scene) -> Iterator[Trial]:
    known = glossary(scene.library.papers())
    return _reworded(scene, "acronym", lambda clean: renamed(_text(clean), known))


def _text(clean: Clean) -> str:
    return clean.question.question


def _reworded(scene: Scene, kind: str, variants: Callable[[Clean], Iterable[str]]) -> Iterator[Trial]:
    for clean in scene.cleans:
        different = [text for text in dict.fromkeys(variants(clean)) if text != _text(clean)]
        for number, text in enumerate(different, start=1):
            asked = replace(clean.question, id=f"{clean.question.id}~{kind}~{number}", question=text)
            yield Trial(clean, asked, scene.ask, partial(stability, clean))


KINDS = (
    Kind("typos", STABLE, _typos),
    Kind("paraphrase", STABLE, _paraphrase),
    Kind("acronym", STABLE, _acronym),
)
