"""An answer's passport: all that it rests on, as JSON, so that it can be asked again and compared."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from rag.errors import InputError
from rag.interfaces import Encoder
from rag.prompts import REPLY_TOKENS
from rag.retrieval.filters import Filters
from rag.settings import Settings
from rag.types import EXTRACTIVE, Abstention, Answer, Citation, Evidence, Hit, Paper, Sentence, Verdict

if TYPE_CHECKING:
    from rag.library import Library

SCHEMA = 1
_NAME = "footnote_passport"
_LARGEST = 20_000_000  # bytes
_LIBRARIES = ("chromadb", "tantivy", "onnxruntime", "llama-index-core")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class Holdings(_Part):
    """The library by its name alone; `fingerprint` changes when anything a paper says changes."""

    name: str
    papers: int
    fingerprint: str


class Named(_Part):
    """A paper; `content` is its content hash."""

    paper_id: str
    title: str
    content: str


class Ranked(Named):
    """A hit."""

    rank: int
    score: float
    scores: dict[str, float]


class Cited(Named):
    """A citation."""

    marker: int
    verdict: Verdict
    reason: str
    evidence: tuple[Evidence, ...]


class Passport(_Part):
    """One answer. `time` is when the passport was made; what is not known of a model is left out of
    `generation`.
    """

    footnote_passport: int
    time: str
    question: str
    query: str
    k: int
    filters: Filters
    forced: bool
    library: Holdings
    encoder: Encoder
    chunking: str
    reranker: str
    model: str
    generation: dict[str, float]
    ranking: tuple[Ranked, ...]
    citations: tuple[Cited, ...]
    sentences: tuple[Sentence, ...]
    text: str
    confidence: float
    abstention: Abstention | None
    reason: str
    to_open: tuple[str, ...]
    notes: tuple[str, ...]
    versions: dict[str, str]


def passport(answer: Answer, library: "Library", settings: Settings) -> dict[str, Any]:
    """The passport, as JSON, of an answer that this library gave under these settings."""
    return passport_of(answer, library, settings).model_dump(mode="json")


def passport_of(answer: Answer, library: "Library", settings: Settings) -> Passport:
    """The same as a value. It holds no secrets, and no path of this machine."""
    filters = Filters.of(**answer.filters)  # type: ignore[arg-type]
    papers, fingerprint = library.fingerprint()
    recipe = library.recipe
    return Passport(
        footnote_passport=SCHEMA,
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        question=answer.question,
        query=answer.query,
        k=answer.k,
        filters=replace(filters, source=tuple(map(_name, filters.source))),
        forced=answer.forced,
        library=Holdings(name=library.path.resolve().name, papers=papers, fingerprint=fingerprint),
        encoder=replace(recipe.encoder, name=_name(recipe.encoder.name)),
        chunking=recipe.chunking,
        reranker=_name(library.reranker),
        model=_model(answer.model),
        generation=_generation(answer, settings),
        ranking=tuple(map(_ranked, answer.hits)),
        citations=tuple(map(_cited, answer.citations)),
        sentences=answer.sentences,
        text=_without_paths(answer.text, filters.source),
        confidence=answer.confidence,
        abstention=answer.abstention,
        reason=_without_paths(answer.reason, filters.source),
        to_open=tuple(paper.paper_id for paper in answer.to_open),
        notes=answer.notes,
        versions=_versions(),
    )


def read_passport(path: Path) -> Passport:
    """The passport in a file.

    Raises:
        InputError: it is none, is damaged, or is of another version.
    """
    if path.stat().st_size > _LARGEST:
        raise InputError(f"{path}: too long for an answer's passport; give a file that `ask` wrote")
    packed = path.read_bytes()
    try:
        made = _Made.model_validate_json(packed).footnote_passport
    except ValidationError as error:
        raise InputError(
            f"{path}: not an answer's passport ({_first(error)}); make one with `footnote ask QUESTION "
            "--export passport FILE`"
        ) from error
    if made != SCHEMA:
        age, todo = ("a newer", "upgrade footnote-rag") if made > SCHEMA else ("an older", "ask again")
        raise InputError(
            f"{path}: a passport of {age} Footnote (version {made}, this one reads {SCHEMA}); {todo}"
        )
    try:
        return Passport.model_validate_json(packed)
    except ValidationError as error:
        raise InputError(f"{path}: the passport is damaged ({_first(error)}); get its file again") from error


class _Made(_Part):
    footnote_passport: int


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where}: {first['msg']}" if where else first["msg"]


def _named(paper: Paper) -> dict[str, Any]:
    return {"paper_id": paper.paper_id, "title": paper.title, "content": paper.content_hash}


def _ranked(hit: Hit) -> Ranked:
    return Ranked(**_named(hit.paper), rank=hit.rank, score=hit.score, scores=dict(hit.scores))


def _cited(citation: Citation) -> Cited:
    said = {name: getattr(citation, name) for name in ("marker", "verdict", "reason", "evidence")}
    return Cited(**_named(citation.paper), **said)


def _generation(answer: Answer, settings: Settings) -> dict[str, float]:
    if answer.model == EXTRACTIVE:
        return {}
    return {"temperature": 0, "reply_tokens": REPLY_TOKENS, "context": settings.llm_context}


def _versions() -> dict[str, str]:
    import platform

    ours = {"footnote": version("footnote-rag"), "python": platform.python_version()}
    return ours | {name: version(name) for name in _LIBRARIES}


def _without_paths(text: str, sources: Iterable[str]) -> str:
    for source in sources:
        text = text.replace(source, _name(source))
    return text


def _model(spec: str) -> str:
    provider, slash, name = spec.partition("/")
    return f"{provider}{slash}{_name(name)}"


def _name(setting: str) -> str:
    """A name as it is; of a path on this machine the last part. Takes either kind of slash."""
    return PureWindowsPath(setting).name if _is_of_a_machine(setting) else setting


def _is_of_a_machine(path: str) -> bool:
    return path.startswith(("/", "~", ".", "\\")) or bool(PureWindowsPath(path).drive)
