"""The options of commands that may ask a language model, the key it is asked with, and a person's agreement."""

import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from schemas.clean_run import LanguageModelRecord
from schemas.errors import ExitCode, UserError
from schemas.health import Check
from schemas.settings import Settings
from schemas.translation import _, ngettext, number
from transform.llm.agreement import Estimate
from transform.llm.key_check import check_key, not_asked_for
from transform.llm.options import DEFAULT_MODEL, OPENROUTER, ModelOptions
from transform.llm.unanswered import BUDGET
from transform.run import LanguageModel
from wa2pg.invocation import Invocation
from wa2pg.progress import paused
from wa2pg.talk import agreed, say, warn

_LONGEST_KEY = 1000
_USE = click.option("--use-llm", is_flag=True, help="Ask a language model for the statuses; costs money, sends chats.")
_TERMS = (
    click.option("--openrouter-key", metavar="KEY", help="Its key; - reads it from stdin (OPENROUTER_API_KEY)."),
    click.option("--llm-budget", type=click.FloatRange(min=0, min_open=True), metavar="USD",
                 help="Stop asking when so much is spent; the rules tell the rest."),
    click.option("--llm-at-once", type=click.IntRange(1, 64), default=8, metavar="N",
                 help="Requests under way at one time."),
    click.option("--yes", is_flag=True, help="Agree to send redacted chats to the model without being asked."),
)  # fmt: skip
OPTIONS = ("use_llm", "openrouter_key", "llm_budget", "llm_at_once", "yes")


def with_language_model_options(function: Callable[..., int]) -> Callable[..., int]:
    """Add the options that say whether and how a language model is asked."""
    return _USE(with_model_terms(function))


def with_model_terms(function: Callable[..., int]) -> Callable[..., int]:
    """Add the options that say how it is asked."""
    for option in reversed(_TERMS):
        function = option(function)
    return function


def enrichment_code(asked: LanguageModelRecord | None) -> ExitCode:
    """7 when a language model was asked and gave no answer for some; a budget that is spent is as it was wanted."""
    return ExitCode.ENRICHMENT if asked and set(asked.fallback) - {BUDGET} else ExitCode.DONE


def language_model(invocation: Invocation, options: dict[str, Any]) -> LanguageModel | None:
    """The model that the options and settings name, None when none is to be asked; takes its options out."""
    given = {name: options.pop(name) for name in OPTIONS}
    if not given["use_llm"]:
        for name in ("openrouter_key", "llm_budget", "yes"):
            if given[name]:
                flag = "--" + name.replace("_", "-")
                raise UserError(
                    _("{option} goes with --use-llm.", option=flag), hint=_("add --use-llm"), exit_code=ExitCode.USAGE
                )
        return None
    chosen = model_options(
        invocation.settings,
        key=_key(given["openrouter_key"]),
        budget=given["llm_budget"],
        at_once=given["llm_at_once"],
    )
    if chosen.unencrypted:
        warn(
            _("what is sent to {server} goes there unencrypted: its address begins with http://", server=chosen.server)
        )

    def agree(estimate: Estimate, agreed_at: datetime | None) -> bool:
        with paused():
            _tell(invocation, estimate)
            return agreed_at is not None or given["yes"] or _asked()

    return LanguageModel(chosen, agree)


def model_options(
    settings: Settings, *, key: str | None = None, budget: float | None = None, at_once: int = 8
) -> ModelOptions:
    """The server and model of the settings. OpenRouter's key goes to OpenRouter alone, LLM_API_KEY elsewhere."""
    base_url = settings.llm_base_url or OPENROUTER
    chosen = ModelOptions(
        base_url=base_url, model=settings.openrouter_model or DEFAULT_MODEL, budget=budget, at_once=at_once
    )
    setting = settings.openrouter_api_key if chosen.is_openrouter else settings.llm_api_key
    found = key or (setting.get_secret_value() if setting else None)
    if found is None:
        return chosen
    if not (found.isascii() and found.isprintable() and " " not in found and len(found) <= _LONGEST_KEY):
        raise UserError(
            _("The language model's key holds signs that no key has."),
            hint=_("copy it again, without spaces and line ends"),
            exit_code=ExitCode.CONFIGURATION,
        )
    return ModelOptions(base_url, chosen.model, found, budget, at_once)


def check_llm(settings: Settings) -> Check:
    """Whether the server that the settings name can be asked; asking it this costs nothing."""
    if settings.openrouter_api_key or settings.llm_base_url:
        return check_key(model_options(settings))
    return not_asked_for()


def _key(flag: str | None) -> str | None:
    if flag is None:
        return None
    if flag == "-":
        key = sys.stdin.readline(_LONGEST_KEY + 2).strip()
        if not key:
            raise UserError(
                _("No key came on standard input."),
                hint=_("for example: {command}", command="wa2pg transform --use-llm --openrouter-key - < key.txt"),
                exit_code=ExitCode.USAGE,
            )
        return key
    warn(
        _(
            "the shell's history keeps a key that is typed after --openrouter-key; "
            "OPENROUTER_API_KEY in .env is not seen"
        )
    )
    return flag


def _tell(invocation: Invocation, estimate: Estimate) -> None:
    if estimate.usd is None:
        cost = _("at a price that the server does not say")
    else:
        cost = _("for about {usd} USD", usd=number(round(estimate.usd, 2), 2))
    say(
        ngettext(
            "{count} conversation of the account {account} is to be sent to {server} (model {model}), about {tokens}, "
            "{cost}. Names, numbers, addresses and links are replaced first; what remains are the words of your "
            "clients. To see what is sent: --use-llm --show-request PHONE",
            "{count} conversations of the account {account} are to be sent to {server} (model {model}), about "
            "{tokens}, {cost}. Names, numbers, addresses and links are replaced first; what remains are the words of "
            "your clients. To see what is sent: --use-llm --show-request PHONE",
            estimate.conversations,
            account=invocation.account,
            server=estimate.server,
            model=estimate.model,
            tokens=ngettext("{count} token", "{count} tokens", estimate.tokens),
            cost=cost,
        )
    )


def _asked() -> bool:
    if not sys.stdin.isatty() or not sys.stderr.isatty():
        raise UserError(
            _("Nobody has agreed yet to send this account's conversations there, and nobody is here to ask."),
            hint=_("run it once at a terminal, or add --yes"),
            exit_code=ExitCode.USAGE,
        )
    return agreed(_("Send them?"))
