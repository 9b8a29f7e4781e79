"""From a scanned code to rows in PostgreSQL with one command."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from load.embedded import remove_embedded
from tests.extract.live.histories import chat_message, chunks
from tests.extract.live.program import QUIET_SECONDS, Program
from tests.whatsapp_server import Scenario, WhatsAppServer


@pytest.fixture
def organized(data: Path) -> Iterator[Path]:
    """A data directory whose embedded database has an organisation `silk`."""
    words = [sys.executable, "-m", "wa2pg", "org", "create", "Silk", "--json"]
    made = subprocess.run(words, env={"WA2PG_DATA_DIR": str(data), "PATH": "/usr/bin:/bin"}, check=False)
    assert made.returncode == 0
    yield data
    remove_embedded(data / "postgres")


def import_(wa2pg: Callable[..., Program], server: WhatsAppServer, *arguments: str) -> tuple[int, dict[str, Any]]:
    quiet = ("--progress", "json", "--quiet-seconds", str(QUIET_SECONDS))
    with wa2pg(server, "import", "--organization-id", "silk", *quiet, *arguments) as program:
        return program.finish(120)


def test_import_links_takes_and_loads(wa2pg: Callable[..., Program], organized: Path) -> None:
    scenario = Scenario(chunks(2), [], [chat_message("SINCE", "are you there?")])
    with WhatsAppServer(scenario) as server:
        code, first = import_(wa2pg, server, "--days", "365")
        assert (code, first["extract"]["complete"]) == (0, True)
        assert (first["load"]["chats"]["imported"], first["load"]["messages"]["inserted"]) == (1, 6)
        code, second = import_(wa2pg, server)
        assert (code, second["extract"]["rows"]["messages"]) == (0, 1)
        assert second["load"]["messages"]["inserted"] == 1
        code, third = import_(wa2pg, server)
        assert (code, third["extract"]["snapshot"], third["load"]["messages"]["inserted"]) == (0, None, 0)
    assert organized.is_dir()


def test_import_stops_where_the_link_fails(wa2pg: Callable[..., Program], organized: Path) -> None:
    with WhatsAppServer(Scenario(chunks(1), pairing="passkey")) as server:
        code, report = import_(wa2pg, server)
    assert (code, "passkey" in report["error"]["message"]) == (4, True)
    assert not (organized / "clean").exists()
