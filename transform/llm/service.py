"""One server that answers chat completions over HTTP: asking once, with patience, and telling faults apart."""

import json
import logging
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any

import httpx
import stamina

from schemas.translation import N_
from transform.llm.answer import Answer, NotAnAnswerError, read_answer
from transform.llm.client import request_headers, trusted_certificates
from transform.llm.faults import Fault, NoAnswerError, ServiceStoppedError, TryLaterError
from transform.llm.line import Line
from transform.llm.options import ModelOptions
from transform.llm.request import repair_body, request_body

ATTEMPTS = 4
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0
_MOST_OF_AN_ANSWER = 4000
_KEY_FAULTS = {
    401: N_("{server} does not accept the key ({code})"),
    402: N_("{server} says that the account has no credit left ({code})"),
    403: N_("{server} refuses this key or this model ({code})"),
    404: N_("{server} has no such model for these requests ({code})"),
}
_ANOTHER_FAULT = N_("{server} does not take these requests ({code})")


@dataclass(frozen=True)
class Told:
    """An answer and what it cost, as far as the server says."""

    answer: Answer
    usd: float | None


@dataclass(frozen=True)
class Price:
    """US dollars a token."""

    prompt: float
    completion: float

    def of(self, prompt_tokens: float, completion_tokens: float) -> float:
        """What so many tokens cost."""
        return self.prompt * prompt_tokens + self.completion * completion_tokens


