"""The stage of a conversation from the sequence of acts, the last speaker and the silence.

A conversation is walked once, in time order. Each message moves the stage by what its side does; at the end
silence decides between the stage reached and CLOSED. The rules follow the labels' meaning: what counts is who
did what after what, not which word occurs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

from schemas.words import MessageType, Status
from transform.status.acts import Act, CueReader, Reading, cues_sha256
from transform.status.dates import first_day_named

RULES_VERSION = 1
SILENCE = timedelta(days=30)
# a client who asks again after so long begins anew
NEW_INQUIRY_AFTER = timedelta(days=10)
# a greeting with a price list comes at once and to everybody
_GREETING_MESSAGES = 2
_ORDER = (Status.NEW_LEAD, Status.QUALIFIED, Status.WARMED, Status.PROPOSAL_SENT, Status.NEGOTIATION, Status.SOLD)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PAYMENT_DOCUMENTS = ("invoice", "счет", "счёт", "rechnung", "factur", "faktur", "fattura", "реквизит", "receipt")
_NOTHING = Reading(frozenset(), 0, 0, False, 0)


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message as the rules see it: `type` is a MessageType's value, `text` a text, caption or file name."""

    sent_at: datetime
    from_me: bool
    type: str
    text: str | None


@dataclass(frozen=True)
class StatusDecision:
    """A status, how sure it is (0..1), who decided (`rules`) and why, in words that quote nobody."""

    status: Status
    confidence: float
    source: str
    reason: str


class StatusDetector(Protocol):
    """Whatever can tell a status. `name` identifies the version: same name, same answers."""

    name: str

    def decide(self, messages: Sequence[ChatMessage], as_of: datetime) -> StatusDecision:
        """The status at `as_of`; `messages` in time order, none later than `as_of`."""


@dataclass
class _Conversation:
    """What is known while walking."""

    stage: Status = Status.NEW_LEAD
    client_words: int = 0
    service_signs: int = 0
    company_messages: int = 0
    turns: int = 0
    details: int = 0
    details_in_turn: int = 0
    warmth: int = 0
    informed: int = 0
    prices_known: bool = False
    will_offer: bool = False
    payment_asked: bool = False
    paid: bool = False
    receipt: bool = False
    accepted: bool = False
    refused_before: Status | None = None
    last_from_me: bool | None = None
    last_client_at: datetime | None = None
    events: dict[str, datetime] = field(default_factory=dict)

    def move(self, stage: Status, event: str, at: datetime) -> None:
        self.stage = stage
        self.events[event] = at

    def before(self, stage: Status) -> bool:
        return self.stage in _ORDER and _ORDER.index(self.stage) < _ORDER.index(stage)


class RuleStatusDetector:
    """Readable rules over acts. Deterministic, offline, some thousand conversations a second."""

    def __init__(self) -> None:
        self.name = f"rules {RULES_VERSION}, cues {cues_sha256()[:12]}"
        self._client = CueReader("client")
        self._company = CueReader("agent")

    def decide(self, messages: Sequence[ChatMessage], as_of: datetime) -> StatusDecision:
        """The status at `as_of`; `messages` in time order, none later than `as_of`."""
        walk = _Conversation()
        for message in messages:
            reader = self._company if message.from_me else self._client
            reading = reader.read(message.text) if message.text else _NOTHING
            if message.from_me:
                _company_wrote(walk, message, reading)
            else:
                _client_wrote(walk, message, reading)
            walk.last_from_me = message.from_me
        return _conclude(walk, messages, as_of)


def _client_wrote(walk: _Conversation, message: ChatMessage, reading: Reading) -> None:
    acts, at = reading.acts, message.sent_at
    walk.client_words += reading.words
    if walk.last_from_me is not False:
        walk.turns += 1
        walk.details_in_turn = 0
    walk.last_client_at = at
    asks = Act.ASKS_PRICE in acts or Act.GIVES_DETAILS in acts
    if asks:
        walk.details += 1
        walk.details_in_turn += 1
        walk.events["details"] = at
    _begins_anew(walk, acts, at)
    if walk.stage is Status.CLOSED:
        goes_on = bool(acts & _TAKING_BACK) or (walk.prices_known and reading.prices + reading.bare_sums > 0)
        if Act.REFUSES in acts or not goes_on:
            return
        walk.stage = walk.refused_before or Status.QUALIFIED
    if Act.REFUSES in acts and not (acts & {Act.BARGAINS, Act.TAKES_BACK}) and walk.stage is not Status.SERVICE:
        walk.refused_before = walk.stage
        walk.move(Status.CLOSED, "refused", at)
        return
    if walk.stage in {Status.SOLD, Status.SERVICE}:
        if acts & {Act.IS_SERVED, Act.IS_THANKFUL}:
            walk.move(Status.SERVICE, "service", at)
        return
    if _service_shows(walk, acts, message.type):
        walk.move(Status.SERVICE, "service", at)
        return
    _client_before_sale(walk, message, reading)


