"""Whom to ask and on which terms."""

import hashlib
import ipaddress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from schemas.errors import ExitCode, UserError
from schemas.translation import _

OPENROUTER = "https://openrouter.ai/api/v1"
DEFAULT_MODEL = "openai/gpt-4o-mini"
_PROMPT = Path(__file__).parents[1] / "prompts" / "status.md"


@dataclass(frozen=True)
class ModelOptions:
    """A chat-completions server below `base_url`, a model of it, and what asking it may cost.

    `key` is sent to this server and to no other. `budget` in US dollars; None: no limit. `at_once`: requests under way
    at one time. `seconds`: the longest wait for one answer.
    """

    base_url: str = OPENROUTER
    model: str = DEFAULT_MODEL
    key: str | None = field(default=None, repr=False)
    budget: float | None = None
    at_once: int = 8
    seconds: float = 60.0

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.base_url)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable or "@" in parts.netloc or parts.query or parts.fragment:
            raise UserError(
                _("LLM_BASE_URL is the address of a chat-completions server, without a key or a question mark in it."),
                hint=_("for example: {command}", command="LLM_BASE_URL=http://127.0.0.1:11434/v1"),
                exit_code=ExitCode.CONFIGURATION,
            )

    @property
    def server(self) -> str:
        """Host and port, as people are told it."""
        return urlsplit(self.base_url).netloc

    @property
    def is_openrouter(self) -> bool:
        """Whether the server knows OpenRouter's own fields."""
        host = urlsplit(self.base_url).hostname or ""
        return host == "openrouter.ai" or host.endswith(".openrouter.ai")

    @property
    def unencrypted(self) -> bool:
        """Whether what is sent could be read on the way: plain http to another machine."""
        parts = urlsplit(self.base_url)
        return parts.scheme == "http" and not _is_this_machine(parts.hostname or "")

    @property
    def name(self) -> str:
        """What answers depend on, for run.json and for the remembered answers."""
        return f"llm {self.model} at {self.server}, prompt {prompt_sha256()[:12]}"


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@cache
def prompt_text() -> str:
    """The prompt, which is a file with a version of its own: its sha256."""
    return _PROMPT.read_text("utf-8")


@cache
def prompt_sha256() -> str:
    """Hex sha256 of the prompt."""
    return hashlib.sha256(prompt_text().encode()).hexdigest()
