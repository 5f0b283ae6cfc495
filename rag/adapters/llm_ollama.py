"""Ollama's own protocol, through LlamaIndex."""

from collections.abc import Iterator, Sequence
from functools import partial

from llama_index.core.llms import ChatMessage, ChatResponse
from llama_index.llms.ollama import Ollama
from ollama import Client, ResponseError

from rag.interfaces import Message
from rag.models.http import HttpModel, Piece, Protocol
from rag.models.spec import ModelServer
from rag.prompts import REPLY_TOKENS

_CONTEXT = 8_192  # eight abstracts of usual length and a reply fit; Ollama's own 4 096 hold about five


def open_ollama(server: ModelServer) -> HttpModel:
    """A model that an Ollama server has."""
    return HttpModel(server, Protocol(partial(Client, server.url), _CONTEXT, partial(_reply, server), _told))


def _reply(server: ModelServer, client: Client, messages: Sequence[Message], plain: bool) -> Iterator[Piece]:
    llm = Ollama(
        model=server.model,
        base_url=server.url,
        temperature=0,
        # Ollama cuts off without a word what does not fit, at the length it is told.
        context_window=server.context or _CONTEXT,
        additional_kwargs={"num_predict": REPLY_TOKENS},
        thinking=None if plain else False,  # thoughts would use the reply up
        client=client,
    )
    turns = [ChatMessage(role=message.role, content=message.content) for message in messages]
    return map(_piece, llm.stream_chat(turns))


def _piece(response: ChatResponse) -> Piece:
    seen = response.raw or {}
    said = seen.get("usage") or {}
    return Piece(
        response.delta or "",
        thought=bool(response.additional_kwargs.get("thinking_delta")),
        ended=bool(seen.get("done")),
        cut=seen.get("done_reason") == "length",
        usage={name: said[name] for name in ("prompt_tokens", "completion_tokens") if name in said},
    )


def _told(error: Exception) -> str:
    return error.error if isinstance(error, ResponseError) else ""
