"""Messages on their way into the table: what the database refuses is found row by row, and the rest goes in.

Many new rows go straight into the table; where that meets a row which somebody else inserted meanwhile, or one that
the database refuses, and always for few rows, they go through a temporary table and ON CONFLICT. So does everything
where somebody has changed the type of a column: COPY takes binary values for no other type.
"""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg

from load.binary_format import HEADER, TRAILER, row_values
from load.copying_in import Rows
from load.database_errors import describe, is_refusal, reason_to_read
from load.report import RefusedMessage
from load.targets.crm.work import Import
from schemas.errors import UserError
from schemas.translation import _

_COLUMNS = (
    "id, conversation_id, direction, whatsapp_message_id, type, body, sent_at, language, delivery, reply_to, "
    "forwarded, edited_at, deleted_at, reactions, media_mime, media_name, media_bytes, content_hash, organization_id, "
    "import_run_id"
)
_NAMES = _COLUMNS.split(", ")
_STAGE, _TABLE = "wa2pg_messages", "public.messages"
# "COPY messages, line 1, column body" in the server's language
_COLUMN = re.compile(r"^COPY [^,\n]+, [^,\n]+ \d+, \S+ (\w+)", re.MULTILINE)

Apply = Callable[[int, int], int]
Refuse = Callable[[int, psycopg.Error], None]


@dataclass
class Sender:
    """Writes prepared rows. `direct`: so many new rows go straight into the table.

    `inserted`: rows that the database says it took. `refused`: those it did not take for a rule of its own; with
    `strict` the first of them raises UserError (1). `searching` is told how many were found. `build_indexes` is called
    before anything that needs the table's indexes. With `went_direct` batches of any size go straight into the table;
    without `may_go_direct` none does.
    """

    work: Import
    direct: int
    strict: bool
    searching: Callable[[int], None]
    build_indexes: Callable[[], None]
    inserted: int = 0
    may_go_direct: bool = True
    went_direct: bool = False
    refused: list[RefusedMessage] = field(default_factory=list)

    def insert(self, rows: Rows) -> int:
        """Insert rows; one that is there by now is left as it is. Returns how many were refused."""
        before = len(self.refused)
        # the last batch of many is small
        if self.may_go_direct and (len(rows) >= self.direct or self.went_direct):
            self.went_direct = True
            try:
                with self.work.connection.transaction():
                    self.inserted += self._copy(rows, 0, len(rows), _TABLE)
            except psycopg.Error as error:
                if not is_refusal(error):
                    raise
                # rolled back to before the copy: the way below takes what can be taken
            else:
                return 0
        self.inserted += self._write(rows, "insert_staged_messages")
        return len(self.refused) - before

    def update(self, rows: Rows) -> int:
        """Bring rows that are there to the state of the archive. Returns how many were refused."""
        before = len(self.refused)
        self._write(rows, "update_messages")
        return len(self.refused) - before

    def _write(self, rows: Rows, name: str) -> int:
        """Stage the rows and run a statement for them; returns how many it wrote."""
        if not rows:
            return 0
        self.build_indexes()
        staged: list[int] = []

        def stage(low: int, high: int) -> int:
            self._copy(rows, low, high, _STAGE)
            staged.extend(range(low, high))
            return high - low

        self._by_halves(0, len(rows), stage, lambda row, error: self._refuse(rows, row, error))
        self.work.connection.execute("analyze wa2pg_messages")
        query = "select position from wa2pg_messages order by position"
        positions = [position for (position,) in self.work.connection.execute(query)]

        def write(low: int, high: int) -> int:
            return self.work.execute(name, low=positions[low], high=positions[high - 1] + 1).rowcount

        written = 0
        if staged:
            written = self._by_halves(0, len(staged), write, lambda at, error: self._refuse(rows, staged[at], error))
        self.work.connection.execute("truncate wa2pg_messages restart identity")
        return written

    def _by_halves(self, low: int, high: int, apply: Apply, refuse: Refuse) -> int:
        try:
            with self.work.connection.transaction():
                return apply(low, high)
        except psycopg.Error as error:
            if not is_refusal(error):
                raise
            if high - low == 1:
                refuse(low, error)
                return 0
        middle = (low + high) // 2
        return self._by_halves(low, middle, apply, refuse) + self._by_halves(middle, high, apply, refuse)

    def _copy(self, rows: Rows, low: int, high: int, table: str) -> int:
        statement = f"copy {table} ({_COLUMNS}) from stdin (format binary)".encode()
        with self.work.connection.cursor() as cursor:
            with cursor.copy(statement) as copy:
                copy.write(HEADER)
                for part in rows.part(low, high):
                    copy.write(part)
                copy.write(TRAILER)
            return cursor.rowcount

    def _refuse(self, rows: Rows, row: int, error: psycopg.Error) -> None:
        values = dict(zip(_NAMES, row_values(b"".join(rows.part(row, row + 1))), strict=True))
        reason = describe(error, table="messages", column=self._column(rows, row, error))
        key, message = values["id"] or b"", values["whatsapp_message_id"] or b""
        refused = RefusedMessage(str(uuid.UUID(bytes=key)), message.decode(), reason)
        if self.strict:
            raise UserError(
                _(
                    "The database refused the message {message} ({reason}); nothing of the run was loaded.",
                    message=refused.message,
                    reason=reason_to_read(reason),
                ),
                hint=_("load without --strict to leave out what is refused, or change the rule in the database"),
            )
        self.refused.append(refused)
        if len(self.refused) % 100 == 1:
            self.searching(len(self.refused))

    def _column(self, rows: Rows, row: int, error: psycopg.Error) -> str | None:
        """The column whose value was not taken; only COPY names it."""
        found = _COLUMN.search(error.diag.context or "")
        if not found and error.diag.constraint_name is None:
            try:
                with self.work.connection.transaction(force_rollback=True):
                    self._copy(rows, row, row + 1, _TABLE)
            except psycopg.Error as again:
                found = _COLUMN.search(again.diag.context or "")
        return found[1] if found and found[1] in _NAMES else None
