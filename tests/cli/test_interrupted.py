"""Ctrl-C: nothing is lost, and the command that goes on is told, without what must not be repeated."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from load.embedded import start_embedded
from schemas.datadir import LOCK_NAME
from tests.cli.conftest import ROOT, Terminal
from wa2pg.start import may_be_repeated
from wa2pg.target import COMPANY_DATABASE

UUID = "550e8400-e29b-41d4-a716-446655440000"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Stopped. Nothing that arrived is lost.\n  hint: to go on, run the same command again: "),
        ("ru", "Остановлено. Из полученного ничего не потеряно.\n  подсказка: чтобы продолжить, "),
    ],
)
def test_the_command_that_goes_on_is_told_and_no_error(terminal: Terminal, language: str, told: str) -> None:
    folder = terminal.folder / "two words"
    folder.mkdir()
    os.mkfifo(folder / "labelled.tsv")
    with started(terminal, "evaluate", "language", "two words/labelled.tsv", language=language) as program:
        # opens once the program reads from it
        pipe = os.open(folder / "labelled.tsv", os.O_WRONLY)
        program.send_signal(signal.SIGINT)
        said = program.communicate(timeout=60)[1]
        os.close(pipe)

    assert program.returncode == 130
    assert said.lstrip().startswith(told)
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


@dataclass
class Stopped:
    """A command that was sent Ctrl-C while it worked."""

    code: int
    said: list[dict[str, Any]]

    @property
    def again(self) -> str:
        """The command line that goes on, as the hint has it."""
        (error,) = [line for line in self.said if line["event"] == "error"]
        assert error["message"] == "Stopped. Nothing that arrived is lost."
        told, command = error["hint"].split(": ", 1)
        assert told == "to go on, run the same command again"
        return str(command)


def stop_at(terminal: Terminal, step: str, *words: str) -> Stopped:
    """Run a command and send it Ctrl-C when this step is shown; once more where it was done before that came."""
    for _attempt in range(10):
        with started(terminal, *words, "--progress", "json") as program:
            assert program.stderr
            said = []
            for line in program.stderr:
                said.append(json.loads(line))
                if said[-1].get("step") == step:
                    program.send_signal(signal.SIGINT)
                    break
            said += map(json.loads, program.stderr)
        if program.returncode:
            return Stopped(program.returncode, said)
        assert any(line.get("step") == step for line in said), said
    raise AssertionError("Ctrl-C came too late ten times")


def environment(terminal: Terminal) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", **terminal.environment}


def started(terminal: Terminal, *words: str, language: str = "en") -> "subprocess.Popen[str]":
    """`wa2pg WORDS…` under way; what it says is in its `stderr`."""
    return subprocess.Popen(
        [sys.executable, "-m", "wa2pg", *words],
        cwd=terminal.folder,
        env=environment(terminal) | {"WA2PG_LANG": language},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def go_on(terminal: Terminal, stopped: Stopped) -> None:
    assert stopped.code == 130
    done = subprocess.run(
        ["bash", "-c", stopped.again], cwd=terminal.folder, env=environment(terminal), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def contents(folder: Path) -> dict[str, bytes]:
    """Every file, but for the locks, which name their last holder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != LOCK_NAME)
    return {str(path): path.read_bytes() for path in files}


@pytest.fixture
def extracted(terminal: Terminal, cleaned_sample: Path) -> Terminal:
    """The sample in `in` and in the archive; no clean tables yet."""
    without = shutil.ignore_patterns("clean")
    shutil.copytree(cleaned_sample, terminal.folder, symlinks=True, dirs_exist_ok=True, ignore=without)
    return terminal


def test_a_transform_that_is_stopped_leaves_the_tables_in_force(extracted: Terminal) -> None:
    assert extracted.run("transform", "--as-of", "2026-02-01").code == 0
    clean = extracted.data / "clean/default"
    before = (clean / "current").readlink()
    content = contents(clean / before)
    for step in ("opening the archive", "writing messages", "checking the tables"):
        stopped = stop_at(extracted, step, "transform", "--as-of", "2026-03-01")
        if (clean / "current").readlink() != before:  # an attempt that was done first
            before = (clean / "current").readlink()
            content = contents(clean / before)
        assert contents(clean / before) == content
        go_on(extracted, stopped)
        before = (clean / "current").readlink()
        content = contents(clean / before)
        runs = [path for path in clean.iterdir() if path.is_dir() and not path.is_symlink()]
        assert all((run / "run.json").exists() for run in runs)


def test_an_audit_that_is_stopped_changes_nothing(extracted: Terminal) -> None:
    before = contents(extracted.data)
    stopped = stop_at(extracted, "checking files", "audit", "--repair")
    assert contents(extracted.data) == before
    go_on(extracted, stopped)


def test_a_load_that_is_stopped_writes_nothing(extracted: Terminal) -> None:
    assert extracted.run("transform", "--as-of", "2026-03-01").code == 0
    assert extracted.run("org", "create", "Silk Road Tours").code == 0
    database = start_embedded(extracted.data / "postgres").conninfo(COMPANY_DATABASE)
    rows = "select (select count(*) from clients), (select count(*) from messages), (select count(*) from import_runs)"
    with psycopg.connect(database) as other, psycopg.connect(database, autocommit=True) as looking:
        # the load waits for this lock until Ctrl-C comes
        other.execute("lock table client_status_history in access exclusive mode")
        with started(extracted, "load", "--org", "silk-road-tours", "--progress", "json") as program:
            until = time.monotonic() + 60
            waiting = "select count(*) from pg_locks where not granted"
            while looking.execute(waiting).fetchone() == (0,) and time.monotonic() < until:
                time.sleep(0.05)
            program.send_signal(signal.SIGINT)
            said = program.communicate(timeout=60)[1]
        stopped = Stopped(program.returncode, [json.loads(line) for line in said.splitlines()])
        other.rollback()
        assert looking.execute(rows).fetchone() == (0, 0, 0)
        go_on(extracted, stopped)
        clients, messages, runs = looking.execute(rows).fetchone() or ()
        assert (clients > 0, messages > 0, runs) == (True, True, 1)


@pytest.mark.parametrize("step", ["decoding payloads", "writing messages"])
def test_a_demo_that_is_stopped_is_gone_on_with(terminal: Terminal, step: str) -> None:
    go_on(terminal, stop_at(terminal, step, "demo"))
    assert terminal.run("audit").code == 0


def test_an_import_that_is_stopped_is_gone_on_with(extracted: Terminal) -> None:
    assert extracted.run("org", "create", "Silk Road Tours").code == 0
    words = ("import", "--org", "silk-road-tours", "--replay", "in", "--again", "--as-of", "2026-03-01")
    go_on(extracted, stop_at(extracted, "writing messages", *words))
    assert extracted.run("audit").code == 0
