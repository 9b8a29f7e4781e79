"""Ctrl-C: nothing is lost, and the command that goes on is told, without what must not be repeated."""

import os
import signal
import subprocess
import sys

import pytest

from tests.cli.conftest import ROOT, Terminal
from wa2pg.start import may_be_repeated

UUID = "550e8400-e29b-41d4-a716-446655440000"


def test_the_command_that_goes_on_is_told(terminal: Terminal) -> None:
    folder = terminal.folder / "two words"
    folder.mkdir()
    os.mkfifo(folder / "labelled.tsv")
    with subprocess.Popen(
        [sys.executable, "-m", "wa2pg", "evaluate", "language", "two words/labelled.tsv"],
        cwd=terminal.folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        # opens once the program reads from it
        pipe = os.open(folder / "labelled.tsv", os.O_WRONLY)
        program.send_signal(signal.SIGINT)
        said = program.communicate(timeout=60)[1]
        os.close(pipe)

    assert program.returncode == 130
    assert said.lstrip().startswith(
        "error: Stopped. Nothing that arrived is lost.\n  hint: to go on, run the same command again: "
    )
    assert said.endswith("wa2pg evaluate language 'two words/labelled.tsv'\n")


@pytest.mark.parametrize(
    ("words", "repeated"),
    [
        (("extract", "--account", "osh", "--days", "3650"), True),
        (("load", "--org", UUID), True),
        (("extract", "--redecode", "20261123T031500Z-k3f9"), True),
        (("extract", "--own", "+996555000111"), False),
        (("extract", "--phone=+996555000111"), False),
        (("transform", "--show-request", "+996 555 000111"), False),
        (("transform", "--show-request", "996555000111"), False),
        (("extract", "--proxy", "socks5://user:secret@10.0.0.1"), False),
        (("transform", "--use-llm", "--openrouter-key", "secret"), False),
    ],
)
def test_a_command_line_with_a_secret_or_a_number_is_not_repeated(words: tuple[str, ...], repeated: bool) -> None:
    assert may_be_repeated(list(words)) is repeated
