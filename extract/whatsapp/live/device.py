"""The child process: one linked device, from connecting to the end of its history.

Started by `link` as `python -m extract.whatsapp.live.device`; reads its orders (one JSON line, later perhaps
`stop`) from stdin and says what happens on the descriptor it was given. When the parent dies it goes on until
silence or the deadline, provided that a phone is linked: nobody could scan a code any more.
"""

import errno
import json
import os
import resource
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from google.protobuf.message import DecodeError

from extract.journal import Journal
from extract.link_end import LinkEnd, write_link_end
from extract.own import same_number
from extract.whatsapp.events import PAIR_STATUS, TEMPORARY_BAN, read_event
from extract.whatsapp.live.background import in_background, within
from extract.whatsapp.live.client import CODES, connect, make_client
from extract.whatsapp.live.codes import Codes
from extract.whatsapp.live.ending import Ending
from extract.whatsapp.live.orders import Orders
from extract.whatsapp.live.outcomes import Outcome, why_not_connected
from extract.whatsapp.live.pairing import History, Pairing, read_pairing, write_pairing
from extract.whatsapp.live.recorder import Event, Recorder
from extract.whatsapp.live.session import STORE_NAME
from extract.whatsapp.live.signs import STOP, UNLINK, SignWriter
from extract.whatsapp.live.tally import Tally
from schemas.datadir import sign_lock
from schemas.words import Ended

_TICK_SECONDS = 0.5
# what was announced is acknowledged and will not be announced again: before the line is cut it is waited for,
# as long as something comes, because uploaded chunks are fetched one by one
_FETCH_SILENCE = 20.0
_FETCH_LIMIT = 180.0
# after the line is cut, what waits in Go's memory still comes
_DRAIN_SECONDS = 1.0
_DRAIN_LIMIT = 30.0
_STOP_SECONDS = 3.0
_LAST_WORD_SECONDS = 5.0
# how long WhatsApp may take to show a code, to let us in, or to take us back after the line broke
_CONNECT_SECONDS = 90.0

_TOLD = {
    CODES["LoggedOutEv"]: Outcome.LOGGED_OUT,
    CODES["StreamReplacedEv"]: Outcome.REPLACED,
    CODES["ClientOutdatedEv"]: Outcome.OUTDATED,
    CODES["ConnectFailureEv"]: Outcome.REFUSED,
}
_ENDED = {Outcome.LOGGED_OUT: Ended.LOGGED_OUT, Outcome.CRASHED: Ended.CRASHED}


