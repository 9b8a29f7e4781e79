"""Tab completion: commands, options, accounts and organisations, in the shells that are there."""

import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

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


def test_the_languages_of_lang_are_completed(terminal: Terminal) -> None:
    assert complete(terminal, "--lang", "") == complete(terminal, "load", "--lang", "") == ["en", "ru"]
    assert complete(terminal, "load", "--lang", "r") == ["ru"]


def in_bash(terminal: Terminal, line: str) -> list[str]:
    words = line.split(" ")
    script = f"""
        source <(wa2pg completion bash)
        COMP_WORDS=({" ".join(word or "''" for word in words)}) COMP_CWORD={len(words) - 1}
        "$(complete -p wa2pg | sed 's/.*-F \\([^ ]*\\).*/\\1/')" wa2pg
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    return _shell(terminal, "bash", "-c", script).splitlines()


def in_fish(terminal: Terminal, line: str) -> list[str]:
    offered = _shell(terminal, "fish", "-c", f"wa2pg completion fish | source; complete -C '{line}'")
    return [found.split("\t")[0] for found in offered.splitlines()]


def in_zsh(terminal: Terminal, line: str) -> list[str]:
    """zsh completes at a terminal alone: Tab is pressed, and what then stands there is read."""
    process, screen = pty.fork()
    if process == 0:
        os.chdir(terminal.folder)
        environment = _environment(terminal) | {"TERM": "dumb", "COLUMNS": "80"}
        os.execvpe("zsh", ["zsh", "-f", "-i"], environment)  # noqa: S606 - it is a shell
    try:
        _type(
            screen, "PS1='> '; autoload -U compinit && compinit -u -D; source <(wa2pg completion zsh); echo re''ady\n"
        )
        _read(screen, "ready")
        _type(screen, f"{line}\t")
        return _read(screen, None).replace(line, "", 1).split()
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(screen)


def _type(screen: int, text: str) -> None:
    os.write(screen, text.encode())


def _read(screen: int, until: str | None) -> str:
    """What is shown until these words, or until nothing has come for two seconds."""
    shown, deadline = "", time.monotonic() + 30
    os.set_blocking(screen, False)
    quiet = time.monotonic()
    while time.monotonic() < deadline and (until is None or until not in shown):
        try:
            shown += os.read(screen, 4096).decode("utf-8", "replace")
            quiet = time.monotonic()
        except BlockingIOError:
            if until is None and time.monotonic() - quiet > 4:
                break
            time.sleep(0.05)
    return shown


def _environment(terminal: Terminal) -> dict[str, str]:
    beside = Path(sys.executable).parent
    return {"PATH": f"{beside}:{os.environ['PATH']}", "HOME": str(terminal.folder), "LANG": "C.UTF-8"}


def _shell(terminal: Terminal, *words: str) -> str:
    done = subprocess.run(
        words, cwd=terminal.folder, env=_environment(terminal), capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize(("shell", "tab"), [("bash", in_bash), ("zsh", in_zsh), ("fish", in_fish)])
def test_the_shell_itself_offers_them(terminal: Terminal, shell: str, tab: Callable[..., list[str]]) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    for account in ("office", "osh", "airport"):
        (terminal.data / "archive" / account).mkdir(parents=True)
    assert terminal.run("org", "create", "Silk Road Tours").code == 0
    assert {"office", "osh"} <= set(tab(terminal, "wa2pg load --account o"))
    assert "airport" not in tab(terminal, "wa2pg load --account o")
    assert any(offered.startswith("ilk-road-tours") or offered == "silk-road-tours"
               for offered in tab(terminal, "wa2pg load --org s"))  # fmt: skip
    assert {"en", "ru"} <= set(tab(terminal, "wa2pg load --lang "))
