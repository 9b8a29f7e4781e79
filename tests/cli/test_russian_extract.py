"""The extract stage in Russian: what people read has no English left; what is stored and for programs is English."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from extract.coverage import GapKind
from extract.snapshot_list import SnapshotState
from extract.whatsapp.live.outcomes import Outcome, failure
from extract.whatsapp.sample import SAMPLE_OWN_PHONE, write_sample
from schemas.stored_words import said
from schemas.tables import RAW_TABLES
from schemas.translation import _, use_language
from schemas.words import Ended, Kind, SourceKind
from tests.cli.conftest import ROOT, Terminal
from wa2pg.command_list import COMMANDS

# names of ours and of WhatsApp's, and what is no language's word
_NAMES = set(
    re.findall(
        r"\S+",
        """
        wa2pg WhatsApp neonize passkey HistorySync LID UTC sha256 GiB JSON URL Ctrl iPhone Android make upgrade
        INITIAL_BOOTSTRAP INITIAL_STATUS_V3 NON_BLOCKING_DATA PUSH_NAME RECENT FULL
        default office demo Quux baz bar log
        """,
    )
)
# in every help: click's own words, which are its catalogue's matter, and commands by their names
_FRAME = set(
    re.findall(r"\w+", "Usage Options OPTIONS COMMAND ARGS Commands Show this message and exit clear list logout")
)
_WORDS_OF_COMMANDS = "|".join([*COMMANDS, "clear", "diff", "list", "logout", "show"])
_COMMAND = re.compile(rf"\bwa2pg( ({_WORDS_OF_COMMANDS}|office|demo|--?[a-z-]+|\S*/\S*|\d{{8}}T\S+)(?![\w.]))*")
_NO_WORDS = re.compile(
    r"`[^`]*`|\S*[/@=_|]\S*|\d{8}T\d{6}Z-\w{4}\S*|--?[a-z][a-z-]*|\b[0-9a-f]{64}\b|\S*\.(com|json\w*|env|html)\b"
)


def english(text: str) -> set[str]:
    """The words in Latin letters that are no names, commands, options or paths."""
    kept = " ".join(text.split())
    for name in _NAMES:
        if "_" in name:
            kept = kept.replace(name, "")
    kept = _NO_WORDS.sub(" ", _COMMAND.sub(" ", kept))
    return {word for word in re.findall(r"[A-Za-z][A-Za-z0-9]+", kept) if word not in _NAMES}


def told(stderr: str) -> str:
    """The sentences on stderr without the words before them (`error:`, `hint:`)."""
    return "\n".join(line.partition(": ")[2] for line in stderr.splitlines())


@pytest.fixture(scope="module")
def russian(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A terminal in Russian with the sample's history, taken twice: a part of it, then the whole."""
    terminal = Terminal(tmp_path_factory.mktemp("russian"), {"WA2PG_LANG": "ru"})
    whole, part = terminal.folder / "in", terminal.folder / "part"
    whole.mkdir()
    part.mkdir()
    write_sample(whole)
    for path in sorted(whole.iterdir())[:4]:
        (part / path.name).write_bytes(path.read_bytes())
    words = ("extract", "--account", "office", "--own", SAMPLE_OWN_PHONE, "--progress", "none", "-q", "--replay")
    for folder in ("part", "in"):
        done = terminal.run(*words, folder)
        assert done.code == 0, done.err
        assert english(done.out) == set()
        assert english(told(done.err)) == set()
    return terminal


def names(terminal: Terminal) -> list[str]:
    lines = (terminal.data / "archive/office/chain.jsonl").read_text().splitlines()
    return [json.loads(line)["snapshot"] for line in lines]


def test_what_is_stored_is_english(russian: Terminal) -> None:
    manifest = json.loads((russian.data / "archive/office" / names(russian)[1] / "manifest.json").read_text())

    assert manifest["source"] == {"kind": "replay", "detail": "10 files"}
    assert (manifest["ended"], manifest["counts"]["rejects"]) == ("source_end", {"conversation_cut_off": 1})


def commands(terminal: Terminal) -> list[tuple[str, ...]]:
    first, second = names(terminal)
    return [
        ("audit",),
        ("audit", "office", "--coverage"),
        ("snapshots", "list"),
        ("snapshots", "show", second),
        ("snapshots", "diff", first, second),
        ("sessions", "list"),
        ("sessions", "clear", "demo"),
    ]


