"""Language and status, read from the messages while they stream past, one client after the other."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa

from schemas.words import Direction, MessageType, Status
from transform.language import Detection, LanguageDetector, client_language, without_names
from transform.llm.asking import Asker
from transform.phones import region_of
from transform.status import ChatMessage, StatusDecision, StatusDetector

# of a call, a contact card or a place the text is not a person's own words
_WRITTEN = frozenset(MessageType) - {
    MessageType.CALL,
    MessageType.CONTACT,
    MessageType.LOCATION,
    MessageType.STICKER,
}
NOT_READ = StatusDecision(Status.NEW_LEAD, confidence=0.0, source="rules", reason="not read")


@dataclass(frozen=True)
class Reading:
    """What was read about one client."""

    language: str | None
    language_confidence: float | None
    shares: tuple[tuple[str, float], ...]
    decision: StatusDecision


UNREAD = Reading(None, None, (), NOT_READ)


class Reader:
    """Detects each message's language, and each client's language and status.

    Takes batches of clean messages ordered by phone and time; nothing but the present client's messages is
    kept in memory. `expected` weighs the languages that the company's clients write. With an `asker` a language model
    tells the statuses, and the status detector those that the model does not.
    """

    def __init__(
        self,
        language: LanguageDetector,
        status: StatusDetector,
        as_of: datetime,
        expected: Mapping[str, float] | None = None,
        asker: Asker | None = None,
    ) -> None:
        self._language = language
        self._expected = expected
        self._status = status
        self._as_of = as_of
        self._asker = asker
        self._phone: str | None = None
        self._names: Mapping[str, frozenset[str]] = {}
        self._own_names: frozenset[str] = frozenset()
        self._settled: frozenset[str] = frozenset()
        self._own_words: list[tuple[datetime, str, str, Detection]] = []
        self._messages: list[tuple[str, ChatMessage]] = []
        self._readings: dict[str, Reading] = {}

    def know_names(self, names: Mapping[str, Collection[str]], own: Collection[str] = ()) -> None:
        """Take the names of clients, by phone, and the company's `own`: these words are no evidence of a language.

        A client's names are left out in his own chat, the company's in every chat.
        """
        self._names = {phone: frozenset(own).union(given) for phone, given in names.items()}
        self._own_names = frozenset(own)

    def know_settled(self, phones: frozenset[str]) -> None:
        """Take the phones of clients whom no model is asked about, because a person has said enough."""
        self._settled = phones

    def read(self, batch: pa.RecordBatch) -> pa.Array:
        """The language of each message of the batch (columns as in clean messages)."""
        types = batch.column("type").to_pylist()
        bodies = batch.column("body").to_pylist()
        phones = batch.column("phone").to_pylist()
        written = [n for n, body in enumerate(bodies) if body and types[n] in _WRITTEN]
        texts = [without_names(bodies[n], self._names.get(phones[n], self._own_names)) for n in written]
        detections = dict(zip(written, self._language.detect(texts), strict=True))
        rows = zip(
            phones,
            batch.column("whatsapp_message_id").to_pylist(),
            batch.column("direction").to_pylist(),
            batch.column("sent_at").to_pylist(),
            types,
            bodies,
            batch.column("media_name").to_pylist(),
            batch.column("timed").to_pylist(),
            strict=True,
        )
        for n, (phone, message_id, direction, sent_at, kind, body, media_name, timed) in enumerate(rows):
            if phone != self._phone:
                self._close_client()
                self._phone = phone
            from_me = direction == Direction.OUTGOING
            if n in detections and not from_me:
                self._own_words.append((sent_at, message_id, body, detections[n]))
            if sent_at <= self._as_of:
                self._messages.append((message_id, ChatMessage(sent_at, from_me, kind, body or media_name, timed)))
        languages = [detections[n].language if n in detections else None for n in range(len(bodies))]
        return pa.array(languages, type=pa.string())

    def readings(self) -> dict[str, Reading]:
        """What was read about each client, by phone; call it after the last batch."""
        self._close_client()
        for phone, decision in (self._asker.decisions() if self._asker else {}).items():
            self._readings[phone] = replace(self._readings[phone], decision=decision)
        return self._readings

    def _close_client(self) -> None:
        if self._phone is not None:
            self._messages.sort(key=lambda item: (item[1].sent_at, item[0]))
            messages = [message for _, message in self._messages]
            decision = self._status.decide(messages, self._as_of)
            if self._asker and self._phone in self._settled:
                self._asker.pass_over(self._phone)
            elif self._asker:
                names = self._names.get(self._phone, self._own_names)
                self._asker.consider(self._phone, messages, self._as_of, names)
            self._own_words.sort(key=lambda said: said[:2])
            own = client_language(
                ((text, detection) for _, _, text, detection in self._own_words),
                expected=self._expected,
                country=region_of(self._phone),
            )
            self._readings[self._phone] = Reading(own.language, own.confidence, own.shares, decision)
        self._phone, self._own_words, self._messages = None, [], []
