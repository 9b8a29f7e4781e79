"""The stage of a conversation from the sequence of acts, the last speaker and the silence.

A conversation is walked once, in time order (client_side.py, company_side.py); at the end silence decides between
the stage reached and CLOSED. The rules follow the labels' meaning: what counts is who did what after what, not which
word occurs.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from schemas.words import Status
from transform.status.client_side import client_wrote
from transform.status.company_side import company_wrote
from transform.status.contract import ChatMessage, StatusDecision
from transform.status.conversation import Conversation
from transform.status.cue_files import OURS, TRADES, read_cues
from transform.status.dates import first_day_named
from transform.status.reading import NOTHING, CueReader
from transform.status.reasons import NO_MESSAGE, reason_of

RULES_VERSION = 4
SILENCE = timedelta(days=30)
# a sold service without a day in the chat is taken to lie ahead for so long
UNDATED_SERVICE = timedelta(days=180)
# The share of right answers on labelled conversations that the rules had not seen, by status and by whether words say
# it (first) or it follows from what happened around them; rounded, and drawn to the whole's share where there were few
# (docs/status.md has the table that they are held against).
_CONFIDENCE = {
    Status.NEW_LEAD: (0.9, 0.6),
    Status.QUALIFIED: (0.85, 0.7),
    Status.WARMED: (0.8, 0.6),
    Status.PROPOSAL_SENT: (0.8, 0.6),
    Status.NEGOTIATION: (0.8, 0.65),
    Status.SOLD: (0.9, 0.8),
    Status.SERVICE: (0.85, 0.6),
    Status.CLOSED: (0.85, 0.7),
}
_SILENCE_CONFIDENCE = 0.95


class RuleStatusDetector:
    """Readable rules over acts. Deterministic and offline."""

    def __init__(self, own_cues: Path | None = None, *, trades: bool = True) -> None:
        """Read the cues; `own_cues` is a folder of a company's own, `trades=False` leaves ours of trades out."""
        folders = [OURS, *([TRADES] if trades else []), *([own_cues] if own_cues else [])]
        cues = read_cues(*folders)
        self.name = f"rules {RULES_VERSION}, cues {cues.sha256[:12]}"
        self._client = CueReader("client", cues)
        self._company = CueReader("agent", cues)

    def forget_texts(self) -> None:
        """Forget what was read of texts, for measuring; answers do not change."""
        self._client.forget_texts()
        self._company.forget_texts()

    def decide(self, messages: Sequence[ChatMessage], as_of: datetime) -> StatusDecision:
        """The status at `as_of`; `messages` in time order, none later than `as_of`."""
        walk = Conversation()
        for message in messages:
            reader = self._company if message.from_me else self._client
            reading = reader.read(message.text) if message.text else NOTHING
            if message.from_me:
                company_wrote(walk, message, reading)
            else:
                client_wrote(walk, message, reading)
            walk.last_from_me = message.from_me
        if not messages:
            return StatusDecision(Status.NEW_LEAD, _CONFIDENCE[Status.NEW_LEAD][1], "rules", NO_MESSAGE)
        return _conclude(walk, messages, as_of)


def _conclude(walk: Conversation, messages: Sequence[ChatMessage], as_of: datetime) -> StatusDecision:
    stage, inferred = walk.stage, walk.inferred
    if stage in {Status.NEW_LEAD, Status.QUALIFIED}:
        stage, inferred = _before_an_offer(walk)
    confidence = _CONFIDENCE[stage][inferred]
    first = next((message.sent_at for message in messages if message.timed), as_of)
    silent_since = walk.last_client_at or first
    begins: date | None = None
    if stage is Status.SOLD:
        begins = first_day_named(
            (message.sent_at, message.text) for message in messages if message.text and message.timed
        )
        if begins is not None and begins <= as_of.date():
            stage, confidence = Status.SERVICE, _CONFIDENCE[Status.SERVICE][True]
            silent_since = max(silent_since, datetime.combine(begins, time(), UTC))
    still_ahead = stage is Status.SOLD and (begins is not None or as_of - silent_since <= UNDATED_SERVICE)
    if messages[-1].from_me and as_of - silent_since > SILENCE and stage is not Status.CLOSED and not still_ahead:
        stage, confidence = Status.CLOSED, _SILENCE_CONFIDENCE
    return StatusDecision(stage, confidence, "rules", reason_of(walk, messages[-1], as_of, begins))


def _before_an_offer(walk: Conversation) -> tuple[Status, bool]:
    """NEW_LEAD, QUALIFIED or WARMED: how much was said, whether the client warms to it; and whether it is inferred."""
    specific_now = walk.turn.specifics > 0
    if walk.warmth and walk.turns >= 2 and walk.informed >= 1 and (walk.warmth >= 2 or not specific_now):
        return Status.WARMED, False
    if walk.turns >= 3 and walk.informed >= 2 and not specific_now and (walk.turns >= 4 or not walk.own_figures):
        return Status.WARMED, True
    if walk.details or walk.turns >= 3:
        return Status.QUALIFIED, not walk.details
    return Status.NEW_LEAD, walk.turns > 1
