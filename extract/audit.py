"""Is the archive what was sealed? Every file against its manifest, every manifest against the chain."""

import errno
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from extract.audit_files import check_files, counts_problem, find_strangers, is_journal, tally_problem
from extract.audit_pages import Tally
from extract.chain import find_unchained
from extract.partials import partial_snapshots
from extract.report import Finding
from extract.snapshot_names import Scope, read_scopes
from schemas.datadir import ACCOUNT_PATTERN, LOCK_NAME, RUN_NAME_PATTERN, DataDir, exclusive, is_held
from schemas.errors import UserError
from schemas.manifest import CHAIN, MANIFEST, OWN, ChainLine, Link, Own, Snapshot, read_chain, read_snapshot
from schemas.own import read_own_document
from schemas.progress import Progress, Step, no_progress
from schemas.system_errors import system_reason
from schemas.translation import N_, _

_RESTORE = N_("restore it from a backup; nothing else has this data")
_REPAIR = N_("run: wa2pg audit --repair")
_REMAKE = N_("restore it from a backup, or remove {chain} and run: wa2pg audit --repair, which makes it anew")
_NOT_OURS = N_("move it elsewhere")
_CHECKING = N_("checking files")
_NOT_WRITABLE = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
# `schemas.files.replace_file` at work, also that of earlier versions
_COMING = re.compile(rf"({re.escape(CHAIN)}|{re.escape(OWN)})(\.[0-9a-f]{{8}})?\.tmp")


def audit(
    data: DataDir,
    words: Sequence[str],
    *,
    repair: bool = False,
    quick: bool = False,
    progress: Progress = no_progress,
) -> list[Finding]:
    """Check these accounts and snapshots, or every account when none is named; returns what is wrong.

    `repair` first seals snapshots that dead processes left open; nothing else is ever changed. `quick` leaves the pages
    of files undecoded and their rows uncounted. Raises UserError (5) for an account or a snapshot that is not there,
    (1) when `repair` may not write.
    """
    findings: list[Finding] = []
    for scope in read_scopes(data, words):
        archive = data.archive(scope.account)
        if repair and not is_held(archive):
            findings += _repair(archive, progress)
        findings += _audit_account(_Archive(archive, scope), quick, progress)
    if not words and (data.root / "archive").is_dir():
        for path in sorted((data.root / "archive").iterdir()):
            if not (path.is_dir() and ACCOUNT_PATTERN.fullmatch(path.name)):
                findings.append(Finding(path.name, _("this is no account's archive"), _(_NOT_OURS)))
    return findings


def _repair(archive: Path, progress: Progress) -> Iterator[Finding]:
    # sealing decodes what a link left, with WhatsApp's whole library; a check has no use for the time that takes
    from extract.snapshot import recover  # noqa: PLC0415

    try:
        with exclusive(archive, "extract"):
            recover(archive, progress, wait=False)
    except UserError as error:
        yield Finding(archive.name, error.message, error.hint or _(_RESTORE))
    except OSError as error:
        if error.errno in _NOT_WRITABLE:
            raise UserError(
                _("Nothing was repaired: the system refused ({reason}).", reason=system_reason(error)),
                hint=_("let this user write to the data directory, then run this again; a check alone needs no right"),
            ) from None
        # something in the way that no wa2pg put there
        what = _("nothing could be sealed ({reason})", reason=system_reason(error))
        yield Finding(archive.name, what, _("see what the other findings name, then run: wa2pg audit --repair"))


@dataclass
class _Archive:
    """An account's archive as it lies there."""

    path: Path
    scope: Scope

    def __post_init__(self) -> None:
        self.lines: list[ChainLine] = []
        self.damage: UserError | None = None
        try:
            # what can be read before the damage still counts
            self.lines.extend(read_chain(self.path))
        except UserError as error:
            self.damage = error
        # looked at last: a snapshot that is sealed meanwhile is there, but not gone
        self.on_disk = {p.name for p in self.path.iterdir() if p.is_dir() and RUN_NAME_PATTERN.fullmatch(p.name)}

    def wanted(self, names: Iterable[str]) -> list[str]:
        """Those of the names that are asked for."""
        return [name for name in names if self.scope.snapshots is None or name in self.scope.snapshots]

    @property
    def sealed(self) -> list[str]:
        """The snapshots that the chain names, in order."""
        sealed = dict.fromkeys(line.snapshot for line in self.lines if line.event == "sealed")
        for line in self.lines:
            if line.event == "removed":
                sealed.pop(line.snapshot, None)
        return list(sealed)


def _audit_account(archive: _Archive, quick: bool, progress: Progress) -> Iterator[Finding]:
    account = archive.path.name
    if archive.damage:
        yield Finding(f"{account}/{CHAIN}", archive.damage.message, _(_REMAKE, chain=CHAIN))
    sealed = archive.sealed
    unchained = sorted(archive.on_disk - set(sealed))
    yield from _audit_partials(archive, unchained)
    hashes = {line.snapshot: line.sha256 for line in archive.lines}
    snapshots: list[Snapshot] = []
    for name in archive.wanted([*sealed, *unchained]):
        if name not in archive.on_disk:
            yield Finding(f"{account}/{name}", _("the chain names this snapshot, but it is gone"), _(_RESTORE))
            continue
        if (archive.path / name).is_symlink():
            what = _("this is a link, which no wa2pg makes")
            yield Finding(f"{account}/{name}", what, _("put the folder itself there"))
        try:
            snapshot = read_snapshot(archive.path / name)
        except UserError as error:
            yield Finding(f"{account}/{name}", error.message, _(_RESTORE))
            continue
        snapshots.append(snapshot)
        if hashes.get(name, snapshot.sha256) != snapshot.sha256:
            yield Finding(f"{account}/{name}", _("its manifest is not the one that was sealed"), _(_RESTORE))
        if snapshot.manifest.account != account:
            what = _("it belongs to the account {account}", account=snapshot.manifest.account)
            yield Finding(f"{account}/{name}", what, _("put it back there"))
    yield from _audit_contents(snapshots, quick, progress)
    yield from _audit_links(archive, {snapshot.name: snapshot for snapshot in snapshots})
    if archive.scope.snapshots is None:
        yield from _audit_own(archive.path, snapshots)
        yield from _audit_strangers(archive)


