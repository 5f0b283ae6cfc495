"""Settings from the environment and `.env`: values and checks only."""

import os
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values
from platformdirs import user_data_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import SettingsError

PREFIX, ENV_FILE = "FOOTNOTE_", ".env"


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
    llm: Literal["none"] = "none"
    """What writes answers; so far only `none`, the abstracts' own sentences."""
    top_k: int = Field(default=8, ge=1, le=100)
    """Papers an answer may draw on."""

    @field_validator("library", mode="before")
    @classmethod
    def _expand(cls, value: object) -> Path:
        if value == "":
            raise ValueError("is empty; give a folder")
        return Path(str(value)).expanduser()


def load_settings(**overrides: object) -> Settings:
    """Settings as the environment and the overrides that are not None have them.

    Raises:
        SettingsError: a value cannot be used; the message names its variable.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = f"{PREFIX}{str(first['loc'][0]).upper()}" if first["loc"] else "settings"
        raise SettingsError(f"{name}={first['input']!r}: {first['msg']}; see .env.example") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{ENV_FILE}: not UTF-8 text; save it as such") from error


def unknown_variables() -> list[str]:
    """`FOOTNOTE_…` variables that no setting reads: most likely misspelt."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    given = {name.upper() for name in (*os.environ, *dotenv_values(ENV_FILE))}
    return sorted(name for name in given if name.startswith(PREFIX) and name not in known)
