"""The settings a person can put in the environment or in `.env`; a flag beats both.

Precedence: flag > environment > `.env` > default. Empty values count as not set.
"""

import stat
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from schemas.errors import ExitCode, UserError
from schemas.system_errors import system_reason
from schemas.translation import LANGUAGES as LANGUAGES_SPOKEN
from schemas.translation import _
from schemas.words import LANGUAGES

_FILE = ".env"
# of text that settings may take; more is no settings file, and reading it takes minutes
MOST_BYTES_OF_FILE = 1 << 20
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


def _here(language: str) -> str:
    if language not in LANGUAGES_SPOKEN:
        raise ValueError(f"no language of this program: {language}")
    return language


class _Source(BaseSettings):
    """Where settings come from."""

    model_config = SettingsConfigDict(
        env_file=_FILE,
        env_ignore_empty=True,
        extra="ignore",
        case_sensitive=False,
        hide_input_in_errors=True,
    )


class _LanguageSetting(_Source):
    """The one setting that is read before anything is said."""

    # not `lang`: a field is also read by its own name, and LANG is the locale's
    spoken: str | None = Field(default=None, alias="WA2PG_LANG")


class Settings(_Source):
    """What `.env.example` lists. Secrets print as stars."""

    data_dir: Path = Field(default=Path("data"), alias="WA2PG_DATA_DIR")
    account: str = Field(default="default", alias="WA2PG_ACCOUNT")
    org: str | None = Field(default=None, alias="WA2PG_ORG")
    region: str | None = Field(default=None, alias="WA2PG_REGION", pattern="^[A-Za-z]{2}$")
    languages: Annotated[dict[str, float], NoDecode, BeforeValidator(_languages)] = Field(
        default_factory=dict, alias="WA2PG_LANGUAGES"
    )
    spoken: Annotated[str, BeforeValidator(str.lower), AfterValidator(_here)] | None = Field(
        default=None, alias="WA2PG_LANG"
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
        _check_file()
        return Settings()
    except ValidationError as error:
        names = ", ".join(sorted({str(part["loc"][0]) for part in error.errors()}))
        raise UserError(
            _("These settings cannot be used: {names}.", names=names),
            hint=_("compare .env and your environment with .env.example"),
            exit_code=ExitCode.CONFIGURATION,
        ) from None
    except OSError as error:
        raise UserError(
            _("The file .env cannot be read: {reason}.", reason=system_reason(error)),
            hint=_("run this as the user that .env belongs to, or in another folder"),
            exit_code=ExitCode.CONFIGURATION,
        ) from None
    except UnicodeDecodeError:
        raise UserError(
            _("The file .env is not text (UTF-8)."),
            hint=_("put it away and write a new one: {command}", command="mv .env .env.old && wa2pg init"),
            exit_code=ExitCode.CONFIGURATION,
        ) from None


def read_language_setting() -> str | None:
    """WA2PG_LANG as it stands there; None also where `.env` cannot be read, which is `read_settings`' to say."""
    try:
        _check_file()
        return _LanguageSetting().spoken
    except (OSError, ValueError, UserError):
        return None


def no_settings_file() -> UserError:
    """What is told of a `.env` that is no text of the size of settings."""
    return UserError(
        _("The file .env holds no settings: it is no text, or far too large."),
        hint=_("put it away, then run this again: {command}", command="mv .env .env.old"),
        exit_code=ExitCode.CONFIGURATION,
    )


def _check_file() -> None:
    """Raise UserError (3) for a `.env` that would not end: a named pipe is read like a file, and waits for its writer.

    What else is no file is passed over: a folder of this name may be somebody's virtual environment.
    """
    try:
        found = Path(_FILE).stat()
    except (FileNotFoundError, NotADirectoryError):
        return
    if stat.S_ISFIFO(found.st_mode) or (stat.S_ISREG(found.st_mode) and found.st_size > MOST_BYTES_OF_FILE):
        raise no_settings_file()
