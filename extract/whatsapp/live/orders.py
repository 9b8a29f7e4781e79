"""What the parent orders the child to do; one line of JSON."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Orders:
    """Folders are absolute, times are in seconds.

    `signs` is the descriptor to talk on, `locks` are those of the locks that the child holds too.

    `phone` (digits) asks for a pairing code instead of a QR code. `expected_phone` (digits) is the account's
    number where it is known. `paired` says that the session's file already has a device. `unlink` has the
    device take itself off the phone's list at the end.
    """

    session: str
    partial: str
    snapshot: str
    signs: int
    locks: tuple[int, ...]
    paired: bool
    phone: str | None
    expected_phone: str | None
    expects_history: bool
    days: int
    quiet_seconds: float
    deadline_seconds: float
    proxy: str | None
    unlink: bool

    def to_line(self) -> bytes:
        """The line that the child reads."""
        return json.dumps(asdict(self)).encode() + b"\n"
