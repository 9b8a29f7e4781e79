"""The short answer of a load that has nothing to do: given where nothing has changed, and nowhere else."""

from pathlib import Path

import psycopg
import pytest

from load.database import connect
from load.report import LoadOptions
from load.run import load
from schemas.clean_run import CleanRunFolder
from schemas.progress import Step
from tests.load.clean_runs import Chat, many_chats, write_clean_run
from tests.load.conftest import dump, one

CHATS = many_chats(6, messages=4)


@pytest.fixture
def clean(tmp_path: Path) -> CleanRunFolder:
    return write_clean_run(tmp_path / "run", CHATS)


@pytest.fixture
def loaded(connection: psycopg.Connection, clean: CleanRunFolder) -> psycopg.Connection:
    load(connection, clean, LoadOptions("soul-kg"))
    return connection


def runs(connection: psycopg.Connection) -> int:
    return int(one(connection, "select count(*) from import_runs"))


def test_the_same_clean_run_again_is_answered_without_reading_it(
    loaded: psycopg.Connection, clean: CleanRunFolder
) -> None:
    before, steps = dump(loaded), list[Step]()
    report = load(loaded, clean, LoadOptions("soul-kg"), steps.append)
    assert report.nothing_changed
    assert report.run is None
    assert steps == []
    assert (report.chats.total, report.chats.skipped, report.chats.imported) == (6, 6, 0)
    assert (report.messages.total, report.messages.already_there, report.messages.inserted) == (24, 24, 0)
    assert dump(loaded) == before
    assert runs(loaded) == 1


def test_everything_is_compared_when_asked(loaded: psycopg.Connection, clean: CleanRunFolder) -> None:
    full = load(loaded, clean, LoadOptions("soul-kg", full=True))
    short = load(loaded, clean, LoadOptions("soul-kg"))
    assert (full.nothing_changed, short.nothing_changed) == (False, True)
    assert (full.chats, full.messages) == (short.chats, short.messages)
    # a load that wrote nothing leaves no row among the runs
    assert full.run is None
    assert runs(loaded) == 1


@pytest.mark.parametrize(
    ("gone", "mended"),
    [
        ("delete from messages where whatsapp_message_id = '3-1'", (0, 1)),
        ("delete from messages", (0, 24)),
        ("delete from clients where phone = '+996555000002'", (1, 4)),
        ("delete from conversations where id = (select min(id::text)::uuid from conversations)", (0, 4)),
        (
            """with lost as (delete from messages where whatsapp_message_id = '3-1' returning *)
               insert into messages
                 (id, organization_id, conversation_id, direction, whatsapp_message_id, type, sent_at)
               select gen_random_uuid(), organization_id, conversation_id, direction, 'other', type, sent_at
               from lost""",
            (0, 1),
        ),
        (
            """update messages set conversation_id = (select max(id::text)::uuid from conversations)
               where conversation_id = (select min(id::text)::uuid from conversations)
                 and whatsapp_message_id like '%-1'""",
            # its key is there, so it is neither doubled nor moved back
            (0, 0),
        ),
    ],
)
def test_rows_that_are_gone_or_moved_are_noticed_and_brought_back(
    loaded: psycopg.Connection, clean: CleanRunFolder, gone: str, mended: tuple[int, int]
) -> None:
    loaded.execute(gone.encode())
    report = load(loaded, clean, LoadOptions("soul-kg"))
    assert not report.nothing_changed
    assert (report.chats.imported, report.messages.inserted) == mended
    assert load(loaded, clean, LoadOptions("soul-kg")).nothing_changed


