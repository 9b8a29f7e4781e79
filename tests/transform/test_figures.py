"""The figures of a clean run, over archives small enough to count by hand."""

import re
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import pyarrow.parquet as pq
import pytest

from schemas.clean_run import CleanRunFolder
from schemas.errors import UserError
from schemas.files import sha256_of
from schemas.manifest import Own
from tests.transform.archives import (
    ANNA_PHONE,
    AS_OF,
    BAKYT,
    BAKYT_PHONE,
    NOON,
    OWN_PHONE,
    Archive,
    action,
    chat,
    message,
    minute,
    payload,
)
from tests.transform.conftest import clean
from transform.figures.model import Figures, HourCount, KindCount, LanguageCount, PeriodCount, Unit
from transform.figures.read import read_figures
from transform.figures.time_zone import company_time_zone

UTC_ZONE = "UTC"
SQL = sorted(entry.name for entry in files("transform.figures").joinpath("sql").iterdir())


def _message(number: int, minutes: float, *, from_me: bool = False, **columns: Any) -> dict[str, Any]:
    return message(message_id=f"M{number}", sent_at=minute(minutes), from_me=from_me, **columns)


def figures(archive: Archive, zone: str = UTC_ZONE, *, enrich: bool = False, shown: int = 50) -> Figures:
    return read_figures(clean(archive, enrich=enrich).folder, zone, shown=shown)


def test_totals_count_both_directions_and_what_is_later_than_as_of(archive: Archive) -> None:
    later = message(message_id="M3", sent_at=AS_OF + timedelta(hours=1))
    archive.add(payload(later, _message(2, 5, from_me=True), _message(1, 0)))
    totals = figures(archive).totals

    assert (totals.clients, totals.messages, totals.incoming, totals.outgoing, totals.later) == (1, 3, 2, 1, 1)
    assert (totals.first_message, totals.last_message) == (NOON, AS_OF + timedelta(hours=1))
    assert (totals.kept_clients, totals.kept_messages) == (1, 3)


def test_messages_over_time_have_a_row_for_a_day_without_any(archive: Archive) -> None:
    archive.add(payload(_message(3, 2 * 24 * 60), _message(2, 1, from_me=True), _message(1, 0)))
    found = figures(archive)

    assert found.unit is Unit.DAY
    assert found.periods == [
        PeriodCount(date(2026, 5, 1), 1, 1),
        PeriodCount(date(2026, 5, 2), 0, 0),
        PeriodCount(date(2026, 5, 3), 1, 0),
    ]


@pytest.mark.parametrize(
    ("days", "unit", "periods"),
    [(40, Unit.DAY, 41), (200, Unit.WEEK, 29), (1500, Unit.MONTH, 51), (4000, Unit.YEAR, 12)],
)
def test_the_longer_the_time_the_longer_the_periods(archive: Archive, days: int, unit: Unit, periods: int) -> None:
    archive.add(payload(_message(2, 0), _message(1, -days * 24 * 60)))
    found = figures(archive)

    assert (found.unit, len(found.periods)) == (unit, periods)
    assert sum(one.incoming for one in found.periods) == 2


def test_days_and_hours_are_those_of_the_companys_time_zone(archive: Archive) -> None:
    # Friday 21:00 in UTC is Saturday 03:00 in Bishkek
    archive.add(payload(_message(1, 9 * 60)))
    found = figures(archive, "Asia/Bishkek")

    assert found.hours == [HourCount(weekday=6, hour=3, incoming=1, outgoing=0)]
    assert found.periods == [PeriodCount(date(2026, 5, 2), 1, 0)]


def test_kinds_and_languages_are_counted_with_the_most_frequent_first(archive: Archive) -> None:
    archive.add(
        payload(
            _message(4, 4, chat=BAKYT, text="привет как дела"),
            _message(3, 3, kind="image", text=None, from_me=True),
            _message(2, 2, text="good morning"),
            _message(1, 1, text="good evening"),
        )
    )
    found = figures(archive, enrich=True)

    assert found.kinds == [KindCount("TEXT", 3, 0), KindCount("IMAGE", 0, 1)]
    assert found.languages == [LanguageCount("en", 1, 2), LanguageCount("ru", 1, 1), LanguageCount(None, 0, 1)]


