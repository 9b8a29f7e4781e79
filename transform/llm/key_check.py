"""Whether the language model's server takes the key and has the model; asking that costs nothing.

OpenRouter tells about a key (`GET /key`), every server lists its models (`GET /models`). What comes back is
read as hostile: at most so much of it, and nothing of it is shown but a number.
"""

import json
from typing import Any

import httpx

from schemas.health import Check, Health
from schemas.translation import N_, _, number
from transform.llm.client import body_pieces, new_client, request_headers
from transform.llm.deadline import Deadline
from transform.llm.options import ModelOptions

NAME = N_("LLM")
_SECONDS = 8.0
_MOST_BYTES = 4 << 20
# more is no amount of money that anybody keeps there
_MOST_USD = 1e9


class _NoWordError(Exception):
    """There is no answer that could be read; `said` says what there is instead."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class _KeyRefusedError(Exception):
    """The server does not take the key."""


def not_asked_for() -> Check:
    """The line of those who use no language model."""
    return Check(NAME, Health.OK, _("not asked for: the rules tell the statuses"))


def check_key(options: ModelOptions) -> Check:
    """One line about the server of `options`; its key goes there and nowhere else.

    Only a refused key is broken: statuses come without a language model too.
    """
    server = options.server
    try:
        told = _check_openrouter(options) if options.is_openrouter else _check_models(options)
    except _KeyRefusedError:
        setting = "OPENROUTER_API_KEY" if options.is_openrouter else "LLM_API_KEY"
        found = _("{server} does not accept the key", server=server)
        if not options.key:
            found = _("{server} wants a key, and none is set", server=server)
        return Check(NAME, Health.BROKEN, found, _("set {setting}: {command}", setting=setting, command="wa2pg init"))
    except _NoWordError as error:
        cure = _("check the network and the address; without it the rules tell the statuses")
        return Check(NAME, Health.WARNING, error.said, cure)
    if told.health is Health.OK and options.unencrypted:
        found = _("{server} answers; what is sent there goes unencrypted", server=server)
        return Check(NAME, Health.WARNING, found, _("use an address that begins with https://"))
    return told


def _check_openrouter(options: ModelOptions) -> Check:
    told = _get(options, "key")
    left = told.get("limit_remaining") if isinstance(told, dict) else None
    if isinstance(left, int | float) and not isinstance(left, bool) and -_MOST_USD < left < _MOST_USD:
        if left <= 0:
            found = _("the key's limit at {server} is spent", server=options.server)
            return Check(
                NAME, Health.WARNING, found, _("raise it: {address}", address="https://openrouter.ai/settings/keys")
            )
        accepted = _(
            "{server} accepts the key: {usd} USD left of its limit", server=options.server, usd=number(left, 2)
        )
    else:
        accepted = _("{server} accepts the key", server=options.server)
    try:
        return _check_models(options, accepted)
    except _NoWordError:
        # the list is long, and the key is what was to be told
        return Check(NAME, Health.OK, accepted)


def _check_models(options: ModelOptions, accepted: str | None = None) -> Check:
    listed = _get(options, "models")
    if not isinstance(listed, list):
        raise _NoWordError(_("{server} does not list its models as such servers do", server=options.server))
    names = {model.get("id") for model in listed if isinstance(model, dict) and isinstance(model.get("id"), str)}
    # Ollama's names end in :latest where none was said
    if not {options.model, f"{options.model}:latest"} & names:
        found = _("{server} does not list the model {model}", server=options.server, model=options.model)
        return Check(NAME, Health.WARNING, found, _("set OPENROUTER_MODEL to one that it has"))
    return Check(
        NAME,
        Health.OK,
        accepted or _("{server} answers and has the model {model}", server=options.server, model=options.model),
    )


def _get(options: ModelOptions, path: str) -> Any:
    """What is under `data` in the answer, which has to be there in time."""
    content = bytearray()
    # a redirect would take the key to another server
    with (
        Deadline(_SECONDS) as deadline,
        new_client(headers=request_headers(options), timeout=_SECONDS, follow_redirects=False) as client,
    ):
        url = f"{options.base_url.rstrip('/')}/{path}"
        try:
            with client.stream("GET", url, extensions={"trace": deadline.trace}) as response:
                status = response.status_code
                for piece in body_pieces(response) if status == httpx.codes.OK else ():
                    content += piece
                    if len(content) > _MOST_BYTES or deadline.passed:
                        raise _NoWordError(_("{server} answers without end", server=options.server))
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
            if deadline.passed:
                raise _NoWordError(_("{server} answers without end", server=options.server)) from None
            raise _NoWordError(_("{server} cannot be reached", server=options.server)) from None
    if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        raise _KeyRefusedError
    if status != httpx.codes.OK:
        raise _NoWordError(_("{server} answers with HTTP {status}", server=options.server, status=str(status)))
    try:
        document = json.loads(bytes(content))
    except (ValueError, RecursionError):
        raise _NoWordError(_("{server} answers something else than JSON", server=options.server)) from None
    return document.get("data") if isinstance(document, dict) else None
