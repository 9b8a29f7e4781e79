"""How well statuses are told, measured on conversations that somebody labelled."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.words import Status
from transform.status.contract import StatusDecision, StatusDetector
from transform.status.labelled import LabelledConversation

# confidences are held against the share that was right in these ranges, each up to and with its number
_CONFIDENCE_RANGES = (0.5, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True)
class Evaluation:
    """What came out; shares are 0..1, `macro_f1` is the mean over the statuses that occur in the labels.

    `confusion` is by the right status, then by the one that was told. `reliability` compares the confidence that was
    given with the share that was right. `sources` counts who decided.
    """

    name: str
    conversations: int
    messages: int
    accuracy: float
    macro_f1: float
    sources: dict[str, int]
    conversations_per_second: float
    per_class: dict[str, dict[str, Any]]
    confusion: dict[str, dict[str, int]]
    reliability: list[dict[str, Any]]
    wrong: list[dict[str, Any]]


def evaluate(labelled: Sequence[LabelledConversation], detector: StatusDetector) -> Evaluation:
    """Let a detector decide every conversation, and count."""
    start = time.perf_counter()
    decisions = [detector.decide(one.messages, one.as_of) for one in labelled]
    return score(labelled, decisions, name=detector.name, seconds=time.perf_counter() - start)


def score(
    labelled: Sequence[LabelledConversation], decisions: Sequence[StatusDecision], *, name: str, seconds: float
) -> Evaluation:
    """Count decisions that were made in whatever way, one for each conversation, in order; `labelled` is not empty."""
    confusion: dict[Status, Counter[Status]] = {}
    for one, decision in zip(labelled, decisions, strict=True):
        confusion.setdefault(one.status, Counter())[decision.status] += 1
    per_class = {str(status): _of_class(status, confusion) for status in Status if status in confusion}
    right = sum(found[status] for status, found in confusion.items())
    return Evaluation(
        name=name,
        conversations=len(labelled),
        messages=sum(len(one.messages) for one in labelled),
        accuracy=round(right / len(labelled), 4),
        macro_f1=round(sum(scores["f1"] for scores in per_class.values()) / len(per_class), 4),
        sources=dict(Counter(decision.source for decision in decisions).most_common()),
        conversations_per_second=round(len(labelled) / max(seconds, 1e-9)),
        per_class=per_class,
        confusion={
            str(status): {str(told): count for told, count in confusion[status].most_common()}
            for status in Status
            if status in confusion
        },
        reliability=_reliability(labelled, decisions),
        wrong=[
            {
                "id": one.id,
                "line": one.line,
                "expected": str(one.status),
                "found": str(decision.status),
                "confidence": decision.confidence,
                "reason": decision.reason,
            }
            for one, decision in zip(labelled, decisions, strict=True)
            if one.status is not decision.status
        ],
    )


def _of_class(status: Status, confusion: Mapping[Status, Counter[Status]]) -> dict[str, Any]:
    labelled, hits = sum(confusion[status].values()), confusion[status][status]
    told = sum(found[status] for found in confusion.values())
    return {
        "conversations": labelled,
        "precision": round(hits / told, 4) if told else 0.0,
        "recall": round(hits / labelled, 4),
        "f1": round(2 * hits / (labelled + told), 4),
    }


def _reliability(labelled: Sequence[LabelledConversation], decisions: Sequence[StatusDecision]) -> list[dict[str, Any]]:
    table: list[dict[str, Any]] = []
    lowest = 0.0
    for highest in _CONFIDENCE_RANGES:
        inside = [
            (decision.confidence, one.status is decision.status)
            for one, decision in zip(labelled, decisions, strict=True)
            if lowest < decision.confidence <= highest or (lowest == decision.confidence == 0)
        ]
        if inside:
            table.append(
                {
                    "over": lowest,
                    "to": highest,
                    "conversations": len(inside),
                    "confidence": round(sum(confidence for confidence, _ in inside) / len(inside), 4),
                    "right": round(sum(hit for _, hit in inside) / len(inside), 4),
                }
            )
        lowest = highest
    return table
