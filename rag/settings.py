"""Settings from the environment and `.env`: values and checks only."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values
from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import SettingsError
from rag.models.spec import NONE, check_spec, check_url

PREFIX, ENV_FILE = "FOOTNOTE_", ".env"
_LEAST_CONTEXT = 2_048
_TAKES = {
    "precision": "give auto, fp32 or bf16",
    "llm_timeout": "give seconds, more than 0 and at most 86400",
    "llm_context": f"give a whole number of tokens, at least {_LEAST_CONTEXT}, or 0",
    "top_k": "give a whole number from 1 to 100",
}
_MAY_HOLD_SECRETS = {"llm_base_url", "llm_api_key"}


class Settings(BaseSettings):
    """What the user may set; each field is the variable `FOOTNOTE_` + its name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=ENV_FILE, extra="ignore", frozen=True)

    library: Path = Field(default_factory=lambda: user_data_path("footnote") / "library")
    """The library's folder."""
    encoder: str = "minilm"
    """`minilm` (packaged), or a sentence-transformers model by path or name."""
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    """What papers are embedded in; `auto`: whichever is faster here, timed once."""
    reranker: str = ""
    """A sentence-transformers cross-encoder by path or name; empty for none."""
    llm: str = NONE
    """What writes answers: `none`, the abstracts' own sentences, or a model, like `ollama/qwen3:8b`."""
    llm_base_url: str = ""
    """Where the model's server is; empty: the provider's own."""
    llm_api_key: SecretStr = SecretStr("")
    """The key to it; empty: that of the provider's own variable, where the URL is the provider's own."""
    llm_timeout: float = Field(default=300, gt=0, le=86_400)
    """Seconds that a whole reply may take."""
    llm_context: int = Field(default=0, ge=0)
    """Tokens the model reads and writes together; 0: 8192 for Ollama, what is known of others, else 4096."""
    top_k: int = Field(default=8, ge=1, le=100)
    """Papers an answer may draw on."""

    @field_validator("library", mode="before")
    @classmethod
    def _expand(cls, value: object) -> Path:
        if value == "":
            raise ValueError("is empty; give a folder")
        return Path(str(value)).expanduser()

    @field_validator("llm")
    @classmethod
    def _check_llm(cls, value: str) -> str:
        return check_spec(value)

    @field_validator("llm_base_url")
    @classmethod
    def _check_url(cls, value: str) -> str:
        return check_url(value)

    @field_validator("llm_context")
    @classmethod
    def _check_context(cls, value: int) -> int:
        if 0 < value < _LEAST_CONTEXT:
            raise ValueError(_TAKES["llm_context"])
        return value


def load_settings(**overrides: object) -> Settings:
    """Settings as the environment and the overrides that are not None have them.

    Raises:
        SettingsError: a value cannot be used; the message names its variable.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError(_line(error.errors()[0], overrides)) from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{ENV_FILE}: not UTF-8 text; save it as such") from error


def _line(error: ErrorDetails, overrides: Mapping[str, object]) -> str:
    """What cannot be used, where it stands, and what to give instead."""
    field = str(error["loc"][0])
    name = f"{PREFIX}{field.upper()}"
    value = "" if field in _MAY_HOLD_SECRETS else f"={error['input']!r}"
    if overrides.get(field) is not None:
        place = ""
    else:
        place = " in the environment" if name in map(str.upper, os.environ) else f" in {ENV_FILE}"
    ours = error.get("ctx", {}).get("error")  # of the checks above
    return f"{name}{value}{place}: {ours or _TAKES.get(field, 'give a text')}; see .env.example"


def variable(name: str) -> str:
    """A variable that is another program's, from the environment or `.env`; empty without one."""
    return os.environ.get(name) or dotenv_values(ENV_FILE).get(name) or ""


def unknown_variables() -> list[str]:
    """`FOOTNOTE_…` variables that no setting reads: most likely misspelt."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    given = {name.upper() for name in (*os.environ, *dotenv_values(ENV_FILE))}
    return sorted(name for name in given if name.startswith(PREFIX) and name not in known)
