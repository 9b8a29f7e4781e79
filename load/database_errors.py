"""What a person is told about an error of PostgreSQL.

Only sqlstate, table, column and constraint are ever shown: messages, DETAIL and CONTEXT carry values, and libpq's own
words about a connection carry pieces of a mistyped address, the password among them.
"""

import psycopg
from psycopg.conninfo import conninfo_to_dict

from schemas.errors import ExitCode, UserError

_RERUN = "run the same command again: nothing is written twice"
# sqlstate or its class -> what happened, what to do (https://www.postgresql.org/docs/current/errcodes-appendix.html)
_KNOWN = {
    "42501": ("The database user may not do this", "see the GRANTs in docs/postgres.md"),
    "25006": ("The database is read-only (a replica, or set so)", "set DATABASE_URL to the primary server"),
    "53100": ("The database server's disk is full", f"make room on the server, then {_RERUN}"),
    "53300": ("The database server takes no more connections", "try again later"),
    "53": ("The database server is out of resources", f"try again later: {_RERUN}"),
    "57014": (
        "The database cancelled a statement (somebody asked for it, or a statement timeout)",
        "alter role … set statement_timeout = 0 for the user that loads, then run this again",
    ),
    "57": ("The database server is shutting down or starting", f"wait for it, then {_RERUN}"),
    "55P03": (
        "Another session of the database held a lock too long",
        "wait until its work is done, or give it more time with --lock-timeout SECONDS",
    ),
    "40": ("The database ended this run because of another one at the same time", _RERUN),
    "08": ("The connection to the database broke", f"check the network, then {_RERUN}"),
    "22P05": ("The database's encoding cannot hold this text", "use a database with the encoding UTF8"),
}
_UNSENDABLE = ("A value could not be sent to the database", "please report this: it is a mistake of wa2pg")
_REFUSED = ("The database refused a row", "docs/postgres.md lists the tables and their rules")
# a row against a rule of its table (23, 44), a value that its column does not take (22), a trigger's own word (P0)
_REFUSALS = ("22", "23", "44", "P0")


def is_refusal(error: psycopg.Error) -> bool:
    """Whether the database refused a row, and would take others."""
    return (error.sqlstate or "").startswith(_REFUSALS)


def describe(error: psycopg.Error, *, table: str | None = None, column: str | None = None) -> str:
    """Sqlstate, table, column and constraint of an error: everything about it that may be shown.

    `table` and `column` are for errors that do not say which.
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


def database_error(error: psycopg.Error, doing: str) -> UserError:
    """The sentence for an error met while `doing` something ("loading messages"); exit code 6."""
    state = error.sqlstate
    if state is None:
        # libpq and psycopg speak for themselves here: a broken connection, or a value that cannot be sent
        said, hint = _KNOWN["08"] if isinstance(error, psycopg.OperationalError) else _UNSENDABLE
    else:
        said, hint = _KNOWN.get(state) or _KNOWN.get(state[:2]) or _REFUSED
    return UserError(f"{said} while {doing} ({describe(error)}).", hint=hint, exit_code=ExitCode.DATABASE)


def connection_error(error: psycopg.Error, conninfo: str) -> UserError:
    """The sentence for a connection that was not made; nothing of the address is shown but a plain host name."""
    words = str(error)
    place = _host(conninfo)
    if isinstance(error, psycopg.ProgrammingError):
        said = "The database address cannot be read"
        hint = (
            "DATABASE_URL is like postgresql://user:password@host:5432/database, with %-codes for signs in the password"
        )
        if "URI query parameter" in words:
            said = "The database address has a parameter that PostgreSQL does not know"
            hint = "remove what other tools add to DATABASE_URL after the '?', such as ?schema=public"
    elif "password authentication failed" in words or "no password supplied" in words:
        said = f"{place} does not accept this user and password"
        hint = "check DATABASE_URL; signs like @ / : # in a password are written as %40 %2F %3A %23"
    elif "no pg_hba.conf entry" in words:
        said = f"{place} does not let this user in from here"
        hint = "its pg_hba.conf decides; if it wants TLS, add ?sslmode=require to DATABASE_URL"
    elif "certificate" in words:
        said = f"The certificate of {place[0].lower()}{place[1:]} cannot be checked"
        hint = "add &sslrootcert=FILE with the server's certificate to DATABASE_URL, or sslmode=require to check none"
    elif "SSL" in words and "certificate" not in words:
        said = f"{place} and this machine do not agree about TLS"
        hint = "set sslmode in DATABASE_URL: ?sslmode=require, or disable for a server without TLS"
    elif "does not exist" in words and "database" in words:
        said = f"{place} has no database of this name"
        hint = "make it with createdb, or correct the end of DATABASE_URL"
    elif "does not exist" in words and "role" in words:
        said = f"{place} has no user of this name"
        hint = "make it with createuser, or correct DATABASE_URL"
    elif "too many connections" in words or "connection slots" in words:
        said, hint = f"{place} takes no more connections", "try again later"
    else:
        said = f"{place} cannot be reached"
        hint = "check that it runs and that host and port in DATABASE_URL are right"
    return UserError(f"{said}.", hint=hint, exit_code=ExitCode.DATABASE)


def _host(conninfo: str) -> str:
    # with two @ signs, or a / in the password, a piece of the password is taken for the host
    if conninfo.count("@") <= 1:
        try:
            host = str(conninfo_to_dict(conninfo).get("host") or "")
        except psycopg.Error:
            host = ""
        if host and all(sign.isalnum() or sign in ".-" for sign in host):
            return f"The database server {host}"
    return "The database server"
