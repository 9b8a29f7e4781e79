"""`--fast` into a table without a row: its indexes are made once from all rows instead of row by row.

Everything is in the load's transaction, so a load that dies leaves the indexes as they were. Others cannot read the
table meanwhile; since it is empty, they would find nothing.
"""

import psycopg
from psycopg import sql

from load.statements import statement
from load.targets.crm.work import Import
from schemas.errors import UserError
from schemas.translation import _

_OWN = 3


class LateIndexes:
    """The indexes of the messages, away from `put_off` to `build`."""

    def __init__(self, work: Import) -> None:
        self._work = work
        self._away: list[tuple[str, str, bool]] = []

    def put_off(self) -> None:
        """Take the indexes away, if nobody uses the table, it is empty, and they can be made again as they are."""
        connection = self._work.connection
        try:
            with connection.transaction():
                # never waited for: whoever reads here has the way of one row after the other
                connection.execute("lock table public.messages in access exclusive mode nowait")
                own = connection.execute(statement("crm", "own_indexes")).fetchall()
                if len(own) < _OWN or connection.execute("select true from public.messages limit 1").fetchone():
                    raise psycopg.Rollback
                for name, _definition, constrains in own:
                    drop = "alter table public.messages drop constraint {}" if constrains else "drop index public.{}"
                    connection.execute(sql.SQL(drop).format(sql.Identifier(name)))
                self._away = own
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DependentObjectsStillExist):
            self._away = []

    def build(self) -> None:
        """Make the indexes that are away; raises UserError (1) when a message turns out to be there twice."""
        away, self._away = self._away, []
        if away:
            # they were in the database's own tablespace, wherever the user's next tables are to go
            self._work.connection.execute("set local default_tablespace = ''")
        try:
            for name, definition, constrains in away:
                if constrains:
                    add = sql.SQL("alter table public.messages add constraint {} ").format(sql.Identifier(name))
                    self._work.connection.execute(add + sql.SQL(definition))
                else:
                    self._work.connection.execute(definition.encode())
        except psycopg.errors.UniqueViolation:
            raise UserError(
                _("Some messages are in the clean tables twice, which --fast finds out only at the end."),
                hint=_("load without --fast: it leaves the second ones out; nothing of this run was loaded"),
            ) from None
