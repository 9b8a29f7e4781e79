"""`wa2pg snapshots`: what is in the archive, and how two snapshots differ."""

import re
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click
from rich.text import Text

from extract.missing import piece_name
from extract.snapshot_diff import ChatDifference, SnapshotDiff, diff_snapshots
from extract.snapshot_list import SnapshotLine, list_snapshots
from extract.snapshot_names import require_archive, snapshot_folder
from schemas.manifest import Manifest, Source, read_snapshot
from schemas.stored_words import counted, said, said_counts
from schemas.translation import N_, _, day, ngettext, number
from wa2pg.invocation import Invocation, command_options
from wa2pg.talk import report_text

_CHATS_SHOWN = 20
_SNAPSHOT = "SNAPSHOT"
# what manifests say of their sources: extract.whatsapp.replay, .live.link and extract.snapshot
_FILES = re.compile(r"(\d+) files")
_PAIRING = re.compile(r"pairing (.*)")
_AS_THEY_ARE = (N_("unknown: open.json was lost"), N_("pairing unknown"))


@click.group("snapshots", short_help="What is in the archive.")
def snapshots_group() -> None:
    """List, show and compare snapshots.

    SNAPSHOT is a name like 20261123T031500Z-k3f9, or with its account: office/20261123T031500Z-k3f9. Its beginning is
    enough, such as the day, where only one begins so.

    \b
      wa2pg snapshots list
      wa2pg snapshots show 20261123T031500Z-k3f9
    """


@snapshots_group.command("list", short_help="The snapshots of every account.")
@click.argument("accounts", nargs=-1, metavar="[ACCOUNT]...")
@command_options("snapshots list", account=False)
def list_command(invocation: Invocation, accounts: tuple[str, ...]) -> int:
    """List the snapshots of all accounts, or of those named, in the order of sealing.

    \b
      wa2pg snapshots list
      wa2pg snapshots list office osh --json
    """
    data = invocation.data()
    for account in accounts:
        require_archive(data, account)
    lines = list_snapshots(data, accounts or data.accounts())
    reports = []
    for account in dict.fromkeys(line.account for line in lines):
        rows = [(line.name, _described(line)) for line in lines if line.account == account]
        reports.append(report_text(_("Snapshots of account {account}", account=account), rows))
    if not lines:
        reports.append(report_text(_("Snapshots"), [(_("none"), _("no account has an archive yet"))]))
    return invocation.finish({"snapshots": [_line_body(line) for line in lines]}, reports)


def _described(line: SnapshotLine) -> str:
    manifest = line.manifest
    if manifest is None:
        return _(line.state)
    parts = [
        _(line.state),
        _("from {source}", source=said(manifest.source.kind)),
        _("complete") if manifest.complete else _("incomplete ({how})", how=said(manifest.ended)),
        ngettext("{count} message", "{count} messages", manifest.counts.rows.get("messages", 0)),
        _megabytes(line.bytes),
    ]
    return ", ".join(parts)


def _megabytes(size: int) -> str:
    return _("{size} MB", size=number(size / 1e6, 1))


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
        [report_text(_("Snapshot {name}", name=found.name), _manifest_rows(manifest, found.sha256))],
    )


