"""How a link can fail: each way with its own name, sentence and exit code."""

from enum import StrEnum

from schemas.errors import ExitCode, UserError
from schemas.translation import N_, _, ngettext


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
    OTHER_NUMBER_LINKED = "other_number_linked"
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
OTHER_NUMBERS = frozenset({Outcome.OTHER_NUMBER, Outcome.OTHER_NUMBER_LINKED})
SESSION_ENDING = frozenset({Outcome.LOGGED_OUT, *OTHER_NUMBERS})

_PAIRING, _FAILED = ExitCode.PAIRING, ExitCode.FAILED
_SAYS: dict[Outcome, tuple[str, str, ExitCode]] = {
    Outcome.CODE_EXPIRED: (
        N_("The code was not scanned (or typed) in time."),
        N_("have the phone ready at Settings > Linked devices, then run: wa2pg extract --account {account}"),
        _PAIRING,
    ),
    Outcome.WITHOUT_MULTIDEVICE: (
        N_("The phone scanned the code, but its WhatsApp is too old to link devices."),
        N_("update WhatsApp on the phone, then run this again"),
        _PAIRING,
    ),
    Outcome.PASSKEY: (
        N_(
            "WhatsApp asks for a passkey before it links a device to this account. This version cannot answer that "
            "(its library neonize does not support it), so the account cannot be linked; removing the passkey on "
            "the phone does not help."
        ),
        N_("a later neonize may: run make upgrade now and then; files of its history can be taken with --replay"),
        _PAIRING,
    ),
    Outcome.OUTDATED: (
        N_("WhatsApp refuses this program as too old (405)."),
        N_("run: make upgrade (it brings the newest neonize in the allowed range), then run this again"),
        _PAIRING,
    ),
    Outcome.RATE_LIMITED: (
        N_("WhatsApp does not link new devices to this account at the moment: too many attempts."),
        N_("wait 10 to 30 minutes, then run this again; every further attempt makes the wait longer"),
        _PAIRING,
    ),
    Outcome.PAIRING_FAILED: (
        N_("WhatsApp refused to link this device."),
        N_("look on the phone at Settings > Linked devices (at most four devices), then run this again in 10 minutes"),
        _PAIRING,
    ),
    Outcome.WRONG_PHONE: (
        N_("WhatsApp does not take this number for pairing by code."),
        N_("give --phone the account's own number with its country code, e.g. --phone +996555000111"),
        _PAIRING,
    ),
    Outcome.OTHER_NUMBER: (
        N_(
            "The phone that was linked has another number than the one archived under the account {account}. It was "
            "unlinked again, nothing was mixed."
        ),
        N_(
            "link it under its own name: wa2pg extract --account NAME, or mend a wrong number in the archive with --own"
        ),
        _PAIRING,
    ),
    Outcome.OTHER_NUMBER_LINKED: (
        N_(
            "The phone that was linked has another number than the one archived under the account {account}. Nothing "
            "was mixed, but WhatsApp did not confirm that it is unlinked again."
        ),
        N_(
            "remove wa2pg on that phone at Settings > Linked devices, then link it under its own name: wa2pg extract "
            "--account NAME"
        ),
        _PAIRING,
    ),
    Outcome.LOGGED_OUT: (
        N_("The phone has unlinked this device (401/403). What had arrived is safe."),
        N_("run this again to link it anew: wa2pg extract --account {account}"),
        _PAIRING,
    ),
    Outcome.BANNED: (
        N_("WhatsApp has banned this account for a time (402)."),
        N_("wait until the ban has ended and write to WhatsApp's support from the phone; do not link before"),
        _PAIRING,
    ),
    Outcome.REPLACED: (
        N_("Another program has taken over this device's session. What had arrived is sealed."),
        N_("stop the other program, then run this again"),
        _FAILED,
    ),
    Outcome.REFUSED: (
        N_("WhatsApp refused the connection."),
        N_("wait some minutes, then run this again"),
        _FAILED,
    ),
    Outcome.UNAVAILABLE: (
        N_("WhatsApp's servers answer that they are not available (503)."),
        N_("wait some minutes, then run this again"),
        _FAILED,
    ),
    Outcome.NO_NETWORK: (
        N_("WhatsApp cannot be reached from this machine."),
        N_("check the network (web.whatsapp.com, port 443), then run this again"),
        _FAILED,
    ),
    Outcome.NO_ANSWER: (
        N_("WhatsApp did not answer."),
        N_("check the network, then run this again"),
        _FAILED,
    ),
    Outcome.PROXY_SILENT: (
        N_("The proxy did not bring us to WhatsApp."),
        N_("check the address in --proxy or WA2PG_PROXY, and that it lets web.whatsapp.com:443 through"),
        _FAILED,
    ),
    Outcome.PHONE_SILENT: (
        N_("The phone is linked, but it has sent no history."),
        N_("open WhatsApp on the phone, keep it open and online, then run: wa2pg extract --account {account}"),
        _FAILED,
    ),
    Outcome.SESSION_DAMAGED: (
        N_("The session file of the account {account} cannot be read."),
        N_("run: wa2pg sessions clear {account}, then link the phone again"),
        _PAIRING,
    ),
    Outcome.SESSION_UNREADABLE: (
        N_("The session file of the account {account} cannot be read at the moment (locked, or without the rights)."),
        N_("look for another program that uses it, then run this again; it need not be damaged"),
        _FAILED,
    ),
    Outcome.STORED_NUMBER_DIFFERS: (
        N_(
            "The phone that is linked to the account {account} has another number than the one given or archived. "
            "Nothing was taken."
        ),
        N_("mend a wrong number with --own, or unlink this phone: wa2pg sessions logout {account}"),
        _PAIRING,
    ),
    Outcome.DISK_FULL: (
        N_("The disk is full. What had arrived is in the journal."),
        N_("make room, then run the same command again"),
        _FAILED,
    ),
    Outcome.CRASHED: (
        N_(
            "The link to WhatsApp died. What had reached this program is sealed; a piece that was on its way may be "
            "lost without a name."
        ),
        N_(
            "run this again to take the rest; to be sure of the whole history, wa2pg sessions logout {account}, then "
            "wa2pg extract --account {account}"
        ),
        _FAILED,
    ),
    Outcome.NOT_LINKED: (
        N_("No phone is linked to the account {account}."),
        N_("link one: wa2pg extract --account {account}"),
        _PAIRING,
    ),
    Outcome.NOT_UNLINKED: (
        N_("WhatsApp did not confirm that this device is unlinked."),
        N_(
            "run this again, or remove it on the phone at Settings > Linked devices; then: wa2pg sessions clear "
            "{account}"
        ),
        _FAILED,
    ),
}


class LinkError(UserError):
    """A link that failed, with the outcome that it failed by."""

    def __init__(self, outcome: Outcome, account: str, *, until: str | None = None, lost: int = 0) -> None:
        message, hint, code = _SAYS[outcome]
        told = _(message, account=account)
        if outcome is Outcome.BANNED and until:
            told = _("WhatsApp has banned this account for a time (402), until {until}.", until=until)
        if outcome is Outcome.DISK_FULL and lost:
            told = ngettext(
                "The disk is full. What had arrived is in the journal, but {count} payload did not fit any more.",
                "The disk is full. What had arrived is in the journal, but {count} payloads did not fit any more.",
                lost,
            )
        super().__init__(told, hint=_(hint, account=account), exit_code=code)
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