def test_the_funnel_names_every_status_in_order_and_adds_up_to_the_clients(archive: Archive) -> None:
    archive.add(payload(_message(2, 2, chat=BAKYT, text="hello"), _message(1, 1, text="hello")))
    funnel = figures(archive, enrich=True).funnel

    assert [row.status for row in funnel][:2] == ["NEW_LEAD", "QUALIFIED"]
    assert len(funnel) == 8
    assert sum(row.clients for row in funnel) == 2
    for row in funnel:
        assert row.sure + row.likely + row.unsure == row.clients
        assert (row.confidence is None) == (row.clients == 0)


def test_new_clients_are_counted_in_the_month_of_their_first_message(archive: Archive) -> None:
    archive.add(payload(_message(3, 60), _message(2, 0), _message(1, -50 * 24 * 60, chat=BAKYT)))
    months = figures(archive).new_clients

    assert [(one.month, one.clients) for one in months] == [
        (date(2026, 3, 1), 1),
        (date(2026, 4, 1), 0),
        (date(2026, 5, 1), 1),
    ]


def test_an_answer_time_runs_from_the_first_unanswered_message_to_the_companys_next_one(archive: Archive) -> None:
    archive.add(
        payload(
            _message(6, 200, from_me=True),
            _message(5, 180),
            _message(4, 100, from_me=True),
            _message(3, 30, from_me=True),
            _message(2, 20),
            _message(1, 0),
        )
    )
    answers = figures(archive).answers

    assert (answers.turns, answers.answered, answers.reacted, answers.waiting) == (2, 2, 0, 0)
    assert (answers.median, answers.slow) == (timedelta(minutes=20), timedelta(minutes=30))
    assert {one.least: one.count for one in answers.times if one.count} == {timedelta(minutes=15): 2}


def test_a_message_of_the_companys_own_without_a_question_is_no_answer(archive: Archive) -> None:
    archive.add(payload(_message(2, 10, from_me=True), _message(1, 0, from_me=True)))

    assert figures(archive).answers.turns == 0


def test_who_wrote_last_waits_since_his_first_unanswered_message(archive: Archive) -> None:
    archive.add(
        payload(
            _message(4, 60), _message(3, 50), _message(2, 10, from_me=True), _message(1, 0), chats=[chat(name="Anna")]
        )
    )
    found = figures(archive)

    (waiting,) = found.waiting
    assert (waiting.phone, waiting.name, waiting.messages, waiting.asked) == (ANNA_PHONE, "Anna", 2, minute(50))
    assert found.answers.waiting == 1
    assert {one.least.days: one.count for one in found.waiting_ages if one.count} == {30: 1}


@pytest.mark.parametrize(
    ("reaction_by_company", "waiting"), [(True, 0), (False, 1)], ids=["the company's emoji", "the client's own emoji"]
)
def test_an_emoji_of_the_company_is_answer_enough_not_to_wait(
    archive: Archive, reaction_by_company: bool, waiting: int
) -> None:
    archive.add(payload(action("reaction", text="👍", from_me=reaction_by_company), _message(1, 0)))
    answers = figures(archive).answers

    assert (answers.waiting, answers.reacted, answers.answered) == (waiting, 1 - waiting, 0)


def test_a_deleted_message_waits_for_no_answer_and_is_none(archive: Archive) -> None:
    archive.add(
        payload(
            action("revoke", target="M1", sent_at=minute(5)),
            _message(1, 0),
            action("revoke", target="B2", chat=BAKYT, from_me=True, sent_at=minute(9)),
            message(BAKYT, "B2", from_me=True, sent_at=minute(8)),
            message(BAKYT, "B1", sent_at=minute(0)),
        )
    )
    found = figures(archive)

    assert [one.phone for one in found.waiting] == [BAKYT_PHONE]
    assert found.answers.answered == 0


def test_what_is_later_than_as_of_neither_waits_nor_answers(archive: Archive) -> None:
    archive.add(payload(message(message_id="M2", from_me=True, sent_at=AS_OF + timedelta(hours=2)), _message(1, 0)))

    assert [one.phone for one in figures(archive).waiting] == [ANNA_PHONE]


def test_of_equal_times_the_clients_message_is_the_earlier_one(archive: Archive) -> None:
    archive.add(payload(_message(2, 0, from_me=True), _message(1, 0)))
    found = figures(archive)

    assert (found.answers.answered, found.answers.median, found.waiting) == (1, timedelta(), [])


