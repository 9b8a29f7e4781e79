"""How a message of the client's moves the stage of the sale."""

from datetime import datetime, timedelta

from schemas.words import MessageType, Status
from transform.status.acts import Act
from transform.status.contract import ChatMessage
from transform.status.conversation import SETTLING, SPECIFICS, Conversation, Turn
from transform.status.reading import Reading

# a client who asks again after so long begins anew
NEW_INQUIRY_AFTER = timedelta(days=10)
_GOING_ON = frozenset({Act.TAKES_BACK, Act.ACCEPTS, Act.PAYS, Act.ASKS_PRICE, Act.ASKS_CHANGES})
# whoever cancelled what was sold speaks of money and days too, to get it back
_GOING_ON_AFTER_SALE = frozenset({Act.TAKES_BACK, Act.ACCEPTS})
_NO_DECLINE = SETTLING | _GOING_ON | SPECIFICS | {Act.THINKS}
_SERVED = frozenset({Act.IS_SERVED, Act.IS_THANKFUL})
_ASKED_ANEW = SPECIFICS | {Act.WISHES, Act.INQUIRES_AGAIN}
_OF_INTEREST = frozenset({Act.SHOWS_INTEREST, Act.THINKS})
_WANTS = SPECIFICS | {Act.WISHES, Act.ASKS_GENERALLY}
_UNDECIDED = frozenset({Act.THINKS, Act.ACCEPTS, Act.HAS_OFFER, Act.PAYS})
_PICTURES = frozenset({MessageType.IMAGE, MessageType.DOCUMENT})
_UNDER_WAY = frozenset({MessageType.LOCATION, MessageType.VIDEO})
_AFTER_THE_SALE = frozenset({Status.SOLD, Status.SERVICE})
_OVER = frozenset({Status.SERVICE, Status.CLOSED, Status.SOLD})
_ENDS = ("service", "refused", "payment", "confirmation")
# shares of an offered price between which a number without a unit is a counter-offer, and the least such number:
# smaller ones are days, people, hours
_COUNTER_OFFER = (0.5, 1.0)
_LEAST_SUM = 40
# a payment that nobody spoke of before is told in a short message
_SHORT = 12
# so short is "sent, please check"
_SENT = 6
_VAGUE = 7
# "18:30 is perfect": who repeats what the company proposed, in few words, agrees
_ANSWER_WORDS = 8


def client_wrote(walk: Conversation, message: ChatMessage, reading: Reading) -> None:
    """Take in a message of the client's."""
    acts, at = reading.acts, message.sent_at
    walk.client_words += reading.words
    turn = walk.turn
    if walk.last_from_me is not False:
        walk.turns += 1
        walk.declined = False
        turn = walk.turn = Turn(answers=walk.company_asked)
    turn.acts |= acts
    turn.asks |= reading.asks
    turn.words += reading.words
    turn.figures |= bool(reading.figures)
    turn.specifics += not acts.isdisjoint(SPECIFICS)
    walk.own_figures += bool(reading.figures)
    if message.timed:
        walk.last_client_at = at
    specific = is_specific(reading)
    if specific:
        walk.details += 1
        walk.events.setdefault("details", at)
    if message.timed and walk.stage in _OVER:
        _begins_anew(walk, acts, at)
    if walk.stage is Status.CLOSED:
        if Act.REFUSES in acts or not _goes_on(walk, reading):
            return
        walk.stage = walk.refused_before or Status.QUALIFIED
        if walk.prices_known and walk.before(Status.SOLD):
            walk.move(Status.NEGOTIATION, "bargaining", at)  # who refuses and goes on, bargains
    if _refuses(walk, reading):
        walk.refuse(at, inferred=Act.REFUSES not in acts)
    elif walk.stage in _AFTER_THE_SALE:
        if not acts.isdisjoint(_SERVED):
            walk.move(Status.SERVICE, "service", at)
    elif _service_shows(walk, acts, message.type):
        walk.move(Status.SERVICE, "service", at)
    else:
        _before_the_sale(walk, message, reading, specific=specific)


