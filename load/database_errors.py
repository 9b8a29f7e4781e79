"""What a person is told about an error of PostgreSQL.

Only sqlstate, table, column and constraint are ever shown: messages, DETAIL and CONTEXT carry values, and libpq's own
words about a connection carry pieces of a mistyped address, the password among them.
"""

import ipaddress
import re
from collections.abc import Sequence

import psycopg
from psycopg.conninfo import conninfo_to_dict

from schemas.errors import ExitCode, UserError
from schemas.translation import N_, _, ngettext

# sqlstate or its class -> what happened, what to do (https://www.postgresql.org/docs/current/errcodes-appendix.html)
_KNOWN = {
    "42501": (N_("The database user may not do this"), N_("see the GRANTs in docs/postgres.md")),
    "25006": (
        N_("The database is read-only (a replica, or set so)"),
        N_("set DATABASE_URL to the primary server"),
    ),
    "53100": (
        N_("The database server's disk is full"),
        N_("make room on the server, then run the same command again: nothing is written twice"),
    ),
    "53300": (N_("The database server takes no more connections"), N_("try again later")),
    "53": (
        N_("The database server is out of resources"),
        N_("try again later: run the same command again: nothing is written twice"),
    ),
    "57014": (
        N_("The database cancelled a statement (somebody asked for it, or a statement timeout)"),
        N_("alter role … set statement_timeout = 0 for the user that loads, then run this again"),
    ),
    "57": (
        N_("The database server is shutting down or starting"),
        N_("wait for it, then run the same command again: nothing is written twice"),
    ),
    "55P03": (
        N_("Another session of the database held a lock too long"),
        N_("wait until its work is done, or give it more time with --lock-timeout SECONDS"),
    ),
    "40": (
        N_("The database ended this run because of another one at the same time"),
        N_("run the same command again: nothing is written twice"),
    ),
    "08": (
        N_("The connection to the database broke"),
        N_("check the network, then run the same command again: nothing is written twice"),
    ),
    "0A": (
        N_("The database cannot do this with its tables as they are (a rule or a policy of yours on one of them)"),
        N_("docs/postgres.md lists the tables; what was added to them must let a load insert and update rows"),
    ),
    "22P05": (N_("The database's encoding cannot hold this text"), N_("use a database with the encoding UTF8")),
}
_UNSENDABLE = (N_("A value could not be sent to the database"), N_("please report this: it is a mistake of wa2pg"))
_REFUSED = (N_("The database refused a row"), N_("docs/postgres.md lists the tables and their rules"))
# what a stored reason is made of
_PARTS = {
    "sqlstate": N_("sqlstate {name}"),
    "table": N_("table {name}"),
    "column": N_("column {name}"),
    "constraint": N_("constraint {name}"),
}
_OTHER_REASONS = (N_("no sqlstate"), N_("another row of the database stands in its place"))
# a row against a rule of its table (23, 44), a value that its column does not take (22), a trigger's own word (P0)
_REFUSALS = ("22", "23", "44", "P0")


def is_refusal(error: psycopg.Error) -> bool:
    """Whether the database refused a row, and would take others."""
    return (error.sqlstate or "").startswith(_REFUSALS)


def describe(error: psycopg.Error, *, table: str | None = None, column: str | None = None) -> str:
    """Sqlstate, table, column and constraint of an error: everything about it that may be shown.

    `table` and `column` are for errors that do not say which. It goes into files and tables, so it is English.
    """
    found = error.diag
    parts = [f"sqlstate {error.sqlstate}" if error.sqlstate else "no sqlstate"]
    for name, value in (
        ("table", found.table_name or table),
        ("column", found.column_name or column),
        ("constraint", found.constraint_name),
    ):
        if value:
            parts.append(f"{name} {value}")
    return ", ".join(parts)


def reason_to_read(reason: str) -> str:
    """What `describe` said, or why another row stands in a row's place, in the reader's language."""
    return ", ".join(map(_part, reason.split(", ")))


def _part(part: str) -> str:
    kind, _space, name = part.partition(" ")
    return _(_PARTS[kind], name=name) if kind in _PARTS else _(part)


def numbers_refused(clients: int) -> str:
    """The warning about clients whose new number the database did not take."""
    return ngettext(
        "{count} client keeps the old number, because the database refused the new one",
        "{count} clients keep their old number, because the database refused the new one",
        clients,
    )


def database_error(error: psycopg.Error, doing: str) -> UserError:
    """The sentence for an error met while `doing` something (N_("loading messages")); exit code 6."""
    state = error.sqlstate
    if state is None:
        # libpq and psycopg speak for themselves here: a broken connection, or a value that cannot be sent
        said, hint = _KNOWN["08"] if isinstance(error, psycopg.OperationalError) else _UNSENDABLE
    else:
        said, hint = _KNOWN.get(state) or _KNOWN.get(state[:2]) or _REFUSED
    return UserError(
        _("{said} while {doing} ({found}).", said=_(said), doing=_(doing), found=reason_to_read(describe(error))),
        hint=_(hint),
        exit_code=ExitCode.DATABASE,
    )


