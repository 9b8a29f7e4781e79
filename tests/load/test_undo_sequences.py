"""Whatever the order of loads, undos and people's work: an undo never takes what people wrote, and a load that is taken
back at once leaves the rows that were there before it."""

import random
from pathlib import Path
from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from load.report import LoadOptions
from load.run import load
from load.runs import list_runs
from load.undo import UndoOptions, undo
from tests.load.clean_runs import Chat, Message, at, write_clean_run
from tests.load.conftest import ORGANIZATION, _numbers, dump

PHONES = [f"+99655500000{digit}" for digit in range(5)]
STATUSES = ["NEW_LEAD", "QUALIFIED", "SOLD"]

loads = st.tuples(st.just("load"), st.integers(0, 50), st.booleans(), st.booleans())
undos = st.tuples(st.just("undo"), st.integers(0, 9), st.booleans(), st.booleans())
people = st.tuples(st.just("people"), st.integers(0, 8), st.integers(0, 9), st.booleans())
works = st.lists(st.one_of(loads, undos, people, people), min_size=4, max_size=14).map(
    lambda rest: [("load", 1, True, False), *rest]
)

Claims = dict[tuple[str, str, str], Any]


def archive(variant: int) -> list[Chat]:
    """Some of three people; numbers, names, texts and statuses differ from one state of the archive to another."""
    choose = random.Random(variant)  # noqa: S311 - a state to load, not a secret
    phones = choose.sample(PHONES, 3)
    chats = []
    for person in choose.sample(range(3), choose.randint(1, 3)):
        messages = tuple(
            Message(f"{person}-{turn}", turn, ("INCOMING", "OUTGOING")[turn % 2], choose.choice(["as sent", "edited"]))
            for turn in range(choose.randint(1, 4))
        )
        phone = PHONES[person] if variant % 3 else phones[person]
        chats.append(
            Chat(
                phone,
                messages,
                name=choose.choice(["Anna", "Boris", None]),
                status=choose.choice(STATUSES),
                archived=choose.random() < 0.3,
                more={"addresses": [f"10000000000000{person}@lid", f"{phone[1:]}@s.whatsapp.net"]},
            )
        )
    return chats


def work_of_a_person(connection: psycopg.Connection, kind: int, pick: int, claims: Claims) -> None:
    """Change, add or delete one thing; `claims` learns what is theirs."""

    def chosen(table: str) -> str | None:
        ids = connection.execute(f"select id::text from {table} order by id".encode()).fetchall()  # noqa: S608
        return str(ids[pick % len(ids)][0]) if ids else None

    def change(table: str, column: str, value: Any) -> None:
        row = chosen(table)
        if row:
            query = f"update {table} set {column} = %s where id = %s and {column} is distinct from %s"  # noqa: S608
            # what is so already is nobody's work
            if connection.execute(query.encode(), [value, row, value]).rowcount:
                claims[table, row, column] = value

    if kind == 0:
        change("clients", "name", f"by hand {pick}")
    elif kind == 1:
        change("clients", "status", "SERVICE")
    elif kind == 2:
        change("clients", "country", "DE")
    elif kind == 3:
        change("conversations", "archived", True)
    elif kind == 4:
        change("messages", "body", f"theirs {pick}")
    elif kind in {5, 6}:
        conversation = chosen("conversations")
        if conversation:
            made = connection.execute(
                """
                insert into messages
                  (id, organization_id, conversation_id, direction, whatsapp_message_id, type, body, sent_at)
                values (gen_random_uuid(), %s, %s, 'OUTGOING', gen_random_uuid()::text, 'TEXT', 'theirs', %s)
                returning id::text
                """,
                [ORGANIZATION, conversation, at(100 + pick)],
            ).fetchone()
            if made:
                claims["messages", made[0], "body"] = "theirs"
    elif kind == 7:
        client = chosen("clients")
        if client:
            connection.execute("insert into notes (client_id) values (%s)", [client])
            claims["notes", client, "client_id"] = client
    else:
        client = chosen("clients")
        if client and not any(client == row for _, row, _ in claims):
            connection.execute("delete from clients where id = %s", [client])
            connection.execute("delete from notes where client_id is null")


def standing(connection: psycopg.Connection, claims: Claims) -> Claims:
    """Those of the claims that the database holds."""
    found: Claims = {}
    for (table, row, column), value in claims.items():
        key = "client_id" if table == "notes" else "id"
        query = f"select to_jsonb(t) ->> '{column}' from {table} t where {key} = %s limit 1"  # noqa: S608
        there = connection.execute(query.encode(), [row]).fetchone()
        if there and there[0] == (str(value).lower() if isinstance(value, bool) else value):
            found[table, row, column] = value
    return found


def rows(connection: psycopg.Connection) -> dict[str, list[dict[str, Any]]]:
    found = dump(connection, without=("updated_at",))
    for row in found["client_status_history"]:
        del row["id"]
    return found


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(works)
def test_people_lose_nothing_and_the_last_load_leaves_no_trace(
    connection: psycopg.Connection, tmp_path: Path, works: list[tuple[str, int, Any, bool]]
) -> None:
    connection.execute("create table if not exists notes (client_id uuid references clients on delete cascade)")
    connection.execute("truncate clients, import_runs, import_run_rows, import_run_changes, notes cascade")
    claims: Claims = {}
    before_load: dict[str, list[dict[str, Any]]] | None = None
    for what, number, more, flag in works:
        before = rows(connection)
        if what == "load":
            clean = write_clean_run(tmp_path / f"run-{next(_numbers)}", archive(number))
            options = LoadOptions("soul-kg", skip_duplicates=bool(more), overwrite_status=flag)
            wrote = load(connection, clean, options).run is not None
            # an archive may write over what people wrote; that is the load's affair
            claims = standing(connection, claims)
            # a load that wrote nothing is no run: the one before it stays the last
            before_load = before if wrote else before_load
        elif what == "people":
            work_of_a_person(connection, number, more, claims)
            claims = standing(connection, claims)
            before_load = None
        else:
            runs = [run for run in list_runs(connection, None) if run.undone_at is None]
            if not runs:
                continue
            run = runs[number % len(runs)]
            report = undo(connection, UndoOptions(str(run.id), force=flag))
            if report.refused:
                assert rows(connection) == before
            assert standing(connection, claims) == claims
            if before_load is not None and run is runs[0]:
                assert not report.refused
                assert rows(connection) == before_load
            before_load = None


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(loads, min_size=1, max_size=5))
def test_taken_back_one_after_the_other_loads_leave_what_was_there_at_each_step(
    connection: psycopg.Connection, tmp_path: Path, works: list[tuple[str, int, Any, bool]]
) -> None:
    connection.execute("truncate clients, import_runs, import_run_rows, import_run_changes cascade")
    states = []
    for _, number, more, flag in works:
        before = rows(connection)
        clean = write_clean_run(tmp_path / f"run-{next(_numbers)}", archive(number))
        options = LoadOptions("soul-kg", skip_duplicates=bool(more), overwrite_status=flag)
        # a load that wrote nothing is no run, so there is nothing of it to take back
        if load(connection, clean, options).run is None:
            assert rows(connection) == before
        else:
            states.append(before)
    for state in reversed(states):
        assert not undo(connection, UndoOptions("last")).refused
        assert rows(connection) == state
