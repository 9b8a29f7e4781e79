"""neonize's client, built and called the one way that is safe (facts found by running neonize 0.5.2).

It is only ever used inside the child process. Nothing here sends to a chat: the client subscribes, receives
and, for `logout`, unlinks itself.
"""

import ctypes
import logging
from collections.abc import Callable
from typing import Any

# first: it brings libmagic where the system has none, and keeps neonize's import quiet
# isort: off
from extract.whatsapp import protobufs  # noqa: F401
from neonize import events as neonize_events
from neonize._binder import ProxySettings
from neonize.client import NewClient
from neonize.proto.waCompanionReg.WACompanionReg_pb2 import DeviceProps
from neonize.utils.enum import ClientName, ClientType
from neonize.utils.log import log as neonize_log
# isort: on

# the name under "Linked devices" on the phone
DEVICE_NAME = "wa2pg"
# the three limits count together or not at all; a phone gives less as it sees fit
_SIZE_MB = 102_400
# only what is subscribed is encoded, and an event that Go cannot encode ends its loop: as few as are needed
SUBSCRIBED = (
    "PairStatusEv",
    "ConnectedEv",
    "LoggedOutEv",
    "StreamReplacedEv",
    "TemporaryBanEv",
    "ConnectFailureEv",
    "ClientOutdatedEv",
    "DisconnectedEv",
    "HistorySyncEv",
    "MessageEv",
    "OfflineSyncCompletedEv",
    "UndecryptableMessageEv",
)
CODES = {name: neonize_events.EVENT_TO_INT[getattr(neonize_events, name)] for name in SUBSCRIBED}

Record = Callable[[bytes, int, int, int], None]


def device_props(days: int) -> Any:
    """What the phone is asked for when it links this device: its whole history, of the last `days` days."""
    return DeviceProps(
        os=DEVICE_NAME,
        platformType=DeviceProps.DESKTOP,
        requireFullSync=True,
        historySyncConfig=DeviceProps.HistorySyncConfig(
            fullSyncDaysLimit=days,
            fullSyncSizeMbLimit=_SIZE_MB,
            storageQuotaMb=_SIZE_MB,
            # later versions can then ask for more; it only counts when it was said while pairing
            onDemandReady=True,
        ),
    )


def make_client(
    store: str, *, days: int, record: Record, on_code: Callable[[str], None], on_status: Callable[[str], None]
) -> Any:
    """A client on a session's file whose every event goes to `record`; nothing is connected yet."""
    # Go would hand every line of its log across, message texts among them
    neonize_log.setLevel(logging.CRITICAL)
    client = NewClient(store, props=device_props(days))
    for name in SUBSCRIBED:
        client.event(getattr(neonize_events, name))(_never_called)
    client.event.execute = record
    client.qr(lambda _client, data: on_code(data.decode()))
    # the login status reaches no event handler before a session exists; this private method is what Go calls
    client._NewClient__onLoginStatus = lambda _uuid, text: on_status(ctypes.string_at(text).decode("utf-8", "replace"))
    return client


def _never_called(_client: Any, _event: Any) -> None:
    """Registered so that Go encodes the event; our `record` stands where neonize would call it."""


def connect(client: Any, proxy: str | None) -> None:
    """Connect and stay connected; returns only when the client was stopped, raises NeonizeError."""
    client.connect(ProxySettings(proxy) if proxy else None)


def ask_pairing_code(client: Any, phone: str) -> str:
    """The eight-letter code for a phone number (digits); raises PairPhoneError. Needs the QR phase to have begun.

    The browser is named outright: WhatsApp refuses display names that it does not know.
    """
    code: str = client.PairPhone(phone, True, ClientName.LINUX, ClientType.CHROME)
    return code