def test_reports_are_russian(russian: Terminal) -> None:
    for words in commands(russian):
        done = russian.run(*words, "--progress", "none")
        assert (done.code, done.err) == (0, "")
        assert len(done.out) > 30
        assert english(done.out) == set(), words


def test_columns_stand_under_each_other_and_fit_into_80(russian: Terminal) -> None:
    shown = russian.run("snapshots", "show", names(russian)[1]).out.splitlines()[1:]
    begins = {re.match(r" {2,}(\S+ )*\S+ {2,}| +", line).end() for line in shown}  # type: ignore[union-attr]

    assert len(begins) == 1
    assert [line for line in shown if len(line) > 80 and "sha256" not in line] == []


def test_json_is_the_english_one(russian: Terminal) -> None:
    def document(words: tuple[str, ...], language: str) -> dict[str, Any]:
        found: dict[str, Any] = russian.run(*words, "--json", WA2PG_LANG=language).json
        del found["seconds"]
        return found

    for words in [*commands(russian)[1:4], ("snapshots", "show", "office"), ("audit", "nobody")]:
        assert document(words, "ru") == document(words, "en"), words


def test_errors_are_russian(russian: Terminal) -> None:
    (russian.folder / "empty").mkdir()
    for words in (
        ("audit", "nobody"),
        ("snapshots", "show", "office"),
        ("snapshots", "show", "20200101T000000Z-abcd"),
        ("extract", "--replay", "nowhere"),
        ("extract", "--replay", "data"),
        ("extract", "--replay", "empty"),
        ("extract", "--replay", "in", "--own", "no"),
        ("extract", "--redecode", names(russian)[0]),
        ("extract", "--progress", "none"),
        ("extract", "--proxy", "ftp://x"),
        ("sessions", "logout", "office"),
        ("audit", f"office/{names(russian)[0]}", "--html"),
    ):
        done = russian.run(*words)
        sentence, hint = told(done.err).splitlines()
        assert done.code in {1, 2, 4, 5}
        assert sentence.endswith(".")
        assert english(f"{sentence} {hint}") - {*words} == set(), words


def test_findings_are_russian(tmp_path: Path, russian: Terminal) -> None:
    terminal = Terminal(tmp_path, {"WA2PG_LANG": "ru"})
    archive = terminal.data / "archive/office"
    first = archive / names(russian)[0]
    first.mkdir(parents=True)
    for name in ("chain.jsonl", "own.json"):
        (archive / name).write_bytes((russian.data / "archive/office" / name).read_bytes())
    for name in ("manifest.json", "manifest.sha256"):
        (first / name).write_bytes((russian.data / "archive/office" / first.name / name).read_bytes())
    (first / "baz").touch()
    (archive / "baz").touch()
    (archive / "20200101T000000Z-abcd.partial").mkdir()
    (archive.parent / "Quux").mkdir()

    done = terminal.run("audit", "--quick", "--progress", "none")

    assert done.code == 5
    lines = [line for line in done.out.splitlines() if ".parquet" not in line]
    assert len(lines) == 8
    assert english("\n".join(lines)) == set()


@pytest.mark.parametrize(
    "words", ["extract", "audit", "sessions", "sessions clear", "sessions logout", "snapshots diff"]
)
def test_help_is_russian(words: str, russian: Terminal) -> None:
    assert english(russian.run(*words.split(), "--help").out) - _FRAME == set()


@pytest.fixture
def in_russian() -> Iterator[None]:
    use_language("ru")
    yield
    use_language("en")


@pytest.mark.usefixtures("in_russian")
def test_every_word_that_the_archive_stores_has_a_translation() -> None:
    sources = [(ROOT / "extract/whatsapp" / name).read_text() for name in ("decode.py", "inflate.py")]
    reasons = {
        reason
        for source in sources
        for reason in re.findall(r'(?:reject\([^"()]*|reject\(tables, entry, |InflateError\()"([a-z0-9_]+)"', source)
    }
    assert len(reasons) == 14

    stored = [*Ended, *SourceKind, *Kind, *RAW_TABLES, *reasons]
    assert [word for word in stored if said(word) == word.replace("_", " ")] == []
    shown = [*SnapshotState, *GapKind]
    assert [word for word in shown if _(word) == word] == []


@pytest.mark.usefixtures("in_russian")
@pytest.mark.parametrize("outcome", Outcome)
def test_every_way_in_which_a_link_fails_is_told_in_russian(outcome: Outcome) -> None:
    error = failure(outcome, "office", until="23.11.2026 03:15 UTC", lost=2)

    assert english(f"{error.message} {error.hint}") == set()
