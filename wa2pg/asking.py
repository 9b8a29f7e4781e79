"""Asking a person at the terminal, or a file of answers, line by line."""

import sys
import unicodedata

import click

from schemas.translation import _
from wa2pg.env_file import can_be_written
from wa2pg.talk import complain, say, yes_or_no


class StoppedError(Exception):
    """No more answers: Ctrl-C (`interrupted`), or the end of the input."""

    def __init__(self, *, interrupted: bool) -> None:
        super().__init__("interrupted" if interrupted else "end of input")
        self.interrupted = interrupted


def ask(question: str, *, default: str = "", shown: str | None = None) -> str:
    """A line that was typed, without the spaces around it; `default` for an empty one, which is shown as `shown`."""
    told = default if shown is None else shown
    return _line(f"{question} [{told}]" if told else question, hidden=False).strip() or default


def ask_hidden(question: str) -> str:
    """A secret, which the terminal does not show while it is typed; "" for none."""
    return _line(question, hidden=True).strip("\r\n")


def ask_yes(question: str) -> bool:
    """A yes or a no, in the language in force or in English; an empty line is a no."""
    while True:
        answer = yes_or_no(ask(question, default="no", shown=_("yes/NO")))
        if answer is not None:
            return answer
        complain(_("Type yes or no."))


def choose(options: list[tuple[str, str]], question: str, default: str) -> str:
    """One of the options (word, description), by its number or its word."""
    words = [word for word, _description in options]
    for place, (_word, description) in enumerate(options, 1):
        say(f"  {place}  {description}")
    while True:
        typed = ask(question, default=str(words.index(default) + 1)).lower()
        if typed in words:
            return typed
        if typed.isascii() and typed.isdigit() and 1 <= int(typed[:9]) <= len(words):
            return words[int(typed) - 1]
        complain(_("Type a number from 1 to {most}.", most=len(words)))


def _line(question: str, *, hidden: bool) -> str:
    while True:
        try:
            typed = str(
                click.prompt(
                    question, default="", show_default=False, hide_input=hidden and sys.stdin.isatty(), err=True
                )
            )
        except click.Abort as abort:
            raise _stopped(abort) from None
        except UnicodeDecodeError:
            typed = "\0"
        _end_of_line()
        # a secret is not shown, and written in codes: a space that no key has comes with what is pasted
        if _has_one_line(typed) if hidden else can_be_written(typed.strip()):
            return typed
        complain(_("This line has signs in it that no setting can hold."), _("type it again"))


def _has_one_line(typed: str) -> bool:
    return not any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in typed.strip("\r\n"))


def _end_of_line() -> None:
    if not sys.stdin.isatty():
        click.echo(err=True)  # at a terminal the person's Enter is there


def _stopped(abort: click.Abort) -> StoppedError:
    return StoppedError(interrupted=isinstance(abort.__context__, KeyboardInterrupt))
