"""`wa2pg snapshots`: what is in the archive, and how two snapshots differ."""

from dataclasses import asdict
from typing import Any

import click
from rich.text import Text

from extract.snapshot_diff import ChatDifference, SnapshotDiff, diff_snapshots
from extract.snapshot_list import SnapshotLine, list_snapshots
from extract.snapshot_names import require_archive, snapshot_folder
from schemas.manifest import Manifest, read_snapshot
from wa2pg.invocation import Invocation, command_options
from wa2pg.talk import report_text

_CHATS_SHOWN = 20
_SNAPSHOT = "SNAPSHOT"


@click.group("snapshots", short_help="What is in the archive.")
def snapshots_group() -> None:
    """List, show and compare snapshots.

    SNAPSHOT is a name like 20261123T031500Z-k3f9, or with its account: office/20261123T031500Z-k3f9.
    """


@snapshots_group.command("list", short_help="The snapshots of every account.")
@click.argument("accounts", nargs=-1, metavar="[ACCOUNT]...")
@command_options("snapshots list", account=False)
def list_command(invocation: Invocation, accounts: tuple[str, ...]) -> int:
    """List the snapshots of all accounts, or of those named, in the order of sealing."""
    data = invocation.data()
    for account in accounts:
        require_archive(data, account)
    lines = list_snapshots(data, accounts or data.accounts())
    reports = []
    for account in dict.fromkeys(line.account for line in lines):
        rows = [(line.name, _described(line)) for line in lines if line.account == account]
        reports.append(report_text(f"Snapshots of account {account}", rows))
    if not lines:
        reports.append(report_text("Snapshots", [("none", "no account has an archive yet")]))
    return invocation.finish({"snapshots": [_line_body(line) for line in lines]}, reports)


def _described(line: SnapshotLine) -> str:
    manifest = line.manifest
    if manifest is None:
        return str(line.state)
    parts = [
        str(line.state),
        f"from {manifest.source.kind}",
        "complete" if manifest.complete else f"incomplete ({manifest.ended})",
        f"{manifest.counts.rows.get('messages', 0):,} messages",
        f"{line.bytes / 1e6:.1f} MB",
    ]
    return ", ".join(parts)


def _line_body(line: SnapshotLine) -> dict[str, Any]:
    manifest = line.manifest
    body: dict[str, Any] = {"account": line.account, "snapshot": line.name, "state": str(line.state)}
    if manifest is not None:
        body |= {
            "source": str(manifest.source.kind),
            "sealed_at": manifest.sealed_at.isoformat(),
            "complete": manifest.complete,
            "ended": str(manifest.ended),
            "rows": manifest.counts.rows,
            "bytes": line.bytes,
        }
    return body


@snapshots_group.command("show", short_help="What a snapshot says of itself.")
@click.argument("snapshot", metavar=_SNAPSHOT)
@command_options("snapshots show", account=False)
def show_command(invocation: Invocation, snapshot: str) -> int:
    """Show what one snapshot's manifest says: where it came from, what it holds, what did not come.

    \b
      wa2pg snapshots show office/20261123T031500Z-k3f9
    """
    found = read_snapshot(snapshot_folder(invocation.data(), snapshot))
    manifest = found.manifest
    return invocation.finish(
        {"manifest": manifest.model_dump(mode="json"), "sha256": found.sha256},
        [report_text(f"Snapshot {found.name}", _manifest_rows(manifest, found.sha256))],
    )


def _manifest_rows(manifest: Manifest, sha256: str) -> list[tuple[str, str]]:
    counts, source = manifest.counts, manifest.source
    own = [address for address in (manifest.own.phone, manifest.own.lid) if address]
    size = sum(entry.bytes for entry in manifest.files)
    rows = [
        ("account", manifest.account),
        ("own addresses", ", ".join(own) or "not known"),
        ("source", f"{source.kind}, {source.detail}" if source.detail else str(source.kind)),
        ("started", f"{manifest.started_at:%Y-%m-%d %H:%M:%S} UTC"),
        ("sealed", f"{manifest.sealed_at:%Y-%m-%d %H:%M:%S} UTC by {manifest.tool.name} {manifest.tool.version}"),
        ("complete", f"{'yes' if manifest.complete else 'no'}, ended: {str(manifest.ended).replace('_', ' ')}"),
        ("payloads", f"{counts.payloads.received:,} of {counts.payloads.announced:,}"),
        *((name.replace("_", " "), f"{count:,}") for name, count in counts.rows.items()),
        ("messages by kind", _counted(counts.kinds)),
        ("rejects by reason", _counted(counts.rejects)),
    ]
    if manifest.span.first and manifest.span.last:
        rows.append(("messages from", f"{manifest.span.first:%Y-%m-%d} to {manifest.span.last:%Y-%m-%d}"))
    if manifest.missing:
        chunks = [f"{chunk.sync_type} {chunk.chunk_order}" for chunk in manifest.missing]
        rows.append(("did not come", ", ".join(chunks)))
    rows += [
        ("files", f"{len(manifest.files)}, {size / 1e6:.1f} MB"),
        ("sealed after", manifest.previous.snapshot if manifest.previous else "none, it is the first"),
        ("manifest sha256", sha256),
    ]
    return rows


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items() if count) or "none"


