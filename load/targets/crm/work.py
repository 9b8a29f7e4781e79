"""What every statement of one load is about."""

import uuid
from dataclasses import dataclass
from typing import Any

import psycopg

from load.statements import statement
from schemas.words import CHANNEL_WHATSAPP


@dataclass(frozen=True)
class Import:
    """One load: its connection, and the values that its statements share."""

    connection: psycopg.Connection
    organization: uuid.UUID
    run: uuid.UUID
    account: str

    def execute(self, name: str, **parameters: Any) -> psycopg.Cursor[Any]:
        """Run one of the layout's SQL files."""
        common = {
            "organization": self.organization,
            "run": self.run,
            "account": self.account,
            "channel": CHANNEL_WHATSAPP,
        }
        return self.connection.execute(statement("crm", name), common | parameters)
