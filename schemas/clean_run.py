"""A finished run of transform on disk: four Parquet tables and run.json.

`clean/<account>/<run>/`; `clean/<account>/current` is a relative symlink to the run in force.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.errors import ExitCode, UserError
from schemas.manifest import Link, Tool
from schemas.sound import LeftOut
from schemas.tables import CLEAN_TABLES
from schemas.translation import _

RUN_JSON = "run.json"
CURRENT = "current"
# raised whenever a clean table's columns change; 2: clients.languages; 3: clients.skip, review and language model
FORMAT: Literal[3] = 3


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class _Versioned(BaseModel):
    format: int


class TableFile(_Strict):
    """One clean table's file: rows, bytes and sha256 as written."""

    rows: int = Field(ge=0)
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Accounting(_Strict):
    """Every raw row accounted for: rows_in = rows_out + duplicates + applied + not_for_crm + rejected.

    Rows are raw `messages` rows (occurrences). `rejected` counts those rows alone; what extract could not
    decode is in `undecoded`, by reason, and in the table `rejects` as well.
    """

    rows_in: int = Field(ge=0)
    rows_out: int = Field(ge=0)
    duplicates: int = Field(ge=0)
    applied: dict[str, int]
    not_for_crm: dict[str, int]
    rejected: dict[str, int]
    undecoded: dict[str, int]

    def balanced(self) -> bool:
        """Whether the law of accounting holds."""
        parts = (self.applied, self.not_for_crm, self.rejected)
        return self.rows_in == self.rows_out + self.duplicates + sum(sum(part.values()) for part in parts)


class ReviewRecord(_Strict):
    """The review file a run was made with: its rows, those that change something, and those that match nobody."""

    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    rows: int = Field(ge=0)
    applied: int = Field(ge=0)
    unmatched: int = Field(ge=0)


class LanguageModelRecord(_Strict):
    """Whom a run asked for statuses, and how the conversations were decided.

    conversations = asked + cached + unasked; `fallback` of them were decided by the rules all the same. `usd` is what
    the answers of this run cost as far as the server says, None where it does not.
    """

    server: str
    model: str
    prompt_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    agreed_at: datetime | None
    conversations: int = Field(ge=0)
    cached: int = Field(ge=0)
    asked: int = Field(ge=0)
    unasked: int = Field(ge=0)
    fallback: dict[str, int]
    usd: float | None


class CleanRun(_Strict):
    """What run.json says: inputs, settings and outcome of one transform.

    `left_out` are the damaged parts of the archive that `--skip-damaged` went on without.
    """

    format: Literal[3]
    tool: Tool
    run: str
    account: str
    started_at: datetime
    finished_at: datetime
    as_of: datetime
    snapshots: list[Link]
    settings: dict[str, str | None]
    inputs_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    tables: dict[str, TableFile]
    accounting: Accounting
    people_without_number: int = Field(ge=0)
    messages_without_number: int = Field(ge=0)
    contacts_without_messages: int = Field(ge=0)
    own_known: bool
    history_complete: bool
    left_out: list[LeftOut] = []
    warnings: list[str]
    review: ReviewRecord | None = None
    language_model: LanguageModelRecord | None = None

    def to_json(self) -> bytes:
        """The bytes of run.json."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, indent=2).encode() + b"\n"


@dataclass(frozen=True)
class CleanRunFolder:
    """A clean run on disk."""

    path: Path
    run: CleanRun

    def table(self, name: str) -> Path:
        """The Parquet file of one of the clean tables."""
        return self.path / f"{name}.parquet"


def read_current_run(clean: Path) -> CleanRunFolder:
    """The run in force below `clean/<account>`.

    Raises UserError (5) when there is none, when it is damaged, and when another version of wa2pg made its tables.
    Sizes are compared with run.json here; whoever needs certainty compares the sha256 too.
    """
    path = clean / CURRENT
    if not path.exists():
        raise UserError(
            _("The account {account} has no clean tables yet.", account=clean.name),
            hint=_("run: {command}", command=f"wa2pg transform --account {clean.name}"),
            exit_code=ExitCode.ARCHIVE,
        )
    path = path.resolve()
    damaged = UserError(
        _("The clean run {run} is damaged.", run=path.name),
        hint=_("make it again: {command}", command=f"wa2pg transform --account {clean.name}"),
        exit_code=ExitCode.ARCHIVE,
    )
    try:
        described = (path / RUN_JSON).read_bytes()
        made_as = _Versioned.model_validate_json(described).format
        if made_as != FORMAT:
            raise _of_another_version(path.name, clean.name, made_as)
        run = CleanRun.model_validate_json(described)
    except (OSError, ValidationError):
        raise damaged from None
    for name in CLEAN_TABLES:
        file = path / f"{name}.parquet"
        if name not in run.tables or not file.is_file() or file.stat().st_size != run.tables[name].bytes:
            raise damaged
    return CleanRunFolder(path, run)


def _of_another_version(run: str, account: str, made_as: int) -> UserError:
    if made_as > FORMAT:
        return UserError(
            _("The clean run {run} was made by a newer wa2pg.", run=run),
            hint=_("use that version or a later one: git pull, then: make setup"),
            exit_code=ExitCode.ARCHIVE,
        )
    return UserError(
        _("The clean run {run} was made by an earlier wa2pg, whose tables have other columns.", run=run),
        hint=_("make it again: {command}", command=f"wa2pg transform --account {account}"),
        exit_code=ExitCode.ARCHIVE,
    )
