"""Taking out of a report whatever says who somebody is: names, numbers, addresses, also the company's own.

What is left are counts, times, words of ours and names of snapshots, which are times and random letters.
"""

import re
from dataclasses import replace

from extract.coverage import ChatCoverage, Coverage
from extract.report import Finding
from schemas.datadir import PARTIAL_SUFFIX, RUN_NAME_PATTERN
from schemas.manifest import CHAIN, MANIFEST, MANIFEST_SHA256, OWN
from schemas.tables import RAW_TABLES
from schemas.translation import N_, _
from transform.figures.model import Figures, WaitingClient
from wa2pg.report_page.account_report import AccountReport
from wa2pg.report_page.notice import Notice
from wa2pg.report_page.outlook import Outlook

WITHHELD = "…"
_ACCOUNT = N_("ACCOUNT")
# the sentences of ours that name another account than the report's
_NAMING = (N_("it belongs to the account {account}"),)
_OURS = re.compile(
    rf"{RUN_NAME_PATTERN.pattern}({re.escape(PARTIAL_SUFFIX)})?|messages|journal|part-[0-9]{{4,5}}\.parquet|"
    + "|".join(re.escape(name) for name in (CHAIN, MANIFEST, MANIFEST_SHA256, OWN))
    + "|"
    + "|".join(rf"{table}\.parquet" for table in RAW_TABLES)
)


def redacted(report: AccountReport, title: str) -> AccountReport:
    """The same report about an account called `title`, without anything that says who somebody is."""
    account = report.title
    return replace(
        report,
        title=title,
        findings=[redacted_finding(finding, account, title) for finding in report.findings],
        snapshots=[replace(line, account=title) for line in report.snapshots],
        coverage=_notice(report.coverage, account) if isinstance(report.coverage, Notice) else _chats(report.coverage),
        clean=_notice(report.clean, account) if isinstance(report.clean, Notice) else report.clean,
        figures=_notice(report.figures, account) if isinstance(report.figures, Notice) else _waiting(report.figures),
        outlook=report.outlook and _outlook(report.outlook, account),
    )


def redacted_finding(finding: Finding, account: str | None, title: str) -> Finding:
    """A finding whose place names the account as `title` and files of ours only."""
    first, *rest = finding.where.split("/")
    begin = title if first == account else WITHHELD
    where = "/".join([begin, *(part if _OURS.fullmatch(part) else WITHHELD for part in rest)])
    return Finding(where, _without(finding.what, account), _without(finding.todo, account))


def _without(text: str, account: str | None) -> str:
    """A sentence of ours with the account's name taken out, and any name that stands where an account's does."""
    if account:
        text = re.sub(rf"(?<![\w-]){re.escape(account)}(?![\w-])", _(_ACCOUNT), text)
    return _named().sub(_(_ACCOUNT), text)


def _named() -> re.Pattern[str]:
    """Where a sentence names an account: in a command, and in English or the language in force."""
    sentences = {told for sentence in _NAMING for told in (sentence, _(sentence))}
    before = ("--account ", *(sentence.partition("{account}")[0] for sentence in sentences))
    return re.compile("|".join(rf"(?<={re.escape(words)})\S+" for words in before))


def _notice(notice: Notice, account: str) -> Notice:
    return Notice(_without(notice.what, account), notice.todo and _without(notice.todo, account))


def _outlook(outlook: Outlook, account: str) -> Outlook:
    dry_run = outlook.dry_run
    if not isinstance(dry_run, Notice):
        return Outlook(None, replace(dry_run, organization_id="", warnings=[]))
    if outlook.organization:
        # what a database says of itself may name a person, a machine or the organisation
        return Outlook(None, Notice(_("The database did not say what a load would do.")))
    return Outlook(None, _notice(dry_run, account))


def _waiting(figures: Figures) -> Figures:
    clients = [
        WaitingClient(_("Client {n}", n=str(n)), None, client.status, client.language, client.messages, client.asked)
        for n, client in enumerate(figures.waiting, 1)
    ]
    return replace(figures, waiting=clients)


def _chats(found: Coverage) -> Coverage:
    chats: list[ChatCoverage] = [
        replace(chat, chat=_("Chat {n}", n=str(n)), addresses=(), name=None) for n, chat in enumerate(found.chats, 1)
    ]
    return replace(found, account="", chats=chats, missing=[])
