"""Language and status, read from the messages while they stream past, one client after the other."""

from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from schemas.words import Direction, MessageType, Status
from transform.language import Detection, LanguageDetector, client_language
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
    decision: StatusDecision


UNREAD = Reading(None, None, NOT_READ)


class Reader:
    """Detects each message's language, and each client's language and status.

    Takes batches of clean messages ordered by phone and time; nothing but the present client's messages is
    kept in memory.
    """

    def __init__(self, language: LanguageDetector, status: StatusDetector, as_of: datetime) -> None:
        self._language = language
        self._status = status
        self._as_of = as_of
        self._phone: str | None = None
        self._own_words: list[Detection] = []
        self._messages: list[tuple[str, ChatMessage]] = []
        self._readings: dict[str, Reading] = {}

    def read(self, batch: pa.RecordBatch) -> pa.Array:
        """The language of each message of the batch (columns as in clean messages)."""
        types = batch.column("type").to_pylist()
        bodies = batch.column("body").to_pylist()
        written = [n for n, body in enumerate(bodies) if body and types[n] in _WRITTEN]
        detections = dict(zip(written, self._language.detect([bodies[n] for n in written]), strict=True))
        rows = zip(
            batch.column("phone").to_pylist(),
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
                self._own_words.append(detections[n])
            if sent_at <= self._as_of:
                self._messages.append((message_id, ChatMessage(sent_at, from_me, kind, body or media_name, timed)))
        languages = [detections[n].language if n in detections else None for n in range(len(bodies))]
        return pa.array(languages, type=pa.string())

    def readings(self) -> dict[str, Reading]:
        """What was read about each client, by phone; call it after the last batch."""
        self._close_client()
        return self._readings

    def _close_client(self) -> None:
        if self._phone is not None:
            self._messages.sort(key=lambda item: (item[1].sent_at, item[0]))
            decision = self._status.decide([message for _, message in self._messages], self._as_of)
            self._readings[self._phone] = Reading(*client_language(self._own_words), decision)
        self._phone, self._own_words, self._messages = None, [], []