@snapshots_group.command("diff", short_help="How two snapshots differ.")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@command_options("snapshots diff", account=False)
def diff_command(invocation: Invocation, a: str, b: str) -> int:
    """Compare two snapshots: chats and messages that only one has, messages that changed, duplicate keys.

    A message is told by its chat, its direction and its id. --json lists every chat.

    \b
      wa2pg snapshots diff 20261123T031500Z-k3f9 20261130T070000Z-x2wp
    """
    data = invocation.data()
    with invocation.progress() as progress:
        found = diff_snapshots(snapshot_folder(data, a), snapshot_folder(data, b), progress)
    return invocation.finish(_diff_body(found), _diff_reports(found))


def _diff_body(found: SnapshotDiff) -> dict[str, Any]:
    sides = {
        side: {
            "snapshot": snapshot.name,
            "account": snapshot.manifest.account,
            "without_key": without_key,
            "without_target": without_target,
        }
        for side, snapshot, without_key, without_target in zip(
            ("a", "b"), (found.a, found.b), found.without_key, found.without_target, strict=True
        )
    }
    return {
        **sides,
        "chats": {"only_a": found.chats_only_a, "only_b": found.chats_only_b, "total": len(found.chats)},
        "messages": asdict(found.messages),
        "by_chat": [
            {"chat": one.chat, "in_a": one.in_a, "in_b": one.in_b, **asdict(one.messages)} for one in found.chats
        ],
    }


def _diff_reports(found: SnapshotDiff) -> list[Text]:
    total = found.messages
    rows = [
        ("A", f"{found.a.manifest.account}/{found.a.name}"),
        ("B", f"{found.b.manifest.account}/{found.b.name}"),
        ("chats only in A", f"{found.chats_only_a:,}"),
        ("chats only in B", f"{found.chats_only_b:,}"),
        ("messages only in A", f"{total.only_a:,}"),
        ("messages only in B", f"{total.only_b:,}"),
        ("messages changed", _changed(total)),
        ("messages the same", f"{total.same:,}"),
        ("duplicate keys", f"{total.duplicates_a:,} in A, {total.duplicates_b:,} in B"),
    ]
    for label, (in_a, in_b) in (
        ("no id, not compared", found.without_key),
        ("about unknown messages", found.without_target),
    ):
        if in_a or in_b:
            rows.append((label, f"{in_a:,} in A, {in_b:,} in B"))
    reports = [report_text("Difference", rows)]
    different = [one for one in found.chats if _chat_line(one)]
    if different:
        by_chat = [(one.chat, _chat_line(one)) for one in different[:_CHATS_SHOWN]]
        if len(different) > _CHATS_SHOWN:
            by_chat.append(("…", f"{len(different) - _CHATS_SHOWN:,} more chats: --json lists all"))
        reports.append(report_text("By chat", by_chat))
    return reports


def _chat_line(one: ChatDifference) -> str:
    messages = one.messages
    parts = [
        "only in A" if not one.in_b else "only in B" if not one.in_a else "",
        f"{messages.only_a:,} messages only in A" if messages.only_a else "",
        f"{messages.only_b:,} messages only in B" if messages.only_b else "",
        f"changed {_changed(messages)}" if messages.changed else "",
        f"duplicate keys {messages.duplicates_a:,} in A, {messages.duplicates_b:,} in B"
        if messages.duplicates_a or messages.duplicates_b
        else "",
    ]
    return "; ".join(part for part in parts if part)


def _changed(counts: Any) -> str:
    ways = {"edit": counts.edited, "delivery": counts.delivery, "deletion": counts.deleted, "reaction": counts.reacted}
    parts = ", ".join(f"{count:,} {way}" for way, count in ways.items() if count)
    return f"{counts.changed:,} ({parts})" if parts else "0"
