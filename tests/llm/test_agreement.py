"""Agreements that are given in the same moment are all remembered."""

import subprocess
import sys
from pathlib import Path

from tests.llm.server import MODEL
from transform.llm.agreement import Agreements
from transform.llm.options import ModelOptions

_AGREES = """
import sys
from pathlib import Path
from transform.llm.agreement import Agreements
from transform.llm.options import ModelOptions
for turn in range(25):
    Agreements(Path(sys.argv[1])).add(f"{sys.argv[2]}{turn}", ModelOptions("https://127.0.0.1/v1", sys.argv[3], None))
"""


def test_no_agreement_is_lost_to_another_one(tmp_path: Path) -> None:
    offices = ("north", "south", "west")
    people = [
        subprocess.Popen([sys.executable, "-c", _AGREES, str(tmp_path), office, MODEL], cwd=Path.cwd())
        for office in offices
    ]
    assert [person.wait(120) for person in people] == [0, 0, 0]
    options = ModelOptions("https://127.0.0.1/v1", MODEL, None)
    for office in offices:
        for turn in range(25):
            assert Agreements(tmp_path).find(f"{office}{turn}", options) is not None