class Service:
    """The server of some ModelOptions. Its methods may be called from several threads; `close` ends what they do."""

    def __init__(self, options: ModelOptions) -> None:
        self._options = options
        # its lines name addresses, and nobody asked for them
        for name in ("httpx", "httpcore", "stamina"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._headers = request_headers(options) | {"Content-Type": "application/json"}
        # read once: the certificates that are trusted are many
        self._ssl = trusted_certificates()
        self._mine = threading.local()
        self._lines: list[Line] = []
        self._lock = threading.Lock()
        self._closed = threading.Event()

    def __enter__(self) -> "Service":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End it, and what is under way."""
        with self._lock:
            self._closed.set()
            lines = list(self._lines)
        for line in lines:
            line.close()

    def ask(self, conversation: str, price: Price | None) -> Told:
        """The answer for a conversation. Raises NoAnswerError or ServiceStoppedError."""
        text, spent = self._completion(request_body(self._options, conversation), price)
        try:
            return Told(read_answer(text), spent)
        except NotAnAnswerError as error:
            problems = error.problems
        body = repair_body(self._options, conversation, text[:_MOST_OF_AN_ANSWER], problems)
        try:
            text, more = self._completion(body, price)
        except NoAnswerError as error:
            raise NoAnswerError(error.fault, _sum(spent, error.usd)) from None
        spent = _sum(spent, more)
        try:
            return Told(read_answer(text), spent)
        except NotAnAnswerError:
            raise NoAnswerError(Fault.UNREADABLE, spent) from None

    def price(self) -> Price | None:
        """What the server says that the model costs (OpenRouter's list of models); None when it does not say."""
        try:
            response, content = self._line().send("GET", self._url("models"))
            listed = json.loads(content) if response.status_code == httpx.codes.OK else {}
            models = {model["id"]: model["pricing"] for model in listed["data"] if "pricing" in model}
            pricing = models[self._options.model]
            price = Price(float(pricing["prompt"]), float(pricing["completion"]))
        except (httpx.HTTPError, ValueError, KeyError, TypeError, RecursionError, TryLaterError):
            return None
        # OpenRouter says -1 where the price is only known afterwards
        known = all(0 <= usd < math.inf for usd in (price.prompt, price.completion))
        return price if known else None

    def _completion(self, body: bytes, price: Price | None) -> tuple[str, float | None]:
        """The text of an answer and its cost, with several attempts where that may help."""
        try:
            for attempt in stamina.retry_context(
                on=_worth_waiting(self._closed),
                attempts=ATTEMPTS,
                timeout=None,
                wait_initial=_FIRST_WAIT,
                wait_max=_LONGEST_WAIT,
                wait_jitter=_FIRST_WAIT,
            ):
                with attempt:
                    return self._once(body, price)
        except TryLaterError as error:
            raise NoAnswerError(error.fault) from None
        raise AssertionError("the last attempt returns or raises")

    def _once(self, body: bytes, price: Price | None) -> tuple[str, float | None]:
        try:
            response, content = self._line().send("POST", self._url("chat/completions"), body)
        except httpx.TimeoutException:
            raise TryLaterError(Fault.TIMEOUT) from None
        except (httpx.HTTPError, RuntimeError):  # RuntimeError: the client was closed meanwhile
            raise TryLaterError(Fault.UNAVAILABLE) from None
        status = response.status_code
        if status == httpx.codes.TOO_MANY_REQUESTS or status >= 500 or status == httpx.codes.REQUEST_TIMEOUT:
            raise TryLaterError(Fault.UNAVAILABLE, _retry_after(response))
        if status != httpx.codes.OK:
            raise ServiceStoppedError(self._why_stopped(status))
        return _read_completion(content, price)

    def _why_stopped(self, status: int) -> str:
        return _KEY_FAULTS.get(status, _ANOTHER_FAULT).format(server=self._options.server, code=f"HTTP {status}")

    def _line(self) -> Line:
        """The calling thread's own line."""
        line: Line | None = getattr(self._mine, "line", None)
        if line is None:
            line = Line(self._headers, self._ssl, self._options.seconds)
            with self._lock:
                if self._closed.is_set():
                    raise RuntimeError
                self._lines.append(line)
            self._mine.line = line
        return line

    def _url(self, path: str) -> str:
        return f"{self._options.base_url.rstrip('/')}/{path}"


def _worth_waiting(closed: threading.Event) -> Callable[[Exception], bool | float]:
    def wait(error: Exception) -> bool | float:
        if not isinstance(error, TryLaterError) or closed.is_set():
            return False
        return True if error.seconds is None else min(error.seconds, _LONGEST_WAIT)

    return wait


def _read_completion(content: bytes, price: Price | None) -> tuple[str, float | None]:
    try:
        document = json.loads(content)
        if isinstance(document, dict) and isinstance(error := document.get("error"), dict):
            # OpenRouter answers 200 with an error when a provider fails after the headers went out
            code = error.get("code")
            if code in _KEY_FAULTS:
                raise ServiceStoppedError(_KEY_FAULTS[code].format(server=N_("The server"), code=code))
            raise TryLaterError(Fault.UNAVAILABLE)
        choice = document["choices"][0]
        usd = _cost(document.get("usage"), price)
        message, reason = choice["message"], choice.get("finish_reason")
        if message.get("refusal") or reason == "content_filter":
            raise NoAnswerError(Fault.REFUSED, usd)
        text = message["content"]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        raise TryLaterError(Fault.UNREADABLE) from None
    if not isinstance(text, str):
        raise NoAnswerError(Fault.REFUSED if text is None else Fault.UNREADABLE, usd)
    return text, usd


def _cost(usage: Any, price: Price | None) -> float | None:
    if not isinstance(usage, dict):
        return None
    cost = usage.get("cost")
    if isinstance(cost, int | float) and 0 <= cost < math.inf:
        return float(cost)
    given, taken = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if price is None or not isinstance(given, int) or not isinstance(taken, int):
        return None
    return price.of(max(given, 0), max(taken, 0))


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds to wait (RFC 9110, 10.2.3: seconds or a date); None when the server does not say."""
    said = response.headers.get("retry-after", "")
    try:
        return max(0.0, float(said)) if said.replace(".", "", 1).isdigit() else _until(said)
    except (ValueError, TypeError):
        return None


def _until(said: str) -> float:
    moment = parsedate_to_datetime(said)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _sum(one: float | None, other: float | None) -> float | None:
    known = [value for value in (one, other) if value is not None]
    return sum(known) if known else None
