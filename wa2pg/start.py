"""Start of the program: run a command, turn what goes wrong into a sentence and an exit code."""

import io
import os
import re
import shlex
import signal
import sys
import textwrap
import traceback
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType
from typing import NoReturn

import click

from schemas.datadir import RUN_NAME_PATTERN
from schemas.errors import ExitCode, UserError
from schemas.system_errors import system_reason
from schemas.translation import SOURCE, _, use_language
from wa2pg.cli import cli
from wa2pg.language import chosen_language, in_language
from wa2pg.talk import complain, report_width, tell_stopped

_ADDRESS = re.compile(r"[^\s'\"(]+://[^\s'\")]*")
# what follows these, a number of many digits, or an address stays out of what is said
_PRIVATE_OPTIONS = ("--openrouter-key", "--proxy", "--own", "--own-lid", "--phone", "--show-request")
_LONG_NUMBER = re.compile(r"\d{7,}")
_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_DISK_FULL = (28, 122)  # ENOSPC, EDQUOT


def start() -> NoReturn:
    """Run this process's command line and end it."""
    # every file is private from the moment it exists, whoever makes it
    os.umask(0o077)
    _open_streams()
    signal.signal(signal.SIGTERM, _stop)
    sys.exit(run(sys.argv[1:]))


def _open_streams() -> None:
    """Make sure that the three streams are there and take any letter.

    Where one was closed, the next file that is opened would get its number, and what libraries print would go there.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            with suppress(OSError):
                os.close(number)
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), "w" if number else "r"))
    if isinstance(sys.stdout, io.TextIOWrapper):
        # as Python does on stderr: a name in letters that the terminal has not must not end the program
        sys.stdout.reconfigure(errors="backslashreplace")


def _speak(language: str) -> None:
    """Speak a language, or English where the terminal has not its letters."""
    use_language(language)
    word = _("error:")
    for stream in (sys.stdout, sys.stderr):
        try:
            word.encode(stream.encoding or "utf-8")
        except UnicodeEncodeError:
            use_language(SOURCE)
        except LookupError:
            pass  # an encoding that Python does not know by name still wrote what was written to it


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    # what a service manager sends is a person's Ctrl-C to us
    raise KeyboardInterrupt


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; never raises."""
    verbosity = sum(word.count("v") for word in arguments if word in {"-v", "-vv", "--verbose"})
    _speak(chosen_language(arguments))
    try:
        outcome = in_language(cli).main(arguments, prog_name="wa2pg", standalone_mode=False, obj=tuple(arguments))
    except UserError as error:
        complain(error.message, error.hint)
        code: int = error.exit_code
    except click.exceptions.Abort:
        code = _interrupted(arguments)
    except KeyboardInterrupt:
        code = _interrupted(arguments)
    except click.UsageError as error:
        _show_usage(error)
        return ExitCode.USAGE
    except click.ClickException as error:
        error.show()
        return ExitCode.FAILED
    except OSError as error:
        if error.errno in _DISK_FULL:
            complain(
                _("The disk is full."), _("make room, then run the same command again; nothing that arrived is lost")
            )
        else:
            complain(
                _("The system refused: {reason}.", reason=system_reason(error)),
                _("run it again with -vv to see where"),
            )
        _trace(error, verbosity)
        return ExitCode.FAILED
    except Exception as error:  # noqa: BLE001  (the last stop: a bug must not print chat text with its locals)
        complain(
            _("This is a bug of wa2pg ({kind}). What was archived is untouched.", kind=type(error).__name__),
            _("run it again with -vv and report what it prints"),
        )
        _trace(error, verbosity)
        return ExitCode.FAILED
    else:
        return int(outcome) if isinstance(outcome, int) else ExitCode.DONE
    return code


def _show_usage(error: click.UsageError) -> None:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        # a group alone: its help, which is no error's sentence
        click.echo(error.format_message(), err=True)
        return
    # click repeats what was typed; an address with a password in it must not be
    message = _ADDRESS.sub("…", error.format_message())
    if sys.stderr.isatty():
        # click leaves it to the terminal, which breaks it in the middle of a word
        lines = _("Error: {message}", message=message).splitlines()
        folded = "\n".join(textwrap.fill(line, report_width(), break_on_hyphens=False) for line in lines)
        message = folded.removeprefix(_("Error: {message}", message=""))
    click.UsageError(message, error.ctx).show()


def _interrupted(arguments: list[str]) -> int:
    again = _("run the same command again to go on")
    if may_be_repeated(arguments):
        command = shlex.join(["wa2pg", *arguments])
        again = _("to go on, run the same command again: {command}", command=command)
    tell_stopped(_("Stopped. Nothing that arrived is lost."), again)
    return ExitCode.INTERRUPTED


def may_be_repeated(arguments: Sequence[str]) -> bool:
    """Whether a command line can be said: it holds no secret and no person's number."""
    return not any(word.startswith(_PRIVATE_OPTIONS) or _ADDRESS.search(word) or _is_number(word) for word in arguments)


def _is_number(word: str) -> bool:
    # the names of snapshots and the ids of organisations have long numbers in them too
    return bool(_LONG_NUMBER.search(_UUID.sub("", RUN_NAME_PATTERN.sub("", word))))


def _trace(error: BaseException, verbosity: int) -> None:
    """Where it happened, without the exception's own words: they may quote data."""
    if verbosity >= 2:
        sys.stderr.write("".join(traceback.format_tb(error.__traceback__)))
