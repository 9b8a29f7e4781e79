"""From the archive to PostgreSQL: a person who changes his number, and whoever gets it after him."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from load.database import connect
from load.embedded import ensure_database, remove_embedded, start_embedded
from load.migrate import migrate
from load.organizations import create_organization
from load.report import LoadOptions, LoadReport
from load.run import load
from schemas.datadir import DataDir
from tests.transform.archives import ANNA, ANNA_LID, ANNA_PHONE, Archive, message, minute, pair, payload
from tests.transform.conftest import clean

NEW_NUMBER = "996700000009@s.whatsapp.net"
STRANGER_LID = "200000000000002@lid"


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[psycopg.Connection]:
    folder = tmp_path / "postgres"
    try:
        server = start_embedded(folder)
        ensure_database(server, "crm")
        with connect(server.conninfo("crm")) as connection:
            migrate(connection)
            create_organization(connection, "Soul KG", id=None, slug=None)
            yield connection
    finally:
        remove_embedded(folder)


def test_a_number_that_passes_from_one_client_to_another_leaves_each_with_his_own_messages(
    crm: psycopg.Connection, tmp_path: Path
) -> None:
    archive = Archive(DataDir(tmp_path / "data"))

    def load_all() -> LoadReport:
        return load(crm, clean(archive).folder, LoadOptions("soul-kg"))

    def chats() -> dict[str, list[str]]:
        rows = crm.execute(
            """
            select c.phone, array_agg(m.whatsapp_message_id order by m.sent_at)
            from clients c join conversations v on v.client_id = c.id join messages m on m.conversation_id = v.id
            group by c.phone
            """
        ).fetchall()
        return dict(rows)

    archive.add(payload(message(ANNA, "M1"), message(ANNA_LID, "M2", sent_at=minute(1)), lid_map=[pair()]))
    load_all()
    assert chats() == {ANNA_PHONE: ["M1", "M2"]}

    archive.add(payload(message(ANNA_LID, "M3", sent_at=minute(2)), lid_map=[pair(pn=NEW_NUMBER)]))
    assert load_all().chats.imported == 0
    assert chats() == {"+996700000009": ["M1", "M2", "M3"]}

    archive.add(payload(message(ANNA, "M4", sent_at=minute(3)), lid_map=[pair(STRANGER_LID)]))
    report = load_all()
    assert (report.chats.imported, report.chats.failed) == (1, [])
    assert chats() == {"+996700000009": ["M1", "M2", "M3"], ANNA_PHONE: ["M4"]}

    again = load_all()
    assert (again.chats.skipped, again.messages.inserted, again.messages.updated) == (2, 0, 0)
