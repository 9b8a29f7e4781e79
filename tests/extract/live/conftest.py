"""The neonize that trusts the tests' server, made once for a session."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.extract.live.program import QUIET_SECONDS, Program
from tests.whatsapp_server import WhatsAppServer, prepared_neonize, why_not_prepared


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    reason = why_not_prepared()
    if reason:
        pytest.skip(reason)
    return prepared_neonize(tmp_path_factory.mktemp("prepared"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory that no other test uses."""
    return tmp_path / "data"


@pytest.fixture
def wa2pg(prepared: Path, data: Path) -> Callable[..., Program]:
    """`wa2pg` against a server: wa2pg(server, "extract", …)."""

    def start(server: WhatsAppServer, *arguments: str, **how: Any) -> Program:
        return Program(server, prepared, data, *arguments, **how)

    return start


@pytest.fixture
def extract(wa2pg: Callable[..., Program]) -> Callable[..., Program]:
    """`wa2pg extract` with JSON progress and a short silence."""

    def start(server: WhatsAppServer, *arguments: str, **how: Any) -> Program:
        quiet = ("--progress", "json", "--quiet-seconds", str(QUIET_SECONDS))
        return wa2pg(server, "extract", *quiet, *arguments, **how)

    return start
