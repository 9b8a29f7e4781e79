"""The lines of docs/archive-format.md that open the archive with other programs do open it."""

import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.extract.payloads import extract, history, info

DOCUMENT = (Path(__file__).parent.parent / "docs/archive-format.md").read_text(encoding="utf-8")
SECTION = DOCUMENT.partition("## Reading it with other programs")[2]
PYTHON = re.findall(r"```python\n(.+?)\n```", SECTION, re.DOTALL)
SQL = re.findall(r"duckdb -c \"(.+?)\"", SECTION)


@pytest.fixture(autouse=True)
def an_archive(tmp_path: Path) -> None:
    extract(tmp_path, history(info("A"), info("B")))
    extract(tmp_path, history(info("C")))


def test_there_is_a_line_for_each_program() -> None:
    assert len(SQL) == 1
    for program in ("duckdb", "pandas", "spark"):
        assert any(program in line for line in PYTHON), program


@pytest.mark.parametrize("line", [line for line in PYTHON if not line.startswith("spark")])
def test_the_line_in_python_reads_the_archive(line: str, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert re.search(r"\b3\b|b'", done.stdout), done.stdout


def test_the_line_for_the_shell_is_sql_that_reads_the_archive() -> None:
    assert duckdb.execute(SQL[0]).fetchall() == [("text", 3)]


def test_sparks_line_names_folders_that_are_there(tmp_path: Path) -> None:
    # Spark itself wants a Java machine; the folders that it would read are what can go wrong here
    (line,) = [line for line in PYTHON if line.startswith("spark")]
    (pattern,) = re.findall(r'parquet\("(.+?)"\)', line)
    folders = sorted(tmp_path.glob(pattern))

    assert len(folders) == 2
    assert all([file.suffix for file in folder.iterdir()] == [".parquet"] for folder in folders)
