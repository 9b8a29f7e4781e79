"""How a message of the company's moves the stage of the sale."""

from datetime import timedelta

from schemas.words import MessageType, Status
from transform.status.acts import Act
from transform.status.contract import ChatMessage
from transform.status.conversation import SETTLING, Conversation
from transform.status.reading import Reading

# a greeting with a price list comes at once and to everybody
_GREETING_MESSAGES = 2
_PAYMENT_DOCUMENTS = ("invoice", "счет", "счёт", "rechnung", "factur", "faktur", "fattura", "реквизит", "receipt")
_PLACES = frozenset({MessageType.LOCATION, MessageType.CONTACT})
_SHOWN = frozenset({MessageType.IMAGE, MessageType.VIDEO})
_OVER = frozenset({Status.CLOSED, Status.SERVICE})
_STILL_IN = SETTLING | {Act.THINKS, Act.ACCEPTS, Act.PAYS, Act.ASKS_PRICE, Act.IS_SERVED, Act.IS_THANKFUL}
_BEFORE_AN_OFFER = frozenset({None, Status.NEW_LEAD, Status.QUALIFIED, Status.WARMED})
# from so many words on an itinerary without a price is an offer, and an answer is information
_ITINERARY_WORDS = 20
_INFORMATION_WORDS = 6
_ANSWER_WORDS = 4  # to a question
# so many words are more than a greeting: who has parted from their writer was told that he does not come
_TOLD_WORDS = 8
# who wrote less than this has asked for nothing that could be offered, priced or sent as a document
_REQUEST_WORDS = 12
_DOCUMENT_REQUEST_WORDS = 8
# a single price answers fewer, unless they are a greeting
_PRICED_WORDS = 5


def company_wrote(walk: Conversation, message: ChatMessage, reading: Reading) -> None:
    """Take in a message of the company's."""
    acts, at = reading.acts, message.sent_at
    walk.company_messages += 1
    walk.company_asked = reading.asks or (walk.company_asked and bool(walk.last_from_me))
    figures = frozenset(reading.figures)
    walk.company_figures = walk.company_figures | figures if walk.last_from_me else figures
    offer = _is_offer(walk, message, reading)
    if walk.stage is Status.CLOSED and offer:
        walk.prices_known = True  # a better offer to one who refused: if he goes on, he bargains
        walk.offered.update(reading.prices or reading.bare_sums)
        if walk.refused_before in _BEFORE_AN_OFFER:
            walk.refused_before = Status.PROPOSAL_SENT
    if walk.stage in _OVER:
        return
    if _takes_for_refusal(walk, reading):
        walk.refuse(at, inferred=True)
        return
    if walk.stage is Status.SOLD:
        waited = at - walk.last_client_at if message.timed and walk.last_client_at else timedelta()
        if Act.SERVES in acts and waited > timedelta(days=1):
            walk.move(Status.SERVICE, "service", at)
        return
    if _confirms(walk, reading):
        walk.move(Status.SOLD, "confirmation", at, inferred=not walk.paid and Act.CONFIRMS not in acts)
        return
    if (Act.SERVES in acts and not reading.prices) or message.type in _PLACES:
        walk.service_signs += 1
    if offer:
        _offered(walk, message, reading)
    elif _informs(walk, message, reading):
        walk.informed += 1
    if Act.REVISES in acts and walk.stage is Status.PROPOSAL_SENT and not walk.last_from_me:
        walk.move(Status.NEGOTIATION, "bargaining", at, inferred=True)
    walk.payment_asked |= Act.ASKS_PAYMENT in acts


def _informs(walk: Conversation, message: ChatMessage, reading: Reading) -> bool:
    """Whether this answers the client with general information: words, or pictures of what is on offer."""
    if message.type in _SHOWN:
        return walk.turns >= 2
    if reading.asks or reading.words < (_ANSWER_WORDS if walk.turn.asks else _INFORMATION_WORDS):
        return False
    return walk.turns >= 2 or walk.turn.asks or walk.client_words >= _DOCUMENT_REQUEST_WORDS


def _takes_for_refusal(walk: Conversation, reading: Reading) -> bool:
    """Whether the company parts from the client, who said nothing that holds him."""
    if reading.asks or reading.prices or walk.turn.asks:
        return False
    if walk.declined and not reading.acts.isdisjoint({Act.LETS_GO, Act.PARTS}):
        return True
    engaged = walk.prices_known or walk.turns >= 2 or walk.client_words >= _TOLD_WORDS
    return (
        Act.PARTS in reading.acts
        and engaged
        and walk.last_from_me is False
        and walk.before(Status.SOLD)
        and walk.turn.acts.isdisjoint(_STILL_IN)
    )


def _confirms(walk: Conversation, reading: Reading) -> bool:
    """Whether the sale is confirmed: a payment, a receipt or an agreement."""
    if Act.CONFIRMS in reading.acts:
        return walk.paid or walk.receipt or (walk.accepted and Act.ASKS_PAYMENT not in reading.acts)
    # whoever got a receipt and has nothing to ask or to deny, has got the money
    return walk.receipt and walk.last_from_me is False and not reading.asks and not reading.denies and reading.words > 0


def _offered(walk: Conversation, message: ChatMessage, reading: Reading) -> None:
    sums = reading.prices or reading.bare_sums
    turn = walk.turn
    other_terms = not turn.acts.isdisjoint(SETTLING) or (
        not turn.answers and (turn.figures or Act.ASKS_PRICE not in turn.acts)
    )
    if (
        walk.stage is Status.PROPOSAL_SENT
        and walk.last_from_me is False
        and sums
        and walk.offered
        and walk.offered.isdisjoint(sums)
        and other_terms
        and Act.THINKS not in turn.acts
    ):
        # another price after the client's answer
        walk.move(Status.NEGOTIATION, "bargaining", message.sent_at, inferred=True)
    walk.prices_known = True
    walk.offered.update(sums)
    if walk.before(Status.PROPOSAL_SENT):
        walk.move(Status.PROPOSAL_SENT, "offer", message.sent_at)
        walk.offer_by_document = message.type == MessageType.DOCUMENT


def _is_offer(walk: Conversation, message: ChatMessage, reading: Reading) -> bool:
    """A price or a document for this client: not the price list in a greeting, not a bill."""
    is_document = message.type == MessageType.DOCUMENT
    request_words = _DOCUMENT_REQUEST_WORDS if is_document else _REQUEST_WORDS
    asked = Act.ASKS_GENERALLY not in walk.turn.acts and walk.client_words >= _PRICED_WORDS and len(reading.prices) == 1
    if not walk.details and walk.turns < 2 and walk.client_words < request_words and not asked:
        return False
    if is_document:
        text = (message.text or "").lower()
        return not any(word in text for word in _PAYMENT_DOCUMENTS)
    if not reading.prices and not reading.bare_sums:
        return Act.OFFERS in reading.acts and walk.details > 0 and reading.words >= _ITINERARY_WORDS
    listed = walk.company_messages <= _GREETING_MESSAGES and len(reading.prices) >= 3 and walk.details < 2
    return not listed
