"""The session of an account: the folder `sessions/<account>` with the linked device's keys.

`session.sqlite3` is whatsmeow's; it is opened by the child alone, and read here only while none runs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from extract.whatsapp.live.attempts import failed_attempts
from extract.whatsapp.live.outcomes import Outcome, failure
from extract.whatsapp.live.pairing import NAME as PAIRING_NAME
from extract.whatsapp.session_store import SessionStoreError, mend_store, read_device, read_store
from schemas.datadir import ACCOUNT_PATTERN, LOCK_NAME, DataDir, exclusive, is_held
from schemas.files import make_private_folder
from schemas.manifest import Own

# a relative name in a folder that the child changes into: neonize hands it to Go as a URI, in which a path
# with `?`, `#` or `%` would mean something else, and one beginning with "postgres" a database address
STORE_NAME = "session.sqlite3"


@dataclass(frozen=True)
class Session:
    """The session folder of one account; nothing is made by asking for one."""

    account: str
    folder: Path

    @property
    def store(self) -> Path:
        """Whatsmeow's SQLite file."""
        return self.folder / STORE_NAME

    @contextmanager
    def hold(self) -> Iterator[int]:
        """Hold the session, so that no second process uses or removes it; yields the lock's descriptor.

        Raises UserError (1) while another process (an extract, or the link that one left behind) holds it.
        """
        make_private_folder(self.folder)
        with exclusive(self.folder, "link to WhatsApp") as descriptor:
            mend_store(self.store)
            yield descriptor

    def device(self) -> Own | None:
        """The addresses of the linked device, None when no phone is linked; raises UserError when it cannot be read."""
        try:
            device = read_device(self.store)
        except SessionStoreError as error:
            outcome = Outcome.SESSION_DAMAGED if error.damaged else Outcome.SESSION_UNREADABLE
            raise failure(outcome, self.account) from None
        return None if device is None else Own(phone=device[0], lid=device[1])

    def people(self) -> bytes | None:
        """The journal's payload of contacts and LIDs that the store knows; None when it has none.

        None as well when it cannot be read now: the next run reads it again, and says so if it is damaged.
        """
        try:
            return read_store(self.store)
        except SessionStoreError:
            return None

    def clear(self) -> bool:
        """Remove whatsmeow's file and what belongs to it; whether there was one. The caller holds the session."""
        found = False
        for path in self.folder.glob(f"{STORE_NAME}*"):
            path.unlink()
            found = True
        (self.folder / PAIRING_NAME).unlink(missing_ok=True)
        return found


@dataclass(frozen=True)
class SessionState:
    """What `sessions list` tells of one account."""

    account: str
    linked: bool
    in_use: bool
    damaged: bool
    failed_attempts: int
    since: datetime | None


def open_session(data: DataDir, account: str) -> Session:
    """The session of an account, there or not."""
    return Session(account, data.sessions(account))


def list_sessions(data: DataDir) -> list[SessionState]:
    """Every account that has a session folder, by name."""
    root = data.root / "sessions"
    if not root.is_dir():
        return []
    names = sorted(path.name for path in root.iterdir() if path.is_dir() and ACCOUNT_PATTERN.fullmatch(path.name))
    return [_state(Session(name, root / name)) for name in names]


def _state(session: Session) -> SessionState:
    damaged, linked = False, False
    try:
        linked = read_device(session.store) is not None
    except SessionStoreError as error:
        damaged = error.damaged
    created = session.store.stat().st_ctime if linked else None
    return SessionState(
        account=session.account,
        linked=linked,
        in_use=(session.folder / LOCK_NAME).exists() and is_held(session.folder),
        damaged=damaged,
        failed_attempts=len(failed_attempts(session.folder, datetime.now(UTC))),
        since=None if created is None else datetime.fromtimestamp(created, UTC),
    )