class Device:
    """One run of the child."""

    def __init__(self, orders: Orders, say: SignWriter) -> None:
        self._orders, self._say = orders, say
        self._partial = Path(orders.partial)
        self._recorder = Recorder(self._partial, Journal(self._partial), self._recording_failed, self._told_first)
        self._pairing = read_pairing(Path())
        self._tally = Tally()
        self._ending = Ending(
            orders.quiet_seconds, time.monotonic() + orders.deadline_seconds, expects_history=orders.expects_history
        )
        self._paired = orders.paired
        self._codes = Codes(orders.phone, say, self._fail)
        self._line_broke = False
        self._stop_asked = False
        self._unlink_asked = threading.Event()
        self._orphan = False
        self._stopping = False
        self._figures_told = 0.0
        self._problem: tuple[Outcome, dict[str, Any]] | None = None
        self._client = make_client(
            STORE_NAME,
            days=orders.days,
            record=self._recorder.record,
            on_code=self._codes.offer,
            on_status=self._codes.status,
        )
        self._codes.client = self._client

    def run(self) -> NoReturn:
        """Take what comes until there is an end or a problem; ends the process."""
        self._say("started")
        self._tally.arrivals.connection(up=False, now=time.monotonic())
        in_background(self._listen)
        self._connecting = in_background(self._connect)
        while True:
            self._take_next(_TICK_SECONDS)
            now = time.monotonic()
            if self._kept_waiting(now):
                self._fail(self._why_not_let_in())
            if self._problem is not None:
                self._end(*self._problem)
            if not self._say.heard:
                self._parent_is_gone()
            ended = Ended.INTERRUPTED if self._stop_asked else self._ending.decide(self._tally.arrivals, now)
            if ended is not None:
                self._end_well(ended)

    def stop(self) -> None:
        """End soon, with what there is."""
        self._stop_asked = True

    def give_up(self) -> NoReturn:
        """A bug: save what arrived and is on its way, say so and end the process."""
        with suppress(Exception):
            self._drain()
        self._say("failed", outcome=Outcome.CRASHED.value, lost=self._recorder.lost)
        self._leave()

    def _parent_is_gone(self) -> None:
        """Nobody could scan a code any more; a link that is there goes on, and says in its locks who holds them."""
        if not self._paired:
            self._leave()
        if not self._orphan:
            self._orphan = True
            for lock in self._orders.locks:
                sign_lock(lock)

    # what neonize tells, each on a thread of its own

    def _connect(self) -> None:
        try:
            connect(self._client, self._orders.proxy)
        except Exception as error:  # noqa: BLE001  (NeonizeError or whatever ctypes brings: all end the link)
            self._fail(why_not_connected(str(error), proxy=self._orders.proxy is not None))
        else:
            # it returns when stopped, and nobody stops it before the end
            self._fail(Outcome.REFUSED)

    def _recording_failed(self, error: BaseException) -> None:
        full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
        self._fail(Outcome.DISK_FULL if full else Outcome.CRASHED)

    def _fail(self, outcome: Outcome, **details: Any) -> None:
        """The first problem is the one that counts; what follows comes of it."""
        if self._problem is None:
            self._problem = (outcome, details)

    def _listen(self) -> None:
        """Wait for the parent's word; when its end of the pipe closes it is dead, and nothing is asked."""
        for line in sys.stdin.buffer:
            if line == STOP:
                self.stop()
            elif line == UNLINK:
                self._unlink_asked.set()

    def _told_first(self, code: int, content: bytes) -> None:
        """Before anything that follows it is kept: is it the right phone?"""
        if code != PAIR_STATUS:
            return
        status = read_event(code, content)
        expected = self._orders.expected_phone
        if status.Status == status.SUCCESS and expected and not same_number(status.ID.User, expected):
            # its history belongs to another account; it will be sent again when it is linked there
            self._recorder.muted = True

    # what WhatsApp sent, on the main thread, durable by now

    def _take_next(self, seconds: float) -> bool:
        """Handle the next event; whether there was one."""
        try:
            taken = self._recorder.handle_next(self._handle, seconds)
        except OSError as error:
            self._recording_failed(error)
            taken = False
        now = time.monotonic()
        if now - self._figures_told >= _TICK_SECONDS:
            self._figures_told = now
            self._tell_figures(now)
        return taken

    def _handle(self, event: Event) -> None:
        now = time.monotonic()
        # what cannot be parsed is in the journal and becomes a reject; only the figures here lack it
        with suppress(DecodeError):
            if event.number is None:
                self._told(event, now)
            else:
                self._tally.take(event, now)
                if self._tally.arrivals.history_begun and self._pairing.history is History.OWED:
                    self._remember(History.BEGUN)

    def _remember(self, history: History) -> None:
        self._pairing = Pairing(self._pairing.name, history)
        write_pairing(Path(), self._pairing)

    def _told(self, event: Event, now: float) -> None:
        """An event about the connection."""
        if event.code in _TOLD:
            self._fail(_TOLD[event.code])
        elif event.code == PAIR_STATUS:
            self._phone_answered(read_event(event.code, event.content), now)
        elif event.code == CODES["ConnectedEv"]:
            self._paired = True
            self._tally.arrivals.connection(up=True, now=now)
            self._say("connected")
        elif event.code == CODES["DisconnectedEv"]:
            self._line_broke = True
            if self._tally.arrivals.connected:
                self._tally.arrivals.connection(up=False, now=now)
        elif event.code == TEMPORARY_BAN:
            self._fail(Outcome.BANNED, expire=read_event(event.code, event.content).Expire)

    def _phone_answered(self, status: Any, now: float) -> None:
        if status.Status == status.ERROR:
            self._fail(Outcome.PAIRING_FAILED)
            return
        self._paired = True
        self._tally.arrivals.connection(up=False, now=now)
        if self._recorder.muted:
            self._fail(Outcome.OTHER_NUMBER)
            return
        self._pairing = Pairing(self._orders.snapshot, History.OWED)
        write_pairing(Path(), self._pairing)
        self._say("paired", phone=f"{status.ID.User}@s.whatsapp.net")

    # the main thread

    def _kept_waiting(self, now: float) -> bool:
        """Whether WhatsApp lets us wait too long. While a code is on the screen, its owner may take his time."""
        arrivals = self._tally.arrivals
        if arrivals.connected:
            return False
        if now >= self._ending.deadline:
            return self._tally.payloads == 0
        return not self._scanning and now - arrivals.last_sign > _CONNECT_SECONDS

    @property
    def _scanning(self) -> bool:
        return self._codes.offered > 0 and not self._paired

    def _why_not_let_in(self) -> Outcome:
        if self._scanning:
            return Outcome.CODE_EXPIRED
        return Outcome.UNAVAILABLE if self._line_broke else Outcome.NO_ANSWER

    def _tell_figures(self, now: float) -> None:
        tally, arrivals = self._tally, self._tally.arrivals
        self._say(
            "figures",
            connected=arrivals.connected,
            payloads=tally.payloads,
            chats=len(tally.chats),
            messages=tally.messages,
            oldest=tally.oldest_day,
            percent=arrivals.percent,
            quiet=round(now - arrivals.last_sign, 1) if arrivals.connected else 0.0,
            quiet_needed=self._ending.quiet_needed(arrivals),
            outstanding=len(arrivals.announcements.outstanding()),
            stopping=self._stopping,
        )

    def _end_well(self, ended: Ended) -> NoReturn:
        if ended is not Ended.QUIET:
            # a silence that was long enough has waited for it already
            self._await_announced()
        unlinked = self._orders.unlink and not self._stop_asked and self._unlink()
        self._drain()
        arrivals = self._tally.arrivals
        complete = self._ending.is_complete(arrivals, ended)
        if complete and self._pairing.history is not History.TAKEN and self._orders.expects_history:
            self._remember(History.TAKEN)
        write_link_end(self._partial, LinkEnd(ended, complete, self._recorder.lost))
        self._tell_figures(time.monotonic())
        self._say(
            "ended", phone_silent=self._pairing.history is History.OWED, unlinked=unlinked, lost=self._recorder.lost
        )
        self._leave()

    def _end(self, outcome: Outcome, details: dict[str, Any]) -> NoReturn:
        if outcome is Outcome.OTHER_NUMBER:
            outcome = Outcome.OTHER_NUMBER if self._unlink_again() else Outcome.OTHER_NUMBER_LINKED
        elif self._paired:
            with suppress(OSError):
                self._await_announced()
                self._drain()
            with suppress(OSError):
                ended = _ENDED.get(outcome, Ended.INTERRUPTED)
                write_link_end(self._partial, LinkEnd(ended, complete=False, lost=self._recorder.lost))
        self._say("failed", outcome=outcome.value, lost=self._recorder.lost, **details)
        self._leave()

    def _await_announced(self) -> None:
        """Take what was announced and is still being fetched; it cannot be had again.

        A chunk that stands in its announcement is here already, whatever becomes of it.
        """
        self._stopping = True
        announcements = self._tally.arrivals.announcements
        started = last = time.monotonic()
        while any(not one.inline for one in announcements.outstanding()) and not self._disk_is_full:
            now = time.monotonic()
            if now - last > _FETCH_SILENCE or now - started > _FETCH_LIMIT:
                return
            if self._take_next(_TICK_SECONDS):
                last = time.monotonic()

    @property
    def _disk_is_full(self) -> bool:
        return self._problem is not None and self._problem[0] is Outcome.DISK_FULL

    def _unlink(self) -> bool:
        """Take this device off the phone's list, once the parent has read what its store knows: it goes with it."""
        self._say("unlinking")
        self._unlink_asked.wait(_DRAIN_LIMIT)
        return within(_DRAIN_LIMIT, self._client.logout)

    def _unlink_again(self) -> bool:
        """Leave the wrong phone's list of devices once the connection is up; whether WhatsApp confirmed it."""
        limit = time.monotonic() + _DRAIN_LIMIT
        while not self._tally.arrivals.connected and self._connecting.is_alive() and time.monotonic() < limit:
            self._take_next(_TICK_SECONDS)
        return within(_DRAIN_LIMIT, self._client.logout)

    def _drain(self) -> None:
        """Cut the line and take what was already on its way through Go's memory."""
        within(_STOP_SECONDS, self._client.disconnect)
        limit = time.monotonic() + _DRAIN_LIMIT
        while self._take_next(_DRAIN_SECONDS) and time.monotonic() < limit:
            pass
        self._recorder.journal.commit()

    def _leave(self) -> NoReturn:
        """End this process now: an unpaired connect() never returns, and its thread would hold up any exit."""
        if self._paired:
            within(_STOP_SECONDS, self._client.stop)
        self._say.finish(_LAST_WORD_SECONDS)
        os._exit(0)


def main() -> NoReturn:
    """Read the orders from stdin and carry them out."""
    os.umask(0o077)
    # a panic of Go's would leave keys and messages in a core file
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    orders = Orders(**json.loads(sys.stdin.buffer.readline()))
    os.chdir(orders.session)
    device = Device(orders, SignWriter(orders.signs))
    # a service manager stops every process of a group, and a machine all of them
    signal.signal(signal.SIGTERM, lambda _number, _frame: device.stop())
    try:
        device.run()
    except BaseException:  # noqa: BLE001  (whatever it is: what arrived has to be durable before this process goes)
        device.give_up()


if __name__ == "__main__":
    main()
