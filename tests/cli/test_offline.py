"""Everything to the right of the archive runs with the network cable out."""

import subprocess
import sys
from pathlib import Path

import pytest

from extract.whatsapp.sample import write_sample
from tests.cli.conftest import ROOT, Terminal

# where no network namespace may be made: any socket that is not a Unix one ends the process
GUARD = """
import runpy, socket, sys
def refuse(self, address):
    if self.family != socket.AF_UNIX:
        raise SystemExit("the network was used")
socket.socket.connect = socket.socket.connect_ex = refuse
sys.argv = ["wa2pg", *sys.argv[1:]]
runpy.run_module("wa2pg", run_name="__main__")
"""


def _cut_off() -> list[str]:
    tried = subprocess.run(["unshare", "-rn", "true"], check=False, capture_output=True)
    if tried.returncode == 0:
        return ["unshare", "-rn", sys.executable, "-m", "wa2pg"]
    return [sys.executable, "-c", GUARD]


@pytest.mark.parametrize("command", ["transform", "audit"])
def test_a_stage_needs_no_network(terminal: Terminal, tmp_path: Path, command: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write_sample(folder)
    assert terminal.run("extract", "--replay", str(folder)).code == 0
    done = subprocess.run(
        [*_cut_off(), command],
        cwd=terminal.folder,
        env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


def test_the_guard_notices_a_connection() -> None:
    script = GUARD.split("sys.argv", maxsplit=1)[0] + 'socket.create_connection(("127.0.0.1", 9))'
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert "the network was used" in done.stderr