def is_specific(reading: Reading) -> bool:
    """Whether a client asked or told something of his own case."""
    acts = reading.acts
    if not acts.isdisjoint(SPECIFICS):
        return True
    if Act.ASKS_GENERALLY in acts:
        return False
    # "do you have", "do you make": so anybody asks who has just come
    wishes = Act.WISHES in acts and not (reading.asks and reading.words <= _VAGUE)
    return wishes or bool(reading.numbers or reading.prices)


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


def _goes_on(walk: Conversation, reading: Reading) -> bool:
    """Whether a client who refused speaks as one who wants it after all."""
    if walk.refused_before is Status.SOLD:
        return not reading.acts.isdisjoint(_GOING_ON_AFTER_SALE)
    talks_price = walk.prices_known and (reading.asks or _names_a_sum(walk, reading))
    return talks_price or not reading.acts.isdisjoint(_GOING_ON)


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
    asked = acts & _ASKED_ANEW
    if not asked:
        return
    pause = at - max(walk.events[event] for event in _ENDS if event in walk.events)
    again = Act.INQUIRES_AGAIN in acts and len(asked) > 1 and walk.stage is not Status.CLOSED
    long_ago = pause > NEW_INQUIRY_AFTER and walk.stage is not Status.SOLD and asked != {Act.INQUIRES_AGAIN}
    # whoever opens the chat with thanks for last time and asks anew was served before it
    opens = walk.turns == 1 and walk.stage is Status.SERVICE
    if (again and (opens or pause > timedelta(days=2))) or (long_ago and acts.isdisjoint(_SERVED)):
        walk.begin_anew(at)


def _before_the_sale(walk: Conversation, message: ChatMessage, reading: Reading, *, specific: bool) -> None:
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
    sent = Act.SENDS in acts and walk.payment_asked and reading.words <= _SENT
    if sent or (
        Act.PAYS in acts and (walk.prices_known or walk.payment_asked or walk.accepted or reading.words <= _SHORT)
    ):
        walk.paid = True
        walk.move(Status.SOLD, "payment", at)
        return
    if Act.ACCEPTS in acts or _repeats_the_proposal(walk, reading):
        walk.accepted = True
        walk.events["accepted"] = at
    if walk.prices_known and _settles(walk, reading):
        walk.accepted = Act.ACCEPTS in acts
        walk.move(Status.NEGOTIATION, "bargaining", at, inferred=acts.isdisjoint(SETTLING))
        return
    if not acts.isdisjoint(_OF_INTEREST):
        walk.warmth += 1 + (Act.THINKS in acts)
        walk.events["interest"] = at
    if (specific or Act.BARGAINS in acts) and walk.before(Status.QUALIFIED):
        walk.move(Status.QUALIFIED, "details", at)


def _repeats_the_proposal(walk: Conversation, reading: Reading) -> bool:
    return (
        not reading.asks
        and reading.words <= _ANSWER_WORDS
        and not walk.company_figures.isdisjoint(reading.figures)
        and reading.acts.isdisjoint(SETTLING)
    )


def _settles(walk: Conversation, reading: Reading) -> bool:
    """Whether the client, who knows the price, speaks of other terms."""
    acts = reading.acts
    if not acts.isdisjoint(SETTLING):
        return True
    if acts & {Act.ACCEPTS, Act.HAS_OFFER}:
        return False
    if _names_a_sum(walk, reading):
        return True
    # other days or another number of people than the offer is for
    tells = Act.GIVES_DETAILS in acts and not walk.turn.answers and walk.company_figures.isdisjoint(reading.figures)
    return tells and bool(reading.figures) and acts.isdisjoint(_UNDECIDED) and walk.stage is Status.PROPOSAL_SENT


def _service_shows(walk: Conversation, acts: frozenset[Act], kind: str) -> bool:
    """Whether a chat that begins after the sale shows it: two signs, or thanks that follow no open offer."""
    if Act.IS_SERVED in acts:
        # a chat that begins with "we have arrived" and asks for nothing begins after the sale
        walk.service_signs += 1 + (walk.turns == 1 and acts.isdisjoint(_WANTS))
    if kind in _UNDER_WAY:
        walk.service_signs += 1
    if Act.THINKS in acts or Act.BARGAINS in acts:
        return False
    if Act.IS_THANKFUL in acts:
        return not walk.prices_known or walk.service_signs > 0 or walk.accepted
    return Act.IS_SERVED in acts and walk.service_signs >= 2
