"""Transform, review and evaluate in Russian: nothing English is left in what they say, and nothing else in files."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from extract.own import parse_own
from extract.whatsapp.replay import replay
from extract.whatsapp.sample import SAMPLE_OWN_LID, SAMPLE_OWN_PHONE, write_sample
from schemas.datadir import open_data_dir
from schemas.tables import CLEAN_TABLES

ROOT = Path(__file__).parents[2]
AS_OF = "2026-03-01"
# names, command words, statuses and terms that are the same in every language
ALLOWED = """
wa2pg python m demo transform load extract audit evaluate csv json utf excel stdin macro ts from me true false other
none as of id openrouter ai env jsonl tsv whatsapp chat completions
"""
_RUN = re.compile(r"\d{8}T\d{6}Z-[a-z0-9]{4}|\bn\d{3}\b")  # and the ids of labelled conversations


def _run(*words: str, folder: Path, lang: str = "ru") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "wa2pg", *words],
        cwd=folder,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "WA2PG_LANG": lang,
            "COLUMNS": "80",
            "HOME": str(folder),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _english(done: subprocess.CompletedProcess[str], folder: Path) -> list[str]:
    """Latin words that nobody allowed; paths, options, commands to paste and statuses do not count."""
    text = (done.stdout + done.stderr).replace(str(folder), "").replace(sys.executable, "")
    text = _RUN.sub("", text)
    text = re.sub(r"\S*/\S+|--[a-z-]+|[A-Z]+_[A-Z_]+|\{.*\}", "", text)
    words = re.findall(r"\b[A-Za-z][A-Za-z0-9]+", text)
    return [word for word in words if word.lower() not in ALLOWED.split() and not word.isupper()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample's archive and clean tables made in Russian."""
    place = tmp_path_factory.mktemp("russian")
    (place / "payloads").mkdir()
    data, _warnings = open_data_dir(place / "data")
    own = parse_own(SAMPLE_OWN_PHONE, SAMPLE_OWN_LID)
    replay(data, "demo", write_sample(place / "payloads"), own=own)
    return place


def _transform(folder: Path, lang: str) -> tuple[dict[str, Any], dict[str, bytes], subprocess.CompletedProcess[str]]:
    done = _run("transform", "--account", "demo", "--as-of", AS_OF, "--progress", "none", folder=folder, lang=lang)
    assert done.returncode == 0, done.stderr
    current = folder / "data" / "clean" / "demo" / "current"
    run = json.loads((current / "run.json").read_text("utf-8"))
    for varying in ("run", "started_at", "finished_at"):
        del run[varying]
    return run, {table: (current / f"{table}.parquet").read_bytes() for table in CLEAN_TABLES}, done


def test_files_are_the_same_in_every_language(folder: Path) -> None:
    run, tables, done = _transform(folder, "ru")
    english_run, english_tables, english = _transform(folder, "en")

    assert tables == english_tables
    assert run == english_run
    assert run["warnings"]
    assert done.stderr != english.stderr
    assert not _english(done, folder)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("transform", "--account", "nobody", "--progress", "none"), 5),
        (("transform", "--account", "demo", "--show-request", "+996555000111"), 2),
        (("transform", "--account", "demo", "--llm-budget", "1"), 2),
        (("transform", "--account", "demo", "--use-llm", "--progress", "none"), 3),
        (("transform", "--account", "demo", "--as-of", "tomorrow"), 2),
        (("evaluate", "status", "empty.jsonl"), 2),
        (("evaluate", "language", "empty.tsv"), 2),
        (("evaluate", "status", str(ROOT / "tests" / "status" / "natural.jsonl")), 0),
    ],
)
def test_errors_and_reports_are_in_russian(words: tuple[str, ...], code: int, folder: Path) -> None:
    (folder / "empty.jsonl").write_text("[]\n")
    (folder / "empty.tsv").write_text("\n")
    done = _run(*words, folder=folder)

    assert done.returncode == code, done.stderr
    left = [word for word in _english(done, folder) if word not in {"tomorrow", "nobody", "empty"}]
    assert not left, done.stdout + done.stderr


def test_the_review_file_goes_round_in_both_languages(folder: Path) -> None:
    _transform(folder, "ru")
    done = _run("review", "demo", folder=folder)
    path = folder / "data" / "review" / "demo.csv"
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))

    assert done.returncode == 0, done.stderr
    assert not _english(done, folder)
    assert rows[0] == ["телефон", "имя", "язык", "статус", "причина", "уверенность", "пропустить"]
    assert {row[6] for row in rows[1:]} == {"нет"}
    assert not re.search(r"[a-z]{3}", " ".join(row[4] for row in rows[1:]))

    rows[1][3], rows[2][6] = "SOLD", "да"
    rows[0][3] = "Status"  # one heading of another language
    _write(path, rows)
    run, tables, _done = _transform(folder, "en")
    assert run["review"]["applied"] == 2
    assert _transform(folder, "ru")[1] == tables

    assert _run("review", "demo", folder=folder, lang="en").returncode == 0
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    assert rows[0][:2] == ["phone", "name"]
    assert sum(row[6] == "yes" for row in rows) == 1
    assert _transform(folder, "ru")[0]["review"]["applied"] == 2


def _write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
