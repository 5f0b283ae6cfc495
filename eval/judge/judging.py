"""The judge's columns: what they will cost, its probes, two votes on every answer, and what is left open."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from eval.collection import Collection
from eval.folders import Told
from eval.judge.calls import Judge, NoVerdictError
from eval.judge.probes import PROBES, failed_probe, probe_task
from eval.judge.prompts import CREDIT, REPLY_TOKENS, VERSION, Task, messages, tokens
from eval.judge.tasks import Credits, facts_outcome, facts_task, statements_outcome, statements_task
from eval.lines import Json
from eval.metrics.columns import JUDGED_NUGGETS, JUDGED_SUPPORT
from eval.scoring import Scored
from rag import FootnoteError, ModelError

VOTES = (False, True)
"""As things stand, and turned round."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What judging takes: calls that are still to be made, about how many tokens they read and write."""

    calls: int
    tokens: int

    def __str__(self) -> str:
        return f"{self.calls} calls, about {self.tokens} tokens"


@dataclass(frozen=True, slots=True)
class Voted:
    """The votes on one task: its credits, and how many of its items were judged one way and the other."""

    credits: Credits
    flips: int = 0
    items: int = 0


def estimate(scored: Sequence[Scored], judge: Judge, collection: Collection) -> Estimate:
    """What judging these answers will take, if every reply can be read."""
    probes = [
        (probe_task(name, probe), False) for name in (JUDGED_NUGGETS, JUDGED_SUPPORT) for probe in PROBES
    ]
    votes = [*probes, *((task, turned) for task in _all(_tasks(scored, collection)) for turned in VOTES)]
    missing = [(task, turned) for task, turned in votes if not judge.has(task, turned=turned)]
    read = sum(tokens(messages(task, turned=turned)) for task, turned in missing)
    return Estimate(len(missing), read + sum(REPLY_TOKENS * len(task.items) for task, _ in missing))


def require_budget(needed: Estimate, budget: int) -> None:
    """Raises:
    FootnoteError: judging takes more calls than are allowed.
    """
    if needed.calls > budget:
        raise FootnoteError(
            f"--judge-calls {budget}: judging these answers takes {needed}; allow more, or ask "
            "fewer questions with --limit and another --out; what --out keeps is not asked again"
        )


def judged(
    scored: Sequence[Scored], judge: Judge, collection: Collection, told: Told, at_once: int
) -> tuple[list[Scored], Json]:
    """The same with the judge's outcomes, and what there is to say of the judge: `errors` of `tasks`,
    the `flip_rate` between its two votes, and the columns `withheld` because it failed a probe.

    Raises:
        ModelError: the model does not even reply to a probe.
    """
    withheld = {name: why for name in (JUDGED_NUGGETS, JUDGED_SUPPORT) if (why := failed_probe(name, judge))}
    tasks = {name: each for name, each in _tasks(scored, collection).items() if name not in withheld}
    flat = _all(tasks)
    found = _all_voted(judge, flat, told, at_once)
    judge.keep()
    return _with_outcomes(scored, tasks, found, collection), _facts(judge, flat, found, withheld)


def _tasks(scored: Sequence[Scored], collection: Collection) -> dict[str, list[Task | None]]:
    return {
        JUDGED_NUGGETS: [facts_task(each) for each in scored],
        JUDGED_SUPPORT: [statements_task(each, collection) for each in scored],
    }


def _all(tasks: Mapping[str, Sequence[Task | None]]) -> list[Task]:
    """Each once, however many answers are alike."""
    return list(dict.fromkeys(task for of_column in tasks.values() for task in of_column if task))


def _all_voted(judge: Judge, tasks: Sequence[Task], told: Told, at_once: int) -> dict[Task, Voted]:
    pool = ThreadPoolExecutor(at_once)
    try:
        found = {}
        votes = pool.map(partial(_voted, judge), tasks)
        for done, (task, voted) in enumerate(zip(tasks, votes, strict=True), start=1):
            found[task] = voted
            told("Judging", done, len(tasks))
        return found
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _voted(judge: Judge, task: Task) -> Voted:
    try:
        votes = [judge.verdicts(task, turned=turned) for turned in VOTES]
    except (NoVerdictError, ModelError) as error:
        return Voted(str(error))
    of_each = list(zip(*votes, strict=True))
    credit = [sum(CREDIT[verdict] for verdict in said) / len(said) for said in of_each]
    return Voted(credit, sum(len(set(said)) > 1 for said in of_each), len(of_each))


def _with_outcomes(
    scored: Sequence[Scored],
    tasks: Mapping[str, Sequence[Task | None]],
    found: Mapping[Task, Voted],
    collection: Collection,
) -> list[Scored]:
    def outcomes(n: int, each: Scored) -> Json:
        made = {}
        for name, of_column in tasks.items():
            task = of_column[n]
            credits_ = found[task].credits if task else ()
            made[name] = (
                facts_outcome(each, credits_)
                if name == JUDGED_NUGGETS
                else statements_outcome(each, credits_, collection)
            )
        return made

    return [replace(each, outcomes={**each.outcomes, **outcomes(n, each)}) for n, each in enumerate(scored)]


def _facts(judge: Judge, flat: Sequence[Task], found: Mapping[Task, Voted], withheld: Json) -> Json:
    items = sum(votes.items for votes in found.values())
    return {
        "model": judge.name,
        "prompts": VERSION,
        "votes": len(VOTES),
        "tasks": len(flat),
        "errors": sum(isinstance(found[task].credits, str) for task in flat),
        "items": items,
        "flip_rate": sum(votes.flips for votes in found.values()) / items if items else None,
        "withheld": withheld,
    }