_TAKING_BACK = {Act.TAKES_BACK, Act.ACCEPTS, Act.PAYS, Act.ASKS_PRICE, Act.GIVES_DETAILS, Act.ASKS_CHANGES}


_ENDS = ("service", "refused", "payment", "confirmation")


def _begins_anew(walk: _Conversation, acts: frozenset[Act], at: datetime) -> None:
    """A client who was served, or refused, and asks anew is at the stage of the new inquiry."""
    if walk.stage not in {Status.SERVICE, Status.CLOSED, Status.SOLD}:
        return
    pause = at - max(walk.events[event] for event in _ENDS if event in walk.events)
    asked = acts & {Act.ASKS_PRICE, Act.GIVES_DETAILS, Act.INQUIRES_AGAIN}
    again = Act.INQUIRES_AGAIN in acts and asked != {Act.INQUIRES_AGAIN}
    long_ago = pause > NEW_INQUIRY_AFTER and bool(asked) and walk.stage is not Status.SOLD
    if again and pause > timedelta(days=2) or long_ago and not acts & {Act.IS_THANKFUL, Act.IS_SERVED}:
        walk.move(Status.QUALIFIED, "details", at)
        walk.prices_known = walk.paid = walk.receipt = walk.accepted = walk.payment_asked = False
        walk.warmth = walk.informed = 0


def _client_before_sale(walk: _Conversation, message: ChatMessage, reading: Reading) -> None:
    acts, at = reading.acts, message.sent_at
    if Act.SPEAKS_OF_PAYMENT in acts and not reading.asks:
        walk.payment_asked = True
    if Act.HAS_OFFER in acts:
        walk.prices_known = True
        if walk.before(Status.PROPOSAL_SENT):
            walk.move(Status.PROPOSAL_SENT, "offer", at)
    if message.type in {MessageType.IMAGE, MessageType.DOCUMENT} and walk.payment_asked:
        walk.receipt = True
        walk.events["receipt"] = at
    if Act.PAYS in acts and (walk.prices_known or walk.payment_asked or walk.accepted or reading.words <= 12):
        walk.paid = True
        walk.move(Status.SOLD, "payment", at)
        return
    if Act.ACCEPTS in acts:
        walk.accepted = True
        walk.events["accepted"] = at
    names_a_sum = reading.prices + reading.bare_sums > 0 and not acts & {Act.ACCEPTS, Act.HAS_OFFER}
    if walk.prices_known and (names_a_sum or acts & {Act.BARGAINS, Act.ASKS_CHANGES}):
        walk.move(Status.NEGOTIATION, "bargaining", at)
        return
    if acts & {Act.SHOWS_INTEREST, Act.THINKS}:
        walk.warmth += 1 + (Act.THINKS in acts)
        walk.events["interest"] = at
    if acts & {Act.ASKS_PRICE, Act.GIVES_DETAILS, Act.BARGAINS} and walk.before(Status.QUALIFIED):
        walk.move(Status.QUALIFIED, "details", at)


def _service_shows(walk: _Conversation, acts: frozenset[Act], kind: str) -> bool:
    """Whether a chat that begins after the sale shows it: two signs, or thanks that follow no open offer."""
    if Act.IS_SERVED in acts:
        # a chat that begins with "we have arrived" and asks for nothing begins after the sale
        walk.service_signs += 1 + (walk.turns == 1 and not acts & {Act.ASKS_PRICE, Act.GIVES_DETAILS})
    if kind in {MessageType.LOCATION, MessageType.VIDEO}:
        walk.service_signs += 1
    if acts & {Act.THINKS, Act.BARGAINS}:
        return False
    if Act.IS_THANKFUL in acts:
        return not walk.prices_known or walk.service_signs > 0
    return Act.IS_SERVED in acts and walk.service_signs >= 2


