"""Asking a language model's server about the key: what comes back, and where the key goes."""

import gzip
import json
import socket
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from schemas.health import Health
from tests.cli.conftest import Terminal
from tests.llm.server import LoopbackServer, Reply
from transform.llm.key_check import check_key
from transform.llm.options import ModelOptions

KEY = "sk-or-v1-secret"
MODEL = "openai/gpt-4o-mini"
SECRET_WORDS = "secret words"  # noqa: S105 - what no one may be shown


class AsOpenRouter(ModelOptions):
    """OpenRouter's way of asking, at another address."""

    @property
    def is_openrouter(self) -> bool:
        return True


class Listing(LoopbackServer):
    """A server with these replies by path; `asked` are the paths with the Authorization that came along."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {
            "/api/v1/models": models(MODEL),
            "/api/v1/key": told({"limit_remaining": None}),
        }
        self.asked: list[tuple[str, str, str | None]] = []

    def handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_arguments: Any) -> None:
                pass

            def do_GET(self) -> None:
                outer.asked.append((self.command, self.path, self.headers.get("Authorization")))
                reply = outer.replies.get(self.path, Reply(404, SECRET_WORDS.encode()))
                try:
                    time.sleep(reply.delay)
                    self.send_response(reply.status)
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(reply.body)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # the client has heard enough

        return Handler


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


def told(data: Any) -> Reply:
    return Reply(body=json.dumps({"data": data}).encode())


def models(*names: Any) -> Reply:
    return told([{"id": name} for name in names])


@pytest.fixture
def server() -> Iterator[Listing]:
    with Listing() as listing:
        yield listing


def test_a_server_that_has_the_model_is_asked_once_and_for_nothing(server: Listing) -> None:
    check = check_key(ModelOptions(server.url, MODEL, KEY))

    assert (check.health, check.cure) == (Health.OK, None)
    assert MODEL in check.found
    assert server.asked == [("GET", "/api/v1/models", f"Bearer {KEY}")]


def test_a_local_server_that_wants_no_key_gets_none(server: Listing) -> None:
    server.replies["/api/v1/models"] = models("qwen3:latest")

    assert check_key(ModelOptions(server.url, "qwen3")).health is Health.OK
    assert server.asked[0][2] is None


def test_a_model_that_is_not_listed_is_a_warning(server: Listing) -> None:
    server.replies["/api/v1/models"] = models("another", 7, None, ["x"])
    check = check_key(ModelOptions(server.url, MODEL, KEY))

    assert (check.health, "does not list the model" in check.found) == (Health.WARNING, True)
    assert "OPENROUTER_MODEL" in (check.cure or "")


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("kind", [ModelOptions, AsOpenRouter])
def test_a_key_that_is_refused_is_broken(server: Listing, status: int, kind: type[ModelOptions]) -> None:
    refusal = Reply(status, SECRET_WORDS.encode())
    server.replies = {"/api/v1/models": refusal, "/api/v1/key": refusal}
    check = check_key(kind(server.url, MODEL, KEY))

    assert (check.health, "does not accept the key" in check.found) == (Health.BROKEN, True)
    assert ("OPENROUTER_API_KEY" if kind is AsOpenRouter else "LLM_API_KEY") in (check.cure or "")
    assert "wants a key" in check_key(kind(server.url, MODEL)).found


@pytest.mark.parametrize(
    ("left", "health", "words"),
    [
        (4.8984, Health.OK, "4.90 USD left"),
        (0, Health.WARNING, "is spent"),
        (-1.5, Health.WARNING, "is spent"),
        (None, Health.OK, "accepts the key"),
        ("much", Health.OK, "accepts the key"),
        (True, Health.OK, "accepts the key"),
    ],
)
def test_openrouter_says_what_is_left(server: Listing, left: object, health: Health, words: str) -> None:
    server.replies["/api/v1/key"] = told({"label": SECRET_WORDS, "limit_remaining": left})
    check = check_key(AsOpenRouter(server.url, MODEL, KEY))

    assert (check.health, words in check.found) == (health, True), check
    assert "1.00" not in check.found
    assert {asked[0] for asked in server.asked} == {"GET"}


def test_a_limit_that_is_no_number_is_not_shown(server: Listing) -> None:
    for written in (b"1e999", b"NaN", b"-Infinity"):
        server.replies["/api/v1/key"] = Reply(body=b'{"data": {"limit_remaining": ' + written + b"}}")
        assert check_key(AsOpenRouter(server.url, MODEL, KEY)).health is Health.OK


def test_a_good_key_is_good_without_the_list_of_models(server: Listing) -> None:
    server.replies["/api/v1/models"] = Reply(500)

    assert check_key(AsOpenRouter(server.url, MODEL, KEY)).health is Health.OK


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(404, SECRET_WORDS.encode()), "HTTP 404"),
        (Reply(500, SECRET_WORDS.encode()), "HTTP 500"),
        (Reply(200, SECRET_WORDS.encode()), "something else than JSON"),
        (Reply(200, b"[" * 100_000), "something else than JSON"),
        (Reply(200, b"[]"), "does not list its models"),
        (Reply(200, b'{"data": {"secret words": 1}}'), "does not list its models"),
        (Reply(200, b"\xff\xfe"), "something else than JSON"),
        (Reply(200, b" " * (5 << 20)), "without end"),
    ],
)
def test_what_cannot_be_read_is_a_warning_and_is_not_shown(server: Listing, reply: Reply, words: str) -> None:
    server.replies["/api/v1/models"] = reply
    check = check_key(ModelOptions(server.url, MODEL, KEY))

    assert (check.health, words in check.found) == (Health.WARNING, True), check
    assert SECRET_WORDS not in f"{check.found} {check.cure}"


def test_a_redirect_takes_the_key_nowhere(server: Listing) -> None:
    with Listing() as other:
        server.replies["/api/v1/models"] = Reply(302, headers={"Location": f"{other.url}/models"})

        assert check_key(ModelOptions(server.url, MODEL, KEY)).health is Health.WARNING
        assert other.asked == []


def test_a_server_that_is_not_there_is_a_warning() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
        check = check_key(ModelOptions(address, MODEL, KEY))

    assert (check.health, "cannot be reached" in check.found) == (Health.WARNING, True)


def test_a_server_that_says_nothing_is_given_up_soon(server: Listing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transform.llm.key_check._SECONDS", 0.5)
    server.replies["/api/v1/models"] = Reply(delay=5)
    begun = time.monotonic()

    assert check_key(ModelOptions(server.url, MODEL, KEY)).health is Health.WARNING
    assert time.monotonic() - begun < 4


def test_nothing_is_unpacked(server: Listing) -> None:
    for body in (gzip.compress(models(MODEL).body), models(MODEL).body):
        server.replies["/api/v1/models"] = Reply(200, body, headers={"Content-Encoding": "gzip"})

        assert "something else than JSON" in check_key(ModelOptions(server.url, MODEL, KEY)).found


@pytest.mark.parametrize("written", [b"1" + b"0" * 4000, b"1e308", b"-1e308"])
def test_a_limit_of_any_size_can_be_read(server: Listing, written: bytes) -> None:
    server.replies["/api/v1/key"] = Reply(body=b'{"data": {"limit_remaining": ' + written + b"}}")
    check = check_key(AsOpenRouter(server.url, MODEL, KEY))

    assert (check.health, check.found.endswith("accepts the key")) == (Health.OK, True)


@pytest.mark.parametrize(
    "environment",
    [
        {"ALL_PROXY": "socks5h://u:proxysecret@127.0.0.1:1"},
        {"HTTP_PROXY": "foo://u:proxysecret@127.0.0.1:1"},
        {"SSL_CERT_FILE": "/nonexistent/proxysecret"},
    ],
)
def test_a_proxy_that_cannot_be_used_is_a_sentence(terminal: Terminal, environment: dict[str, str]) -> None:
    code, check, said = line(terminal, LLM_BASE_URL="https://127.0.0.1:1/v1", **environment)

    assert (code, check["health"]) == (1, "broken"), said
    assert "proxy" in check["found"]
    assert "proxysecret" not in said


@pytest.mark.parametrize("address", ["http://:secretword@127.0.0.1:1/v1", "http://u:secretword@127.0.0.1:1/v1"])
def test_an_address_with_a_password_is_refused_and_not_shown(terminal: Terminal, address: str) -> None:
    code, check, said = line(terminal, LLM_BASE_URL=address)

    assert (code, check["health"], "secretword" in said) == (1, "broken", False)


def line(terminal: Terminal, **environment: str) -> tuple[int, dict[str, Any], str]:
    done = terminal.run("doctor", "--json", **environment)
    (check,) = (check for check in done.json["checks"] if check["name"] == "LLM")
    return done.code, check, done.out + done.err


def test_doctor_asks_the_server_of_the_settings_with_its_own_key(terminal: Terminal, server: Listing) -> None:
    code, check, said = line(terminal, LLM_BASE_URL=server.url, LLM_API_KEY="own-key", OPENROUTER_API_KEY=KEY)

    assert (code, check["health"]) == (0, "ok"), said
    assert server.asked == [("GET", "/api/v1/models", "Bearer own-key")]
    line(terminal, LLM_BASE_URL=server.url, OPENROUTER_API_KEY=KEY)
    assert server.asked[1] == ("GET", "/api/v1/models", None)


def test_doctor_names_a_key_that_is_refused_without_showing_it(terminal: Terminal, server: Listing) -> None:
    server.replies["/api/v1/models"] = Reply(401, SECRET_WORDS.encode())
    code, check, said = line(terminal, LLM_BASE_URL=server.url, LLM_API_KEY=KEY)

    assert (code, check["health"]) == (1, "broken")
    assert KEY not in said
    assert SECRET_WORDS not in said


@pytest.mark.parametrize(
    ("settings", "health"),
    [
        ({}, "ok"),
        ({"LLM_BASE_URL": "http://127.0.0.1:1/v1"}, "warning"),
        ({"LLM_BASE_URL": "not an address"}, "broken"),
        ({"LLM_BASE_URL": "http://127.0.0.1:1/v1", "LLM_API_KEY": "два слова"}, "broken"),
    ],
)
def test_doctor_without_a_server_or_with_an_unusable_one(
    terminal: Terminal, settings: dict[str, str], health: str
) -> None:
    assert line(terminal, **settings)[1]["health"] == health
