"""The options of the page. Light: every `wa2pg audit` imports it, and few make a page."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from schemas.errors import ExitCode, UserError
from schemas.translation import _
from wa2pg.report_page.file import check_page_path

_DEFAULT = ""
_PAGE_OPTIONS = (
    click.option(
        "--html",
        is_flag=False,
        flag_value=_DEFAULT,
        metavar="[FILE]",
        help="Write the report as one page to look at.  [default FILE: in data/reports]",
    ),
    click.option("--open", "opens", is_flag=True, help="Write the page and open it in the browser."),
    click.option("--redact", "redacts", is_flag=True, help="Leave names, numbers and texts out of the page."),
    click.option("--org", metavar="ORG", help="Show on the page what a load for ORG would do (WA2PG_ORG)."),
)


def with_page_options(function: Any) -> Any:
    """Add the options of the page, those of `page_request`."""
    for option in reversed(_PAGE_OPTIONS):
        function = option(function)
    return function


@dataclass(frozen=True)
class PageRequest:
    """A page that was asked for; `path` is None for the default place."""

    path: Path | None
    opens: bool
    redacts: bool
    org: str | None


def page_request(html: str | None, *, opens: bool, redacts: bool, org: str | None) -> PageRequest | None:
    """What the options ask for, None for no page; raises UserError (2) for a path that no page can be written to."""
    if html is None and not opens:
        if redacts or org:
            option = "--redact" if redacts else "--org"
            raise UserError(
                _("{option} is about the page, and no page was asked for.", option=option),
                hint=f"wa2pg audit --html {option}{'' if redacts else ' ' + str(org)}",
                exit_code=ExitCode.USAGE,
            )
        return None
    return PageRequest(check_page_path(Path(html)) if html else None, opens, redacts, org)
