"""Imports that nobody watches: one line of JSON, an exit code, an outcome in a file that the doctor reads."""

import configparser
import json
import signal
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from extract.whatsapp.sample import SAMPLE_OWN_PHONE
from schemas.datadir import DataDir
from schemas.health import Health
from schemas.last_import import LastImport, check_last_import, write_last_import
from tests.cli.conftest import ROOT, Terminal

NAME = "unattended-default.json"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def outcome(terminal: Terminal) -> LastImport:
    return LastImport.model_validate_json((terminal.data / NAME).read_bytes())


def test_it_prints_one_line_of_json_and_leaves_its_outcome(terminal: Terminal, sample: Path) -> None:
    assert terminal.run("org", "create", "Silk Road Tours").code == 0
    words = ("--replay", str(sample), "--own", SAMPLE_OWN_PHONE, "--as-of", "2026-03-01")
    done = terminal.run("import", "--unattended", *words, WA2PG_ORG="silk-road-tours")
    assert done.code == 0, done.err
    (line,) = done.out.splitlines()
    assert (json.loads(line)["ok"], json.loads(line)["load"]["chats"]["imported"] > 0) == (True, True)
    assert "\r" not in done.err
    last = outcome(terminal)
    assert (last.state, last.exit_code, last.said, last.account) == ("done", 0, None, "default")
    assert stat.S_IMODE((terminal.data / NAME).stat().st_mode) == 0o600
    assert check_last_import(DataDir(terminal.data)).health is Health.OK


def test_without_a_linked_phone_it_asks_nobody(terminal: Terminal) -> None:
    done = terminal.run("import", "--unattended", "--org", "silk-road-tours")
    assert (done.code, done.json["error"]["message"]) == (
        4,
        "No phone is linked to the account default, and nobody is here to link one.",
    )
    assert (outcome(terminal).state, outcome(terminal).exit_code) == ("failed", 4)
    doctor = terminal.run("doctor", "--json")
    line = next(check for check in doctor.json["checks"] if check["name"] == "last import")
    assert (doctor.code, line["health"]) == (1, "broken")
    assert "No phone is linked" in line["found"]
    assert "extract --account default" in line["cure"]


def test_one_that_is_stopped_or_killed_is_not_done(terminal: Terminal, sample: Path) -> None:
    assert terminal.run("org", "create", "Silk Road Tours").code == 0
    for number, state in ((signal.SIGTERM, "failed"), (signal.SIGKILL, "running")):
        (terminal.data / NAME).unlink(missing_ok=True)
        command = [sys.executable, "-m", "wa2pg", "import", "--unattended", "--org", "silk-road-tours"]
        with subprocess.Popen(
            [*command, "--replay", str(sample), "--again"],
            cwd=terminal.folder,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as running:
            until = time.monotonic() + 30
            while not (terminal.data / NAME).exists() and time.monotonic() < until:
                time.sleep(0.01)
            running.send_signal(number)
        assert outcome(terminal).state == state


@pytest.mark.parametrize(
    ("state", "code", "hours", "health"),
    [
        ("done", 0, 1, Health.OK),
        ("running", None, 1, Health.OK),
        ("failed", 6, 1, Health.BROKEN),
        ("done", 0, 27, Health.BROKEN),
        ("running", None, 27, Health.BROKEN),
    ],
)
def test_the_doctor_wants_a_good_one_every_night(
    state: str, code: int | None, hours: int, health: Health, tmp_path: Path
) -> None:
    told = LastImport.model_validate(
        {"account": "office", "state": state, "exit_code": code, "began_at": NOON - timedelta(hours=hours)}
    )
    write_last_import(DataDir(tmp_path), told)
    check = check_last_import(DataDir(tmp_path), NOON)
    assert check.health is health
    assert (check.cure is not None) == (health is Health.BROKEN)


def test_one_account_s_good_night_hides_no_other_s_bad_one(tmp_path: Path) -> None:
    for account, state, code in (("almaty", "done", 0), ("bishkek", "failed", 6), ("osh", "done", 0)):
        told = {"account": account, "state": state, "exit_code": code, "began_at": NOON}
        write_last_import(DataDir(tmp_path), LastImport.model_validate(told))
    check = check_last_import(DataDir(tmp_path), NOON)
    assert (check.health, check.cure) == (Health.BROKEN, "wa2pg import --unattended --account bishkek")


def test_an_outcome_that_cannot_be_read_is_a_warning(tmp_path: Path) -> None:
    assert check_last_import(DataDir(tmp_path)).health is Health.OK
    (tmp_path / NAME).write_text("{}")
    assert check_last_import(DataDir(tmp_path)).health is Health.WARNING


def test_the_unit_runs_a_command_that_exists(terminal: Terminal) -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(ROOT / "deploy/wa2pg.service")
    program, *words = unit["Service"]["ExecStart"].split()
    assert program.endswith("/.venv/bin/wa2pg")
    assert terminal.run(*words, "--help").code == 0
    assert unit["Service"]["WorkingDirectory"] + "/data" == unit["Service"]["ReadWritePaths"]