def _audit_contents(snapshots: list[Snapshot], quick: bool, progress: Progress) -> Iterator[Finding]:
    """The files of all snapshots, several at a time; then, snapshot by snapshot, what they add up to."""
    total = sum(len(snapshot.manifest.files) for snapshot in snapshots)
    problems: dict[str, dict[str, str]] = {snapshot.name: {} for snapshot in snapshots}
    tallies = {snapshot.name: Tally() for snapshot in snapshots}
    for number, checked in enumerate(check_files(snapshots, quick=quick), 1):
        name = checked.snapshot.name
        progress(Step(_CHECKING, number, total))
        if checked.problem:
            problems[name][checked.entry.path] = _("this file {problem}", problem=checked.problem)
        elif checked.tally:
            tallies[name].add(checked.tally)
    for snapshot in snapshots:
        where, found = f"{snapshot.path.parent.name}/{snapshot.name}", problems[snapshot.name]
        whole_journal = not any(is_journal(path) for path in found)
        for path, what in found.items():
            yield Finding(f"{where}/{path}", what, _remade(snapshot) if whole_journal else _(_RESTORE))
        for path, what in find_strangers(snapshot):
            yield Finding(f"{where}/{path}", what, _(_NOT_OURS))
        counted = counts_problem(snapshot.manifest)
        if counted is None and not quick and not found:
            counted = tally_problem(snapshot.manifest, tallies[snapshot.name])
        if counted:
            yield Finding(f"{where}/{MANIFEST}", counted, _(_RESTORE))


def _remade(snapshot: Snapshot) -> str:
    """What to do about a table when the payloads that it was made from are whole."""
    account = snapshot.path.parent.name
    command = f"wa2pg extract --account {account} --redecode {snapshot.name}"
    return _("restore it from a backup, or run: {command}", command=command)


def _audit_partials(archive: _Archive, unchained: list[str]) -> Iterator[Finding]:
    """What a dead process left; while a living one holds the account, it is that one's work."""
    path = archive.path
    if is_held(path):
        return
    for partial in partial_snapshots(path) if archive.scope.snapshots is None else []:
        if is_held(partial):
            # the link of a killed extract goes on by itself
            continue
        yield Finding(f"{path.name}/{partial.name}", _("this snapshot was left open"), _(_REPAIR))
    if not unchained:
        return
    try:
        lost = find_unchained(path).lost
    except UserError:  # the chain itself cannot be read, which is a finding already
        lost = dict.fromkeys(unchained, _("{chain} cannot be read", chain=CHAIN))
    for name in archive.wanted(unchained):
        if name in lost:
            what = _("this snapshot is not in {chain}: {why}", chain=CHAIN, why=lost[name])
            yield Finding(f"{path.name}/{name}", what, _(_RESTORE))
        else:
            yield Finding(f"{path.name}/{name}", _("this snapshot is not in {chain}", chain=CHAIN), _(_REPAIR))


def _audit_links(archive: _Archive, readable: dict[str, Snapshot]) -> Iterator[Finding]:
    """Each manifest names the snapshot that was sealed before it."""
    previous: Link | None = None
    for line in archive.lines:
        if line.event == "removed":
            continue
        # one that cannot be read is a finding already; the chain's own line still links the next one
        snapshot = readable.get(line.snapshot)
        if snapshot is not None and snapshot.manifest.previous != previous:
            what = _("the snapshot before it in the chain is not the one that it names")
            yield Finding(f"{archive.path.name}/{line.snapshot}", what, _(_RESTORE))
        previous = Link(snapshot=line.snapshot, sha256=line.sha256)


def _audit_own(archive: Path, snapshots: list[Snapshot]) -> Iterator[Finding]:
    where = f"{archive.name}/{OWN}"
    try:
        own = read_own_document(archive)
    except UserError as error:
        yield Finding(where, error.message, _("restore it from a backup"))
        return
    # what a manifest says of the own addresses was remembered before it was sealed
    if own is None and any(snapshot.manifest.own != Own() for snapshot in snapshots) and not is_held(archive):
        yield Finding(where, _("this file is missing"), _("restore it from a backup"))


def _audit_strangers(archive: _Archive) -> Iterator[Finding]:
    # what a running extract adds while we look: a snapshot, the next chain on its way to its name
    coming = {path.name for path in archive.path.iterdir() if _COMING.fullmatch(path.name)}
    partials = {path.name for path in partial_snapshots(archive.path)}
    allowed = {CHAIN, OWN, LOCK_NAME, *archive.on_disk, *partials, *coming}
    for path in sorted(archive.path.iterdir()):
        appeared = path.is_dir() and RUN_NAME_PATTERN.fullmatch(path.name)
        # the next extract would fail on one of these, or write where it leads
        in_the_way = path.name in {LOCK_NAME, *coming} and (path.is_symlink() or path.is_dir() or path.is_fifo())
        if in_the_way or (path.name not in allowed and not appeared):
            yield Finding(f"{archive.path.name}/{path.name}", _("no wa2pg put this here"), _(_NOT_OURS))
