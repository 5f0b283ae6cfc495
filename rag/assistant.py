"""From a question to an answer: the one place where the steps are put in order."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Unpack

from rag import abstention, citations, extractive
from rag.cleaning import clean_question
from rag.errors import InputError
from rag.filters import FilterArguments, Filters
from rag.library import Library
from rag.settings import Settings, load_settings
from rag.types import Answer

_NEIGHBOURHOOD = 100  # papers looked at to judge whether the collection answers


class Assistant:
    """Answers questions from one library, in the abstracts' own sentences."""

    def __init__(self, library: Library, settings: Settings | None = None) -> None:
        """Settings are those of the environment where not given."""
        self.library = library
        self._settings = settings or load_settings()

    def ask(self, question: str, *, k: int | None = None, **filters: Unpack[FilterArguments]) -> Answer:
        """Answer from the best k papers (by default FOOTNOTE_TOP_K) of those that pass the filter (see
        FilterArguments), or say why not.

        Raises:
            InputError: the question or a filter cannot be used, k is below 1, or the library holds no
                abstracts.
            IndexMismatchError: another process has re-embedded the library with another encoder.
        """
        if k is not None and k < 1:
            raise InputError(f"an answer cannot draw on {k} papers; give at least one")
        clock = _Clock()
        query, checked = clean_question(question), Filters.of(**filters)
        retriever = self.library.retriever.within(checked)
        if retriever.passing is not None and not retriever.passing.ids:
            return Answer(
                question, query, (), (), (), 0.0,
                abstention="not_in_collection", reason=self.library.why_nothing_passes(checked),
                seconds=clock.seconds(),
            )  # fmt: skip
        with clock.stage("search"):
            vector = retriever.embed([query])[0]
            near = retriever.search(query, vector, _NEIGHBOURHOOD)
        with clock.stage("assess"):
            assessment = abstention.assess(query, vector, near, retriever)
        hits = tuple(near[: k or self._settings.top_k])
        if not assessment.answers:
            return Answer(
                question, query, (), (), hits, assessment.confidence,
                abstention="not_in_collection", reason=assessment.reason, seconds=clock.seconds(),
            )  # fmt: skip
        with clock.stage("answer"):
            drafts = extractive.answer(query, vector, hits, retriever)
        with clock.stage("verify"):
            sentences, cited = citations.verify(drafts, hits)
        return Answer(question, query, sentences, cited, hits, assessment.confidence, seconds=clock.seconds())


class _Clock:
    """Wall time of each stage and in total."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._stages: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self._stages[name] = time.perf_counter() - started

    def seconds(self) -> dict[str, float]:
        return {"total": time.perf_counter() - self._started, **self._stages}
