"""What the program says to people: sentences on stderr, reports on stdout."""

import json
import re
import shutil
import sys
import textwrap
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from schemas.translation import _
from wa2pg.command_list import COMMANDS

_WIDTH, _LEAST_WIDTH = 80, 40
# what else a hint may give to paste, and a sign for the spaces in it that no text has
_MADE = "setup|demo|init|extract|transform|review|load|import|audit|doctor|org|upgrade|model|clear-sessions"
_TYPED = rf"wa2pg|make (?:{_MADE})\b|export|unset|mkdir|mv|git|psql|createdb|createuser|sudo|timedatectl|apt|brew"
_HELD = "\uf8ff"
# "wa2pg loads into them" is a sentence
_COMMAND = re.compile(rf"\bwa2pg (?=-|(?:{'|'.join(COMMANDS)})\b)")


def stderr() -> Console:
    """Where talk, progress and errors go."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def stdout() -> Console:
    """Where reports go."""
    return Console(highlight=False, soft_wrap=True)


def program() -> str:
    """How this program is called from here: `wa2pg` when the shell finds it, else its path."""
    beside = Path(sys.executable).with_name("wa2pg")
    found = shutil.which("wa2pg")
    if found is not None and Path(found).resolve() == beside.resolve():
        return "wa2pg"
    if not beside.exists():
        return f"{Path(sys.executable).name} -m wa2pg"
    try:
        return str(beside.relative_to(Path.cwd()))
    except ValueError:
        return str(beside)


def pasteable(text: str) -> str:
    """`text` with the commands in it as they can be pasted here."""
    name = program()
    return _COMMAND.sub(lambda _found: name + " ", text)


def report_width() -> int:
    """How many columns a report takes: 80, in a narrower terminal as many as it has."""
    return min(_WIDTH, max(_LEAST_WIDTH, shutil.get_terminal_size().columns)) if sys.stdout.isatty() else _WIDTH


def folded_around_commands(text: str, width: int, indent: str) -> list[str]:
    """A hint folded at words, but for the commands in it: each stays in one piece, to be pasted.

    Lines after the first are commands on their own, and stay.
    """
    first, *others = text.split("\n")
    typed = re.compile(rf"(?<![\w/.-])(?:{re.escape(program())}|{_TYPED})(?: [^;,`]*?)?(?=   |[;,`]|$)")
    # three spaces stand between ways to go: each on a line of its own, where all do not fit into one
    ways = [indent + first] if len(indent + first) <= width else [indent + way for way in first.split("   ")]
    lines = []
    for way in ways:
        whole = typed.sub(lambda found: found[0].replace(" ", _HELD), way)
        lines += textwrap.wrap(whole, width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)
    return [line.replace(_HELD, " ") for line in lines] + others


def _print_folded(console: Console, text: Text) -> None:
    """Fold a sentence at words for a person's terminal; elsewhere it stays one line, for logs and for grep."""
    text.plain = _lines_printable(text.plain)
    console.print(text, soft_wrap=not console.is_terminal)


class _Lines:
    """Whether stderr is read by a program, a JSON object a line (`--progress json`)."""

    json = False


def talk_in_json() -> None:
    """From now on everything said on stderr is a JSON object a line."""
    _Lines.json = True


def _told_in_json(event: str, message: str, **details: str | None) -> bool:
    if _Lines.json:
        line = {"event": event, "message": pasteable(message), **details}
        sys.stderr.write(json.dumps({key: value for key, value in line.items() if value is not None}) + "\n")
    return _Lines.json


def end_line() -> None:
    """Begin a new line on stderr, where a terminal shows ^C or a bar."""
    if not _Lines.json:
        click.echo(err=True)


def complain(message: str, hint: str | None = None) -> None:
    """An error's sentence and what to do, on stderr."""
    if _told_in_json("error", message, hint=pasteable(hint) if hint else None):
        return
    console = stderr()
    _print_folded(console, Text.assemble((_("error:") + " ", "bold red"), pasteable(message)))
    _print_hint(console, hint)


def tell_stopped(message: str, hint: str) -> None:
    """That somebody stopped the program, which is no error, and how to go on; in JSON it stays an error's event."""
    if _told_in_json("error", message, hint=pasteable(hint)):
        return
    console = stderr()
    _print_folded(console, Text(pasteable(message), style="bold"))
    _print_hint(console, hint)


def _print_hint(console: Console, hint: str | None) -> None:
    if hint:
        start = "  " + _("hint:") + " "
        told = start + _lines_printable(pasteable(hint))
        if console.is_terminal:
            told = "\n".join(folded_around_commands(told.lstrip(), console.width, "  "))
        console.print(Text.assemble((start, "bold"), told.removeprefix(start)))


def warn(message: str) -> None:
    """A warning, on stderr."""
    if _told_in_json("warning", message):
        return
    _print_folded(stderr(), Text.assemble((_("warning:") + " ", "bold yellow"), pasteable(message)))


def say(message: str) -> None:
    """Something worth knowing that is no result, on stderr."""
    if _told_in_json("note", message):
        return
    _print_folded(stderr(), Text(pasteable(message)))


def agreed(question: str) -> bool:
    """A person's yes or no, asked on stderr; Enter alone, Ctrl-C and the end of the input are a no.

    Not click's own: that knows the English letters only.
    """
    # Translators: the letters for yes and no; the big one counts when nothing is typed
    asked = f"{question} [{_('y/N')}]"
    try:
        return bool(click.prompt(asked, default="", show_default=False, value_proc=_agreed, err=True))
    except click.Abort:
        click.echo(err=True)  # what is said next begins a line of its own
        return False


def yes_or_no(typed: str) -> bool | None:
    """What was typed for a yes or a no, in the language in force or in English; None when it is neither."""
    word = typed.strip().lower()
    # Translators: all that may be typed for yes, with spaces between
    if word in {"y", "yes", *_("y yes").split()}:
        return True
    # Translators: all that may be typed for no, with spaces between
    return False if word in {"n", "no", *_("n no").split()} else None


def _agreed(typed: str) -> bool:
    answer = yes_or_no(typed) if typed.strip() else False
    if answer is None:
        raise click.UsageError(_("invalid input"))
    return answer


def printable(text: str) -> str:
    """`text` without what would move a terminal's cursor or colour it: file names and addresses come from outside."""
    return "".join(
        # the space inside of a number, as many languages write it, does nothing to a terminal
        letter if letter.isprintable() or letter == "\N{NO-BREAK SPACE}" else "\N{REPLACEMENT CHARACTER}"
        for letter in text
    )


def _lines_printable(text: str) -> str:
    """What is said, lines and all: the names in it come from outside too."""
    return "\n".join(map(printable, text.split("\n")))


def report_text(title: str, rows: list[tuple[str, str]], width: int | None = None) -> Text:
    """A report: a title and label-value lines, long values folded under themselves."""
    width = width or report_width()
    column = max((len(label) for label, _value in rows), default=0) + 4
    report = Text(title + "\n", style="bold")
    for label, value in ((printable(label), printable(value)) for label, value in rows):
        folded = textwrap.wrap(value, max(20, width - column), break_on_hyphens=False, break_long_words=False) or [""]
        lines = [f"  {label}".ljust(column) + folded[0], *(" " * column + line for line in folded[1:])]
        report.append("".join(line.rstrip() + "\n" for line in lines), style="not bold")
    report.rstrip()
    return report
