"""From a question to an answer: the one place where the steps are put in order."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from rag import citations
from rag.abstention.assess import assess, do_not_tell
from rag.citations import Draft
from rag.cleaning import clean_question
from rag.clock import Clock
from rag.conversation import Conversation, rewrite
from rag.draft_check import CheckedClaim, check_draft
from rag.errors import InputError, ModelError
from rag.extractive.answer import answer as extract
from rag.interfaces import CUT, ChatModel
from rag.library import Library
from rag.models.reply import LONGEST_REPLY, ReplyReader
from rag.prompts import Prompt, build_messages
from rag.retrieval.filters import FilterArguments, Filters
from rag.retrieval.retriever import Retriever
from rag.settings import Settings, load_settings
from rag.types import EXTRACTIVE, Answer, Event, Hit, Hits

_NEIGHBOURHOOD = 100  # papers looked at to judge whether the collection answers
_CARRIED = 3  # papers of the turn before that an answer may draw on besides those found


class Assistant:
    """Answers questions from one library: in a model's words, or in the abstracts' own sentences."""

    def __init__(
        self, library: Library, settings: Settings | None = None, *, llm: str | ChatModel | None = None
    ) -> None:
        """Settings are those of the environment where not given; `llm` is a model's spec, or a model.

        Raises:
            SettingsError: a setting cannot be used, or the model's integration is not installed.
        """
        from rag.wiring import open_model

        self.library = library
        named = llm if isinstance(llm, str) else None
        self._settings = load_settings(**{**(settings.model_dump() if settings else {}), "llm": named})
        self._model = llm if llm and not isinstance(llm, str) else open_model(self._settings)

    def ask(
        self,
        question: str,
        *,
        k: int | None = None,
        force: bool = False,
        earlier: Sequence[Answer] = (),
        **filters: Unpack[FilterArguments],
    ) -> Answer:
        """Answer from the best k papers (by default FOOTNOTE_TOP_K) of those that pass the filter (see
        FilterArguments), or say why not; with `force` answer in any case. `earlier` are the turns before.

        Raises:
            InputError: the question or a filter cannot be used, k is below 1, or the library holds no
                abstracts.
            IndexMismatchError: another process has re-embedded the library with another encoder.
            ModelError: the model gave no whole answer; the error has what there is of one.
        """
        *_, answer = self.stream(question, k=k, force=force, earlier=earlier, **filters)
        assert isinstance(answer, Answer)  # noqa: S101 - stream's last event
        return answer

    def answer_from(self, question: str, hits: Sequence[Hit]) -> Answer:
        """Answer from these papers, in this order, whatever a search would find; it is not asked whether
        they do answer. Raises what `ask` does, and an InputError where there are no papers.
        """
        if not hits:
            raise InputError("an answer cannot draw on 0 papers; give at least one")
        clock, retriever, query = Clock(), self.library.retriever, clean_question(question)
        ranked = Hits(replace(hit, rank=rank) for rank, hit in enumerate(hits, start=1))
        found = _Found(ranked, retriever, retriever.embed([query])[0])
        answer = replace(self._blank(question, query, len(ranked)), hits=tuple(ranked), confidence=1.0)
        return replace(_last(self._write(answer, found, clock)), seconds=clock.seconds())

    def over(self, library: Library) -> "Assistant":
        """The same, with the same model, for another library."""
        other = copy(self)
        other.library = library
        return other

    @property
    def writes(self) -> bool:
        """Whether a language model writes the answers."""
        return self._model is not None

    @property
    def model(self) -> str:
        """Name of what writes the answers; `extractive` where they are the abstracts' own sentences."""
        return self._model.name if self._model else EXTRACTIVE

    @property
    def top_k(self) -> int:
        """Papers an answer may draw on where a question does not say."""
        return self._settings.top_k

    def conversation(self, turns: Sequence[Answer] = ()) -> Conversation:
        """Questions that build on one another; `turns` are answers to go on from, oldest first."""
        return Conversation(self, turns)

    def check(self, text: str) -> list[CheckedClaim]:
        """Look each claim of a text up in the library: what bears it out, what speaks against it."""
        return check_draft(text, self.library)

    def passport(self, answer: Answer) -> dict[str, object]:
        """What tells how an answer was made, as JSON; see docs/passport.md."""
        from rag.export.passport import passport

        return passport(answer, self.library, self._settings)

    def stream(
        self,
        question: str,
        *,
        k: int | None = None,
        force: bool = False,
        earlier: Sequence[Answer] = (),
        **filters: Unpack[FilterArguments],
    ) -> Iterator[Event]:
        """The same bit by bit: the papers found, then the text as it comes, and the Answer last.

        Closing the iterator ends the model's work. Raises what `ask` does, when iterated.
        """
        if k is not None and k < 1:
            raise InputError(f"an answer cannot draw on {k} papers; give at least one")
        clock = Clock()
        with clock.stage("rewrite"):
            query, usage = rewrite(clean_question(question), earlier, self._model)
        answer = replace(
            self._blank(question, query, k or self.top_k), filters=dict(filters), usage=_tokens(usage)
        )
        answer, found = self._look_up(answer, Filters.of(**filters), earlier, clock)
        yield found.hits
        if answer.abstained and answer.hits and force:
            note = f"answered on request: the abstracts seem not to tell ({answer.confidence:.2f})"
            answer = replace(answer, abstention=None, reason="", to_open=(), forced=True, notes=(note,))
        if not answer.abstained:
            answer = yield from self._write(answer, found, clock)
        yield replace(answer, seconds=clock.seconds())

    def _blank(self, question: str, query: str, k: int) -> Answer:
        return Answer(question, query, (), (), (), 0.0, model=self.model, k=k)

    def _look_up(
        self, answer: Answer, filters: Filters, earlier: Sequence[Answer], clock: Clock
    ) -> tuple[Answer, "_Found"]:
        """The answer as it is if nothing is written: with its hits, and why not where it should not be."""
        retriever = self.library.retriever.within(filters)
        passing = retriever.passing
        if passing is not None and not passing.ids:
            reason = self.library.why_nothing_passes(filters)
            hits = Hits(excluded=passing.excluded, within=0, reason=reason)
            refused = replace(answer, abstention="not_in_collection", reason=reason, excluded=hits.excluded)
            return refused, _Found(hits, retriever)
        with clock.stage("search"):
            vector = retriever.embed([answer.query])[0]
            near = retriever.search(answer.query, vector, _NEIGHBOURHOOD)
        with clock.stage("assess"):
            said = assess(answer.query, vector, near, retriever)
        hits = Hits(
            _with_carried(near, answer.k, earlier),
            excluded=passing.excluded if passing else None,
            within=len(passing.ids) if passing else None,
        )
        answer = replace(
            answer, hits=tuple(hits), excluded=hits.excluded, confidence=said.confidence,
            abstention=said.abstention, reason=said.reason, to_open=said.to_open,
        )  # fmt: skip
        return answer, _Found(hits, retriever, vector)

    def _write(self, answer: Answer, found: "_Found", clock: Clock) -> Generator[str, None, Answer]:
        if self._model is not None:
            return (yield from self._dictated(answer, found, self._model, clock))
        with clock.stage("answer"):
            drafts = extract(answer.query, found.vector, found.hits, found.retriever)
        with clock.stage("verify"):
            answer = _judged(answer, drafts, found)
        yield from (f"{sentence.marked_text}{sentence.after}" for sentence in answer.sentences[:-1])
        yield answer.sentences[-1].marked_text
        return answer

    def _dictated(
        self, answer: Answer, found: "_Found", model: ChatModel, clock: Clock
    ) -> Generator[str, None, Answer]:
        """What a model writes, judged; where it fails, the error takes along what came before."""
        prompt = build_messages(answer.query, found.hits, model.context)
        reader, failure = ReplyReader(prompt.keys), None
        usage: Mapping[str, int] = {}
        with clock.stage("answer"):
            try:
                usage = yield from _reply(model, prompt, reader)
            except ModelError as error:
                failure = error
            if rest := reader.close():
                yield rest
        answer = replace(
            answer,
            usage=_tokens(usage, answer.usage),
            notes=(*answer.notes, *_notes(prompt, model, reader, cut=CUT in usage)),
        )
        shown = replace(found, hits=Hits(found.hits[: len(prompt.keys)]))
        with clock.stage("verify"):
            if reader.refused:
                said = do_not_tell(found.hits, answer.confidence)
                answer = replace(
                    answer, abstention=said.abstention, reason=said.reason, to_open=said.to_open,
                    forced=False, notes=(),
                )  # fmt: skip
            else:
                answer = _judged(answer, reader.drafts(), shown)
        if not failure and not answer.abstained and not answer.text:
            but = ", but thoughts" if reader.has_thoughts else ""
            failure = ModelError(f"{model.name}: wrote no answer{but}; ask again, or choose another model")
        if failure:
            failure.answer = replace(answer, seconds=clock.seconds())
            raise failure
        return answer


