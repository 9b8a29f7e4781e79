"""How a link can fail: each way with its own name, sentence and exit code."""

from enum import StrEnum

from schemas.errors import ExitCode, UserError


class Outcome(StrEnum):
    """The ways in which pairing, logging in or staying connected comes to an end before its time."""

    CODE_EXPIRED = "code_expired"
    WITHOUT_MULTIDEVICE = "without_multidevice"
    PASSKEY = "passkey"
    OUTDATED = "outdated"
    RATE_LIMITED = "rate_limited"
    PAIRING_FAILED = "pairing_failed"
    WRONG_PHONE = "wrong_phone"
    OTHER_NUMBER = "other_number"
    LOGGED_OUT = "logged_out"
    BANNED = "banned"
    REPLACED = "replaced"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
    NO_NETWORK = "no_network"
    NO_ANSWER = "no_answer"
    PROXY_SILENT = "proxy_silent"
    PHONE_SILENT = "phone_silent"
    SESSION_DAMAGED = "session_damaged"
    SESSION_UNREADABLE = "session_unreadable"
    STORED_NUMBER_DIFFERS = "stored_number_differs"
    DISK_FULL = "disk_full"
    CRASHED = "crashed"
    NOT_LINKED = "not_linked"
    NOT_UNLINKED = "not_unlinked"


# WhatsApp counts these as attempts to link a device
COUNTED_ATTEMPTS = frozenset(
    {
        Outcome.CODE_EXPIRED,
        Outcome.WITHOUT_MULTIDEVICE,
        Outcome.PASSKEY,
        Outcome.RATE_LIMITED,
        Outcome.PAIRING_FAILED,
    }
)
# the phone or WhatsApp has ended the session; its file is of no more use
SESSION_ENDING = frozenset({Outcome.LOGGED_OUT, Outcome.OTHER_NUMBER})

_PAIRING, _FAILED = ExitCode.PAIRING, ExitCode.FAILED
_SAYS: dict[Outcome, tuple[str, str, ExitCode]] = {
    Outcome.CODE_EXPIRED: (
        "The code was not scanned (or typed) in time.",
        "have the phone ready at Settings > Linked devices, then run: wa2pg extract --account {account}",
        _PAIRING,
    ),
    Outcome.WITHOUT_MULTIDEVICE: (
        "The phone scanned the code, but its WhatsApp is too old to link devices.",
        "update WhatsApp on the phone, then run this again",
        _PAIRING,
    ),
    Outcome.PASSKEY: (
        (
            "WhatsApp asks for a passkey before it links a device to this account. This version cannot answer that "
            "(its library neonize does not support it), so the account cannot be linked; removing the passkey on "
            "the phone does not help."
        ),
        "a later neonize may: run make upgrade now and then; files of its history can be taken with --replay",
        _PAIRING,
    ),
    Outcome.OUTDATED: (
        "WhatsApp refuses this program as too old (405).",
        "run: make upgrade (it brings the newest neonize in the allowed range), then run this again",
        _PAIRING,
    ),
    Outcome.RATE_LIMITED: (
        "WhatsApp does not link new devices to this account at the moment: too many attempts.",
        "wait 10 to 30 minutes, then run this again; every further attempt makes the wait longer",
        _PAIRING,
    ),
    Outcome.PAIRING_FAILED: (
        "WhatsApp refused to link this device.",
        "look on the phone at Settings > Linked devices (at most four devices), then run this again in 10 minutes",
        _PAIRING,
    ),
    Outcome.WRONG_PHONE: (
        "WhatsApp does not take this number for pairing by code.",
        "give --phone the account's own number with its country code, e.g. --phone +996555000111",
        _PAIRING,
    ),
    Outcome.OTHER_NUMBER: (
        (
            "The phone that was linked has another number than the one archived under the account {account}. It was "
            "unlinked again, nothing was mixed."
        ),
        "link it under its own name: wa2pg extract --account NAME, or mend a wrong number in the archive with --own",
        _PAIRING,
    ),
    Outcome.LOGGED_OUT: (
        "The phone has unlinked this device (401/403). What had arrived is safe.",
        "run this again to link it anew: wa2pg extract --account {account}",
        _PAIRING,
    ),
    Outcome.BANNED: (
        "WhatsApp has banned this account for a time (402){until}.",
        "wait until the ban has ended and write to WhatsApp's support from the phone; do not link before",
        _PAIRING,
    ),
    Outcome.REPLACED: (
        "Another program has taken over this device's session. What had arrived is sealed.",
        "stop the other program, then run this again",
        _FAILED,
    ),
    Outcome.REFUSED: (
        "WhatsApp refused the connection.",
        "wait some minutes, then run this again",
        _FAILED,
    ),
    Outcome.UNAVAILABLE: (
        "WhatsApp's servers answer that they are not available (503).",
        "wait some minutes, then run this again",
        _FAILED,
    ),
    Outcome.NO_NETWORK: (
        "WhatsApp cannot be reached from this machine.",
        "check the network (web.whatsapp.com, port 443), then run this again",
        _FAILED,
    ),
    Outcome.NO_ANSWER: (
        "WhatsApp did not answer.",
        "check the network, then run this again",
        _FAILED,
    ),
    Outcome.PROXY_SILENT: (
        "The proxy did not bring us to WhatsApp.",
        "check the address in --proxy or WA2PG_PROXY, and that it lets web.whatsapp.com:443 through",
        _FAILED,
    ),
    Outcome.PHONE_SILENT: (
        "The phone is linked, but it has sent no history.",
        "open WhatsApp on the phone, keep it open and online, then run: wa2pg extract --account {account}",
        _FAILED,
    ),
    Outcome.SESSION_DAMAGED: (
        "The session file of the account {account} cannot be read.",
        "run: wa2pg sessions clear {account}, then link the phone again",
        _PAIRING,
    ),
    Outcome.SESSION_UNREADABLE: (
        "The session file of the account {account} cannot be read at the moment (locked, or without the rights).",
        "look for another program that uses it, then run this again; it need not be damaged",
        _FAILED,
    ),
    Outcome.STORED_NUMBER_DIFFERS: (
        (
            "The phone that is linked to the account {account} has another number than the one given or archived. "
            "Nothing was taken."
        ),
        "mend a wrong number with --own, or unlink this phone: wa2pg sessions logout {account}",
        _PAIRING,
    ),
    Outcome.DISK_FULL: (
        "The disk is full. What had arrived is in the journal{lost}.",
        "make room, then run the same command again",
        _FAILED,
    ),
    Outcome.CRASHED: (
        (
            "The link to WhatsApp died. What had reached this program is sealed; a piece that was on its way may be "
            "lost without a name."
        ),
        (
            "run this again to take the rest; to be sure of the whole history, wa2pg sessions logout {account}, then "
            "wa2pg extract --account {account}"
        ),
        _FAILED,
    ),
    Outcome.NOT_LINKED: (
        "No phone is linked to the account {account}.",
        "link one: wa2pg extract --account {account}",
        _PAIRING,
    ),
    Outcome.NOT_UNLINKED: (
        "WhatsApp did not confirm that this device is unlinked.",
        "run this again, or remove it on the phone at Settings > Linked devices; then: wa2pg sessions clear {account}",
        _FAILED,
    ),
}


