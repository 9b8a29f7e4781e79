"""The program itself, run as another program would run it: JSON progress on stderr, the report on stdout."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.whatsapp_server import WhatsAppServer
from tests.whatsapp_server.events import Event, EventLog

# quiet means quiet here too, but a test need not wait 90 seconds for it
QUIET_SECONDS = 2


class Program:
    """`wa2pg COMMAND…` against a server; each code it shows is shown to the phone, unless `shows` is False.

    With `deaf_after` it hangs up once the program has told of so many payloads.
    """

    def __init__(
        self,
        server: WhatsAppServer,
        prepared: Path,
        data: Path,
        *arguments: str,
        shows: bool = True,
        deaf_after: int | None = None,
        prefix: tuple[str, ...] = (),
    ) -> None:
        self._server, self._shows, self._deaf_after = server, shows, deaf_after
        self._log = EventLog()
        self._command = [*prefix, sys.executable, "-m", "wa2pg", *arguments, "--proxy", server.proxy_url, "--json"]
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(prepared),
            "SSL_CERT_FILE": str(server.ca_file),
            "WA2PG_DATA_DIR": str(data),
        }
        self.said: list[str] = []

    def __enter__(self) -> "Program":
        self.process = subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._listen)
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        if self.process.wait() == -signal.SIGKILL:
            # the link of a killed extract lives on, and its pipe with it
            for device in self.devices():
                os.kill(device, signal.SIGKILL)
        self._reader.join()
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe
            pipe.close()

    def _listen(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            if not line.startswith("{"):
                self.said.append(line.rstrip())
                continue
            event = json.loads(line)
            name = event.pop("event")
            self._log.add(name, **event)
            if name in {"error", "warning", "note"}:
                self.said.append(event["message"])
            if self._deaf_after is not None and event.get("payloads", 0) >= self._deaf_after:
                self.process.stderr.close()
                return
            if self._shows and "data" in event:
                self._server.show(event["data"])
            elif self._shows and "code" in event:
                self._server.enter_code(event["code"])

    @property
    def events(self) -> list[Event]:
        return self._log.events

    def wait_for(self, event: str, timeout: float = 20, **details: Any) -> Event:
        return self._log.wait_for(event, timeout, **details)

    def wait_for_payloads(self, number: int, timeout: float = 20) -> None:
        """Until the program has told of so many payloads in its journal."""
        with self._log.changed:
            assert self._log.changed.wait_for(
                lambda: any(event.get("payloads", 0) >= number for event in self.events), timeout
            ), self.events

    def devices(self) -> list[int]:
        """The process ids of child processes that hold the link, also of one whose parent is gone."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                command, environment = path.read_bytes(), path.with_name("environ").read_bytes()
            except OSError:
                continue
            ours = f"WA2PG_DATA_DIR={self._environment['WA2PG_DATA_DIR']}\0".encode() in environment
            if b"extract.whatsapp.live.device" in command and ours:
                found.append(int(path.parent.name))
        return found

    def finish(self, timeout: float = 60) -> tuple[int, dict[str, Any]]:
        """The exit code and the report."""
        assert self.process.stdout
        # the report is small enough for the pipe's buffer
        code = self.process.wait(timeout)
        report: dict[str, Any] = json.loads(self.process.stdout.read() or "{}")
        self._reader.join(5)
        return code, report