@dataclass(frozen=True, slots=True)
class _Found:
    """What an answer is made of."""

    hits: Hits
    retriever: Retriever
    vector: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))


def _with_carried(near: Sequence[Hit], k: int, earlier: Sequence[Answer]) -> list[Hit]:
    """The best k hits, and of the rest those that the turn before cited."""
    cited = {citation.paper.paper_id for answer in earlier[-1:] for citation in answer.citations}
    carried = [hit for hit in near[k:] if hit.paper.paper_id in cited]
    return [*near[:k], *carried[:_CARRIED]]


def _reply(model: ChatModel, prompt: Prompt, reader: ReplyReader) -> Generator[str, None, Mapping[str, int]]:
    """Read a model's reply as it comes, and show what is certain of it."""
    stream = model.stream(prompt.messages)
    try:
        while True:
            if shown := reader.feed(next(stream)):
                yield shown
            if reader.is_too_long:
                return {}
    except StopIteration as ended:
        usage: Mapping[str, int] = ended.value or {}
        return usage
    finally:
        stream.close()


def _tokens(*usages: Mapping[str, int]) -> dict[str, int]:
    """Of all requests together."""
    names = dict.fromkeys(name for usage in usages for name in usage if name != CUT)
    return {name: sum(usage.get(name, 0) for usage in usages) for name in names}


def _last(writing: Generator[str, None, Answer]) -> Answer:
    """What comes of writing, once all of it is written."""
    while True:
        try:
            next(writing)
        except StopIteration as ended:
            answer: Answer = ended.value
            return answer


def _judged(answer: Answer, drafts: Sequence[Draft], found: _Found) -> Answer:
    sentences, cited = citations.verify(drafts, found.hits, found.retriever)
    return replace(answer, sentences=sentences, citations=cited)


def _notes(prompt: Prompt, model: ChatModel, reader: ReplyReader, *, cut: bool) -> Iterator[str]:
    """What a reader must know of how an answer came to be."""
    if prompt.left_out:
        sent, total = len(prompt.keys), len(prompt.keys) + prompt.left_out
        yield f"only the first {sent} of {total} papers fitted into the {model.context} tokens of the model"
    if reader.is_too_long:
        yield f"the answer was cut at {LONGEST_REPLY} characters"
    if reader.has_shown_thoughts:
        yield "the model thought aloud first; that is no part of the answer, and is not checked"
    if cut:
        yield "the model stopped at the length it may write, so the answer may lack its end"
