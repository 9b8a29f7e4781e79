"""Databases with the Soul KG CRM's tables, and rows as the CRM itself writes them."""

import itertools
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from load.database import connect
from load.report import LoadOptions, LoadReport
from load.run import load
from schemas.clean_run import CleanRunFolder
from tests.load.clean_runs import Chat, at, write_clean_run
from tests.load.conftest import ORGANIZATION

TABLES_SQL = Path(__file__).with_name("tables.sql").read_bytes()
TABLES = ("organizations", "clients", "conversations", "messages", "client_status_history")
ORG = str(ORGANIZATION)
_numbers = itertools.count()


@pytest.fixture
def soul_kg(empty_database: str) -> str:
    """The conninfo of a Soul KG CRM's database with one organisation, `soul-kg`."""
    with connect(empty_database) as connection:
        connection.execute(TABLES_SQL)
        connection.execute(
            'insert into organizations (id, name, slug, "updatedAt") values (%s, %s, %s, now())',
            [ORG, "Soul KG", "soul-kg"],
        )
    return empty_database


@pytest.fixture
def crm(soul_kg: str) -> Iterator["Crm"]:
    with connect(soul_kg) as connection:
        yield Crm(connection)


class Crm:
    """The CRM at work: each method leaves what its own code leaves, with ids of UUID version 4."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection

    def insert(self, table: str, **values: Any) -> str:
        row = {"id": str(uuid.uuid4())} | values
        if table in {"clients", "conversations"}:
            row = {"updatedAt": naive(0)} | row
        if table != "organizations":
            row = {"organizationId": ORG} | row
        given = {name: Jsonb(value) if isinstance(value, dict | list) else value for name, value in row.items()}
        self.connection.execute(
            sql.SQL("insert into {} ({}) values ({})").format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, given)),
                sql.SQL(", ").join(sql.Placeholder() * len(given)),
            ),
            list(given.values()),
        )
        return str(row["id"])

    def client(self, phone: str, **values: Any) -> str:
        return self.insert("clients", phone=phone, **values)

    def conversation(self, client: str, **values: Any) -> str:
        return self.insert("conversations", clientId=client, **values)

    def message(self, conversation: str, whatsapp_id: str | None, direction: str = "INCOMING", **values: Any) -> str:
        row = {
            "conversationId": conversation,
            "direction": direction,
            "sender": "CLIENT" if direction == "INCOMING" else "AI",
            "content": "hello",
            "whatsappMessageId": whatsapp_id,
        }
        return self.insert("messages", **(row | values))

    def history(self, client: str, status: str, by: str, **values: Any) -> str:
        return self.insert("client_status_history", clientId=client, newStatus=status, changedBy=by, **values)

    def value(self, query: str, *values: Any) -> Any:
        row = self.connection.execute(query.encode(), values).fetchone()
        return row[0] if row and len(row) == 1 else row

    def rows(self, query: str, *values: Any) -> list[Any]:
        found = self.connection.execute(query.encode(), values).fetchall()
        return [row[0] if len(row) == 1 else row for row in found]

    def dump(self) -> dict[str, list[Any]]:
        """Every row of every table, in one order."""
        return {table: self.rows(f"select to_jsonb(t) from {table} t order by 1") for table in TABLES}  # noqa: S608


def naive(minute: int) -> datetime:
    """The time as the CRM's columns hold it: UTC without a zone."""
    return at(minute).replace(tzinfo=None)


class Loads:
    """Writes clean runs and loads them."""

    def __init__(self, folder: Path, connection: psycopg.Connection) -> None:
        self.folder = folder
        self.connection = connection

    @property
    def runs(self) -> Path:
        return self.folder / "runs"

    @property
    def ledgers(self) -> Path:
        return self.runs / ORG

    def clean(self, chats: list[Chat], **more: Any) -> CleanRunFolder:
        return write_clean_run(self.folder / f"clean-{next(_numbers)}", chats, **more)

    def __call__(self, *chats: Chat, account: str = "default", **options: Any) -> LoadReport:
        return self.load(self.clean(list(chats), account=account), **options)

    def load(self, clean: CleanRunFolder, **options: Any) -> LoadReport:
        asked = LoadOptions(**({"org": "soul-kg"} | options))
        return load(self.connection, clean, asked, runs=self.runs)


@pytest.fixture
def loads(tmp_path: Path, crm: Crm) -> Loads:
    return Loads(tmp_path, crm.connection)
