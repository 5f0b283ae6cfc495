"""The JSON of an answer → the answer, so that a conversation can go on where it was left."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from rag.errors import InputError
from rag.types import Answer

Json = Mapping[str, Any]

_ANSWER = TypeAdapter(Answer)


def answer_from_json(said: Json) -> Answer:
    """The answer of which `answer_json` made this, also by way of a file.

    Raises:
        InputError: it is not the JSON of an answer, or that of an earlier version.
    """
    try:
        return _ANSWER.validate_python(_answer(said))
    except (ValidationError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            f"not the JSON of an answer ({_first(error)}); give what `footnote ask --json` prints"
        ) from error


def _answer(said: Json) -> Json:
    return {
        **said,
        "sentences": [{**sentence, "shown": _shown(sentence)} for sentence in said["sentences"]],
        "citations": [_with_paper(citation) for citation in said["citations"]],
        "hits": [{**_with_paper(hit), "chunk": _chunk(hit["chunk"])} for hit in said["hits"]],
        "to_open": [_paper(paper) for paper in said["to_open"]],
        "filters": _filters(said["filters"]),
    }


def _shown(said: Json) -> str:
    """A sentence that cites and has no marks has its markers behind it, not in its text."""
    return said["marked_text"] if said["marks"] or not said["citations"] else ""


def _with_paper(said: Json) -> Json:
    return {**said, "paper": _paper(said["paper"])}


def _paper(said: Json) -> Json:
    return {**said, "first_id": said["id"], "url": said["record_url"]}


def _chunk(said: Json) -> Json:
    paper_id, _, position = said["id"].rpartition("#")
    return {**said, "paper_id": paper_id, "position": int(position)}


def _filters(said: Json) -> Json:
    """JSON knows no tuples, which years are."""
    years = {"year": tuple(said["year"])} if isinstance(said.get("year"), list) else {}
    return {**said, **years}


def _first(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return f"{type(error).__name__}: {error}"
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
