"""The columns that a model gives, where one was asked for: opened before any question, scored after all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.collection import Collection
from eval.folders import JUDGEMENTS, Told
from eval.judge.calls import Judge
from eval.judge.judging import estimate, judged, require_budget
from eval.judge.prompts import VERSION
from eval.lines import Json
from eval.metrics.columns import JUDGED_NUGGETS, JUDGED_SUPPORT, SIMILARITY, SUPPORT
from eval.scoring import Scored
from eval.support.card import card, card_key
from eval.support.models import support_model
from eval.support.scores import with_support
from rag import ChatModel, Library, SupportModel, open_chat_model

JUDGE_CALLS = 1_000
_FEW_ERRORS = 0.02  # share of the judge's tasks

Say = Callable[[str], None]
"""Told one line that the user should know."""


@dataclass(frozen=True, slots=True)
class Models:
    """What the user asked for beside the metrics that need no model; names, as they were given."""

    support_model: str | None = None
    judge: str | None = None
    judge_calls: int = JUDGE_CALLS


@dataclass(frozen=True, slots=True)
class Tiers:
    """The models that were asked for, opened."""

    support: SupportModel | None
    judge: ChatModel | None
    judge_calls: int
    judge_at_once: int

    @property
    def instruments(self) -> dict[str, str]:
        """What gives each column; figures of two are not to be compared."""
        found: dict[str, str] = {}
        if self.support:
            found |= dict.fromkeys(
                (SUPPORT, SIMILARITY), f"{self.support.name}, card {card_key(self.support)}"
            )
        if self.judge:
            found |= dict.fromkeys((JUDGED_NUGGETS, JUDGED_SUPPORT), f"{self.judge.name}, prompts {VERSION}")
        return found


NO_MODELS = Models()


def open_tiers(asked: Models, library: Library, judge_at_once: int = 1) -> Tiers:
    """Open the models, so that what is wrong with them is known before any question is asked.

    Raises:
        FootnoteError: one is not there, or is no such model.
    """
    support = support_model(asked.support_model, library) if asked.support_model else None
    judge = open_chat_model(asked.judge) if asked.judge else None
    return Tiers(support, judge, asked.judge_calls, judge_at_once)


def with_tiers(
    scored: Sequence[Scored], tiers: Tiers, folder: Path, collection: Collection, told: Told, say: Say
) -> tuple[list[Scored], Json, int]:
    """The same with the columns of each model, what the report says of these models, and how many calls
    the judge took. Its replies are kept in `folder`.

    Raises:
        FootnoteError: judging takes more calls than are allowed.
        ModelError: the judge does not even reply to a probe.
    """
    found, facts, calls = list(scored), dict[str, object](), 0
    if tiers.support:
        measured = card(tiers.support)
        found = with_support(found, tiers.support, measured["bar"], collection)
        facts["support_model"] = measured
    if tiers.judge:
        judge = Judge(tiers.judge, folder / JUDGEMENTS, tiers.judge_calls)
        needed = estimate(found, judge, collection)
        require_budget(needed, tiers.judge_calls)
        if needed.calls:
            say(f"judging takes {needed}; at most {tiers.judge_calls} calls are made")
        found, facts["judge"] = judged(found, judge, collection, told, tiers.judge_at_once)
        calls = judge.calls
    return found, facts, calls


def judge_fault(report: Json) -> str:
    """Why the judge's columns are not what was asked for, in one line; empty where they are."""
    if not (facts := report.get("judge")):
        return ""
    if withheld := facts["withheld"]:
        return "; ".join(f"{name} is withheld: {why}" for name, why in withheld.items())
    if facts["errors"] > _FEW_ERRORS * facts["tasks"]:
        failed = f"{facts['errors']} of {facts['tasks']} cases"
        return f"the judge gave no verdict in {failed}; its figures have bounds"
    return ""
