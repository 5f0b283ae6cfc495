"""OpenAI's chat protocol, for OpenAI itself and for any server that speaks it, through LlamaIndex."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import httpx
from llama_index.core.llms import ChatMessage, ChatResponse
from llama_index.llms.openai.utils import ALL_AVAILABLE_MODELS, O1_MODELS, is_chatcomp_api_supported
from llama_index.llms.openai_like import OpenAILike
from openai import APIError, omit

from rag.errors import SettingsError
from rag.interfaces import Message
from rag.models.http import HttpModel, Piece, Protocol
from rag.models.spec import LOCAL_CONTEXT, ModelServer
from rag.prompts import REPLY_TOKENS

_THINKING_TOKENS = 8 * REPLY_TOKENS
_UNKNOWN_CONTEXT = 128_000  # OpenAI's: none of its models of the last years has less
_NO_KEY = (
    "none"  # the library wants one; the key itself is put on where the request leaves (rag/models/wire.py)
)


def open_openai(server: ModelServer) -> HttpModel:
    """A model of OpenAI, or of a server that speaks its protocol.

    Raises:
        SettingsError: OpenAI does not serve it in chats.
    """
    if server.provider == "openai" and not is_chatcomp_api_supported(server.model):
        raise SettingsError(
            f"FOOTNOTE_LLM={server.spec}: OpenAI does not offer it for chat; name another model"
        )
    known = ALL_AVAILABLE_MODELS.get(server.model, _UNKNOWN_CONTEXT) if server.provider == "openai" else 0
    return HttpModel(server, Protocol(httpx.Client, known, partial(_reply, server), _told))


def _reply(
    server: ModelServer, http: httpx.Client, messages: Sequence[Message], plain: bool
) -> Iterator[Piece]:
    llm = OpenAILike(
        model=server.model,
        temperature=0,
        max_tokens=None if server.provider == "openai" else REPLY_TOKENS,
        context_window=server.context or LOCAL_CONTEXT,
        is_chat_model=True,
        additional_kwargs=_options(server, plain=plain),
        max_retries=0,
        api_base=server.url,
        api_key=_NO_KEY,
        http_client=http,  # type: ignore[call-arg] # of the class above, which passes it on
    )
    turns = [ChatMessage(role=message.role, content=message.content) for message in messages]
    return map(_piece, llm.stream_chat(turns))


def _options(server: ModelServer, *, plain: bool) -> dict[str, Any]:
    options: dict[str, Any] = {"temperature": omit} if plain else {"stream_options": {"include_usage": True}}
    if server.provider == "openai":  # whose models that think count their thoughts, and take no `max_tokens`
        writes_only = server.model in ALL_AVAILABLE_MODELS and server.model not in O1_MODELS
        options["max_completion_tokens"] = REPLY_TOKENS if writes_only else _THINKING_TOKENS
    return options


def _piece(response: ChatResponse) -> Piece:
    said = response.additional_kwargs
    choices = getattr(response.raw, "choices", None) or ()
    return Piece(
        response.delta or "",
        thought=bool(said.get("thinking_delta")),
        ended=any(choice.finish_reason for choice in choices),
        cut=any(choice.finish_reason == "length" for choice in choices),
        usage={name: said[name] for name in ("prompt_tokens", "completion_tokens") if said.get(name)},
    )


def _told(error: Exception) -> str:
    return error.message if type(error) is APIError else ""
