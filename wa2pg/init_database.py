"""The questions of `wa2pg init` about the database and the organisation in it."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from load.database import connect
from load.embedded import embedded_exists
from load.first_look import SECONDS_TO_ANSWER, FirstLook, look_at, wants_password, with_password
from load.layout import Layout
from load.organizations import Organization, create_organization, slug_of
from schemas.datadir import DataDir
from schemas.errors import UserError
from schemas.health import Health
from schemas.translation import _, ngettext
from wa2pg.asking import ask, ask_hidden, ask_yes
from wa2pg.invocation import Invocation
from wa2pg.talk import complain, printable, say
from wa2pg.target import COMPANY_DATABASE, open_embedded

_MOST_SHOWN = 20


@dataclass(frozen=True)
class Database:
    """The database that was chosen; `address` "" is the embedded one, `look` None: nobody has looked at it."""

    address: str
    look: FirstLook | None

    @contextmanager
    def open(self, invocation: Invocation) -> Iterator[psycopg.Connection]:
        """Connect to it; the embedded one is made and migrated when needed."""
        if self.address:
            with connect(self.address, seconds=SECONDS_TO_ANSWER) as connection:
                yield connection
        else:
            with open_embedded(invocation, COMPANY_DATABASE) as target:
                yield target.connection


@dataclass(frozen=True)
class Chosen:
    """The organisation for WA2PG_ORG ("": none yet); `to_make` is the name of one that has still to be made."""

    setting: str
    to_make: str | None = None


def ask_database(invocation: Invocation, kept: str) -> Database:
    """Ask for the address until it leads somewhere, or the person keeps one that does not."""
    say(
        _(
            "The database of your CRM is like postgresql://user:password@host:5432/crm. "
            "Leave the password out, and it is asked for without being shown."
        )
    )
    if not kept:
        question = _("Address (Enter: an embedded PostgreSQL, made on this machine)")
    else:
        question = _("Address (Enter: the one in .env, -: an embedded PostgreSQL)")
    failures = 0
    while True:
        typed = ask(question)
        address = "" if typed == "-" else typed or kept
        if not address:
            return Database("", _look_at_embedded(invocation))
        if database := _looked_at(address):
            return database
        failures += 1
        if failures > 1 and ask_yes(_("Keep this address anyway?")):
            return Database(address, None)
        kept = address
        question = _("Address (Enter: the same again, -: an embedded PostgreSQL)")


def _looked_at(address: str) -> Database | None:
    say(_("Looking at the database …"))
    try:
        return _reached(address)
    except UserError as error:
        if wants_password(error) and (password := ask_hidden(_("Password of this user (not shown)"))):
            try:
                return _reached(with_password(address, password))
            except UserError as second:
                error = second
        complain(error.message, error.hint)
        return None


def _reached(address: str) -> Database | None:
    with connect(address, seconds=SECONDS_TO_ANSWER) as connection:
        look = look_at(connection)
    _tell(look)
    for problem in look.problems:
        complain(problem.found, problem.cure)
    return None if look.problems else Database(address, look)


def _look_at_embedded(invocation: Invocation) -> FirstLook | None:
    if invocation.settings_problem:
        return None  # where it lives is not known
    try:
        if not embedded_exists(DataDir(invocation.settings.data_dir.expanduser().absolute()).postgres):
            say(_("The embedded PostgreSQL is made when it is first needed."))
            return None
        with open_embedded(invocation, COMPANY_DATABASE) as target:
            look = look_at(target.connection)
    except UserError as error:
        complain(error.message, error.hint)
        return None
    _tell(look)
    return look


def _tell(look: FirstLook) -> None:
    """What was found, but for what is complained about."""
    for check in look.checks:
        if check.health is Health.BROKEN and not look.to_migrate:
            continue
        say(f"  {_(check.name)}: {check.found}")
        if check.health is not Health.OK and check.cure:
            say(f"    {check.cure}")


def ask_organization(invocation: Invocation, database: Database, kept: str) -> Chosen:
    """Ask which organisation is loaded into: one that is there, a new one, or a name for later."""
    look = database.look
    if look is None or look.to_migrate:
        return _ask_name(invocation, database, kept)
    known = look.organizations
    for place, one in enumerate(known[:_MOST_SHOWN], 1):
        say(f"  {place}  {printable(one.name)}  ({_setting(one, known)})")
    if len(known) > _MOST_SHOWN:
        say(ngettext("  and {count} more", "  and {count} more", len(known) - _MOST_SHOWN))
    may_make = look.layout is Layout.CRM
    if may_make:
        question = _("Number, name or id; a new name makes a new one")
    elif known:
        question = _("Number, name or id")
    else:
        say(_("The CRM has no organisation yet. Make it there; then: {command}", command="wa2pg init"))
        return Chosen("")
    there = _find(known, kept) if kept else None
    if kept and not there:
        say(_("The organisation of .env is not in this database."))
    if there is None and len(known) == 1:
        there = known[0]
    default = _setting(there, known) if there else ""
    while True:
        typed = ask(question, default=default, shown=default or _("later"))
        if not typed:
            return Chosen("")
        found = _find(known, typed)
        if found or (may_make and (found := _made(invocation, database, typed))):
            return Chosen(_setting(found, known))
        if not may_make:
            complain(_("This database has no such organisation, and only the CRM makes new ones."))


def _ask_name(invocation: Invocation, database: Database, kept: str) -> Chosen:
    """A name that is only noted, or the embedded database with the organisation in it."""
    while True:
        typed = ask(_("Name of your organisation"), default=kept, shown=kept or _("later"))
        if not typed or typed == kept or _is_id(typed):
            return Chosen(typed)
        slug = slug_of(typed)
        if not slug:
            complain(
                _("No short name can be made of this name."),
                _("use at least one Latin or Cyrillic letter, or a digit"),
            )
            continue
        if not database.address and not invocation.settings_problem:
            say(_("It can be made now, and the embedded PostgreSQL for it; that takes some seconds."))
            if made := _made(invocation, database, typed):
                return Chosen(made.slug)
        return Chosen(slug, to_make=typed)


def _made(invocation: Invocation, database: Database, name: str) -> Organization | None:
    if not ask_yes(_("There is no organisation “{name}” yet. Make it?", name=printable(name))):
        return None
    try:
        with database.open(invocation) as connection:
            made = create_organization(connection, name, id=None, slug=None).organization
    except UserError as error:
        complain(error.message, error.hint)
        return None
    say(_("Made: {name}, short name {slug}.", name=printable(made.name), slug=made.slug))
    return made


def _find(known: list[Organization], typed: str) -> Organization | None:
    """By number in the list, id, short name, or by a name that only one has."""
    if typed.isascii() and typed.isdigit() and 1 <= int(typed[:9]) <= min(len(known), _MOST_SHOWN):
        return known[int(typed) - 1]
    for one in known:
        if typed in {one.slug, one.row_id, str(one.id)}:
            return one
    named = [one for one in known if _plain(one.name) == _plain(typed)]
    return named[0] if len(named) == 1 else None


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _setting(one: Organization, known: list[Organization]) -> str:
    """What WA2PG_ORG says for it: the short name where only it has that, else the id."""
    alone = sum(other.slug == one.slug for other in known) <= 1
    return one.slug if one.slug and alone else one.row_id


def _is_id(typed: str) -> bool:
    try:
        uuid.UUID(typed)
    except ValueError:
        return False
    return True
