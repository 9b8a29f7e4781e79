"""The HTTP client that a language model's server is asked with: what it says of itself, and what it will read."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from schemas.errors import ExitCode, UserError
from schemas.translation import _
from schemas.version import VERSION
from transform.llm.options import ModelOptions


def new_client(**options: Any) -> httpx.Client:
    """A client with the environment's proxies and certificates; raises UserError (3) where these cannot be used."""
    with _usable_environment():
        return httpx.Client(**options)


def request_headers(options: ModelOptions) -> dict[str, str]:
    """What every request says: who asks, with which key, and that nothing be packed."""
    headers = {"User-Agent": f"wa2pg/{VERSION}", "Accept": "application/json", "Accept-Encoding": "identity"}
    if options.key:
        headers["Authorization"] = f"Bearer {options.key}"
    if options.is_openrouter:
        headers["X-Title"] = "wa2pg"
    return headers


def body_pieces(response: httpx.Response) -> Iterator[bytes]:
    """The body as it comes over the line; nothing of one that is packed, though nobody asked for that."""
    # a few packed bytes may be gigabytes, and httpx would unpack them before anybody could count
    packed = response.headers.get("Content-Encoding", "identity").strip().lower() != "identity"
    return iter(()) if packed else response.iter_raw()


def trusted_certificates() -> ssl.SSLContext:
    """The certificates that are trusted, for several clients; raises UserError (3) as `new_client`."""
    with _usable_environment():
        return httpx.create_ssl_context()


@contextmanager
def _usable_environment() -> Iterator[None]:
    try:
        yield
    except (ImportError, ValueError, OSError, httpx.InvalidURL):
        # nothing of it is shown: a proxy's address may hold a password
        raise UserError(
            _("The environment's proxy or certificates cannot be used to ask the language model's server."),
            hint=_(
                "correct {names}, or take them out with unset; a proxy's address begins with http://",
                names="HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE, SSL_CERT_DIR, SSLKEYLOGFILE",
            ),
            exit_code=ExitCode.CONFIGURATION,
        ) from None
