"""A small SQL prompt of our own, for machines without psql."""

import signal
import sys
from contextlib import suppress

import click
import psycopg
from psycopg.pq import TransactionStatus
from rich import box
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from load.shell import Result, columns, run_sql, tables
from load.sql_text import Statements
from schemas.errors import ExitCode, UserError
from schemas.translation import _, ngettext
from wa2pg.talk import complain, printable, say, stdout

_SHOWN = 100
_STATES = {TransactionStatus.INTRANS: "*", TransactionStatus.INERROR: "!"}


def run_command(connection: psycopg.Connection, text: str) -> int:
    """Run what `--command` gave and print it."""
    _carry_out(connection, text)
    return ExitCode.DONE


def run_prompt(connection: psycopg.Connection) -> int:
    """Ask for statements until `\\q` or the end of the input; 1 when one that nobody typed at a terminal failed."""
    person = sys.stdin.isatty()
    if person:
        # click and the program take both for Ctrl-C, which here only ends a statement
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with suppress(ImportError):
            import readline  # noqa: F401, PLC0415  (gives `input` the arrow keys)
        say(_(r"wa2pg's own prompt: a statement ends with ;  \dt lists the tables, \? helps, \q leaves"))
    typed, failed = Statements(), False
    while not connection.closed:
        try:
            line = input(_prompt(connection, typed.begun) if person else "")
        except EOFError:
            break
        except KeyboardInterrupt:
            typed.forget()
            click.echo()
            continue
        if not typed.begun and line.strip() in {r"\q", "quit", "exit"}:
            return ExitCode.FAILED if failed else ExitCode.DONE
        own = not typed.begun and line.lstrip().startswith("\\")
        statements = [line] if own else list(typed.add(f"{line}\n"))
        failed |= not _try(connection, statements) and not person
    if person:
        click.echo()
    elif typed.begun:
        failed |= not _try(connection, [typed.begun])
    if connection.closed:
        return ExitCode.DATABASE
    return ExitCode.FAILED if failed else ExitCode.DONE


def _prompt(connection: psycopg.Connection, begun: str) -> str:
    state = _STATES.get(connection.info.transaction_status, "")
    return f"{connection.info.dbname}{'-' if begun else '='}{state}> "


def _try(connection: psycopg.Connection, statements: list[str]) -> bool:
    for statement in statements:
        try:
            _carry_out(connection, statement)
        except UserError as error:
            complain(error.message, error.hint)
            return False
        except KeyboardInterrupt:
            click.echo()
            say(_("The statement was stopped."))
            return False
    return True


def _carry_out(connection: psycopg.Connection, text: str) -> None:
    word, *names = text.split()[:2] or [""]
    if not word.startswith("\\"):
        for result in run_sql(connection, text, _SHOWN):
            _show(result)
    elif word in {r"\dt", r"\d"} and not names:
        _show(tables(connection))
    elif word == r"\d":
        _show(columns(connection, names[0].strip('";')))
    elif word in {r"\?", r"\h", r"\help"}:
        click.echo(_help())
    else:
        raise UserError(_("This prompt does not know {word}.", word=printable(word)), hint=_(r"\? shows what it knows"))


def _help() -> str:
    return "\n".join(
        [
            _(r"  \dt       lists the tables"),
            _(r"  \d NAME   shows the columns of a table"),
            _(r"  \q        leaves, as Ctrl-D does"),
            _("  Ctrl-C    gives up the statement"),
            _("A statement ends with ; and may have several lines."),
        ]
    )


def _show(result: Result) -> None:
    if not result.columns:
        if result.status:
            click.echo(result.status)
        return
    table = Table(box=box.ASCII2, show_edge=False, header_style="bold", pad_edge=False)
    for name, is_number in zip(result.columns, result.numbers, strict=True):
        table.add_column(Text(printable(name)), justify="right" if is_number else "left", overflow="fold")
    for row in result.rows:
        table.add_row(*(Text("" if value is None else printable(value)) for value in row))
    console = stdout()
    if not console.is_terminal:
        # a program that reads this gets every row on one line
        console.width = Measurement.get(console, console.options.update(max_width=1 << 20), table).maximum
    console.print(table, soft_wrap=False)
    click.echo(ngettext("({count} row)", "({count} rows)", result.total))
    if len(result.rows) < result.total:
        say(
            ngettext(
                "Only the first {count} row is shown. To see others add a where, or an order by and: offset {count}",
                "Only the first {count} rows are shown. To see others add a where, or an order by and: offset {count}",
                len(result.rows),
            )
        )
