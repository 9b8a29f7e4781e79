"""From the first code to the phone's answer: what neonize tells before there is a session, on threads of its own."""

from collections.abc import Callable
from typing import Any

from extract.whatsapp.live.background import in_background, within
from extract.whatsapp.live.client import ask_pairing_code
from extract.whatsapp.live.outcomes import Outcome, why_no_pairing_code
from extract.whatsapp.live.signs import SignWriter

# a code is shown for 60 s first, then a new one every 20 s
_FIRST_CODE_SECONDS, _NEXT_CODE_SECONDS = 60, 20
_PAIRING_WINDOW_SECONDS = 160
_ASK_SECONDS = 30.0

# neonize's login status, by its name in whatsmeow's QR channel; "success" is told by PairStatusEv as well
_STATUS = {
    "timeout": Outcome.CODE_EXPIRED,
    "error": Outcome.PAIRING_FAILED,
    "err-unexpected-state": Outcome.PAIRING_FAILED,
    "err-client-outdated": Outcome.OUTDATED,
    "err-scanned-without-multidevice": Outcome.WITHOUT_MULTIDEVICE,
    "passkey-request": Outcome.PASSKEY,
    "passkey-confirmation": Outcome.PASSKEY,
}


class Codes:
    """Codes to scan, or with `phone` (digits) the one to type; `client` is set once it is made."""

    def __init__(self, phone: str | None, say: SignWriter, fail: Callable[[Outcome], None]) -> None:
        self._phone, self._say, self._fail = phone, say, fail
        self.client: Any = None
        self.offered = 0

    def offer(self, data: str) -> None:
        """WhatsApp offers a code; the first one also says that a code to type can be asked for."""
        self.offered += 1
        if not self._phone:
            first = self.offered == 1
            self._say("qr", data=data, seconds=_FIRST_CODE_SECONDS if first else _NEXT_CODE_SECONDS)
        elif self.offered == 1:
            in_background(self._wait_for_pairing_code)

    def status(self, status: str) -> None:
        """How pairing goes."""
        if status in _STATUS:
            self._fail(_STATUS[status])

    def _wait_for_pairing_code(self) -> None:
        if not within(_ASK_SECONDS, self._ask):
            self._fail(Outcome.NO_ANSWER)

    def _ask(self) -> None:
        try:
            code = ask_pairing_code(self.client, self._phone or "")
        except Exception as error:  # noqa: BLE001  (neonize raises what Go says, as text)
            self._fail(why_no_pairing_code(str(error)))
        else:
            self._say("pairing_code", code=code, seconds=_PAIRING_WINDOW_SECONDS)
