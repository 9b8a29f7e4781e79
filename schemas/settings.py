"""The settings a person can put in the environment or in `.env`; a flag beats both.

Precedence: flag > environment > `.env` > default. Empty values count as not set.
"""

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from schemas.errors import ExitCode, UserError
from schemas.words import LANGUAGES

_LEAST_WEIGHT, _MOST_WEIGHT = 0.01, 1000


def parse_languages(text: str) -> dict[str, float]:
    """`ru:4,ky:3,en` as weights by language; raises ValueError for what is no language or no weight."""
    weights: dict[str, float] = {}
    for part in text.split(","):
        code, colon, weight = (piece.strip().lower() for piece in part.partition(":"))
        if code not in {*LANGUAGES, "other"} or code in weights:
            raise ValueError(f"no language, or named twice: {code}")
        weights[code] = float(weight) if colon else 1.0
        if not _LEAST_WEIGHT <= weights[code] <= _MOST_WEIGHT:
            raise ValueError(f"a weight is between {_LEAST_WEIGHT} and {_MOST_WEIGHT}")
    return weights


def _languages(value: object) -> object:
    return parse_languages(value) if isinstance(value, str) else value


class Settings(BaseSettings):
    """What `.env.example` lists. Secrets print as stars."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        case_sensitive=False,
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    data_dir: Path = Field(default=Path("data"), alias="WA2PG_DATA_DIR")
    account: str = Field(default="default", alias="WA2PG_ACCOUNT")
    org: str | None = Field(default=None, alias="WA2PG_ORG")
    region: str | None = Field(default=None, alias="WA2PG_REGION", pattern="^[A-Za-z]{2}$")
    languages: Annotated[dict[str, float], NoDecode, BeforeValidator(_languages)] = Field(
        default_factory=dict, alias="WA2PG_LANGUAGES"
    )
    proxy: SecretStr | None = Field(default=None, alias="WA2PG_PROXY")
    openrouter_api_key: SecretStr | None = Field(default=None, alias="OPENROUTER_API_KEY")
    openrouter_model: str | None = Field(default=None, alias="OPENROUTER_MODEL")
    llm_base_url: str | None = Field(default=None, alias="LLM_BASE_URL")
    llm_api_key: SecretStr | None = Field(default=None, alias="LLM_API_KEY")
    database_url: SecretStr | None = Field(default=None, alias="DATABASE_URL")


def read_settings() -> Settings:
    """The settings in force here; raises UserError (3) naming the setting that is wrong, never its value."""
    try:
        return Settings()
    except ValidationError as error:
        names = ", ".join(sorted({str(part["loc"][0]) for part in error.errors()}))
        raise UserError(
            f"These settings cannot be used: {names}.",
            hint="compare .env and your environment with .env.example",
            exit_code=ExitCode.CONFIGURATION,
        ) from None
