"""The page itself: one HTML file that needs nothing but itself."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

import jinja2
from markupsafe import Markup, escape

from extract.coverage import HABIT_TIMES, LEAST_ACCOUNT_GAP, LEAST_GAP, PhoneHolds
from extract.report import Finding
from extract.snapshot_list import SnapshotState
from schemas.translation import _, language, ngettext
from schemas.version import VERSION
from transform.accounting import reason_in_words
from transform.figures.read import LEAST_ANSWERS, LIKELY, SURE
from wa2pg.report_page import charts, svg, vocabulary, wording
from wa2pg.report_page.account_report import AccountReport
from wa2pg.report_page.notice import Notice
from wa2pg.talk import pasteable

# how many rows a list has that would grow with the account
SHOWN = 30


@dataclass(frozen=True)
class Page:
    """What is on it. `elsewhere` are findings about no account's archive; `quick`: audit decoded no page."""

    accounts: Sequence[AccountReport]
    elsewhere: Sequence[Finding]
    made_at: datetime
    redacted: bool
    quick: bool = False


def render(page: Page) -> bytes:
    """The page's bytes. Everything that is not of our own writing is escaped."""
    style = files("wa2pg.report_page").joinpath("style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    html = (
        _environment(page.redacted)
        .get_template("page.html.jinja")
        .render(
            page=page,
            style=Markup(style),  # noqa: S704  (our own file)
            style_digest=digest,
            version=VERSION,
        )
    )
    # names of foreign files need not be UTF-8
    return html.encode(errors="backslashreplace")


def _environment(redacted: bool) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("wa2pg.report_page"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        _=_,
        ngettext=ngettext,
        language=language(),
        charts=charts,
        svg=svg,
        words=wording,
        names=vocabulary,
        reason_in_words=reason_in_words,
        SHOWN=SHOWN,
        SURE=SURE,
        LIKELY=LIKELY,
        LEAST_ANSWERS=LEAST_ANSWERS,
        HABIT_TIMES=HABIT_TIMES,
        LEAST_GAP=LEAST_GAP,
        LEAST_ACCOUNT_GAP=LEAST_ACCOUNT_GAP,
        PhoneHolds=PhoneHolds,
        SnapshotState=SnapshotState,
    )
    environment.filters.update(
        number=wording.number,
        duration=wording.duration,
        capitalized=vocabulary.capitalized,
        filled=_filled,
        # the way to the program on this machine may say whose it is
        command=(lambda text: text) if redacted else pasteable,
    )
    environment.tests["notice"] = lambda value: isinstance(value, Notice)
    return environment


def _filled(message: str, **parts: str) -> Markup:
    """A translated message with markup in the place of its `{name}`s; what is no markup is escaped, itself included."""
    return Markup(escape(message)).format(**parts)  # noqa: S704  (escaped)
