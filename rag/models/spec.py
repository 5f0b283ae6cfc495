"""A language model's spec → where it is, the key to it and its limits; nothing is imported or contacted."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from rag.errors import SettingsError

if TYPE_CHECKING:
    from rag.settings import Settings

NONE = "none"
PROVIDERS = ("ollama", "openai", "anthropic", "openai-like", "huggingface")
IN_PROCESS = "huggingface"
LOCAL_CONTEXT = 4_096
"""Tokens of a model of which nothing is known: what llama.cpp starts with."""

_URLS = {
    "ollama": "http://127.0.0.1:11434",
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com",
}
_KEY_VARIABLES = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}
_LOOPBACK = re.compile(r"localhost|127(?:\.\d+){3}|::1")


@dataclass(frozen=True, slots=True)
class ModelServer:
    """A model behind HTTP, as the settings have it.

    `timeout` is seconds for a whole reply; `context` tokens, 0 where that is not said.
    """

    provider: str
    model: str
    url: str
    key: SecretStr
    timeout: float
    context: int

    @property
    def spec(self) -> str:
        """What FOOTNOTE_LLM says: `ollama/qwen3:8b`."""
        return f"{self.provider}/{self.model}"

    @property
    def place(self) -> str:
        """Its host, and port where one is given, for messages."""
        return urlsplit(self.url).netloc

    def key_header(self) -> dict[str, str]:
        """What shows the server the key; empty without one."""
        key = self.key.get_secret_value()
        if not key:
            return {}
        return {"x-api-key": key} if self.provider == "anthropic" else {"authorization": f"Bearer {key}"}

    @property
    def is_here(self) -> bool:
        """Whether it runs on this machine."""
        return bool(_LOOPBACK.fullmatch(urlsplit(self.url).hostname or ""))


def check_spec(spec: str) -> str:
    """The spec as it is.

    Raises:
        ValueError: it is neither `none` nor a known provider and a name.
    """
    provider, slash, name = spec.partition("/")
    if spec != NONE and provider not in PROVIDERS:
        raise ValueError(f"give none, or one of {', '.join(f'{each}/NAME' for each in PROVIDERS)}")
    if spec != NONE and not (slash and name.strip() and name.isprintable()):
        raise ValueError(f"names no model; give {provider}/NAME")
    return spec


def check_url(url: str) -> str:
    """The URL without a slash at its end.

    Raises:
        ValueError: it is not that of a web server, or holds what belongs in the key.
    """
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname or not url.isprintable()):
        raise ValueError("is no URL of a server; give one like http://127.0.0.1:8080/v1")
    if parts.username or parts.password or parts.query:
        raise ValueError(
            "holds a password or a part after `?`; give it without, the key is FOOTNOTE_LLM_API_KEY"
        )
    return url.rstrip("/")


def model_server(settings: "Settings", variable: Callable[[str], str]) -> ModelServer:
    """Where the model of the settings is, and the key to it; `variable` looks up the provider's own
    key, which goes to the provider's own URL alone.

    Raises:
        SettingsError: it needs a key or a URL that is not given.
    """
    provider, _, name = settings.llm.partition("/")
    url = settings.llm_base_url or _URLS.get(provider, "")
    if not url:
        raise SettingsError(
            f"FOOTNOTE_LLM={settings.llm}: needs its server's URL; set FOOTNOTE_LLM_BASE_URL, "
            "for example to http://127.0.0.1:8080/v1"
        )
    own = _KEY_VARIABLES.get(provider)
    # A `.env` that came with a folder may name any URL: the provider's key is not for that.
    is_its_own = url == _URLS.get(provider)
    key = (settings.llm_api_key.get_secret_value() or (variable(own) if own and is_its_own else "")).strip()
    if own and not key:
        others = f" or {own}" if is_its_own else f" ({own} goes to {_URLS[provider]} alone)"
        raise SettingsError(f"FOOTNOTE_LLM={settings.llm}: needs a key; set FOOTNOTE_LLM_API_KEY{others}")
    if not (key.isascii() and key.isprintable()):
        raise SettingsError(
            f"FOOTNOTE_LLM={settings.llm}: the key holds characters that no key has; copy it again"
        )
    return ModelServer(provider, name, url, SecretStr(key), settings.llm_timeout, settings.llm_context)
