"""Walking through a conversation: how each message moves the stage of the sale."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schemas.words import MessageType, Status
from transform.status.acts import Act
from transform.status.contract import ChatMessage
from transform.status.reading import Reading

# a client who asks again after so long begins anew
NEW_INQUIRY_AFTER = timedelta(days=10)
# a greeting with a price list comes at once and to everybody
_GREETING_MESSAGES = 2
_ORDER = (Status.NEW_LEAD, Status.QUALIFIED, Status.WARMED, Status.PROPOSAL_SENT, Status.NEGOTIATION, Status.SOLD)
_SPECIFICS = frozenset({Act.ASKS_PRICE, Act.GIVES_DETAILS})
_GOING_ON = frozenset({Act.TAKES_BACK, Act.ACCEPTS, Act.PAYS, Act.ASKS_PRICE, Act.ASKS_CHANGES})
_SETTLING = frozenset({Act.BARGAINS, Act.ASKS_CHANGES})
_NO_DECLINE = _SETTLING | _GOING_ON | _SPECIFICS | {Act.THINKS}
_SERVED = frozenset({Act.IS_SERVED, Act.IS_THANKFUL})
_PICTURES = frozenset({MessageType.IMAGE, MessageType.DOCUMENT})
_ENDS = ("service", "refused", "payment", "confirmation")
_PAYMENT_DOCUMENTS = ("invoice", "счет", "счёт", "rechnung", "factur", "faktur", "fattura", "реквизит", "receipt")
# shares of an offered price between which a number without a unit is a counter-offer, and the least such number:
# smaller ones are days, people, hours
_COUNTER_OFFER = (0.5, 1.0)
_LEAST_SUM = 40
_LONG_OFFER_WORDS = 20


@dataclass
class Conversation:
    """What is known of a conversation up to the message that was read last.

    `events` holds the last time of each thing worth telling (the keys of reasons.PHRASES).
    """

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
    payment_asked: bool = False
    paid: bool = False
    receipt: bool = False
    accepted: bool = False
    declined: bool = False
    company_asked: bool = False
    offered: set[float] = field(default_factory=set)
    refused_before: Status | None = None
    last_from_me: bool | None = None
    last_client_at: datetime | None = None
    events: dict[str, datetime] = field(default_factory=dict)

    def move(self, stage: Status, event: str, at: datetime) -> None:
        """Go to a stage because of an event."""
        self.stage = stage
        self.events[event] = at

    def before(self, stage: Status) -> bool:
        """Whether the conversation has not come to a stage of the sale yet."""
        return self.stage in _ORDER and _ORDER.index(self.stage) < _ORDER.index(stage)


def client_wrote(walk: Conversation, message: ChatMessage, reading: Reading) -> None:
    """Take in a message of the client's."""
    acts, at = reading.acts, message.sent_at
    walk.client_words += reading.words
    if walk.last_from_me is not False:
        walk.turns += 1
        walk.details_in_turn = 0
        walk.declined = False
    if message.timed:
        walk.last_client_at = at
    walk.details_in_turn += not acts.isdisjoint(_SPECIFICS)
    if _is_specific(reading):
        walk.details += 1
        walk.events["details"] = at
    if message.timed:
        _begins_anew(walk, acts, at)
    if walk.stage is Status.CLOSED:
        goes_on = not acts.isdisjoint(_GOING_ON) or (
            walk.prices_known and (_names_a_sum(walk, reading) or reading.asks)
        )
        if Act.REFUSES in acts or not goes_on:
            return
        walk.stage = walk.refused_before or Status.QUALIFIED
        if walk.prices_known and walk.before(Status.SOLD):
            walk.move(Status.NEGOTIATION, "bargaining", at)  # who refuses and goes on, bargains
    if _refuses(walk, reading):
        walk.refused_before = walk.stage
        walk.move(Status.CLOSED, "refused", at)
        return
    if walk.stage in {Status.SOLD, Status.SERVICE}:
        if acts & _SERVED:
            walk.move(Status.SERVICE, "service", at)
        return
    if _service_shows(walk, acts, message.type):
        walk.move(Status.SERVICE, "service", at)
        return
    _client_before_sale(walk, message, reading)


