"""Settings from the environment and `.env`: values and checks only."""

import os
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values
from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import SettingsError
from rag.models.spec import NONE, check_spec, check_url

PREFIX, ENV_FILE = "FOOTNOTE_", ".env"
_LEAST_CONTEXT = 2_048
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
    """The key to it; empty: that of the provider's own variable, if it has one."""
    llm_timeout: float = Field(default=300, gt=0, le=86_400)
    """Seconds that a whole reply may take."""
    llm_context: int = Field(default=0, ge=0)
    """Tokens the model reads and writes together; 0: what is known of it, else 4096."""
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
            raise ValueError(f"a question and its sources need {_LEAST_CONTEXT}; give as much, or 0")
        return value


def load_settings(**overrides: object) -> Settings:
    """Settings as the environment and the overrides that are not None have them.

    Raises:
        SettingsError: a value cannot be used; the message names its variable.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else ""
        name = f"{PREFIX}{field.upper()}" if field else "settings"
        if field in _MAY_HOLD_SECRETS:
            raise SettingsError(f"{name}: {first['msg']}; see .env.example") from None
        raise SettingsError(f"{name}={first['input']!r}: {first['msg']}; see .env.example") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{ENV_FILE}: not UTF-8 text; save it as such") from error


def variable(name: str) -> str:
    """A variable that is another program's, from the environment or `.env`; empty without one."""
    return os.environ.get(name) or dotenv_values(ENV_FILE).get(name) or ""


def unknown_variables() -> list[str]:
    """`FOOTNOTE_…` variables that no setting reads: most likely misspelt."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    given = {name.upper() for name in (*os.environ, *dotenv_values(ENV_FILE))}
    return sorted(name for name in given if name.startswith(PREFIX) and name not in known)
