"""What is known of a conversation while it is read, message by message."""

from dataclasses import dataclass, field
from datetime import datetime

from schemas.words import Status
from transform.status.acts import Act

_ORDER = (Status.NEW_LEAD, Status.QUALIFIED, Status.WARMED, Status.PROPOSAL_SENT, Status.NEGOTIATION, Status.SOLD)
_PLACE = {stage: place for place, stage in enumerate(_ORDER)}

SPECIFICS = frozenset({Act.ASKS_PRICE, Act.GIVES_DETAILS})
SETTLING = frozenset({Act.BARGAINS, Act.ASKS_CHANGES})


@dataclass(slots=True)
class Turn:
    """What the client said since the company's last message; `answers`: the company had asked something."""

    answers: bool = False
    acts: set[Act] = field(default_factory=set)
    specifics: int = 0
    figures: bool = False
    asks: bool = False
    words: int = 0


@dataclass(slots=True)
class Conversation:
    """What is known of a conversation up to the message that was read last.

    `events` holds the last time of each thing worth telling (the keys of reasons.EVENTS), of `details` the first.
    `declined`: the client said what is a refusal if the company takes it for one. `offered` are the prices that the
    company named. `inferred`: no words say the stage, it follows from what happened around it.
    """

    stage: Status = Status.NEW_LEAD
    turn: Turn = field(default_factory=Turn)
    turns: int = 0
    client_words: int = 0
    company_messages: int = 0
    details: int = 0
    own_figures: int = 0
    warmth: int = 0
    informed: int = 0
    service_signs: int = 0
    prices_known: bool = False
    payment_asked: bool = False
    paid: bool = False
    receipt: bool = False
    accepted: bool = False
    declined: bool = False
    company_asked: bool = False
    offered: set[float] = field(default_factory=set)
    company_figures: frozenset[str] = frozenset()
    refused_before: Status | None = None
    last_from_me: bool | None = None
    last_client_at: datetime | None = None
    offer_by_document: bool = False
    inferred: bool = False
    events: dict[str, datetime] = field(default_factory=dict)

    def move(self, stage: Status, event: str, at: datetime, *, inferred: bool = False) -> None:
        """Go to a stage because of an event."""
        if stage is not self.stage or not inferred:
            self.inferred = inferred
        self.stage = stage
        self.events[event] = at

    def before(self, stage: Status) -> bool:
        """Whether the conversation has not come to a stage of the sale yet."""
        return _PLACE.get(self.stage, len(_ORDER)) < _PLACE[stage]

    def refuse(self, at: datetime, *, inferred: bool = False) -> None:
        """The client does not want it; the stage is kept for the case that he comes back."""
        self.refused_before = self.stage
        self.move(Status.CLOSED, "refused", at, inferred=inferred)

    def begin_anew(self, at: datetime) -> None:
        """A new inquiry: what was offered, agreed and paid before does not count for it."""
        self.move(Status.QUALIFIED, "details", at)
        self.prices_known = self.paid = self.receipt = self.accepted = self.payment_asked = False
        self.warmth = self.informed = 0
        self.offered.clear()
