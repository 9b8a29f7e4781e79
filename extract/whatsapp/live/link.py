"""`extract` from a linked phone: the parent's side, from the first code to the sealed snapshot."""

import errno
import hashlib
import shutil
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from extract.journal import Journal, settle_journal
from extract.link_end import read_link_end
from extract.own import read_own, remember_own, same_number
from extract.report import ExtractReport, nothing_new, report_of
from extract.reserve import make_reserve, release_reserve
from extract.sealed_journal import archived_payloads
from extract.snapshot import OpenSnapshot, discard, open_snapshot, recover, seal_snapshot
from extract.whatsapp.live.attempts import check_attempts, forget_attempts, note_attempt
from extract.whatsapp.live.child import start_child
from extract.whatsapp.live.orders import Orders
from extract.whatsapp.live.outcomes import COUNTED_ATTEMPTS, OTHER_NUMBERS, SESSION_ENDING, LinkError, Outcome, failure
from extract.whatsapp.live.pairing import History, read_pairing
from extract.whatsapp.live.session import Session, open_session
from extract.whatsapp.live.watch import Screen, Watched, watch
from extract.whatsapp.session_store import SOURCE as STORE
from schemas.datadir import DataDir, exclusive
from schemas.errors import UserError
from schemas.files import make_private_folder
from schemas.manifest import Own, Snapshot, Source, sealed_snapshots
from schemas.progress import LinkEnded, LinkProgress
from schemas.translation import moment
from schemas.words import Ended, SourceKind

MAX_DAYS = 3650
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True)
class LinkOptions:
    """What a person can say of a link. `phone` (`+996…`) asks for a pairing code in place of a QR code.

    `quiet_seconds` of silence end the run, `deadline_seconds` end it in any case; `days` is how far back the
    phone is asked to go, which counts only when it links. `own` is what is said of the account's own addresses.
    `unlink` takes the device off the phone's list once everything that was waiting has come.
    """

    own: Own
    phone: str | None = None
    days: int = MAX_DAYS
    quiet_seconds: float = 90.0
    deadline_seconds: float = 7200.0
    proxy: str | None = None
    force: bool = False
    unlink: bool = False


def is_linked(data: DataDir, account: str) -> bool:
    """Whether a phone is linked to this account, so that no code will be shown; raises UserError (4) when damaged."""
    try:
        return open_session(data, account).device() is not None
    except LinkError as error:
        if error.outcome is Outcome.SESSION_DAMAGED:
            raise
        # a running link has it locked, or a killed one left it half written; that is seen to later
        return True


def take_history(data: DataDir, account: str, options: LinkOptions, tell: LinkProgress) -> ExtractReport:
    """Link the account's phone, or use the link that there is, and seal what it sends as a snapshot.

    Seals first what an earlier extract left, waiting for its link where that still runs. A link that fails after
    something had arrived is reported with its snapshot (`failure`); one that brought nothing raises UserError:
    4 where pairing or the session is at fault, else 1. Ctrl-C (KeyboardInterrupt) seals what has arrived.
    """
    screen = Screen(tell)
    archive = make_private_folder(data.archive(account))
    session = open_session(data, account)
    with exclusive(archive, "extract"):
        recovered = recover(archive, screen)
        with session.hold() as session_lock:
            device = session.device()
            link = _Link(session, options, sealed_snapshots(archive), recovered, screen, device)
            expected = options.own.phone or read_own(archive).phone
            link.check(expected)
            opened = open_snapshot(archive, own=device or Own(), source=_source(session, device))
            if device is None:
                opened = opened.with_source(Source(kind=SourceKind.WHATSAPP, detail=f"pairing {opened.name}"))
            try:
                with exclusive(opened.partial, "link to WhatsApp") as snapshot_lock:
                    watched = link.run(opened, expected, (session_lock, snapshot_lock))
                report = link.finish(opened, watched)
            except LinkError as error:
                screen(LinkEnded(error.outcome.value))
                raise
    failed = report.failure
    screen(LinkEnded(failed.outcome.value if isinstance(failed, LinkError) else None))
    return report


def _source(session: Session, device: Own | None) -> Source:
    pairing = None if device is None else f"pairing {read_pairing(session.folder).name}"
    return Source(kind=SourceKind.WHATSAPP, detail=pairing)