class LinkError(UserError):
    """A link that failed, with the outcome that it failed by."""

    def __init__(self, outcome: Outcome, account: str, *, until: str | None = None, lost: int = 0) -> None:
        message, hint, code = _SAYS[outcome]
        facts = {
            "account": account,
            "until": f", until {until}" if until else "",
            "lost": f", but {lost} payload{'' if lost == 1 else 's'} did not fit any more" if lost else "",
        }
        super().__init__(message.format(**facts), hint=hint.format(**facts), exit_code=code)
        self.outcome = outcome


def failure(outcome: Outcome, account: str, *, until: str | None = None, lost: int = 0) -> LinkError:
    """The sentence, the way out and the exit code of an outcome. `until` is when a ban ends."""
    return LinkError(outcome, account, until=until, lost=lost)


def why_not_connected(text: str, *, proxy: bool) -> Outcome:
    """What a NeonizeError while connecting means, by its text, which is Go's and may hold a proxy's password."""
    if "TemporaryBan" in text:
        # a 402 without its code cannot be encoded by neonize 0.5.2 and ends the connection as this error
        return Outcome.BANNED
    if "ConnectFailure" in text:
        # a reason that neonize 0.5.2 has no name for, such as 429, cannot be encoded either
        return Outcome.REFUSED
    if "database" in text:
        return Outcome.SESSION_DAMAGED
    if proxy:
        return Outcome.PROXY_SILENT
    return Outcome.NO_ANSWER if "deadline exceeded" in text or "timeout" in text else Outcome.NO_NETWORK


def why_no_pairing_code(text: str) -> Outcome:
    """What a PairPhoneError means, by its text: WhatsApp's status code and words stand in it."""
    if "429" in text or "rate-overlimit" in text:
        return Outcome.RATE_LIMITED
    if "400" in text or "phone number" in text:
        return Outcome.WRONG_PHONE
    return Outcome.PAIRING_FAILED
