"""What every statement of one load is about."""

import uuid
from dataclasses import dataclass
from typing import Any

import psycopg

from load.run_ledger import RunLedger
from load.statements import statement
from schemas.words import CHANNEL_WHATSAPP


@dataclass
class Import:
    """One load: its connection, the values that its statements share, and where it records what it writes."""

    connection: psycopg.Connection
    organization: str
    namespace: uuid.UUID
    run: uuid.UUID
    account: str
    ledger: RunLedger

    def execute(self, name: str, **parameters: Any) -> psycopg.Cursor[Any]:
        """Run one of the layout's SQL files."""
        common = {
            "organization": self.organization,
            "run": str(self.run),
            "account": self.account,
            "channel": CHANNEL_WHATSAPP,
        }
        return self.connection.execute(statement("soul_kg", name), common | parameters)
