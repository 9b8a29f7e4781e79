"""Is the archive what was sealed? Every file against its manifest, every manifest against the chain."""

from collections.abc import Iterator
from pathlib import Path

from extract.audit_files import audit_snapshot
from extract.chain import find_unchained
from extract.own import read_own
from extract.report import Finding
from extract.snapshot import partial_snapshots, recover
from schemas.datadir import LOCK_NAME, RUN_NAME_PATTERN, DataDir, exclusive, is_held
from schemas.errors import ExitCode, UserError
from schemas.manifest import (
    CHAIN,
    OWN,
    ChainLine,
    Link,
    read_chain,
    read_snapshot,
)
from schemas.progress import Progress, Step, no_progress

_RESTORE = "restore it from a backup; nothing else has this data"
_REPAIR = "run: wa2pg audit --repair"


def audit(
    data: DataDir, accounts: list[str], *, repair: bool = False, progress: Progress = no_progress
) -> list[Finding]:
    """Check the archives of these accounts, or of all when none is named; returns what is wrong.

    `repair` first seals snapshots that dead processes left open; nothing else is ever changed.
    Raises UserError (5) for an account that has no archive.
    """
    known = data.accounts()
    for account in accounts:
        if account not in known:
            raise UserError(
                f"The account {account} has no archive.",
                hint=f"run: wa2pg extract --account {account}",
                exit_code=ExitCode.ARCHIVE,
            )
    findings: list[Finding] = []
    for account in accounts or known:
        archive = data.archive(account)
        if repair and not is_held(archive):
            try:
                with exclusive(archive, "extract"):
                    recover(archive, progress, wait=False)
            except UserError as error:
                findings.append(Finding(account, error.message, error.hint or _RESTORE))
        findings += _audit_account(archive, progress)
    return findings


def _audit_account(archive: Path, progress: Progress) -> Iterator[Finding]:
    account = archive.name
    lines: list[ChainLine] = []
    try:
        lines = list(read_chain(archive))
        read_own(archive)
    except UserError as error:
        yield Finding(account, error.message, _RESTORE)
    sealed = dict.fromkeys(line.snapshot for line in lines if line.event == "sealed")
    for line in lines:
        if line.event == "removed":
            sealed.pop(line.snapshot, None)
    on_disk = {p.name for p in archive.iterdir() if p.is_dir() and RUN_NAME_PATTERN.fullmatch(p.name)}
    yield from _audit_partials(archive, sorted(on_disk - sealed.keys()))
    names = [*sealed, *sorted(on_disk - sealed.keys())]
    hashes = {line.snapshot: line.sha256 for line in lines}
    for number, name in enumerate(names, 1):
        progress(Step(f"checking {account}", number, len(names)))
        if name in on_disk:
            yield from _audit_sealed(archive / name, hashes.get(name))
        else:
            yield Finding(f"{account}/{name}", "the chain names this snapshot, but it is gone", _RESTORE)
    yield from _audit_links(archive, lines)
    allowed = {CHAIN, OWN, LOCK_NAME, *on_disk, *(path.name for path in partial_snapshots(archive))}
    # what a running extract adds while we look: a snapshot, the next chain on its way to its name
    coming = {f"{CHAIN}.tmp", f"{OWN}.tmp"}
    for path in sorted(archive.iterdir()):
        if path.name not in allowed | coming and not RUN_NAME_PATTERN.fullmatch(path.name):
            yield Finding(f"{account}/{path.name}", "no wa2pg put this here", "move it elsewhere")


def _audit_partials(archive: Path, unchained: list[str]) -> Iterator[Finding]:
    """What a dead process left; while a living one holds the account, it is that one's work."""
    if is_held(archive):
        return
    for partial in partial_snapshots(archive):
        if is_held(partial):
            # the link of a killed extract goes on by itself
            continue
        yield Finding(f"{archive.name}/{partial.name}", "this snapshot was left open", _REPAIR)
    if not unchained:
        return
    try:
        lost = find_unchained(archive).lost
    except UserError:  # the chain itself cannot be read, which is a finding already
        lost = dict.fromkeys(unchained, f"{CHAIN} cannot be read")
    for name in unchained:
        what = f"this snapshot is not in {CHAIN}"
        if name in lost:
            yield Finding(f"{archive.name}/{name}", f"{what}: {lost[name]}", _RESTORE)
        else:
            yield Finding(f"{archive.name}/{name}", what, _REPAIR)


def _audit_sealed(path: Path, sealed_sha256: str | None) -> Iterator[Finding]:
    where = f"{path.parent.name}/{path.name}"
    try:
        snapshot = read_snapshot(path)
    except UserError as error:
        yield Finding(where, error.message, _RESTORE)
        return
    if sealed_sha256 is not None and snapshot.sha256 != sealed_sha256:
        yield Finding(where, "its manifest is not the one that was sealed", _RESTORE)
    if snapshot.manifest.account != path.parent.name:
        yield Finding(where, f"it belongs to the account {snapshot.manifest.account}", "put it back there")
    for inside, what in audit_snapshot(snapshot):
        yield Finding(f"{where}/{inside}", what, _RESTORE)


def _audit_links(archive: Path, lines: list[ChainLine]) -> Iterator[Finding]:
    """Each manifest names the snapshot that was sealed before it."""
    previous: Link | None = None
    for line in lines:
        if line.event == "removed":
            continue
        try:
            said = read_snapshot(archive / line.snapshot).manifest.previous
        except UserError:
            pass  # already a finding of its own; the chain's own line still links the next one
        else:
            if said != previous:
                what = "the snapshot before it in the chain is not the one that it names"
                yield Finding(f"{archive.name}/{line.snapshot}", what, _RESTORE)
        previous = Link(snapshot=line.snapshot, sha256=line.sha256)
