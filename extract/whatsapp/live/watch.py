"""Watching the child: what it says goes to the screen, and when it neither ends nor speaks it is killed."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from extract.whatsapp.live.child import Child
from extract.whatsapp.live.orders import Orders
from extract.whatsapp.live.outcomes import Outcome
from extract.whatsapp.live.signs import UNLINK
from schemas.progress import LinkProgress, LinkSign, Paired, PairingCode, QrCode, Receiving

# the child speaks twice a second; Python may start slowly, and a large chunk takes a moment
_SILENCE_SECONDS = 60.0
# how long the child may go on after it was to end: it waits for what was announced, drains, cuts the line
_ENDING_SECONDS = 300.0
_HEAR_SECONDS = 0.5


@dataclass
class Watched:
    """What became of a child. `outcome` is None when it ended as it should; `phone` the JID it was linked to."""

    outcome: Outcome | None = None
    phone: str | None = None
    ban_seconds: int = 0
    interrupted: bool = False
    linked: bool = False
    unlinked: bool = False
    lost: int = 0
    code_asked: bool = False


class Screen:
    """A callback to tell, which may break: a pipe without a reader, a full disk. A link is worth more than its picture.

    Once a phone is linked such an error ends the telling and nothing else.
    """

    def __init__(self, tell: LinkProgress) -> None:
        self._tell = tell
        self._broken = False
        self.linked = False

    def __call__(self, sign: LinkSign) -> None:
        """Tell one thing; raises what the callback raises while no phone is linked."""
        if self._broken:
            return
        try:
            self._tell(sign)
        except Exception:
            if not self.linked:
                raise
            self._broken = True


def watch(child: Child, orders: Orders, screen: Screen, before_unlinking: Callable[[], None]) -> Watched:
    """Follow the child to its end.

    Ctrl-C asks it to stop with what it has, a second one kills it. Raises KeyboardInterrupt when there was
    nothing to stop, because no phone was linked yet. `before_unlinking` is called while the child waits to unlink.
    """
    watched = Watched(linked=orders.paired)
    screen.linked = orders.paired
    last_heard = time.monotonic()
    kill_at = last_heard + orders.deadline_seconds + _ENDING_SECONDS
    done = False
    try:
        while True:
            gone = child.gone
            try:
                for sign in child.hear(_HEAR_SECONDS):
                    done = _take(sign, watched, screen) or done
                    if sign["sign"] == "unlinking":
                        before_unlinking()
                        child.send(UNLINK)
                    # after the telling: a slow screen is no silence of the child's
                    last_heard = time.monotonic()
            except KeyboardInterrupt:
                if not watched.linked:
                    raise
                if watched.interrupted:
                    break
                watched.interrupted = True
                child.ask_to_stop()
                kill_at = min(kill_at, time.monotonic() + _ENDING_SECONDS)
            now = time.monotonic()
            if gone or now > kill_at or now - last_heard > _SILENCE_SECONDS:
                break
    finally:
        child.kill()
        child.close()
    if not done and not watched.interrupted:
        watched.outcome = Outcome.CRASHED
    return watched


def _take(sign: dict[str, Any], watched: Watched, screen: Screen) -> bool:
    """Take one sign; whether it is the child's last word."""
    name = sign["sign"]
    if name == "ended":
        watched.unlinked = sign["unlinked"]
        watched.lost = sign["lost"]
        if sign["phone_silent"] and not watched.interrupted:
            watched.outcome = Outcome.PHONE_SILENT
    elif name == "failed":
        watched.outcome = Outcome(sign["outcome"])
        watched.ban_seconds = int(sign.get("expire", 0))
        watched.lost = sign["lost"]
    elif name == "paired":
        watched.phone = sign["phone"]
    elif name == "pairing_code":
        watched.code_asked = True
    if name in {"paired", "connected"}:
        watched.linked = screen.linked = True
    shown = _shown(sign)
    if shown is not None:
        screen(shown)
    return name in {"ended", "failed"}


def _shown(sign: dict[str, Any]) -> LinkSign | None:
    name = sign["sign"]
    if name == "qr":
        return QrCode(sign["data"], sign["seconds"])
    if name == "pairing_code":
        return PairingCode(sign["code"], sign["seconds"])
    if name == "paired":
        return Paired()
    if name != "figures":
        return None
    figures = {key: value for key, value in sign.items() if key != "sign"}
    oldest = figures.pop("oldest")
    return Receiving(oldest=None if oldest is None else date.fromisoformat(oldest), **figures)