def _refuses(walk: Conversation, reading: Reading) -> bool:
    """Whether this is a refusal; `declined` remembers what is one only if the company takes it for one."""
    acts = reading.acts
    if walk.stage is Status.SERVICE or Act.TAKES_BACK in acts:
        return False
    if Act.REFUSES in acts:
        return not (reading.asks and Act.BARGAINS in acts)
    if Act.DECLINES in acts and not reading.asks and acts.isdisjoint(_NO_DECLINE):
        walk.declined = True
        return not walk.company_asked and walk.before(Status.SOLD)
    walk.declined |= Act.IS_SORRY in acts or Act.DECLINES in acts
    return False


def _is_specific(reading: Reading) -> bool:
    """Whether a client asked or told something of his own case."""
    acts = reading.acts
    if not acts.isdisjoint(_SPECIFICS):
        return True
    return Act.ASKS_GENERALLY not in acts and (Act.WISHES in acts or bool(reading.numbers or reading.prices))


def _names_a_sum(walk: Conversation, reading: Reading) -> bool:
    """Whether the client says a price of his own."""
    if reading.prices or reading.bare_sums:
        return True
    least, most = _COUNTER_OFFER
    return any(
        number >= _LEAST_SUM and any(least * price <= number < most * price for price in walk.offered)
        for number in reading.numbers
    )


def _begins_anew(walk: Conversation, acts: frozenset[Act], at: datetime) -> None:
    """A client who was served, or refused, and asks anew is at the stage of the new inquiry."""
    if walk.stage not in {Status.SERVICE, Status.CLOSED, Status.SOLD}:
        return
    pause = at - max(walk.events[event] for event in _ENDS if event in walk.events)
    asked = acts & (_SPECIFICS | {Act.INQUIRES_AGAIN})
    again = Act.INQUIRES_AGAIN in acts and asked != {Act.INQUIRES_AGAIN}
    long_ago = pause > NEW_INQUIRY_AFTER and bool(asked) and walk.stage is not Status.SOLD
    again &= walk.stage is not Status.CLOSED  # who comes back to what he refused, goes on with it
    if (again and pause > timedelta(days=2)) or (long_ago and not acts & _SERVED):
        walk.move(Status.QUALIFIED, "details", at)
        walk.prices_known = walk.paid = walk.receipt = walk.accepted = walk.payment_asked = False
        walk.warmth = walk.informed = 0
        walk.offered.clear()


def _client_before_sale(walk: Conversation, message: ChatMessage, reading: Reading) -> None:
    acts, at = reading.acts, message.sent_at
    if Act.SPEAKS_OF_PAYMENT in acts and not reading.asks:
        walk.payment_asked = True
    if Act.HAS_OFFER in acts:
        walk.prices_known = True
        if walk.before(Status.PROPOSAL_SENT):
            walk.move(Status.PROPOSAL_SENT, "offer", at)
    if message.type in _PICTURES and walk.payment_asked:
        walk.receipt = True
        walk.events["receipt"] = at
    if Act.PAYS in acts and (walk.prices_known or walk.payment_asked or walk.accepted or reading.words <= 12):
        walk.paid = True
        walk.move(Status.SOLD, "payment", at)
        return
    if Act.ACCEPTS in acts:
        walk.accepted = True
        walk.events["accepted"] = at
    names_a_sum = not acts & {Act.ACCEPTS, Act.HAS_OFFER} and _names_a_sum(walk, reading)
    if walk.prices_known and (names_a_sum or acts & _SETTLING):
        walk.accepted = Act.ACCEPTS in acts
        walk.move(Status.NEGOTIATION, "bargaining", at)
        return
    if acts & {Act.SHOWS_INTEREST, Act.THINKS}:
        walk.warmth += 1 + (Act.THINKS in acts)
        walk.events["interest"] = at
    if (_is_specific(reading) or Act.BARGAINS in acts) and walk.before(Status.QUALIFIED):
        walk.move(Status.QUALIFIED, "details", at)


