"""What a person is told when something cannot go on, and the exit code the program ends with."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of `wa2pg`; part of the command line's contract (docs/cli.md)."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    CONFIGURATION = 3
    PAIRING = 4
    ARCHIVE = 5
    DATABASE = 6
    ENRICHMENT = 7
    INTERRUPTED = 130


class UserError(Exception):
    """A mistake or condition that a person can mend.

    `message` says what was expected and what was found, `hint` what to do: where it can, a command to paste.
    Neither ever holds chat text, a phone number or a secret. Every other exception is a bug of ours.
    """

    def __init__(self, message: str, *, hint: str | None = None, exit_code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.exit_code = exit_code
