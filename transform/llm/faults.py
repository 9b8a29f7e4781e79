"""Why there is no answer: for one conversation, for this attempt, or for all that would be asked."""

from enum import StrEnum


class Fault(StrEnum):
    """Why there is no answer for a conversation."""

    UNREADABLE = "unreadable"  # no JSON of the agreed form, also not when asked again
    REFUSED = "refused"  # the model would not answer
    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"  # 429 or 5xx to the last attempt, or no connection
    STOPPED = "stopped"  # nobody was asked any more after a fault that every request would meet


class NoAnswerError(Exception):
    """There is no answer for this conversation; others may have one. `usd`: what it cost all the same."""

    def __init__(self, fault: Fault, usd: float | None = None) -> None:
        super().__init__(str(fault))
        self.fault = fault
        self.usd = usd


class ServiceStoppedError(Exception):
    """No request will be answered; `sentence` says why, in English: it is stored."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class TryLaterError(Exception):
    """Worth another attempt; after `seconds` when the server said so."""

    def __init__(self, fault: Fault, seconds: float | None = None) -> None:
        super().__init__(str(fault))
        self.fault = fault
        self.seconds = seconds
