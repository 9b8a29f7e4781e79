"""The neonize client in a process of its own, and what it said."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.whatsapp_server import WhatsAppServer
from tests.whatsapp_server.events import Event, EventLog

_SCRIPT = Path(__file__).with_name("neonize_child.py")


class NeonizeClient:
    """A client that runs while its `with` lasts; every code it gets is shown to the phone."""

    def __init__(self, server: WhatsAppServer, prepared: Path, session: Path) -> None:
        self._server = server
        self._log = EventLog()
        self._command = [sys.executable, str(_SCRIPT), server.proxy_url, str(session)]
        self._environment = {**os.environ, "PYTHONPATH": str(prepared), "SSL_CERT_FILE": str(server.ca_file)}

    def __enter__(self) -> "NeonizeClient":
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._reader = threading.Thread(target=self._listen)
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe
            pipe.close()

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            event = json.loads(line)
            self._log.add(event.pop("name"), **event)
            if "text" in event and self._log.events[-1]["event"] == "qr":
                self._server.show(event["text"])

    def command(self, text: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()

    @property
    def events(self) -> list[Event]:
        return self._log.events

    def wait_for(self, event: str, timeout: float = 10, **details: Any) -> Event:
        return self._log.wait_for(event, timeout, **details)
