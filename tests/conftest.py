"""What every test gets: no `.env`, no settings from outside, a folder of its own."""

import signal
from pathlib import Path

import pytest

# a suite that a script starts in the background inherits that Ctrl-C is ignored, and would hand that on to every
# program that it runs and interrupts
signal.signal(signal.SIGINT, signal.default_int_handler)

SETTINGS = (
    "WA2PG_DATA_DIR",
    "WA2PG_ACCOUNT",
    "WA2PG_ORG",
    "WA2PG_REGION",
    "WA2PG_LANGUAGES",
    "WA2PG_LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_MESSAGES",
    "DATABASE_URL",
    "OPENROUTER_API_KEY",
    "OPENROUTER_MODEL",
    "LLM_BASE_URL",
)


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.chdir(tmp_path)