def _service_shows(walk: Conversation, acts: frozenset[Act], kind: str) -> bool:
    """Whether a chat that begins after the sale shows it: two signs, or thanks that follow no open offer."""
    if Act.IS_SERVED in acts:
        # a chat that begins with "we have arrived" and asks for nothing begins after the sale
        walk.service_signs += 1 + (walk.turns == 1 and not acts & _SPECIFICS)
    if kind in {MessageType.LOCATION, MessageType.VIDEO}:
        walk.service_signs += 1
    if acts & {Act.THINKS, Act.BARGAINS}:
        return False
    if Act.IS_THANKFUL in acts:
        return not walk.prices_known or walk.service_signs > 0 or walk.accepted
    return Act.IS_SERVED in acts and walk.service_signs >= 2


def company_wrote(walk: Conversation, message: ChatMessage, reading: Reading) -> None:
    """Take in a message of the company's."""
    acts, at = reading.acts, message.sent_at
    walk.company_messages += 1
    walk.company_asked = reading.asks
    if walk.stage is Status.CLOSED and _is_offer(walk, message, reading):
        walk.prices_known = True  # a better offer to one who refused: if he goes on, he bargains
        if walk.refused_before in {None, Status.NEW_LEAD, Status.QUALIFIED, Status.WARMED}:
            walk.refused_before = Status.PROPOSAL_SENT
    if walk.stage in {Status.CLOSED, Status.SERVICE}:
        return
    if walk.declined and Act.LETS_GO in acts and not reading.asks and not reading.prices:
        walk.refused_before = walk.stage
        walk.move(Status.CLOSED, "refused", at)
        return
    if walk.stage is Status.SOLD:
        waited = at - walk.last_client_at if message.timed and walk.last_client_at else timedelta()
        if Act.SERVES in acts and waited > timedelta(days=1):
            walk.move(Status.SERVICE, "service", at)
        return
    agreed = walk.accepted and Act.ASKS_PAYMENT not in acts
    if Act.CONFIRMS in acts and (walk.paid or walk.receipt or agreed):
        walk.move(Status.SOLD, "confirmation", at)
        return
    if (Act.SERVES in acts and not reading.prices) or message.type in {MessageType.LOCATION, MessageType.CONTACT}:
        walk.service_signs += 1
    if _is_offer(walk, message, reading):
        walk.prices_known = True
        walk.offered.update(reading.prices or reading.bare_sums)
        if walk.before(Status.PROPOSAL_SENT):
            walk.move(Status.PROPOSAL_SENT, "offer", at)
    elif not reading.asks and reading.words >= 6 and (walk.turns >= 2 or walk.client_words >= 8):
        walk.informed += 1
    walk.payment_asked |= Act.ASKS_PAYMENT in acts


def _is_offer(walk: Conversation, message: ChatMessage, reading: Reading) -> bool:
    """A price or a document for this client: not the price list in a greeting, not a bill."""
    if not walk.details and walk.turns < 2 and walk.client_words < 12:
        return False
    text = (message.text or "").lower()
    if message.type == MessageType.DOCUMENT:
        return not any(word in text for word in _PAYMENT_DOCUMENTS)
    if not reading.prices and not reading.bare_sums:
        return Act.OFFERS in reading.acts and walk.details > 0 and reading.words >= _LONG_OFFER_WORDS
    listed = walk.company_messages <= _GREETING_MESSAGES and len(reading.prices) >= 3 and walk.details < 2
    return not listed
