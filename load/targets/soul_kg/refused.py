"""Messages that the CRM's database refuses: found by halves among the staged ones, so that the others go in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from load.database_errors import describe, is_refusal, reason_to_read
from load.report import RefusedMessage
from load.targets.soul_kg.work import Import
from schemas.errors import UserError
from schemas.translation import _

Rows = list[tuple[Any, ...]]


@dataclass
class Refusals:
    """The messages that were refused so far; with `strict` the first of them raises UserError (1)."""

    work: Import
    strict: bool = False
    found: list[RefusedMessage] = field(default_factory=list)

    def apply(self, ids: Sequence[str], write: Callable[[Sequence[str]], Rows], name: str) -> Rows:
        """What `write` returns for these ids, without those that are refused.

        `name` is the statement that tells the WhatsApp id of one of them.
        """
        try:
            with self.work.connection.transaction():
                return write(ids)
        except psycopg.Error as error:
            if not is_refusal(error):
                raise
            if len(ids) == 1:
                self._refuse(ids[0], error, name)
                return []
        middle = len(ids) // 2
        return self.apply(ids[:middle], write, name) + self.apply(ids[middle:], write, name)

    def _refuse(self, key: str, error: psycopg.Error, name: str) -> None:
        row = self.work.execute(name, id=key).fetchone()
        refused = RefusedMessage(key, str(row[0]) if row else "", describe(error, table="messages"))
        if self.strict:
            raise UserError(
                _(
                    "The database refused the message {message} ({reason}); nothing of the run was loaded.",
                    message=refused.message,
                    reason=reason_to_read(refused.reason),
                ),
                hint=_("load without --strict to leave out what is refused, or change the rule in the database"),
            )
        self.found.append(refused)