def _manifest_rows(manifest: Manifest, sha256: str) -> list[tuple[str, str]]:
    counts, source = manifest.counts, manifest.source
    own = [address for address in (manifest.own.phone, manifest.own.lid) if address]
    size = sum(entry.bytes for entry in manifest.files)
    ended = _("ended: {how}", how=said(manifest.ended))
    complete = _("yes") if manifest.complete else _("no")
    sealed = _(
        "{when} by {tool}",
        when=_to_the_second(manifest.sealed_at),
        tool=f"{manifest.tool.name} {manifest.tool.version}",
    )
    rows = [
        (_("account"), manifest.account),
        (_("own addresses"), ", ".join(own) or _("not known")),
        (_("source"), ", ".join([said(source.kind), *_said_detail(source)])),
        (_("started"), _to_the_second(manifest.started_at)),
        (_("sealed"), sealed),
        (_("complete"), f"{complete}, {ended}"),
        (_("payloads"), _("{part} of {whole}", part=counts.payloads.received, whole=counts.payloads.announced)),
        *((said(name), number(count)) for name, count in counts.rows.items()),
        (_("messages by kind"), said_counts(counts.kinds) or _("none")),
        (_("rejects by reason"), said_counts(counts.rejects) or _("none")),
    ]
    if manifest.span.first and manifest.span.last:
        span = _("{first} to {last}", first=day(manifest.span.first), last=day(manifest.span.last))
        rows.append((_("messages from"), span))
    if manifest.missing:
        rows.append((_("did not come"), ", ".join(map(piece_name, manifest.missing))))
    rows += [
        (_("files"), f"{number(len(manifest.files))}, {_megabytes(size)}"),
        (_("sealed after"), manifest.previous.snapshot if manifest.previous else _("none, it is the first")),
        (_("manifest sha256"), sha256),
    ]
    return rows


def _to_the_second(when: datetime) -> str:
    return _("{day} {time} UTC", day=day(when), time=f"{when:%H:%M:%S}")


def _said_detail(source: Source) -> list[str]:
    """What a manifest says of its source, which it says in English, in the language in force."""
    detail = source.detail or ""
    if detail in _AS_THEY_ARE:
        return [_(detail)]
    if found := _FILES.fullmatch(detail):
        return [ngettext("{count} file", "{count} files", int(found[1]))]
    if found := _PAIRING.fullmatch(detail):
        return [_("pairing {name}", name=found[1])]
    return [detail] if detail else []


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
        (_("chats only in A"), number(found.chats_only_a)),
        (_("chats only in B"), number(found.chats_only_b)),
        (_("messages only in A"), number(total.only_a)),
        (_("messages only in B"), number(total.only_b)),
        (_("messages changed"), _changed(total)),
        (_("messages the same"), number(total.same)),
        (_("duplicate keys"), _in_both(total.duplicates_a, total.duplicates_b)),
    ]
    for label, (in_a, in_b) in (
        (_("no id, not compared"), found.without_key),
        (_("about unknown messages"), found.without_target),
    ):
        if in_a or in_b:
            rows.append((label, _in_both(in_a, in_b)))
    reports = [report_text(_("Difference"), rows)]
    different = [one for one in found.chats if _chat_line(one)]
    if different:
        by_chat = [(one.chat, _chat_line(one)) for one in different[:_CHATS_SHOWN]]
        if left := len(different[_CHATS_SHOWN:]):
            more = ngettext("{count} more chat: --json lists all", "{count} more chats: --json lists all", left)
            by_chat.append(("…", more))
        reports.append(report_text(_("By chat"), by_chat))
    return reports


def _in_both(in_a: int, in_b: int) -> str:
    return _("{in_a} in A, {in_b} in B", in_a=in_a, in_b=in_b)


def _chat_line(one: ChatDifference) -> str:
    messages = one.messages
    only_a = ngettext("{count} message only in A", "{count} messages only in A", messages.only_a)
    only_b = ngettext("{count} message only in B", "{count} messages only in B", messages.only_b)
    keys = _("duplicate keys {figures}", figures=_in_both(messages.duplicates_a, messages.duplicates_b))
    parts = [
        _("only in A") if not one.in_b else _("only in B") if not one.in_a else "",
        only_a if messages.only_a else "",
        only_b if messages.only_b else "",
        _("changed {figures}", figures=_changed(messages)) if messages.changed else "",
        keys if messages.duplicates_a or messages.duplicates_b else "",
    ]
    return "; ".join(part for part in parts if part)


def _changed(counts: Any) -> str:
    ways = {
        _("edit"): counts.edited,
        _("delivery"): counts.delivery,
        _("deletion"): counts.deleted,
        _("reaction"): counts.reacted,
    }
    parts = ", ".join(counted(count, way) for way, count in ways.items() if count)
    return f"{number(counts.changed)} ({parts})" if parts else "0"
