"""Counting what a detector of statuses gets right, whichever it is."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from schemas.words import MessageType, Status
from transform.status import ChatMessage, StatusDecision
from transform.status.evaluate import evaluate
from transform.status.labelled import LabelledConversation

MOMENT = datetime(2026, 3, 1, tzinfo=UTC)


class Table:
    """Decides by the text of the first message."""

    name = "table 1"

    def __init__(self, **decisions: tuple[Status, float]) -> None:
        self.decisions = decisions

    def decide(self, messages: Sequence[ChatMessage], as_of: datetime) -> StatusDecision:
        assert as_of == MOMENT
        status, confidence = self.decisions[messages[0].text or ""]
        return StatusDecision(status, confidence, "llm" if confidence > 0.9 else "rules", "because")


def labelled(*pairs: tuple[str, Status]) -> list[LabelledConversation]:
    return [
        LabelledConversation(n, f"id-{text}", status, MOMENT, (ChatMessage(MOMENT, False, MessageType.TEXT, text),))
        for n, (text, status) in enumerate(pairs, start=1)
    ]


def test_what_is_counted() -> None:
    table = Table(
        a=(Status.SOLD, 0.95),
        b=(Status.CLOSED, 0.65),
        c=(Status.CLOSED, 0.7),
        d=(Status.CLOSED, 1.0),
        e=(Status.WARMED, 0.0),
    )
    found = evaluate(
        labelled(
            ("a", Status.SOLD), ("b", Status.SOLD), ("c", Status.CLOSED), ("d", Status.CLOSED), ("e", Status.CLOSED)
        ),
        table,
    )
    assert (found.name, found.conversations, found.messages) == ("table 1", 5, 5)
    assert found.accuracy == 0.6
    assert found.per_class == {
        "SOLD": {"conversations": 2, "precision": 1.0, "recall": 0.5, "f1": 0.6667},
        "CLOSED": {"conversations": 3, "precision": 0.6667, "recall": 0.6667, "f1": 0.6667},
    }
    assert found.macro_f1 == pytest.approx(0.6667)
    assert found.confusion == {"SOLD": {"SOLD": 1, "CLOSED": 1}, "CLOSED": {"CLOSED": 2, "WARMED": 1}}
    assert found.sources == {"rules": 3, "llm": 2}
    assert found.reliability == [
        {"over": 0.0, "to": 0.5, "conversations": 1, "confidence": 0.0, "right": 0.0},
        {"over": 0.5, "to": 0.7, "conversations": 2, "confidence": 0.675, "right": 0.5},
        {"over": 0.9, "to": 1.0, "conversations": 2, "confidence": 0.975, "right": 1.0},
    ]
    assert found.wrong == [
        {"id": "id-b", "line": 2, "expected": "SOLD", "found": "CLOSED", "confidence": 0.65, "reason": "because"},
        {"id": "id-e", "line": 5, "expected": "CLOSED", "found": "WARMED", "confidence": 0.0, "reason": "because"},
    ]
