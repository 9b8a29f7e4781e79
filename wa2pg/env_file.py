"""The file `.env`: single settings in it are replaced, everything else in it stays byte for byte."""

import errno
import fcntl
import io
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from schemas.errors import ExitCode, UserError
from schemas.files import replace_file
from schemas.settings import MOST_BYTES_OF_FILE, no_settings_file
from schemas.system_errors import system_reason
from schemas.translation import _

NAME = ".env"
BACKUP = ".env.before-init"
_HEADER = "# Settings of wa2pg, written by wa2pg init; .env.example lists all that there are\n"
# one setting as python-dotenv reads it: what stands before its value, the value, what follows on the line
_LINE = re.compile(
    r"""(?P<head>\s*(?:export[^\S\r\n]+)?(?:'[^']+'|[^=\#\s]+)[^\S\r\n]*)
        (?:=[^\S\r\n]+(?=\#)
          |=[^\S\r\n]*(?:'(?:\\.|[^'\\])*'
                        |"(?:\\.|[^"\\])*"
                        # of a bare value a # is a part, unless a space stands before it
                        |[^\s'"][^\r\n]*?(?=[^\S\r\n]+\#|[^\S\r\n]*(?:[\r\n]|$))
                        |(?=[\r\n]|$)))?
        (?P<tail>[^\S\r\n]*(?:\#[^\r\n]*)?(?:\r\n|\n|\r|$))""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class EnvFile:
    """`.env` as it was when it was read; `content` None: there is none. `path` is the file itself, behind any link."""

    path: Path
    content: bytes | None

    @property
    def text(self) -> str:
        """What is in it."""
        return (self.content or b"").decode("utf-8")

    def value(self, name: str) -> str:
        """A setting as the program reads it from this file alone; "" when it is not set."""
        return _values(self.text).get(name.lower(), "")

    def changed(self, settings: Mapping[str, str]) -> list[str]:
        """The names of those settings that this file does not have as they are to be."""
        return [name for name, value in settings.items() if self.value(name) != value]

    def with_settings(self, settings: Mapping[str, str]) -> str:
        """Its text with these settings; an empty value stands for one that is not set.

        Raises UserError (3) when other lines of the file keep them from being read as they were written.
        """
        left = {name.lower(): name for name in self.changed(settings)}
        ours = frozenset(left)
        end = "\r\n" if "\r\n" in self.text else "\n"
        text = ""
        for piece, key in _pieces(self.text or _HEADER):
            if key not in ours:
                text += piece
            elif key in left:
                name = left.pop(key)
                text += _replaced(piece, name, settings[name], end)
            # else a second line of the same name, which would win over the first
        for name in filter(settings.get, left.values()):
            text += ("" if not text or text.endswith(("\n", "\r")) else end) + f"{name}={quoted(settings[name])}{end}"
        read_back = _values(text)
        if any(read_back.get(name.lower(), "") != value for name, value in settings.items()):
            raise UserError(
                _("A line of .env keeps those after it from being read: it may lack a closing quote."),
                hint=_("correct it, or put the file away: {command}", command="mv .env .env.old && wa2pg init"),
                exit_code=ExitCode.CONFIGURATION,
            )
        return text

    def write(self, settings: Mapping[str, str]) -> bool:
        """Put these settings into the file, whole or not at all, for its owner alone; the old one is kept beside it.

        False when it has them already. Raises UserError when it cannot be written, and when another wrote something
        else into it since it was read: what two people answer is not mixed.
        """
        if not self.changed(settings) and self.content is not None:
            return False
        text = self.with_settings(settings)
        try:
            with _alone_in(self.path.parent):
                there = read_env_file(self.path)
                if there.content != self.content and not there.changed(settings):
                    return False
                if there.content != self.content:
                    raise UserError(
                        _("The file .env was changed by something else meanwhile; it stays as it is."),
                        hint=_("run: {command}", command="wa2pg init"),
                    )
                if self.content is not None:
                    replace_file(self.path.with_name(BACKUP), self.content, owned_as=self.path)
                replace_file(self.path, text.encode("utf-8"), owned_as=self.path)
        except OSError as error:
            raise _cannot_be_written(error) from None
        return True


def read_env_file(path: Path) -> EnvFile:
    """Read `.env`, which need not be there; a link is followed.

    Raises UserError (3) for what is no settings file, or cannot be read or written.
    """
    try:
        path = path.resolve(strict=False)
        if not os.access(path.parent, os.W_OK | os.X_OK):
            raise PermissionError
        content = _read(path)
    except (OSError, RuntimeError) as error:
        raise _cannot_be_written(error) from None
    return EnvFile(path, content)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder while the block runs, so that of two at once one sees what the other wrote."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        # some network disks know no locks
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _read(path: Path) -> bytes | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise no_settings_file()
        content = file.read(MOST_BYTES_OF_FILE + 1)
    with suppress(UnicodeDecodeError):
        if len(content) <= MOST_BYTES_OF_FILE and "\0" not in content.decode("utf-8"):
            return content
    raise no_settings_file()


def _cannot_be_written(error: Exception) -> UserError:
    refusal = error if isinstance(error, OSError) and error.errno else PermissionError(errno.EACCES, None)
    return UserError(
        _("The file .env cannot be read and written here: {reason}.", reason=system_reason(refusal)),
        hint=_("run this in a folder of your own, as the user that wa2pg runs as"),
        exit_code=ExitCode.CONFIGURATION,
    )


def can_be_written(value: str) -> bool:
    """Whether a value is one line of text, without signs that move a terminal's cursor."""
    return value.isprintable() and all(not 0xD800 <= ord(sign) < 0xE000 for sign in value)


def quoted(value: str) -> str:
    """A value as python-dotenv reads it back; bare where that is the same, as other programs know no quotes."""
    # the only way to write a literal ${: the default of a variable without a name, which cannot be set
    value = value.replace("${", "${:-$}{")
    if value and not re.search(r"[\s#'\"\\]", value):
        return value
    return "'" + value.replace("\\", r"\\").replace("'", r"\'") + "'" if value else ""


def _replaced(piece: str, name: str, value: str, end: str) -> str:
    found = _LINE.fullmatch(piece)
    if not found:
        return f"{name}={quoted(value)}{end}"
    tail = found["tail"]
    return found["head"].rstrip(" \t") + f"={quoted(value)}" + (f" {tail}" if tail.startswith("#") else tail)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """The text in pieces, each with the setting's name in lower case; "" where it is none."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    if mark:
        yield mark, ""
    for found in parse_stream(io.StringIO(text.removeprefix(mark), newline="")):
        yield found.original.string, (found.key or "").lower()


def _values(text: str) -> dict[str, str]:
    # as pydantic-settings takes them: in any case, an empty one is none
    read = dotenv_values(stream=io.StringIO(text, newline=None))
    return {name.lower(): value for name, value in read.items() if value}
