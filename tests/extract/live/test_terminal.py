"""The program at a real terminal of 80 columns: what a person sees from start to end."""

import contextlib
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.extract.live.histories import chunks
from tests.extract.live.program import QUIET_SECONDS, Program
from tests.whatsapp_server import Scenario, WhatsAppServer

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def at_terminal(
    server: WhatsAppServer, prepared: Path, data: Path, *arguments: str, rows: int = 40, until: str, **environment: str
) -> tuple[int, str]:
    """Run `wa2pg` at a terminal, press Ctrl-C once `until` is on the screen; exit code and all that was written."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 80, 0, 0))
    outside = {name: value for name, value in os.environ.items() if name not in {"LINES", "COLUMNS"}}
    settings = {"PYTHONPATH": str(prepared), "SSL_CERT_FILE": str(server.ca_file), "WA2PG_DATA_DIR": str(data)}
    process = subprocess.Popen(
        [sys.executable, "-m", "wa2pg", *arguments, "--proxy", server.proxy_url],
        env={**outside, "TERM": "xterm-256color", **settings, **environment},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    killer = threading.Timer(60, process.kill)
    killer.start()
    seen, pressed = "", False
    with contextlib.suppress(OSError):
        while piece := os.read(ours, 65_536):
            seen += piece.decode("utf-8", "replace")
            if until and until in _CONTROL.sub("", seen) and not pressed:
                pressed = True
                process.send_signal(signal.SIGINT)
    os.close(ours)
    code = process.wait()
    killer.cancel()
    return code, seen


@pytest.mark.parametrize("colour", ["", "1"])
def test_the_code_is_shown_and_ctrl_c_ends_it(prepared: Path, data: Path, colour: str) -> None:
    with WhatsAppServer(Scenario(chunks(1), scan=False)) as server:
        code, seen = at_terminal(server, prepared, data, "extract", until="a new code in 5", NO_COLOR=colour)
    plain = _CONTROL.sub("", seen)
    assert code == 130
    assert "Then point the phone at this code" in plain
    assert "█▀▀▀▀▀█" in plain or "▄▄▄▄▄▄▄" in plain
    assert "run the same command again" in plain
    assert ("48;5;231" in seen) == (not colour), "black on white, unless colours are not wanted"


def test_a_later_run_shows_one_line_and_the_report(prepared: Path, data: Path, extract: Callable[..., Program]) -> None:
    with WhatsAppServer(Scenario(chunks(2, text="hi"))) as server:
        with extract(server) as program:
            assert program.finish()[0] == 0
        words = ("extract", "--quiet-seconds", str(QUIET_SECONDS))
        code, seen = at_terminal(server, prepared, data, *words, until="")
    plain = _CONTROL.sub("", seen)
    assert code == 0
    assert "waiting for the phone; keep WhatsApp open" in plain
    assert "nothing new" in plain
    assert "█" not in plain
    assert max(len(line) for line in re.split(r"[\r\n]+", plain)) <= 80
