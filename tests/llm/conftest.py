"""An asker over conversations that are made up here, and a wait between attempts that a test can bear."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.clean_run import LanguageModelRecord
from schemas.progress import no_progress
from tests.llm.server import MODEL, ModelServer
from transform.llm import service
from transform.llm.agreement import Agreements, Estimate
from transform.llm.answers import RememberedAnswers
from transform.llm.asking import Asker, Terms
from transform.llm.options import ModelOptions
from transform.status import ChatMessage, StatusDecision

START = datetime(2026, 2, 1, 10, tzinfo=UTC)
KEY = "sk-or-v1-0123456789abcdef"


def said(text: str, *, minute: int = 0, from_me: bool = False, kind: str = "TEXT") -> ChatMessage:
    return ChatMessage(START + timedelta(minutes=minute), from_me, kind, text)


@dataclass
class Asked:
    """What came of asking."""

    decisions: dict[str, StatusDecision]
    record: LanguageModelRecord
    warnings: list[str]
    estimates: list[Estimate]


Ask = Callable[..., Asked]


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_FIRST_WAIT", 0.01)


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Asks a server about conversations: ask(server, [text, …], **ModelOptions)."""

    def run(server: ModelServer, texts: list[str], *, agreed: bool = True, **options: object) -> Asked:
        chosen = replace(ModelOptions(server.url, MODEL, KEY, seconds=2.0), **options)  # type: ignore[arg-type]
        estimates: list[Estimate] = []

        def agree(estimate: Estimate, agreed_at: datetime | None) -> bool:
            if agreed_at is None:
                estimates.append(estimate)
            return agreed

        terms = Terms("office", Agreements(tmp_path), agree, no_progress)
        asker = Asker(chosen, RememberedAnswers(tmp_path / "cache"), terms)
        for number, text in enumerate(texts):
            asker.consider(f"+99655500000{number}", [said(text)], START + timedelta(days=1), [])
        decisions = dict(asker.decisions())
        return Asked(decisions, asker.record(), asker.warnings, estimates)

    return run
