"""What taking a load back needs in every layout: the steps, the lock, and the rows that other tables refer to."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import psycopg
from psycopg import sql

from schemas.errors import ExitCode, UserError
from schemas.progress import Progress, Step
from schemas.translation import N_, _

_SECONDS_BETWEEN_TRIES = 0.5
# a table that is smaller is read whole in no time
_LARGE = 8 << 20


@dataclass(frozen=True)
class Taken:
    """Rows by table: deleted, given their earlier values, left as they are."""

    removed: Counter[str]
    restored: Counter[str]
    left: Counter[str]

    def figures(self) -> dict[str, dict[str, int]]:
        """What is recorded of it."""
        return {"removed": dict(self.removed), "restored": dict(self.restored), "left": dict(self.left)}


class LayoutUndo(Protocol):
    """Taking one load back in one layout; load.undo goes through these steps in one transaction, which it ends."""

    def check(self) -> None:
        """Raise UserError (6) unless the tables are whole and the user may take loads back."""

    def begin(self, progress: Progress, patience: float) -> None:
        """Keep others from writing, after at most `patience` seconds."""

    def find_kept(self) -> list[tuple[Any, ...]]:
        """Find what somebody has built on since; returns client, table, reason, cause, rows and one of them."""

    def take_back(self) -> Taken:
        """Delete and restore everything that find_kept did not find."""

    def mark(self, taken: Taken) -> None:
        """Record that the run is taken back: the last thing in the transaction."""

    def settle(self) -> None:
        """The transaction is committed."""


def lock_tables(connection: psycopg.Connection, statement: bytes, progress: Progress, patience: float) -> None:
    """Keep everybody else from writing (not from reading) until the transaction ends, so that nothing is overlooked.

    Raises UserError (6) when others do not end their own work within `patience` seconds.
    """
    until = time.monotonic() + patience
    while True:
        try:
            # asked for again and again, not waited for: who waits for a lock makes all who come later wait too
            with connection.transaction():
                connection.execute(statement)
        except psycopg.errors.LockNotAvailable:
            if time.monotonic() > until:
                raise UserError(
                    _("Somebody is writing to these tables all the time, so the load cannot be taken back safely."),
                    hint=_("run this when less is going on, or give it more time with --lock-timeout SECONDS"),
                    exit_code=ExitCode.DATABASE,
                ) from None
            progress(Step(N_("waiting for others who write to these tables")))
            time.sleep(_SECONDS_BETWEEN_TRIES)
        else:
            return


def keep_referenced(
    connection: psycopg.Connection,
    references: list[tuple[Any, ...]],
    statements: Mapping[str, sql.SQL],
    parameters: Mapping[str, Any],
) -> None:
    """Keep the rows that other tables refer to; `references` are the rows of undo/find_references.sql.

    `statements`: for each table of ours what keeps its rows `t` that rows `x` of {table} refer to by {equal}; %(by)s is
    that table's name. Raises UserError (6) when one of those tables cannot be read.
    """
    for schema, table, target, columns, target_columns, readable in references:
        if not readable:
            grant = sql.SQL("grant select on {} to {}").format(
                sql.Identifier(schema, table), sql.Identifier(connection.info.user)
            )
            raise UserError(
                _(
                    "The table {table} refers to the rows of {target}, and this user may not read it.",
                    table=".".join((schema, table)),
                    target=target,
                ),
                hint=_("let its owner run: {command}", command=grant.as_string(connection)),
                exit_code=ExitCode.DATABASE,
            )
        equal = sql.SQL(" and ").join(
            sql.SQL("x.{} = t.{}").format(_in_query(column), _in_query(of_target))
            for column, of_target in zip(columns, target_columns, strict=True)
        )
        query = statements[target].format(table=_in_query(schema, table), equal=equal)
        connection.execute(query, {**parameters, "by": f"{schema}.{table}"})


def _in_query(*names: str) -> sql.Identifier:
    # the query has parameters, so a % of its own is written twice
    return sql.Identifier(*(name.replace("%", "%%") for name in names))


def slow_references(connection: psycopg.Connection) -> list[str]:
    """Warnings about large tables that are read whole for each row that is deleted, because an index is missing."""
    rows = connection.execute(
        """
        select n.nspname, c.relname, t.relname, (
          select array_agg(a.attname::text order by k.position)
          from unnest(f.conkey) with ordinality k (number, position)
          join pg_catalog.pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.number
        )
        from pg_catalog.pg_constraint f
        join pg_catalog.pg_class c on c.oid = f.conrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        join pg_catalog.pg_class t on t.oid = f.confrelid
        where f.contype = 'f'
          and f.confrelid in ('public.clients'::regclass, 'public.conversations'::regclass,
                              'public.messages'::regclass, 'public.client_status_history'::regclass)
          and pg_relation_size(c.oid) > %s
          and not exists (
            select from pg_catalog.pg_index i
            where i.indrelid = f.conrelid and i.indisvalid and i.indpred is null and i.indkey[0] = any(f.conkey)
          )
        order by 1, 2, 4
        """,
        [_LARGE],
    ).fetchall()
    warnings = []
    for schema, table, target, columns in rows:
        index = sql.SQL("create index on {} ({})").format(
            sql.Identifier(schema, table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        warnings.append(
            _(
                "For each row of {target} that is deleted the whole table {table} is read, which takes long: an index "
                "is missing. Its owner can make it: {command}",
                target=target,
                table=table,
                command=index.as_string(connection),
            )
        )
    return warnings
