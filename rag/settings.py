"""Settings from the environment and `.env`: values and checks only."""

import os
from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import SettingsError

PREFIX = "FOOTNOTE_"


class Settings(BaseSettings):
    """What the user may set; each field is the variable `FOOTNOTE_` + its name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    library: Path = Field(default_factory=lambda: user_data_path("footnote") / "library")
    """The library's folder."""
    encoder: str = "minilm"
    """`minilm` (packaged), or a sentence-transformers model by path or name."""
    llm: Literal["none"] = "none"
    """What writes answers; so far only `none`, the abstracts' own sentences."""
    top_k: int = Field(default=8, ge=1, le=100)
    """Papers an answer may draw on."""


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


def unknown_variables() -> list[str]:
    """`FOOTNOTE_…` variables of the environment that no setting reads: most likely misspelt."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    return sorted(
        name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known
    )