def _company_wrote(walk: _Conversation, message: ChatMessage, reading: Reading) -> None:
    acts, at = reading.acts, message.sent_at
    walk.company_messages += 1
    if walk.stage is Status.CLOSED and _is_offer(walk, message, reading):
        walk.prices_known = True  # a better offer to one who refused: if he goes on, he bargains
        if walk.refused_before in {None, Status.NEW_LEAD, Status.QUALIFIED, Status.WARMED}:
            walk.refused_before = Status.PROPOSAL_SENT
    if walk.stage in {Status.CLOSED, Status.SERVICE}:
        return
    asks_payment = Act.ASKS_PAYMENT in acts
    if walk.stage is Status.SOLD:
        if Act.SERVES in acts and walk.last_client_at and at - walk.last_client_at > timedelta(days=1):
            walk.move(Status.SERVICE, "service", at)
        return
    if Act.CONFIRMS in acts and (walk.paid or walk.receipt or walk.accepted):
        walk.move(Status.SOLD, "confirmation", at)
        return
    if (Act.SERVES in acts and not reading.prices) or message.type in {MessageType.LOCATION, MessageType.CONTACT}:
        walk.service_signs += 1
    if _is_offer(walk, message, reading):
        walk.prices_known = True
        if walk.before(Status.PROPOSAL_SENT):
            walk.move(Status.PROPOSAL_SENT, "offer", at)
    elif not reading.asks and reading.words >= 6 and (walk.turns >= 2 or walk.client_words >= 8):
        walk.informed += 1
    walk.payment_asked |= asks_payment


def _is_offer(walk: _Conversation, message: ChatMessage, reading: Reading) -> bool:
    """A price or a document for this client: not the price list in a greeting, not a bill."""
    if not walk.details and walk.turns < 2 and walk.client_words < 12:
        return False
    text = (message.text or "").lower()
    if message.type == MessageType.DOCUMENT:
        return not any(word in text for word in _PAYMENT_DOCUMENTS)
    amounts = reading.prices or reading.bare_sums
    if not amounts:
        return False
    listed = walk.company_messages <= _GREETING_MESSAGES and reading.prices >= 3 and walk.details < 2
    return not listed


def _conclude(walk: _Conversation, messages: Sequence[ChatMessage], as_of: datetime) -> StatusDecision:
    if not messages:
        return StatusDecision(Status.NEW_LEAD, 0.3, "rules", "no readable message")
    stage, confidence = walk.stage, _CONFIDENCE[walk.stage]
    if stage in {Status.NEW_LEAD, Status.QUALIFIED}:
        stage, confidence = _before_an_offer(walk)
    last = messages[-1]
    silent = as_of - (walk.last_client_at or messages[0].sent_at)
    begins = None
    if stage is Status.SOLD:
        begins = first_day_named((m.sent_at, m.text) for m in messages if m.text)
        if begins is not None and begins <= as_of.date():
            stage, confidence = Status.SERVICE, 0.6
    if last.from_me and silent > SILENCE and stage is not Status.CLOSED and not (stage is Status.SOLD):
        stage, confidence = Status.CLOSED, 0.9
    return StatusDecision(stage, confidence, "rules", _reason(walk, last, as_of, begins))


_CONFIDENCE = {
    Status.NEW_LEAD: 0.7,
    Status.QUALIFIED: 0.65,
    Status.WARMED: 0.6,
    Status.PROPOSAL_SENT: 0.65,
    Status.NEGOTIATION: 0.7,
    Status.SOLD: 0.8,
    Status.SERVICE: 0.75,
    Status.CLOSED: 0.8,
}


def _before_an_offer(walk: _Conversation) -> tuple[Status, float]:
    """NEW_LEAD, QUALIFIED or WARMED: how much was said, and whether the client warms to it."""
    if walk.warmth and walk.turns >= 2 and walk.informed >= 1 and (walk.warmth >= 2 or not walk.details_in_turn):
        return Status.WARMED, _CONFIDENCE[Status.WARMED]
    if walk.turns >= 4 and walk.informed >= 2 and not walk.details_in_turn:
        return Status.WARMED, 0.5
    if walk.details or walk.turns >= 3:
        return Status.QUALIFIED, _CONFIDENCE[Status.QUALIFIED]
    return Status.NEW_LEAD, _CONFIDENCE[Status.NEW_LEAD]


_PHRASES = {
    "details": "the client asked or told specifics",
    "interest": "showed interest",
    "offer": "an offer was sent",
    "bargaining": "terms were discussed",
    "accepted": "the client agreed",
    "receipt": "the client sent a picture or file after payment was asked",
    "payment": "the client paid",
    "confirmation": "the company confirmed",
    "service": "the service was under way or thanked for",
    "refused": "the client refused or cancelled",
}


def _reason(walk: _Conversation, last: ChatMessage, as_of: datetime, begins: date | None) -> str:
    events = sorted((at, list(_PHRASES).index(name), name) for name, at in walk.events.items() if name in _PHRASES)
    parts = [f"{_PHRASES[name]} {_day(at)}" for at, _, name in events] or ["first contact, nothing specific yet"]
    if begins is not None:
        parts.append(f"first day named {_day(begins)}")
    who = "the company" if last.from_me else "the client"
    days = (as_of - last.sent_at).days
    parts.append(f"{who} wrote last, {days} {'day' if days == 1 else 'days'} before")
    return "; ".join(parts)


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
