"""How well a model tells what its figures are about: measured where it runs, on cases that are known.

The cases come of the fixture: an answer beside its gold quotes, beside other words, and turned round. No
model can have read them.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path
from scipy import stats

from eval.canaries import negated, with_other_digits
from eval.lines import Json, read_lines, read_object, write_json
from eval.questions import Question, read_questions
from eval.stats import generator
from rag import SupportModel, sentences

_FIXTURE = Path(__file__).resolve().parents[1] / "fixture"
_FILES = ("questions.jsonl", "papers.jsonl")
_VERSION = "1"  # of the cases
_RESAMPLES = 1_000

Pair = tuple[str, str]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cases:
    """Pairs of a text and a claim: those that fit, and by what is wrong with them those that do not.

    Of each kind the pairs stand in the order of those that fit, None where there is none.
    """

    right: Sequence[Pair]
    wrong: dict[str, Sequence[Pair | None]]


def card(model: SupportModel) -> Json:
    """How often the model scores what fits above what does not, for `support` and for `similarity`, by what
    is wrong (AUROC, ties being halves), and the `bar` from which support counts.

    It is measured once for a model's weights, and remembered in the user's cache folder.
    """
    path = user_cache_path("footnote") / "cards" / f"{card_key(model)}.json"
    if path.exists():
        return read_object(path)
    found = measured(model)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, found)
    return found


def card_key(model: SupportModel) -> str:
    """A hash of the model's name and weights, and of the cases."""
    texts = [(_FIXTURE / name).read_text(encoding="utf-8") for name in _FILES]
    return sha256(json.dumps([_VERSION, model.name, model.revision, *texts]).encode()).hexdigest()[:16]


def measured(model: SupportModel) -> Json:
    """The same, measured anew."""
    support, bar = _figures(model, support_cases())
    similarity, _ = _figures(model, similarity_cases())
    return {
        "model": model.name,
        "revision": model.revision[:16],
        "bar": bar,
        "support": support,
        "similarity": similarity,
    }


def support_cases() -> Cases:
    """Each answer beside its gold quotes; beside another sentence of the same paper, and of another paper;
    denied; and with other digits.
    """
    asked, abstracts = _answered(), _abstracts()
    golds = [" ".join(quote.text for quote in each.gold_quotes) for each in asked]
    others = [_sentence_beside(each, abstracts[each.gold_ids[0]]) for each in asked]
    return Cases(
        [(gold, each.answer) for gold, each in zip(golds, asked, strict=True)],
        {
            "another paper": [(golds[_other(n, asked)], each.answer) for n, each in enumerate(asked)],
            "same paper": [(other, each.answer) for other, each in zip(others, asked, strict=True)],
            **_turned_round(golds, [each.answer for each in asked]),
        },
    )


def similarity_cases() -> Cases:
    """The nuggets of each answer beside it; those of another question; denied; and with other digits."""
    asked = [each for each in _answered() if each.nuggets]
    answers = [each.answer for each in asked]
    said = [". ".join(nugget.text for nugget in each.nuggets) for each in asked]
    return Cases(
        list(zip(answers, said, strict=True)),
        {
            "another question": [(answer, said[_other(n, asked)]) for n, answer in enumerate(answers)],
            **_turned_round(answers, said),
        },
    )


def _answered() -> list[Question]:
    questions = read_questions(_FIXTURE / "questions.jsonl")
    return [each for each in questions if each.answerable and each.answer and each.gold_quotes]


def _abstracts() -> dict[str, str]:
    papers = (line for _, line in read_lines(_FIXTURE / "papers.jsonl"))
    return {f"doi:{paper['doi']}": paper["abstract"] for paper in papers}


def _other(n: int, asked: Sequence[Question]) -> int:
    """The nearest question before this one, the last before the first, that is about none of its papers."""
    about = set(asked[n].gold_ids)
    return next(n - back for back in range(1, len(asked)) if about.isdisjoint(asked[n - back].gold_ids))


def _sentence_beside(question: Question, abstract: str) -> str:
    """The first sentence of the abstract, from the gold quote on and then from its beginning, that is none
    of the gold quotes.
    """
    split = [abstract[start:end] for start, end in sentences(abstract)]
    golds = " ".join(quote.text for quote in question.gold_quotes)
    first = next((n for n, text in enumerate(split) if text in golds), 0)
    return next(text for text in [*split[first:], *split] if text not in golds)


def _turned_round(texts: Sequence[str], claims: Sequence[str]) -> dict[str, Sequence[Pair | None]]:
    def changed(change: Callable[[str], str]) -> list[Pair | None]:
        new = ((text, claim, change(claim)) for text, claim in zip(texts, claims, strict=True))
        return [(text, other) if other != claim else None for text, claim, other in new]

    return {"denied": changed(negated), "other numbers": changed(with_other_digits)}


def _figures(model: SupportModel, cases: Cases) -> tuple[Json, float]:
    right = np.array(model.support(cases.right))
    wrong = {name: _scores(model, pairs) for name, pairs in cases.wrong.items()}
    figures = {name: _figure(right, scores) for name, scores in wrong.items()}
    unrelated = [scores for name, scores in wrong.items() if name not in ("denied", "other numbers")]
    return figures, _bar(right, np.concatenate(unrelated))


def _scores(model: SupportModel, pairs: Iterable[Pair | None]) -> Floats:
    """Not a number where there is no pair."""
    pairs = list(pairs)
    found = iter(model.support([pair for pair in pairs if pair]))
    return np.array([next(found) if pair else np.nan for pair in pairs])


def _figure(right: Floats, wrong: Floats) -> Json:
    """With its 95 % interval, the questions that the cases are made of being what chance picked."""
    kept = ~np.isnan(wrong)
    right, wrong = right[kept], wrong[kept]
    random, n = generator(), len(right)
    drawn = (random.integers(n, size=n) for _ in range(_RESAMPLES))
    low, high = np.percentile([_auroc(right[these], wrong[these]) for these in drawn], (2.5, 97.5))
    return {"auroc": _auroc(right, wrong), "ci95": [float(low), float(high)], "n": n}


def _auroc(right: Floats, wrong: Floats) -> float:
    ranks, n = stats.rankdata(np.concatenate([right, wrong])), len(right)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * len(wrong)))


def _bar(right: Floats, wrong: Floats) -> float:
    """Where the shares of right ones above and of wrong ones below are greatest together."""
    bars = np.unique(right)
    gains = [(right >= bar).mean() - (wrong >= bar).mean() for bar in bars]
    return float(bars[int(np.argmax(gains))])
