"""What is wrong around the program is told, or passed over: it neither hangs nor ends it."""

import gettext
import json
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemas import translation
from schemas.errors import ExitCode, UserError
from schemas.settings import read_language_setting, read_settings
from schemas.translation import _, language, ngettext, number, use_language
from tests.cli.conftest import ROOT
from wa2pg.talk import complain, warn


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The Russian catalogue, in a place where it may be damaged."""
    locale = tmp_path / "locale"
    shutil.copytree(translation.LOCALE, locale)
    monkeypatch.setattr(translation, "LOCALE", locale)
    # gettext remembers what it has read by its path
    yield locale / "ru/LC_MESSAGES/wa2pg.mo"
    use_language("en")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:3000])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _overwrite(path: Path) -> None:
    path.write_bytes(b"no catalogue at all")


@pytest.mark.parametrize("damage", [Path.unlink, _cut, _empty, _overwrite])
def test_a_catalogue_that_is_lost_leaves_english(catalogue: Path, damage: Callable[[Path], object]) -> None:
    damage(catalogue)
    use_language("ru")

    assert language() == "en"
    assert _("The disk is full.") == "The disk is full."
    assert os.environ["LANGUAGE"] == "en"


class _Wrong(gettext.NullTranslations):
    def __init__(self, told: str) -> None:
        super().__init__()
        self._told = told

    def gettext(self, message: str) -> str:
        del message
        return self._told

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        del msgid1, msgid2, n
        return self._told


@pytest.mark.parametrize("told", ["{nmae} нет", "{0} нет", "{} нет", "{name нет", "{name.x}", "{name[x]}", "{name:d}"])
def test_a_wrong_placeholder_of_a_translation_leaves_the_english_sentence(
    told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translation._Now, "catalogue", _Wrong(told))

    assert _("There is no {name}.", name="a{b}") == "There is no a{b}."
    assert ngettext("{count} chat of {name}", "{count} chats of {name}", 2, name="%s") == "2 chats of %s"
    assert _("{other} is missing", name="a") == "{other} is missing"


@pytest.mark.parametrize("value", ["{", "}", "{0}", "{name!r}", "%s %(x)d", "{name.__class__}", "\\n", "{{}}"])
def test_a_value_is_never_read_as_a_message(value: str) -> None:
    assert _("The account name '{name}' is no name.", name=value) == f"The account name '{value}' is no name."


def test_a_number_of_any_size_is_written() -> None:
    for value in (1e308, -1e308, 10**400, float("inf")):
        assert number(value, 2)


def test_a_named_pipe_is_no_settings_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".env")

    assert read_language_setting() is None
    with pytest.raises(UserError, match="holds no settings") as error:
        read_settings()
    assert error.value.exit_code == ExitCode.CONFIGURATION


def test_a_file_that_is_far_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / ".env").open("wb") as file:
        file.truncate(1 << 40)

    assert read_language_setting() is None
    with pytest.raises(UserError, match="far too large"):
        read_settings()


def test_a_folder_of_this_name_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()

    assert (read_language_setting(), read_settings().account) == (None, "default")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
def test_a_file_of_another_user_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("WA2PG_LANG=ru\n")
    (tmp_path / ".env").chmod(0o600)
    # by descriptor, since pytest's folder is root's alone
    nobody = pwd.getpwnam("nobody").pw_uid
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == 0 and folder.is_relative_to(Path(os.environ.get("TMPDIR", "/tmp"))):  # noqa: S108
            folder.chmod(folder.stat().st_mode | 0o011)
    before = os.geteuid()
    os.seteuid(nobody)
    try:
        assert read_language_setting() is None
        with pytest.raises(UserError, match="cannot be read") as error:
            read_settings()
    finally:
        os.seteuid(before)
    assert error.value.exit_code == ExitCode.CONFIGURATION


def _run(*words: str, folder: Path, how: str = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["sh", "-c", f'exec "$0" -m wa2pg "$@" {how}', sys.executable, *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("encoding", ["ascii", "iso8859-1"])
def test_a_terminal_without_cyrillic_is_spoken_to_in_english(tmp_path: Path, encoding: str) -> None:
    done = _run("doctor", folder=tmp_path, PYTHONIOENCODING=encoding, WA2PG_LANG="ru")

    assert done.returncode == 0, done.stderr
    assert b"own clock" in done.stdout


def test_a_terminal_in_koi8_is_spoken_to_in_russian(tmp_path: Path) -> None:
    done = _run("doctor", folder=tmp_path, PYTHONIOENCODING="koi8-r", WA2PG_LANG="ru")

    assert done.returncode == 0, done.stderr
    assert "языковая модель" in done.stdout.decode("koi8-r")


def test_json_is_json_in_every_encoding(tmp_path: Path) -> None:
    (tmp_path / "🐪").mkdir()
    done = _run("init", "--json", folder=tmp_path / "🐪", PYTHONIOENCODING="koi8-r", how="<<E\n\n\n\n\n\nE")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["file"] == str(tmp_path / "🐪/.env")


@pytest.mark.parametrize("how", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_does_not_end_the_program(tmp_path: Path, how: str) -> None:
    done = _run("doctor", folder=tmp_path, how=how)

    assert (done.returncode, done.stderr) == (0, b"")


def test_a_name_in_a_sentence_moves_no_cursor(capfd: pytest.CaptureFixture[str]) -> None:
    name = "Silk\x1b[31m\x1b]0;title\x07\u202eRoad\r\nerror: forged"
    warn(f"The organisation {name} is here.")
    complain(f"There is no {name}.", f"make it: {name}")

    said = capfd.readouterr().err
    assert not {"\x1b", "\x07", "\u202e", "\r"} & set(said)
    assert "Road" in said
