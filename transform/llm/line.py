"""One connection to a language model's server, on which no request takes longer or brings more than it may."""

import ssl

import httpx

from transform.llm.client import body_pieces, new_client
from transform.llm.deadline import Deadline
from transform.llm.faults import Fault, TryLaterError

_MOST_BYTES = 1 << 20


class Line:
    """One connection to the server, kept from request to request; each is over within `seconds`."""

    def __init__(self, headers: dict[str, str], trusted: ssl.SSLContext, seconds: float) -> None:
        self._seconds = seconds
        self._client = new_client(
            headers=headers,
            verify=trusted,
            timeout=httpx.Timeout(seconds, connect=min(15.0, seconds)),
            # a redirect would take a conversation to a server that nobody agreed to
            follow_redirects=False,
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
        )
        self._deadline = Deadline(seconds)

    def send(self, method: str, url: str, body: bytes | None = None) -> tuple[httpx.Response, bytes]:
        """A response and its whole body, of at most a megabyte."""
        content = bytearray()
        self._deadline = Deadline(self._seconds, self._deadline.stream)
        with self._deadline as deadline:
            try:
                with self._client.stream(method, url, content=body, extensions={"trace": deadline.trace}) as response:
                    for piece in body_pieces(response):
                        content += piece
                        if len(content) > _MOST_BYTES:
                            raise TryLaterError(Fault.UNREADABLE)
                        if deadline.passed:
                            break
            except httpx.HTTPError:
                if not deadline.passed:
                    raise
            if deadline.passed:
                raise TryLaterError(Fault.TIMEOUT)
        return response, bytes(content)

    def close(self) -> None:
        """End it, and the request that is under way."""
        self._deadline.end()
        self._client.close()
