"""Where `extract` and `import` take WhatsApp's history from: a linked phone, or files."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from extract.own import parse_own
from extract.report import ExtractReport
from extract.whatsapp.live.link import MAX_DAYS, LinkOptions, is_linked, take_history
from extract.whatsapp.replay import replay
from schemas.errors import ExitCode, UserError
from schemas.translation import _
from wa2pg.invocation import EXISTING, Invocation
from wa2pg.link_screen import link_screen
from wa2pg.progress import Style

_PROXY_SCHEMES = ("http://", "https://", "socks5://")

proxy_option = click.option(
    "--proxy", metavar="URL", help="Reach WhatsApp through this proxy: http://, https://, socks5:// (WA2PG_PROXY)."
)
_OPTIONS = (
    click.option("--qr-png", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
                 help="Write the code to scan as a picture too; removed once it is scanned."),
    click.option("--phone", metavar="NUMBER", help="Pair by typing a code on this phone, e.g. --phone +996555000111."),
    click.option("--days", type=click.IntRange(1, MAX_DAYS), default=MAX_DAYS,
                 help="How far back to ask for; counts when the phone is linked."),
    click.option("--quiet-seconds", type=click.FloatRange(min=1), default=90, metavar="S",
                 help="The history is over when nothing came for so long."),
    click.option("--deadline", type=click.FloatRange(min=1), default=7200, metavar="S",
                 help="Stop after so many seconds in any case."),
    proxy_option,
    click.option("--force", is_flag=True, help="Try to link although attempts just failed."),
    click.option("--replay", "paths", type=EXISTING, multiple=True, metavar="PATH",
                 help="Take serialized HistorySync payloads from a file or folder instead; may be repeated."),
    click.option("--again", is_flag=True, help="With --replay: take payloads that are archived already once more."),
    click.option("--own", metavar="NUMBER", help="The company's own number, e.g. +996555000111; remembered."),
    click.option("--own-lid", metavar="LID", help="The company's own LID; remembered."),
)  # fmt: skip
_OF_THE_LINK = {
    "qr_png": "--qr-png",
    "phone": "--phone",
    "days": "--days",
    "quiet_seconds": "--quiet-seconds",
    "deadline": "--deadline",
    "proxy": "--proxy",
    "force": "--force",
}
SOURCE_OPTIONS = (*_OF_THE_LINK, "paths", "again", "own", "own_lid")


def with_source_options(function: Callable[..., int]) -> Callable[..., int]:
    """Add the options that say where the history comes from."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def take(invocation: Invocation, options: dict[str, Any]) -> ExtractReport:
    """Take the history from where the options say."""
    account = invocation.real_account()
    own = parse_own(options["own"], options["own_lid"])
    if options["paths"]:
        refuse_link_options("--replay")
        with invocation.progress() as progress:
            return replay(
                invocation.data(), account, options["paths"], own=own, again=options["again"], progress=progress
            )
    if options["again"]:
        raise click.UsageError(_("--again goes with --replay: a phone sends its history once."))
    link = LinkOptions(
        own=own,
        phone=_number(options["phone"]),
        days=options["days"],
        quiet_seconds=options["quiet_seconds"],
        deadline_seconds=options["deadline"],
        proxy=usable_proxy(options["proxy"], invocation),
        force=options["force"],
    )
    linked = is_linked(invocation.data(), account)
    style = link_style(invocation, linked=linked)
    if not linked:
        _check_code_can_be_seen(style, link, options["qr_png"])
    with link_screen(style, options["qr_png"]) as tell:
        return take_history(invocation.data(), account, link, tell)


def refuse_link_options(other: str) -> None:
    """Raise UsageError when an option of a link was given beside another source."""
    context = click.get_current_context()
    for name, flag in _OF_THE_LINK.items():
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(
                _("{flag} is for a linked phone: leave it out with {other}.", flag=flag, other=other)
            )


def link_style(invocation: Invocation, *, linked: bool) -> Style:
    """How to show a link; --quiet leaves what a program asked for, and the code, which somebody has to see."""
    if not invocation.quiet or invocation.style is Style.JSON:
        return invocation.style
    return Style.BAR if sys.stderr.isatty() and not linked else Style.NONE


def _number(phone: str | None) -> str | None:
    if phone is None:
        return None
    jid = parse_own(phone, None, option="--phone").phone
    return None if jid is None else jid.partition("@")[0]


def usable_proxy(flag: str | None, invocation: Invocation) -> str | None:
    """The proxy's address, from the flag or the settings (for one with a password, which `ps` would show in a flag).

    Raises UserError (2), without repeating it, when it is of no known kind.
    """
    setting = invocation.settings.proxy
    url = flag or (setting.get_secret_value() if setting else None)
    if url is not None and not url.startswith(_PROXY_SCHEMES):
        raise UserError(
            _("A proxy's address begins with http://, https:// or socks5://."),
            hint=_("for example: --proxy socks5://127.0.0.1:1080, or WA2PG_PROXY in .env"),
            exit_code=ExitCode.USAGE,
        )
    return url


def _check_code_can_be_seen(style: Style, link: LinkOptions, picture: Path | None) -> None:
    """Logs are kept and read by others, so the code is never among what --progress log writes."""
    if style in {Style.BAR, Style.JSON}:
        return
    if link.phone is not None:
        raise UserError(
            _("The code to type is only shown at a terminal (or with --progress json), and there is none here."),
            hint=_("run this at a terminal, or leave --phone out and give --qr-png FILE"),
            exit_code=ExitCode.USAGE,
        )
    if picture is None:
        raise UserError(
            _("No phone is linked to this account yet, and there is no terminal to show the code to scan."),
            hint=_("run this at a terminal, or give --qr-png FILE and scan the picture"),
            exit_code=ExitCode.USAGE,
        )
