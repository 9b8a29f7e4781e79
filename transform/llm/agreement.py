"""Whether a person agreed to send an account's conversations to a server: asked once for each model, and remembered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.files import locked, make_private_folder, replace_file
from transform.llm.options import ModelOptions

NAME = "llm-agreements.json"
_LOCK = ".llm-agreements.lock"


@dataclass(frozen=True)
class Estimate:
    """What asking is about to come to: conversations and about how many tokens and US dollars (None: not known)."""

    server: str
    model: str
    conversations: int
    tokens: int
    usd: float | None
    unencrypted: bool


# tells a person what is about to be sent, and whether he agrees (or has agreed before, at that time)
Agree = Callable[[Estimate, datetime | None], bool]


class _Agreement(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    account: str
    base_url: str
    model: str
    agreed_at: datetime


class _File(BaseModel):
    agreements: list[_Agreement] = []


class Agreements:
    """The agreements in the data directory's file."""

    def __init__(self, root: Path) -> None:
        self._path = root / NAME

    def find(self, account: str, options: ModelOptions) -> datetime | None:
        """When a person agreed; None when nobody has."""
        for one in self._read().agreements:
            if (one.account, one.base_url, one.model) == (account, options.base_url, options.model):
                return one.agreed_at
        return None

    def add(self, account: str, options: ModelOptions) -> datetime:
        """Remember that a person agreed now."""
        now = datetime.now(UTC).replace(microsecond=0)
        new = _Agreement(account=account, base_url=options.base_url, model=options.model, agreed_at=now)
        make_private_folder(self._path.parent)
        # another account's first agreement may come in the same moment
        with locked(self._path.parent, _LOCK):
            together = _File(agreements=[*self._read().agreements, new])
            replace_file(self._path, together.model_dump_json(indent=1).encode() + b"\n")
        return now

    def _read(self) -> _File:
        try:
            return _File.model_validate_json(self._path.read_bytes())
        except (FileNotFoundError, ValidationError):
            # asked again, which harms nobody
            return _File()
