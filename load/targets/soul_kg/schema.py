"""What a load needs of the Soul KG CRM's tables (Prisma made: quoted camelCase, ids TEXT, times UTC without zone)."""

from collections.abc import Mapping

import psycopg

from load.statements import statement
from schemas.errors import ExitCode, UserError
from schemas.translation import _
from schemas.words import CHANNEL_WHATSAPP, Status

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "organizations": ("id", "name", "slug"),
    "clients": (
        "id",
        "organizationId",
        "phone",
        "firstName",
        "lastName",
        "status",
        "preferredLanguage",
        "culturalContext",
        "metadata",
        "createdAt",
        "updatedAt",
    ),
    "conversations": (
        "id",
        "organizationId",
        "clientId",
        "channel",
        "status",
        "lastMessageAt",
        "createdAt",
        "updatedAt",
    ),
    "messages": (
        "id",
        "conversationId",
        "organizationId",
        "direction",
        "sender",
        "content",
        "language",
        "whatsappMessageId",
        "status",
        "createdAt",
    ),
    "client_status_history": (
        "id",
        "clientId",
        "organizationId",
        "oldStatus",
        "newStatus",
        "changedBy",
        "reason",
        "createdAt",
    ),
}
ENUMS: Mapping[str, tuple[str, ...]] = {
    "ClientStatus": tuple(status.value for status in Status),
    "CommunicationChannel": (CHANNEL_WHATSAPP,),
    "ConversationStatus": ("ACTIVE",),
    "MessageDirection": ("INCOMING", "OUTGOING"),
    "MessageSender": ("CLIENT", "HUMAN"),
    "MessageStatus": ("PENDING", "SENT", "DELIVERED", "FAILED"),
    "StatusChangedBy": ("SYSTEM",),
}
# docs/soul-kg.md shows the same as GRANT statements; a test runs with exactly these
SOUL_KG_RIGHTS: Mapping[str, tuple[str, ...]] = {
    "organizations": ("select",),
    "clients": ("select", "insert", "update"),
    "conversations": ("select", "insert", "update"),
    "messages": ("select", "insert", "update"),
    "client_status_history": ("select", "insert"),
}
# and taking a load back
SOUL_KG_UNDO_RIGHTS: Mapping[str, tuple[str, ...]] = {
    "organizations": ("select",),
    "clients": ("select", "update", "delete"),
    "conversations": ("select", "update", "delete"),
    "messages": ("select", "update", "delete"),
    "client_status_history": ("select", "delete"),
}


def check_schema(connection: psycopg.Connection) -> None:
    """Raise UserError (6) with the list of what is missing, or of columns that a load would have to leave empty."""
    missing = _missing(connection)
    if missing:
        raise UserError(
            _(
                "This database has the tables of the Soul KG CRM only in part; missing: {names}.",
                names=", ".join(missing),
            ),
            hint=_("let the CRM apply its own migrations (wa2pg never changes its tables), or correct DATABASE_URL"),
            exit_code=ExitCode.DATABASE,
        )
    unknown = _columns_left_empty(connection)
    if unknown:
        raise UserError(
            _(
                "This Soul KG CRM is newer than this wa2pg: columns that must be filled and that it does not know: "
                "{names}.",
                names=", ".join(unknown),
            ),
            hint=_("use a later wa2pg: git pull, then: make setup"),
            exit_code=ExitCode.DATABASE,
        )


def _missing(connection: psycopg.Connection) -> list[str]:
    columns: dict[str, set[str]] = {}
    rows = connection.execute(statement("soul_kg", "list_columns"), [list(COLUMNS)]).fetchall()
    for table, column, _given in rows:
        columns.setdefault(table, set()).add(column)
    labels: dict[str, set[str]] = {}
    for name, label in connection.execute(statement("soul_kg", "list_enums"), [list(ENUMS)]).fetchall():
        labels.setdefault(name, set()).add(label)
    found = [_("table {name}", name=table) for table in COLUMNS if table not in columns]
    found += [
        _('column {table}."{column}"', table=table, column=column)
        for table, wanted in COLUMNS.items()
        if table in columns
        for column in wanted
        if column not in columns[table]
    ]
    found += [_('type "{name}"', name=name) for name in ENUMS if name not in labels]
    found += [
        _('value {label} of "{name}"', label=label, name=name)
        for name, wanted in ENUMS.items()
        if name in labels
        for label in wanted
        if label not in labels[name]
    ]
    return found


def _columns_left_empty(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute(statement("soul_kg", "list_columns"), [list(COLUMNS)]).fetchall()
    return [
        f'{table}."{column}"'
        for table, column, must_be_given in rows
        if must_be_given and column not in COLUMNS[table] and table != "organizations"
    ]
