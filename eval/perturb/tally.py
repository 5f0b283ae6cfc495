"""What came of every variant → figures over questions, and what to look at first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from eval.lines import Json
from eval.outcomes import NOT_APPLICABLE, Outcome, summary
from eval.perturb.scene import Clean, Kind, Trial, Values

_LONGEST = 200  # characters of an answer in a finding


@dataclass(frozen=True, slots=True)
class Tried:
    """A variant, what was answered, and what was measured of that; `failed` is why there is no answer."""

    trial: Trial
    text: str
    values: Values
    failed: str


def report(kinds: Sequence[Kind], cleans: Sequence[Clean], tried: Mapping[str, Sequence[Tried]]) -> Json:
    """Each measure of each kind over the questions that it can be tried on: the variants of one question
    are one case, with their mean.
    """
    metrics = {}
    for kind in kinds:
        for measure, scale in kind.measures.items():
            of = [each for each in tried[kind.name] if measure in each.values]
            failed = len({each.trial.clean.question.id for each in of if each.failed})
            found = summary([_outcome(clean, measure, of) for clean in cleans], scale, failed)
            metrics[f"{kind.name}.{measure}"] = {**found, "lower_is_better": scale.lower_is_better}
    return {
        "n": len(cleans),
        "variants": {name: len(each) for name, each in tried.items()},
        "metrics": metrics,
        "findings": [finding for kind in kinds for finding in _findings(kind, tried[kind.name])],
    }


def lines(
    kinds: Sequence[Kind], cleans: Sequence[Clean], tried: Mapping[str, Sequence[Tried]]
) -> Iterator[Json]:
    """A line a question: its mean of each measure, null where it could not be tried."""
    for clean in cleans:
        scores = {
            f"{kind.name}.{measure}": _outcome(clean, measure, tried[kind.name]).value
            for kind in kinds
            for measure in kind.measures
        }
        yield {"id": clean.question.id, "question": clean.question.question, "scores": scores}


def _outcome(clean: Clean, measure: str, tried: Sequence[Tried]) -> Outcome:
    values = [each.values[measure] for each in tried if each.trial.clean is clean and measure in each.values]
    return Outcome(sum(values) / len(values)) if values else NOT_APPLICABLE


def _findings(kind: Kind, tried: Sequence[Tried]) -> Iterator[Json]:
    """What went as wrong as it can, of the measures that should be 0."""
    for measure, scale in kind.measures.items():
        for each in tried:
            if scale.lower_is_better and each.values.get(measure) == scale.worst:
                asked = each.trial.asked
                yield {
                    "metric": f"{kind.name}.{measure}",
                    "id": asked.id,
                    "question": asked.question,
                    "answer": (each.failed or each.text)[:_LONGEST],
                }
