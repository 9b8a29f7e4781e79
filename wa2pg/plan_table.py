"""The plan of a load as people read it."""

import json
from typing import Any

from rich.text import Text

from load.target import PlannedClient
from schemas.translation import _, ngettext
from wa2pg.talk import report_text

_SHOWN = 50
# they follow the messages, which are told by their number
_COUNTED = {
    "incoming_count",
    "outgoing_count",
    "message_count",
    "first_message_at",
    "last_message_at",
    "lastMessageAt",
    "updatedAt",
}


def plan_table(clients: list[PlannedClient]) -> Text:
    """The first clients of a plan, a line each and one for each field that changes."""
    rows: list[tuple[str, str]] = []
    for client in clients[:_SHOWN]:
        rows.append((_("new") if client.new else _("changes"), _client(client)))
        rows += [
            ("", f"{change['field']}: {_value(change['old'])} -> {_value(change['new'])}")
            for change in client.changes
            if change["field"] not in _COUNTED
        ]
    if len(clients) > _SHOWN:
        rows.append(("", _("and {count} more: the CSV file and --json hold all of them", count=len(clients) - _SHOWN)))
    return report_text(
        ngettext("Plan: {count} client is new or changes", "Plan: {count} clients are new or change", len(clients)),
        rows or [("", _("nothing would change"))],
    )


def _client(client: PlannedClient) -> str:
    parts = [client.phone, _one_line(client.name) if client.name else _("without a name")]
    if client.new:
        parts.append(client.status)
    if client.messages_new:
        parts.append(ngettext("{count} new message", "{count} new messages", client.messages_new))
    if client.messages_changed:
        parts.append(ngettext("{count} changed message", "{count} changed messages", client.messages_changed))
    return ", ".join(parts)


def _value(value: Any) -> str:
    if value is None or value == "":
        return _("nothing")
    return _one_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _one_line(text: str) -> str:
    # a name is hostile: it must not move the cursor or turn the line around
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
