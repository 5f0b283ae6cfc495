"""Anthropic's protocol, through LlamaIndex."""

from collections.abc import Iterator, Sequence
from functools import partial

import anthropic
import httpx
from llama_index.core.llms import ChatMessage, ChatResponse, LLMMetadata
from llama_index.llms.anthropic import Anthropic
from llama_index.llms.anthropic.utils import CLAUDE_MODELS

from rag.interfaces import Message
from rag.models.http import HttpModel, Piece, Protocol
from rag.models.spec import ModelServer
from rag.prompts import REPLY_TOKENS

_UNKNOWN_CONTEXT = 200_000  # none of its models of the last years has less
_NO_KEY = (
    "none"  # the library wants one; the key itself is put on where the request leaves (rag/models/wire.py)
)


def open_anthropic(server: ModelServer) -> HttpModel:
    """A model of Anthropic."""
    known = CLAUDE_MODELS.get(server.model, _UNKNOWN_CONTEXT)
    return HttpModel(server, Protocol(httpx.Client, known, partial(_reply, server), _told))


class _AnyClaude(Anthropic):
    """LlamaIndex's, which refuses models that are newer than itself."""

    @property
    def metadata(self) -> LLMMetadata:
        """See LLM."""
        return LLMMetadata(is_chat_model=True, model_name=self.model, num_output=self.max_tokens)


def _reply(
    server: ModelServer, http: httpx.Client, messages: Sequence[Message], plain: bool
) -> Iterator[Piece]:
    llm = _AnyClaude(
        model=server.model,
        temperature=0,
        max_tokens=REPLY_TOKENS,
        max_retries=0,
        base_url=server.url,
        api_key=_NO_KEY,  # type: ignore[call-arg] # of the class above, which keeps it
        additional_kwargs={"temperature": anthropic.omit} if plain else {},
    )
    # LlamaIndex takes no HTTP client for Anthropic.
    llm._client = anthropic.Anthropic(api_key=_NO_KEY, base_url=server.url, max_retries=0, http_client=http)
    turns = [ChatMessage(role=message.role, content=message.content) for message in messages]
    return map(_piece, llm.stream_chat(turns))


def _piece(response: ChatResponse) -> Piece:
    said = response.message.additional_kwargs
    usage = said.get("usage") or {}
    names = {"prompt_tokens": "input_tokens", "completion_tokens": "output_tokens"}
    return Piece(
        response.delta or "",
        thought=bool(said.get("thinking_delta")),
        ended=bool(said.get("stop_reason")),
        cut=said.get("stop_reason") == "max_tokens",
        usage={ours: usage[theirs] for ours, theirs in names.items() if usage.get(theirs)},
    )


def _told(error: Exception) -> str:
    body = error.body if isinstance(error, anthropic.APIError) else None
    said = body.get("error") if isinstance(body, dict) else None
    return str(said.get("message") or "") if isinstance(said, dict) else ""
