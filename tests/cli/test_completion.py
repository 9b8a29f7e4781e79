"""Tab completion: commands, options, accounts and organisations, in the shells that are there."""

import shutil
import subprocess

import pytest

from load.embedded import stop_embedded
from tests.cli.conftest import Outcome, Terminal

SHELLS = {"bash": ["-n"], "zsh": ["-n"], "fish": ["--no-execute"]}


def complete(terminal: Terminal, *words: str) -> list[str]:
    """What bash is offered for the last of these words."""
    offered: Outcome = terminal.run(
        _WA2PG_COMPLETE="bash_complete", COMP_WORDS=" ".join(["wa2pg", *words]), COMP_CWORD=str(len(words))
    )
    return [line.partition(",")[2] for line in offered.out.splitlines() if line]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_one_that_its_shell_can_read(terminal: Terminal, shell: str) -> None:
    done = terminal.run("completion", shell)
    assert done.code == 0
    assert "_WA2PG_COMPLETE" in done.out
    if shutil.which(shell):
        read = subprocess.run([shell, *SHELLS[shell]], input=done.out, text=True, capture_output=True, check=False)
        assert (read.returncode, read.stderr) == (0, "")


def test_commands_and_options_are_completed(terminal: Terminal) -> None:
    assert complete(terminal, "tra") == ["transform"]
    assert complete(terminal, "load", "--dry") == ["--dry-run"]


def test_accounts_are_completed_from_the_archive(terminal: Terminal) -> None:
    for account in ("office", "osh", "airport"):
        (terminal.data / "archive" / account).mkdir(parents=True)
    assert complete(terminal, "load", "--account", "o") == ["office", "osh"]
    assert complete(terminal, "load", "--account", "x") == []


def test_organisations_are_completed_from_a_database_that_runs(terminal: Terminal) -> None:
    assert complete(terminal, "load", "--org", "s") == []
    assert not (terminal.data / "postgres").exists()
    assert terminal.run("org", "create", "Silk Road Tours").code == 0
    assert terminal.run("org", "create", "Osh Bazaar").code == 0
    assert complete(terminal, "load", "--org", "s") == ["silk-road-tours"]
    stop_embedded(terminal.data / "postgres")
    assert complete(terminal, "load", "--org", "s") == []
