"""What the shell says in Russian: no English sentence is left in it, and nothing but English in what programs read."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import click
import pytest

from extract.whatsapp.sample import SAMPLE_OWN_PHONE, write_sample
from schemas.retelling import retold
from schemas.translation import SOURCE, use_language
from tests.cli.conftest import ROOT, Terminal
from tools.cli_reference import commands
from wa2pg.language import in_language

RUSSIAN = {"WA2PG_LANG": "ru"}
# names stay as they are: commands to paste, options and their values, settings
_TYPED = re.compile(r"^    \S.*$|--?[a-z][a-z-]*|[\[{][a-z_|0-9-]*[\]}]|`[^`]*`|\b[A-Z0-9_]{3,}\b", re.MULTILINE)
_ENGLISH = re.compile(r"\b[a-z']+(?: [a-z']+){2,}", re.IGNORECASE)


def english(text: str) -> list[str]:
    """Every three words of Latin letters in a row that are no names."""
    return _ENGLISH.findall(_TYPED.sub("…", text).replace("WhatsApp", "…"))


@pytest.fixture
def in_russian() -> object:
    use_language("ru")
    yield
    use_language(SOURCE)


@pytest.mark.usefixtures("in_russian")
@pytest.mark.parametrize(("path", "command"), list(commands()), ids=[path for path, _command in commands()])
def test_no_command_s_help_is_left_in_english(path: str, command: click.Command) -> None:
    told = in_language(command)
    context = click.Context(told, info_name=path, terminal_width=200, max_content_width=200)
    context.show_default = True

    assert english(told.get_help(context)) == []


def test_the_doctor_says_it_all_in_russian_within_80_columns(terminal: Terminal) -> None:
    sound = terminal.run("doctor", **RUSSIAN)
    (terminal.folder / "file").write_text("")
    broken = terminal.run("doctor", WA2PG_DATA_DIR="file", WA2PG_REGION="nowhere", **RUSSIAN)

    assert (sound.code, broken.code) == (0, 1)
    for shown in (sound.out, broken.out):
        assert english(shown) == []
        assert max(map(len, shown.splitlines())) <= 80
    # names stand under each other, whatever the language's words for how things are
    assert {line.index(name) for line in sound.out.splitlines() for name in ("Python", "neonize") if name in line} == {
        sound.out.index("Python")
    }
    assert "исправить:" in broken.out
    assert "WA2PG_REGION" in broken.out


def test_what_went_wrong_unattended_is_stored_in_english_and_told_in_russian(terminal: Terminal) -> None:
    assert terminal.run("import", "--unattended", "--org", "x", **RUSSIAN).code == 4
    stored = json.loads((terminal.data / "unattended-default.json").read_text())["said"]
    told = " ".join(terminal.run("doctor", **RUSSIAN).out.split())

    assert stored == "No phone is linked to the account default, and nobody is here to link one."
    assert "К аккаунту default не привязан телефон" in told
    assert "No phone" not in told


def test_a_program_reads_english_whatever_the_language(terminal: Terminal) -> None:
    for words in (("doctor", "--json"), ("demo", "--json", "--progress", "log")):
        done = terminal.run(*words, **RUSSIAN)
        assert done.code == 0, done.err
        assert not re.search("[а-яё]", json.dumps(_without_data(done.json), ensure_ascii=False), re.IGNORECASE)
        assert not re.search("[а-яё]", done.err, re.IGNORECASE)


def _without_data(document: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in document.items() if name != "psql"}


@pytest.mark.parametrize("words", [("demo",), ("import", "--org", "silk-road-tours")])
def test_a_run_through_everything_is_told_in_russian(words: tuple[str, ...], terminal: Terminal) -> None:
    if words[0] == "import":
        (terminal.folder / "in").mkdir()
        write_sample(terminal.folder / "in")
        assert terminal.run("org", "create", "Silk Road Tours").code == 0
        words = (*words, "--replay", "in", "--own", SAMPLE_OWN_PHONE, "--as-of", "2026-03-01")
    done = terminal.run(*words, "--progress", "none", **RUSSIAN)

    assert done.code == 0, done.err
    assert english(done.out + done.err) == []
    assert "Дальше: " in done.out


_ASK = "from schemas.translation import use_language; use_language({language!r}); from wa2pg.talk import agreed; "
_ASK += "print(agreed('?'))"


@pytest.mark.parametrize(
    ("language", "typed", "agreed", "letters"),
    [
        ("ru", "д\n", True, "[да/НЕТ]"),
        ("ru", "Да\n", True, "[да/НЕТ]"),
        ("ru", "y\n", True, "[да/НЕТ]"),
        ("ru", "н\n", False, "[да/НЕТ]"),
        ("ru", "\n", False, "[да/НЕТ]"),
        ("ru", "может\nда\n", True, "ответьте"),
        ("ru", "\x04", False, "[да/НЕТ]"),
        ("ru", "", False, "[да/НЕТ]"),
        ("en", "yes\n", True, "[y/N]"),
        ("en", "\n", False, "[y/N]"),
        ("en", "д\nn\n", False, "Error: invalid input"),
    ],
)
def test_yes_and_no_are_asked_for_in_the_language_s_letters(
    language: str, typed: str, agreed: bool, letters: str
) -> None:
    ours, theirs = pty.openpty()
    asking = subprocess.Popen(
        [sys.executable, "-c", _ASK.format(language=language)],
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)},
        stdin=theirs,
        stderr=theirs,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    os.close(theirs)
    killer = threading.Timer(60, asking.kill)
    killer.start()
    seen, answered = "", False
    with suppress(OSError):
        while True:
            if not select.select([ours], [], [], 5)[0]:
                if answered and not typed:
                    # one that came just before the program waited is seen only with the next
                    asking.send_signal(signal.SIGINT)
                continue
            piece = os.read(ours, 4096)
            if not piece:
                break
            seen += piece.decode("utf-8", "replace")
            if "]: " in seen and not answered:
                answered = True
                if typed:
                    os.write(ours, typed.encode())
                else:
                    asking.send_signal(signal.SIGINT)
    out = asking.communicate()[0]
    killer.cancel()
    os.close(ours)

    assert out.strip() == str(agreed), seen
    assert letters in seen


@pytest.mark.usefixtures("in_russian")
@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("has 3 rows, the manifest says 12,345", "содержит 3 строки, а по манифесту 12\xa0345"),
        ("Line 3 of chain.jsonl cannot be read", "Строка 3 файла chain.jsonl не читается"),
        ("a sentence of a version that is gone", "a sentence of a version that is gone"),
    ],
)
def test_a_sentence_that_was_stored_is_told_again(stored: str, told: str) -> None:
    assert retold(stored) == told


def test_make_help_is_russian_where_the_program_would_be(tmp_path: Path) -> None:
    for environment, word in (
        ({"WA2PG_LANG": "ru"}, "Показать"),
        ({"LANG": "ru_RU.UTF-8"}, "Показать"),
        ({"WA2PG_LANG": "en", "LANG": "ru_RU.UTF-8"}, "Show"),
        ({"LC_ALL": "C", "LANG": "ru_RU.UTF-8"}, "Show"),
    ):
        shown = subprocess.run(
            ["make", "help"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **environment},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert word in shown
        assert "##" not in shown
        assert max(map(len, shown.splitlines())) <= 80