def test_those_who_began_to_wait_last_are_named_and_all_are_counted(archive: Archive) -> None:
    archive.add(
        payload(*(message(f"99655510000{n}@s.whatsapp.net", f"W{n}", sent_at=minute(n)) for n in range(9, -1, -1)))
    )
    found = figures(archive, shown=3)

    assert [one.asked for one in found.waiting] == [minute(9), minute(8), minute(7)]
    assert found.answers.waiting == sum(one.count for one in found.waiting_ages) == 10


def test_months_with_few_answers_have_no_middle(archive: Archive) -> None:
    talk = [
        _message(10 * turn + part, turn * 60 + part * 7, from_me=part == 1) for turn in range(5) for part in range(2)
    ]
    june = [_message(100, 40 * 24 * 60), _message(101, 40 * 24 * 60 + 1, from_me=True)]
    archive.add(payload(*reversed([*talk, *june])))
    tables = clean(archive, as_of=AS_OF + timedelta(days=60))
    months = read_figures(tables.folder, UTC_ZONE).answers.months

    assert [(one.month, one.median, one.turns) for one in months] == [(date(2026, 5, 1), timedelta(minutes=7), 5)]


def test_rejects_are_counted_by_stage_and_reason(archive: Archive) -> None:
    archive.add(payload(message(message_id=None), message(message_id=None), _message(1, 0)))

    assert [(one.stage, one.reason, one.rows) for one in figures(archive).rejects] == [
        ("transform", "no_message_id", 2)
    ]


def test_a_client_left_out_by_review_is_in_no_figure_of_clients(archive: Archive) -> None:
    archive.add(payload(message(BAKYT, "B1", sent_at=minute(1)), _message(1, 0)))
    folder = clean(archive).folder
    _skip(folder, BAKYT_PHONE)
    found = read_figures(_described_anew(folder), UTC_ZONE)

    assert [one.phone for one in found.waiting] == [ANNA_PHONE]
    assert (found.totals.clients, found.totals.kept_clients, found.totals.kept_messages) == (2, 1, 1)
    assert sum(one.clients for one in found.funnel) == sum(one.clients for one in found.new_clients) == 1


def test_an_account_without_clients_has_empty_figures(archive: Archive) -> None:
    archive.add(payload(message(message_id=None)))
    found = figures(archive)

    assert (found.totals.messages, found.totals.first_message, found.periods, found.hours) == (0, None, [], [])
    assert (found.answers.turns, found.answers.median, found.answers.months) == (0, None, [])


def test_a_table_that_was_changed_is_not_read(archive: Archive) -> None:
    archive.add(payload(_message(1, 0)))
    folder = clean(archive).folder
    path = folder.table("messages")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))

    with pytest.raises(UserError, match="is damaged"):
        read_figures(folder, UTC_ZONE)


@pytest.mark.parametrize(
    ("own", "region", "zone"),
    [
        (OWN_PHONE, None, "Asia/Bishkek"),
        (OWN_PHONE, "DE", "Asia/Bishkek"),
        (None, "DE", "Europe/Berlin"),
        (None, "US", "America/New_York"),
        (None, None, "UTC"),
        (None, "ZZ", "UTC"),
    ],
)
def test_the_time_zone_is_that_of_the_companys_number_else_of_its_region(
    own: str | None, region: str | None, zone: str
) -> None:
    assert company_time_zone(Own(phone=own), region) == zone


@pytest.mark.parametrize("name", SQL)
def test_a_figures_sql_says_its_grain_key_and_inputs_in_lower_case(name: str) -> None:
    text = files("transform.figures").joinpath("sql", name).read_text()
    header = re.match(r"(?:--[^\n]*\n)+", text)

    assert header
    assert re.search(r"^-- grain: .*key", header[0], re.MULTILINE)
    assert re.search(r"^-- inputs: ", header[0], re.MULTILINE)
    code = re.sub(r"--[^\n]*|'[^']*'", "", text)
    assert code == code.lower()


def _skip(folder: CleanRunFolder, phone: str) -> None:
    table = pq.read_table(folder.table("clients"))
    rows = [row | {"skip": row["phone"] == phone} for row in table.to_pylist()]
    pq.write_table(type(table).from_pylist(rows, schema=table.schema), folder.table("clients"))


def _described_anew(folder: CleanRunFolder) -> CleanRunFolder:
    path = folder.table("clients")
    described = folder.run.tables["clients"].model_copy(
        update={"bytes": path.stat().st_size, "sha256": sha256_of(path)}
    )
    return CleanRunFolder(
        folder.path, folder.run.model_copy(update={"tables": folder.run.tables | {"clients": described}})
    )