@pytest.mark.parametrize(
    "touched",
    [
        "update clients set name = 'By hand' where phone = '+996555000002'",
        "update clients set status = 'SERVICE' where phone = '+996555000002'",
        "update conversations set archived = true",
        """insert into messages
             (id, organization_id, conversation_id, direction, whatsapp_message_id, type, sent_at)
           select gen_random_uuid(), organization_id, id, 'INCOMING', 'live', 'TEXT', now()
           from conversations limit 1""",
        """insert into client_status_history (organization_id, client_id, new_status, changed_by)
           select organization_id, id, status, 'HUMAN' from clients limit 1""",
    ],
)
def test_what_people_and_the_crm_did_since_makes_the_load_compare(
    loaded: psycopg.Connection, clean: CleanRunFolder, touched: str
) -> None:
    loaded.execute(touched.encode())
    assert not load(loaded, clean, LoadOptions("soul-kg")).nothing_changed
    assert load(loaded, clean, LoadOptions("soul-kg")).nothing_changed


def test_other_content_other_options_and_limits_make_the_load_compare(
    loaded: psycopg.Connection, clean: CleanRunFolder, tmp_path: Path
) -> None:
    for options in ({"skip_duplicates": False}, {"limit": 3}, {"only_new": True}):
        asked = LoadOptions("soul-kg", **options)
        assert not load(loaded, clean, asked).nothing_changed
    other = write_clean_run(tmp_path / "other", [chat.but(name="Ivan") for chat in CHATS])
    assert not load(loaded, other, LoadOptions("soul-kg")).nothing_changed
    # made again from the same archive it is the same
    same = write_clean_run(tmp_path / "same", [chat.but(name="Ivan") for chat in CHATS])
    assert load(loaded, same, LoadOptions("soul-kg")).nothing_changed


def test_a_load_that_was_limited_or_refused_something_is_never_the_last_word(
    connection: psycopg.Connection, tmp_path: Path
) -> None:
    clean = write_clean_run(tmp_path / "run", [*CHATS, Chat("+12")])
    for _ in range(2):
        assert not load(connection, clean, LoadOptions("soul-kg")).nothing_changed


def test_two_accounts_each_have_their_own_answer(connection: psycopg.Connection, tmp_path: Path) -> None:
    office = write_clean_run(tmp_path / "office", CHATS, account="office")
    sales = write_clean_run(tmp_path / "sales", many_chats(3), account="sales")
    for clean in (office, sales, office):
        load(connection, clean, LoadOptions("soul-kg"))
    assert [load(connection, clean, LoadOptions("soul-kg")).nothing_changed for clean in (office, sales)] == [
        True,
        True,
    ]


@pytest.mark.parametrize(
    "removed",
    [
        "delete from clients where phone = '+996555000003'",
        "delete from conversations v using clients c where c.id = v.client_id and c.phone = '+996555000003'",
        "delete from messages where whatsapp_message_id = '3-1'",
    ],
)
@pytest.mark.parametrize("step_name", ["loading messages", "bringing counts up to date"])
def test_what_is_removed_while_a_load_compares_is_not_taken_for_loaded(
    loaded: psycopg.Connection, database: str, clean: CleanRunFolder, removed: str, step_name: str
) -> None:
    gone: list[int] = []

    def meanwhile(step: Step) -> None:
        if step.name == step_name and not gone:
            with connect(database) as person:
                gone.append(person.execute(removed.encode()).rowcount)

    load(loaded, clean, LoadOptions("soul-kg", full=True), meanwhile)
    assert gone == [1]
    load(loaded, clean, LoadOptions("soul-kg"))
    assert one(loaded, "select count(*) from messages") == 24


def test_a_message_removed_between_comparing_and_counting_comes_back(
    loaded: psycopg.Connection, database: str, tmp_path: Path
) -> None:
    clean = write_clean_run(tmp_path / "later", many_chats(6, messages=5))
    gone: list[int] = []

    def meanwhile(step: Step) -> None:
        if step.name == "bringing counts up to date" and not gone:
            with connect(database) as person:
                gone.append(person.execute("delete from messages where whatsapp_message_id = '3-1'").rowcount)

    assert load(loaded, clean, LoadOptions("soul-kg"), meanwhile).messages.inserted == 6
    assert gone == [1]
    assert load(loaded, clean, LoadOptions("soul-kg")).messages.inserted == 1
