"""`wa2pg sessions`: the phones that are linked, and how to end that."""

from dataclasses import asdict

import click

from extract.whatsapp.live.link import LinkOptions, take_history
from extract.whatsapp.live.session import SessionState, list_sessions, open_session
from schemas.datadir import check_account
from schemas.errors import ExitCode, UserError
from schemas.manifest import Own
from schemas.translation import _, ngettext
from wa2pg.commands.extract import exit_code_of, extract_body, finish_extract, note
from wa2pg.invocation import Invocation, command_options
from wa2pg.link_screen import link_screen
from wa2pg.sources import link_style, proxy_option, usable_proxy
from wa2pg.talk import agreed, pasteable, report_text, say

# what a device that is to leave waits for is what has come meanwhile, not a whole history
_QUIET_SECONDS = 15.0
# not `account`: that is the name of the option which most commands share
_account_argument = click.argument("of_account", required=False, metavar="[ACCOUNT]")


@click.group("sessions", short_help="The phones that are linked.")
def sessions_group() -> None:
    """See and end the links to phones. A link is a device's keys in `sessions/<account>` of the data directory.

    \b
      wa2pg sessions list
      wa2pg sessions logout office
    """


@sessions_group.command("list", short_help="Accounts and whether a phone is linked.")
@command_options("sessions list", account=False)
def list_command(invocation: Invocation) -> int:
    """List the accounts that have been linked, and whether they still are.

    \b
      wa2pg sessions list
    """
    states = list_sessions(invocation.data())
    rows = [(state.account, _describe(state)) for state in states] or [(_("none"), _("no phone has been linked yet"))]
    body = {
        "sessions": [
            {**asdict(state), "since": state.since.isoformat(timespec="seconds") if state.since else None}
            for state in states
        ]
    }
    return invocation.finish(body, [report_text(_("Sessions"), rows)])


def _describe(state: SessionState) -> str:
    if state.damaged:
        return pasteable(_("its file cannot be read; run: {command}", command=f"wa2pg sessions clear {state.account}"))
    parts = [_("linked, file changed {when}", when=state.since) if state.since else _("not linked")]
    if state.in_use:
        parts.append(_("in use now"))
    if state.failed_attempts:
        parts.append(
            ngettext(
                "{count} failed attempt in the last 30 minutes",
                "{count} failed attempts in the last 30 minutes",
                state.failed_attempts,
            )
        )
    return ", ".join(parts)


@sessions_group.command("clear", short_help="Remove a link's keys from this machine.")
@_account_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
@command_options("sessions clear", account=False)
def clear_command(invocation: Invocation, of_account: str | None, yes: bool) -> int:
    """Remove the keys of an account's link. The phone goes on listing the device until it is removed there.

    What is in the archive stays. To unlink on both sides use `wa2pg sessions logout`.

    \b
      wa2pg sessions clear office
    """
    name = check_account(of_account or invocation.account)
    session = open_session(invocation.data(), name)
    with session.hold():
        if session.store.exists() and not yes:
            told = _(
                "This removes the keys of the account {account}: to extract again, the phone has to be linked anew.",
                account=name,
            )
            say(told)
            if not agreed(_("Remove them?")):
                raise UserError(
                    _("Nothing was removed."), hint=_("to do it without being asked: --yes"), exit_code=ExitCode.FAILED
                )
        cleared = session.clear()
    rows = [(_("keys"), _("they were removed") if cleared else _("there were none"))]
    if cleared:
        still = _("the device stays listed: Settings > Linked devices > wa2pg > Log out")
        rows.append((_("on the phone"), still))
    title = _("Session of account {account}", account=name)
    return invocation.finish({"cleared": cleared}, [report_text(title, rows)])


@sessions_group.command("logout", short_help="Unlink the device from the phone.")
@_account_argument
@proxy_option
@command_options("sessions logout", account=False)
def logout_command(invocation: Invocation, of_account: str | None, proxy: str | None) -> int:
    """Unlink the device on the phone, then remove its keys here.

    What WhatsApp still holds for it is taken first and sealed as a snapshot: nothing that it sends is lost.

    \b
      wa2pg sessions logout office
    """
    invocation.account, invocation.names_account = check_account(of_account or invocation.account), True
    options = LinkOptions(own=Own(), quiet_seconds=_QUIET_SECONDS, proxy=usable_proxy(proxy, invocation), unlink=True)
    with link_screen(link_style(invocation, linked=True), None) as tell:
        report = take_history(invocation.data(), invocation.real_account(), options, tell)
    note(invocation, report)
    code = exit_code_of(report, strict=False)
    if code is ExitCode.DONE:
        say(_("The device is unlinked; its keys are removed."))
    return finish_extract(invocation, report, {"extract": extract_body(report)}, code)
