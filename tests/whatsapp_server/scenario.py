"""What a test wants the phone and the server to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Pairing = Literal["ok", "outdated", "passkey", "without_multidevice", "forged", "rate_limited"]


@dataclass(frozen=True)
class ChatMessage:
    """A message of one chat, as it reaches a linked device."""

    sender: str  # the person's JID; of an own message the chat's
    id: str
    message: bytes  # a serialized waE2E.Message
    seconds: int | None = None  # when it was sent; None: now
    from_me: bool = False  # written by the account on its phone
    alt: str | None = None  # the same person's other JID, as the server knows it
    push_name: str | None = None


@dataclass(frozen=True)
class Scenario:
    """An account with its history, and what goes wrong."""

    history: Sequence[bytes] = ()  # each a serialized HistorySync: the chunks HIST0001, HIST0002, …
    live: Sequence[ChatMessage] = ()  # sent after the history
    offline: Sequence[ChatMessage] = ()  # waits for a later login, once everything above was sent
    account: str = "996700000001"
    lid: str = "123456789012345"
    push_name: str = "Silk Road"
    push_delay: float = 0.2  # seconds from a login to the first message
    between: float = 0.0  # seconds between two messages
    scan_delay: float = 0.0  # seconds from the code on the screen to its scan
    refs: int = 6  # how many QR codes the server offers; a client shows each for 20 s, the first of six for 60 s
    scan: bool = True  # False: nobody takes the phone out
    # outdated: 405 instead of codes; passkey: one is demanded after the scan; without_multidevice: the phone is
    # too old for linked devices; forged: the account's proof is made with another secret; rate_limited: 429 to
    # whoever asks for a code to type
    pairing: Pairing = "ok"
    login_failure: int = 0  # the reason a login is refused with, such as 401
    ban_code: int = 101  # why, of a login that is refused with 402; 0: the server does not say
    failing_logins: range = range(1, 10**6)  # which logins are, counted for each pairing
    drop_after: int = 0  # cut the connection once, after so many messages; what has no receipt comes again
    drop_patience: float = 0.0  # seconds to wait for their receipts before the cut
    garbage_chunks: frozenset[int] = frozenset()  # announced, but the payload is no zlib stream; counted from 1
    media_chunks: frozenset[int] = frozenset()  # not inline but uploaded; the client gets and then deletes them
    media_delay: float = 0.0  # seconds until an upload comes when the client asks for it
    lost_media: frozenset[int] = frozenset()  # announced as uploaded, and 404 when the client asks for it
    address_book: Mapping[str, str] = field(default_factory=dict)  # full names by JID: the client asks for them late
    address_book_delay: float = 0.0  # seconds after the last message of the first login