# what a server says before it lets somebody in has no sqlstate in libpq, only words, in the server's language
_PASSWORD = ("password authentication failed", "no password supplied", "не прошёл проверку подлинности")
_SERVICE = (
    "definition of service", "service file",
    "определение службы", "файл определений служб", "файле определения служб",
)  # fmt: skip
_NO_ENTRY = (
    "no pg_hba.conf entry", "pg_hba.conf rejects connection",
    "в pg_hba.conf нет записи", "pg_hba.conf отвергает подключение",
)  # fmt: skip
_CERTIFICATE = ("certificate", "сертификат")
_NO_DATABASE = re.compile(r"database .* does not exist|база данных .* не существует")
_NO_ROLE = re.compile(r"role .* does not exist|роль .* не существует")
_FULL = (
    "too many connections", "connection slots", "too many clients",
    "слишком много подключений", "слоты подключений", "слишком много клиентов",
)  # fmt: skip
_NOT_YET = (
    "is starting up", "is shutting down", "in recovery mode", "not yet accepting connections",
    "система баз данных запускается", "система баз данных останавливается", "в режиме восстановления",
    "ещё не принимает подключения",
)  # fmt: skip


def connection_error(error: psycopg.Error, conninfo: str) -> UserError:
    """The sentence for a connection that was not made; nothing of the address is shown but a plain host name."""
    words = str(error)
    host = _host(conninfo)
    # Translators: the subject of the sentences that begin with {server}
    server = _("The database server {host}", host=host) if host else _("The database server")
    if address := _about_the_address(error, conninfo):
        said, hint = address
    elif _says(words, _PASSWORD):
        said = _("{server} does not accept this user and password.", server=server)
        hint = _("check DATABASE_URL; signs like @ / : # in a password are written as %40 %2F %3A %23")
    elif _says(words, _NO_ENTRY):
        said = _("{server} does not let this user in from here.", server=server)
        hint = _("its pg_hba.conf decides; if it wants TLS, add ?sslmode=require to DATABASE_URL")
    elif _says(words, _CERTIFICATE):
        said = (
            _("The certificate of the database server {host} cannot be checked.", host=host)
            if host
            else _("The certificate of the database server cannot be checked.")
        )
        hint = _(
            "add &sslrootcert=FILE with the server's certificate to DATABASE_URL, or sslmode=require to check none"
        )
    elif "SSL" in words:
        said = _("{server} and this machine do not agree about TLS.", server=server)
        hint = _("set sslmode in DATABASE_URL: ?sslmode=require, or disable for a server without TLS")
    elif _NO_DATABASE.search(words):
        said = _("{server} has no database of this name.", server=server)
        hint = _("make it with createdb, or correct the end of DATABASE_URL")
    elif _NO_ROLE.search(words):
        said = _("{server} has no user of this name.", server=server)
        hint = _("make it with createuser, or correct DATABASE_URL")
    elif _says(words, _FULL):
        said, hint = _("{server} takes no more connections.", server=server), _("try again later")
    elif _says(words, _NOT_YET):
        said = _("{server} is starting or shutting down.", server=server)
        hint = _("wait for it, then run the same command again")
    elif "unsupported startup parameter" in words:
        said = _("{server} is a connection pooler that does not take every option of a connection.", server=server)
        hint = _("set DATABASE_URL to the server itself instead of its pooler")
    else:
        said = _("{server} cannot be reached.", server=server)
        hint = _("check that it runs and that host and port in DATABASE_URL are right")
    return UserError(said, hint=hint, exit_code=ExitCode.DATABASE)


def _about_the_address(error: psycopg.Error, conninfo: str) -> tuple[str, str] | None:
    """What is wrong with an address that leads nowhere, and what to do; None when it leads to a server."""
    words = str(error)
    if isinstance(error, psycopg.ProgrammingError):
        if "URI query parameter" in words:
            return (
                _("The database address has a parameter that PostgreSQL does not know."),
                _("remove what other tools add to DATABASE_URL after the '?', such as ?schema=public"),
            )
        return (
            _("The database address cannot be read."),
            _(
                "DATABASE_URL is like postgresql://user:password@host:5432/database, with %-codes for signs in the "
                "password"
            ),
        )
    if _says(words, _SERVICE):
        return (
            _("The service that the database address names is in no service file, or that file cannot be read."),
            _("look into ~/.pg_service.conf or the file that PGSERVICEFILE names: a service begins with [its name]"),
        )
    if not all(port.isdigit() for port in _said(conninfo, "port").split(",") if port):
        return (
            _("The port in the database address is no number."),
            _(
                "a / in a password is written %2F, an IPv6 address in brackets: "
                "postgresql://user:password@[::1]:5432/database"
            ),
        )
    return None


def _says(words: str, known: Sequence[str]) -> bool:
    return any(part in words for part in known)


def _host(conninfo: str) -> str:
    """The host's name where it is surely one; else nothing."""
    # with two @ signs, or a / in the password, a piece of the password is taken for the host
    if conninfo.count("@") <= 1:
        host = _said(conninfo, "host")
        if all(sign.isalnum() or sign in ".-" for sign in host) or _is_ipv6(host):
            return host
    return ""


def _said(conninfo: str, name: str) -> str:
    try:
        return str(conninfo_to_dict(conninfo).get(name) or "")
    except psycopg.Error:
        return ""


def _is_ipv6(host: str) -> bool:
    try:
        return isinstance(ipaddress.ip_address(host), ipaddress.IPv6Address)
    except ValueError:
        return False
