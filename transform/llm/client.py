"""The HTTP client that a language model's server is asked with."""

from typing import Any

import httpx

from schemas.errors import ExitCode, UserError
from schemas.translation import _


def new_client(**options: Any) -> httpx.Client:
    """A client with the proxies and certificates of the environment; raises UserError (3) where these cannot be used.

    Nothing of them is shown: a proxy's address may hold a password.
    """
    try:
        return httpx.Client(**options)
    except (ImportError, ValueError, OSError, httpx.InvalidURL):
        raise UserError(
            _("The environment's proxy or certificates cannot be used to ask the language model's server."),
            hint=_(
                "correct {names}, or take them out with unset; a proxy's address begins with http://",
                names="HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE, SSL_CERT_DIR, SSLKEYLOGFILE",
            ),
            exit_code=ExitCode.CONFIGURATION,
        ) from None
