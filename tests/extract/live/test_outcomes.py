"""Every way in which a link fails has a sentence and a way out, and Go's words are understood and never repeated."""

import pytest

from extract.whatsapp.live.outcomes import Outcome, failure, why_no_pairing_code, why_not_connected
from schemas.errors import ExitCode


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_says_what_to_do(outcome: Outcome) -> None:
    error = failure(outcome, "office", until="2026-03-01 12:00 UTC", lost=2)
    assert error.message.endswith(".")
    assert error.hint
    assert "{" not in error.message + error.hint
    assert error.exit_code in {ExitCode.PAIRING, ExitCode.FAILED}


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("failed to dial whatsapp web websocket: dial tcp: lookup web.whatsapp.com: no such host", Outcome.NO_NETWORK),
        ("failed to dial whatsapp web websocket: connection refused", Outcome.NO_NETWORK),
        ("failed to dial whatsapp web websocket: net/http: TLS handshake timeout", Outcome.NO_ANSWER),
        ("context deadline exceeded", Outcome.NO_ANSWER),
        ("failed to upgrade database: file is not a database", Outcome.SESSION_DAMAGED),
        ("proto: required field neonize.TemporaryBan.Code not set", Outcome.BANNED),
        ("proto: required field neonize.ConnectFailure.Reason not set", Outcome.REFUSED),
    ],
)
def test_why_there_is_no_connection(text: str, outcome: Outcome) -> None:
    assert why_not_connected(text, proxy=False) is outcome


@pytest.mark.parametrize("text", ["proxyconnect tcp: i/o timeout", "socks connect: connection refused"])
def test_with_a_proxy_it_is_the_proxy(text: str) -> None:
    assert why_not_connected(text, proxy=True) is Outcome.PROXY_SILENT


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("info query returned status 429: rate-overlimit", Outcome.RATE_LIMITED),
        ("info query returned status 400: bad-request", Outcome.WRONG_PHONE),
        ("international phone number required (must not start with 0)", Outcome.WRONG_PHONE),
        ("websocket not connected", Outcome.PAIRING_FAILED),
    ],
)
def test_why_there_is_no_code(text: str, outcome: Outcome) -> None:
    assert why_no_pairing_code(text) is outcome
