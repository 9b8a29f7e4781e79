"""Running `wa2pg` as a program, with a data directory and an embedded server that are gone afterwards."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from extract.whatsapp.sample import SAMPLE_OWN_PHONE, write_sample
from load.embedded import remove_embedded

ROOT = Path(__file__).parents[2]


@dataclass
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """All of it, whichever way it went."""
        return self.out + self.err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Terminal:
    """A folder to stand in and a way to run commands there."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def run(self, *words: str, **environment: str) -> Outcome:
        """Run `wa2pg WORDS…` in a process of its own."""
        known = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
        done = subprocess.run(
            [sys.executable, "-m", "wa2pg", *words],
            cwd=self.folder,
            env={**known, "PYTHONPATH": str(ROOT), **self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    yield Terminal(tmp_path)
    remove_embedded(tmp_path / "data/postgres")


@pytest.fixture
def sample(terminal: Terminal) -> Path:
    """The sample's payloads, in a folder of the terminal's."""
    folder = terminal.folder / "in"
    folder.mkdir()
    write_sample(folder)
    return folder


@pytest.fixture(scope="session")
def cleaned_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample's payloads in `in`, its archive and its clean tables in `data`; to be copied."""
    made = Terminal(tmp_path_factory.mktemp("cleaned"))
    (made.folder / "in").mkdir()
    write_sample(made.folder / "in")
    assert made.run("extract", "--replay", "in", "--own", SAMPLE_OWN_PHONE).code == 0
    assert made.run("transform", "--as-of", "2026-03-01").code == 0
    return made.folder


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A terminal in which `wa2pg demo` has run once; for tests that only look."""
    folder = tmp_path_factory.mktemp("demo")
    terminal = Terminal(folder)
    first = terminal.run("demo", "--json")
    assert first.code == 0, first.err
    terminal.environment["FIRST"] = first.out
    yield terminal
    remove_embedded(folder / "data/postgres")
