"""Reading the figures of a clean run with DuckDB: aggregates only, and the latest of the clients who wait."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from glob import escape
from importlib.resources import files
from typing import Any

import duckdb

from schemas.clean_run import CleanRunFolder
from schemas.errors import ExitCode, UserError
from schemas.files import sha256_of
from schemas.progress import Progress, Step, no_progress
from schemas.tables import CLEAN_TABLES
from schemas.translation import N_, _
from schemas.words import Status
from transform.figures.model import (
    Answers,
    Figures,
    HourCount,
    KindCount,
    LanguageCount,
    MonthAnswers,
    MonthCount,
    PeriodCount,
    RejectCount,
    StatusCount,
    TimeClass,
    Totals,
    Unit,
    WaitingClient,
)

# the least confidence of a status that is called sure, and of one that is called likely
SURE, LIKELY = 0.8, 0.6
# with fewer answers in a month their middle says nothing about the company
LEAST_ANSWERS = 5

_MEMORY_LIMIT = "256MB"
_MOST_THREADS = 4
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_ANSWER_BOUNDS = (timedelta(), 5 * _MINUTE, 15 * _MINUTE, _HOUR, 4 * _HOUR, _DAY, 3 * _DAY, 7 * _DAY)
_WAITING_BOUNDS = (timedelta(), _HOUR, _DAY, 7 * _DAY, 30 * _DAY, 365 * _DAY)
# the longest time that is still shown in periods of this length: at most some seventy of them
_LONGEST = ((Unit.DAY, timedelta(days=62)), (Unit.WEEK, timedelta(days=420)), (Unit.MONTH, timedelta(days=2200)))


def read_figures(
    folder: CleanRunFolder, time_zone: str, *, shown: int = 50, progress: Progress = no_progress
) -> Figures:
    """The figures of a clean run; days and hours are those of `time_zone` (IANA).

    "Now" is the run's as_of. At most `shown` waiting clients are named. Raises UserError (5) when a table is not, byte
    for byte, what transform wrote.
    """
    progress(Step(N_("reading the clean tables")))
    _check(folder)
    as_of = folder.run.as_of
    with _open(folder, time_zone, as_of, shown) as query:
        progress(Step(N_("counting messages")))
        query.make("views")
        (found,) = query("totals")
        totals = Totals(**found | {name: _moment(found[name]) for name in ("first_message", "last_message")})
        unit = _unit(totals)
        query.set("unit", unit.value)
        query.set("step", f"1 {unit.value}")
        periods = [PeriodCount(**row) for row in query("messages_over_time")]
        hours = [HourCount(**row) for row in query("hours")]
        kinds = [KindCount(**row) for row in query("kinds")]
        languages = [LanguageCount(**row) for row in query("languages")]
        funnel = [StatusCount(**row) for row in query("funnel")]
        new_clients = [MonthCount(**row) for row in query("new_clients")]
        progress(Step(N_("timing answers")))
        query.make("turns")
        return Figures(
            as_of=as_of,
            time_zone=time_zone,
            totals=totals,
            unit=unit,
            periods=periods,
            hours=hours,
            kinds=kinds,
            languages=languages,
            funnel=funnel,
            new_clients=new_clients,
            answers=_answers(query),
            waiting=[WaitingClient(**row | {"asked": _moment(row["asked"])}) for row in query("waiting")],
            waiting_ages=_classes(_WAITING_BOUNDS, query("waiting_ages"), "clients"),
            rejects=[RejectCount(row["stage"], row["reason"], row["rows_rejected"]) for row in query("rejects")],
        )


class _Query:
    """Runs the SQL files of this package over the clean tables."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def set(self, name: str, value: Any) -> None:
        self._connection.execute(f"set variable {name} = $1", [value])

    def make(self, name: str) -> None:
        with _as_figure(name):
            self._connection.execute(_sql_of(name))

    def __call__(self, name: str) -> list[dict[str, Any]]:
        with _as_figure(name):
            cursor = self._connection.execute(_sql_of(name))
            columns = [column[0] for column in cursor.description or ()]
            return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


@contextmanager
def _open(folder: CleanRunFolder, time_zone: str, as_of: datetime, shown: int) -> Iterator[_Query]:
    with tempfile.TemporaryDirectory(prefix="wa2pg-") as spill:
        connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": _MEMORY_LIMIT,
                "threads": min(os.cpu_count() or 1, _MOST_THREADS),
                "temp_directory": spill,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        try:
            query = _Query(connection)
            connection.execute("set timezone = $1", [time_zone])
            connection.execute("set variable as_of = $1::timestamptz", [as_of.isoformat()])
            for name, value in _variables(shown).items():
                query.set(name, value)
            with _as_figure("tables"):
                for table in CLEAN_TABLES:
                    connection.read_parquet(escape(str(folder.table(table)))).create_view(f"clean_{table}")
            yield query
        finally:
            connection.close()


def _variables(shown: int) -> Mapping[str, Any]:
    return {
        "statuses": [str(status) for status in Status],
        "sure": SURE,
        "likely": LIKELY,
        "shown": shown,
        "least_answers": LEAST_ANSWERS,
        "answer_bounds": [_milliseconds(bound) for bound in _ANSWER_BOUNDS],
        "waiting_bounds": [_milliseconds(bound) for bound in _WAITING_BOUNDS],
    }


def _check(folder: CleanRunFolder) -> None:
    for table in CLEAN_TABLES:
        if sha256_of(folder.table(table)) != folder.run.tables[table].sha256:
            raise UserError(
                _("The clean run {run} is damaged.", run=folder.run.run),
                hint=_("make it again: {command}", command=f"wa2pg transform --account {folder.run.account}"),
                exit_code=ExitCode.ARCHIVE,
            )


def _answers(query: _Query) -> Answers:
    (row,) = query("answers")
    return Answers(
        turns=row["turns"],
        answered=row["answered"],
        reacted=row["reacted"],
        waiting=row["waiting"],
        median=_duration(row["median_ms"]),
        slow=_duration(row["slow_ms"]),
        times=_classes(_ANSWER_BOUNDS, query("answer_times"), "turns"),
        months=[
            MonthAnswers(found["month"], timedelta(milliseconds=found["median_ms"]), found["turns"])
            for found in query("answers_by_month")
        ],
    )


def _classes(bounds: tuple[timedelta, ...], rows: list[dict[str, Any]], column: str) -> list[TimeClass]:
    return [TimeClass(bounds[row["place"]], row[column]) for row in rows]


def _unit(totals: Totals) -> Unit:
    if totals.first_message is None or totals.last_message is None:
        return Unit.MONTH
    span = totals.last_message - totals.first_message
    return next((unit for unit, longest in _LONGEST if span <= longest), Unit.YEAR)


def _milliseconds(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)


def _duration(milliseconds: int | None) -> timedelta | None:
    return None if milliseconds is None else timedelta(milliseconds=milliseconds)


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds)


def _sql_of(name: str) -> str:
    return files("transform.figures").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


@contextmanager
def _as_figure(name: str) -> Iterator[None]:
    """DuckDB's own words are not repeated: they may quote a message."""
    try:
        yield
    except duckdb.Error as error:
        raise UserError(
            _(
                "The figure {figure} could not be read from the clean tables ({error}).",
                figure=name,
                error=type(error).__name__,
            ),
            hint=_("see that the disk has room; if it has, this is a bug of wa2pg: report the figure and the error"),
            exit_code=ExitCode.FAILED,
        ) from None
