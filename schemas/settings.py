"""The settings a person can put in the environment or in `.env`; a flag beats both.

Precedence: flag > environment > `.env` > default. Empty values count as not set.
"""

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.errors import ExitCode, UserError


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
