"""A chat-completions server on loopback that speaks OpenRouter's format, and misbehaves when told to."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

MODEL = "openai/gpt-4o-mini"
# US dollars a token, as OpenRouter lists that model
PRICING = {"prompt": "0.00000015", "completion": "0.0000006"}
COST = 0.0001


@dataclass
class Reply:
    """What a request is answered with. `cut`: the connection ends after half of the body; `drip`: a space and a wait of
    so many seconds, again and again, before the body.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: bool = False
    drip: float = 0.0


def completion(content: str | None, *, finish: str = "stop", cost: float | None = COST, **message: Any) -> Reply:
    """An answer in OpenRouter's form."""
    usage = {"prompt_tokens": 900, "completion_tokens": 60, "total_tokens": 960}
    document = {
        "id": "gen-1",
        "object": "chat.completion",
        "model": MODEL,
        "choices": [
            {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content, **message}}
        ],
        "usage": usage if cost is None else usage | {"cost": cost},
    }
    return Reply(body=json.dumps(document).encode())


def answer(status: str = "QUALIFIED", **fields: Any) -> str:
    """A model's text of the agreed form."""
    told = {
        "status": status,
        "confidence": 0.9,
        "first_day": None,
        "last_day": None,
        "reason": "The client named dates and a group; nothing was offered yet.",
    }
    return json.dumps(told | fields)


def failure(status: int, **headers: str) -> Reply:
    """An error in OpenRouter's form; what it says must reach nobody."""
    body = json.dumps({"error": {"code": status, "message": "provider says: secret words"}}).encode()
    return Reply(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


def good(_request: dict[str, Any], _number: int) -> Reply:
    """An answer that can be used."""
    return completion(answer())


Script = Callable[[dict[str, Any], int], Reply]


class LoopbackServer:
    """An HTTP server on loopback, while the block lasts."""

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """What answers a request."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/api/v1"


class ModelServer(LoopbackServer):
    """Answers chat completions. `script` answers the n-th request (from 0) for a completion."""

    def __init__(self, script: Script = good, *, prices: bool = True) -> None:
        self.script = script
        self.prices = prices
        self.bodies: list[bytes] = []
        self.keys: list[str | None] = []
        self.encodings: list[str | None] = []
        self.times: list[float] = []
        self.requests = 0
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Lock()

    def handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_arguments: Any) -> None:
                pass

            def do_GET(self) -> None:
                with outer._lock:
                    outer.requests += 1
                    outer.encodings.append(self.headers.get("Accept-Encoding"))
                if outer.prices and self.path == "/api/v1/models":
                    listed = {"data": [{"id": "other/free", "pricing": {"prompt": "0", "completion": "0"}}]}
                    listed["data"].append({"id": MODEL, "pricing": PRICING})
                    outer._send(self, Reply(body=json.dumps(listed).encode()))
                else:
                    outer._send(self, Reply(404, b"{}"))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with outer._lock:
                    number = len(outer.bodies)
                    outer.requests += 1
                    outer.bodies.append(body)
                    outer.keys.append(self.headers.get("Authorization"))
                    outer.encodings.append(self.headers.get("Accept-Encoding"))
                    outer.times.append(time.monotonic())
                    outer._at_once += 1
                    outer.most_at_once = max(outer.most_at_once, outer._at_once)
                try:
                    reply = outer.script(json.loads(body), number)
                    time.sleep(reply.delay)
                    outer._send(self, reply)
                finally:
                    with outer._lock:
                        outer._at_once -= 1

        return Handler

    @staticmethod
    def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        try:
            handler.send_response(reply.status)
            for name, value in reply.headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Type", "application/json")
            drops = 40 if reply.drip else 0
            handler.send_header("Content-Length", str(drops + len(reply.body)))
            handler.end_headers()
            for _ in range(drops):
                handler.wfile.write(b" ")
                time.sleep(reply.drip)
            handler.wfile.write(reply.body[: len(reply.body) // 2] if reply.cut else reply.body)
            if reply.cut:
                handler.close_connection = True
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client has given up waiting
