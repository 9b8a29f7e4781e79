"""What a load would do in the Soul KG CRM's tables, client by client."""

from typing import Any

from load.run_ledger import NoLedger
from load.target import PlannedClient
from load.targets.soul_kg.images import flat
from load.targets.soul_kg.work import Import

_NOT_TOLD = {("updatedAt",)}


def planned_clients(work: Import, ledger: NoLedger) -> list[PlannedClient]:
    """Whom a dry run inserted or changed; `ledger` remembers what they were."""
    before = ledger.before.get("clients", {})
    conversations = ledger.before.get("conversations", {})
    later: dict[str, list[dict[str, Any]]] = {}
    for key, client, now in work.execute("plan_conversations", changed=list(conversations)).fetchall():
        change = {"field": "lastMessageAt", "old": conversations[key].get("lastMessageAt"), "new": now}
        later.setdefault(client, []).append(change)
    planned = []
    for key, new, inserted, updated, columns in work.execute("plan", changed=list(before)).fetchall():
        changes = [] if new else _changes(before.get(key, {}), columns) + later.get(key, [])
        name = " ".join(part for part in (columns["firstName"], columns["lastName"]) if part)
        planned.append(
            PlannedClient(
                client=key,
                phone=columns["phone"],
                name=name or None,
                status=columns["status"],
                language=columns["preferredLanguage"],
                new=new,
                messages_new=inserted,
                messages_changed=updated,
                changes=changes,
            )
        )
    return planned


def _changes(before: dict[str, Any], now: dict[str, Any]) -> list[dict[str, Any]]:
    old, new = flat(before), flat({name: now[name] for name in before})
    return [
        {"field": ".".join(path), "old": old.get(path), "new": new.get(path)}
        for path in sorted((old.keys() | new.keys()) - _NOT_TOLD)
        if old.get(path) != new.get(path)
    ]