@dataclass
class _Link:
    """One run of the parent; it holds the account's lock and the session's."""

    session: Session
    options: LinkOptions
    known: list[Snapshot]
    recovered: list[Snapshot]
    screen: Screen
    device: Own | None
    people: bytes | None = field(default=None, init=False)

    def check(self, expected: str | None) -> None:
        """Raise UserError when this link must not be tried."""
        account = self.session.account
        if self.device is None:
            if self.options.unlink:
                raise failure(Outcome.NOT_LINKED, account)
            if not self.options.force:
                check_attempts(self.session.folder, datetime.now(UTC))
        elif (
            expected and self.device.phone and not self.options.unlink and not same_number(self.device.phone, expected)
        ):
            raise failure(Outcome.STORED_NUMBER_DIFFERS, account)

    def run(self, opened: OpenSnapshot, expected: str | None, locks: tuple[int, int]) -> Watched:
        """Start the child and follow it to its end."""
        paired = self.device is not None
        try:
            make_reserve(opened.partial)
        except OSError as error:
            discard(opened)
            if error.errno in _DISK_FULL:
                raise failure(Outcome.DISK_FULL, self.session.account) from None
            raise
        options = self.options
        orders = Orders(
            session=str(self.session.folder.absolute()),
            partial=str(opened.partial.absolute()),
            snapshot=opened.name,
            signs=-1,
            locks=(),
            paired=paired,
            phone=None if options.phone is None else "".join(filter(str.isdigit, options.phone)),
            expected_phone=None if paired or expected is None else expected.partition("@")[0],
            expects_history=not options.unlink
            and (not paired or read_pairing(self.session.folder).history is not History.TAKEN),
            days=options.days,
            quiet_seconds=options.quiet_seconds,
            deadline_seconds=options.deadline_seconds,
            proxy=options.proxy,
            unlink=options.unlink,
        )
        try:
            watched = watch(start_child(orders, locks), orders, self.screen, self._read_people)
        except BaseException:
            # Ctrl-C before a phone was linked, or a bug: what there is stays for the next run
            discard(opened)
            if options.phone and not paired:
                # each code that was asked for counts, also one that nobody types
                note_attempt(self.session.folder)
            raise
        if not paired:
            if watched.phone is not None:
                forget_attempts(self.session.folder)
            elif watched.code_asked or watched.outcome in COUNTED_ATTEMPTS:
                note_attempt(self.session.folder)
        return watched

    def _read_people(self) -> None:
        """Unlinking removes what the session's store knows of people, so it is read before."""
        self.people = self.session.people()

    def finish(self, opened: OpenSnapshot, watched: Watched) -> ExtractReport:
        """The child is gone: take in what its session's file knows, seal, and say how it went."""
        partial, session = opened.partial, self.session
        release_reserve(partial)
        settle_journal(partial, keep_torn=True)
        if watched.outcome in OTHER_NUMBERS:
            session.clear()
            shutil.rmtree(partial)
            raise failure(watched.outcome, session.account)
        opened = replace(opened, journal=Journal(partial))
        self._settle_unlinking(watched)
        problem = self._problem(watched)
        if watched.outcome is Outcome.DISK_FULL:
            # there is no room to seal in; the next run does it
            raise problem or failure(Outcome.DISK_FULL, session.account)
        opened = opened.with_own(self._remember_own(opened, watched))
        if opened.journal.received or self._people_are_new(watched):
            self._take_people(opened)
        if watched.outcome in SESSION_ENDING or watched.unlinked:
            session.clear()
        end = read_link_end(partial)
        if watched.interrupted and end.ended is Ended.CRASHED:
            # it did not stop when asked and was killed
            end = replace(end, ended=Ended.INTERRUPTED)
        recovered = [snapshot.name for snapshot in self.recovered]
        recovered_missing = [one for snapshot in self.recovered for one in snapshot.manifest.missing]
        own_known = opened.record.own != Own()
        if discard(opened):
            if problem is not None:
                raise problem
            if end.ended is Ended.INTERRUPTED and not watched.unlinked:
                raise KeyboardInterrupt
            report = nothing_new(recovered=recovered, own_known=own_known, ended=end.ended, complete=end.complete)
        else:
            snapshot = seal_snapshot(
                opened, ended=end.ended, complete=end.complete, lost=end.lost, progress=self.screen
            )
            report = report_of(snapshot, already_archived=0, own_known=own_known, recovered=recovered)
        return replace(report, failure=problem, recovered_missing=recovered_missing)

    def _settle_unlinking(self, watched: Watched) -> None:
        """Of a device that leaves nothing more is expected, and one that was unlinked already is unlinked."""
        if not self.options.unlink or watched.interrupted:
            return
        if watched.outcome is Outcome.LOGGED_OUT:
            watched.unlinked, watched.outcome = True, None
        elif watched.outcome in {None, Outcome.PHONE_SILENT}:
            watched.outcome = None if watched.unlinked else Outcome.NOT_UNLINKED

    def _problem(self, watched: Watched) -> UserError | None:
        if watched.outcome is None:
            return None
        until = None
        if watched.ban_seconds:
            until = moment(datetime.now(UTC) + timedelta(seconds=watched.ban_seconds))
        return failure(watched.outcome, self.session.account, until=until, lost=watched.lost)

    def _remember_own(self, opened: OpenSnapshot, watched: Watched) -> Own:
        own = Own(phone=watched.phone)
        with suppress(UserError):
            own = self.session.device() or self.device or own
        said = self.options.own
        return remember_own(opened.archive, Own(phone=own.phone or said.phone, lid=own.lid or said.lid))

    def _people_are_new(self, watched: Watched) -> bool:
        """Whether the session's store can know of somebody when nothing came.

        Being unlinked empties it of names; the link before has archived them, unless it was cut short.
        """
        if watched.outcome is Outcome.LOGGED_OUT:
            links = [each.manifest for each in self.known if each.manifest.source.kind is SourceKind.WHATSAPP]
            return bool(links) and not links[-1].complete
        return watched.outcome is not Outcome.PHONE_SILENT

    def _take_people(self, opened: OpenSnapshot) -> None:
        """Address-book names and LIDs from the session's file, unless the archive has this very state of it."""
        people = self.people or self.session.people()
        if people is not None and hashlib.sha256(people).digest() not in archived_payloads(self.known):
            opened.journal.append(people, STORE)
